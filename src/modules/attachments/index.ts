export {
  ADD_FROM,
  arrangeAttachments,
  copyAttachments,
  findAttachment,
  findItemFiles,
  findRemoved,
  insertAttachments,
  planAttachments,
  removeAttachment,
  removeAttachmentsOfRow,
  restoreAttachment,
  UNDO,
  type AttachmentItem,
  type NewAttachment,
  type NotAdded,
  type PlannedFiles,
  type StoredAttachment,
} from './attachments.store';
export { auditReading } from './audit-reading';
export { findItem, itemName, type FoundItem } from './attachment-item';
export { fileNameOf, stemOf } from './file-names';
export { receiveFiles, sayNotAdded, type ReceivedFiles } from './receive-files';
export { scanUpload, VIRUS_FOUND } from './scan-upload';
export { takeFile, type TakenFile } from './take-file';
export { withheldContent } from './withheld';
export { collectOrphans } from './collect-orphans';
export { scanWaiting } from './scan-waiting';
export { verifyStored } from './verify-stored';
export { APPEAL_SECTION, attachmentsRoutes } from './attachments.routes';
