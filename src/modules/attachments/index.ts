export { insertAttachments, removeAttachment, type NewAttachment } from './attachments.store';
export { receiveFiles } from './receive-files';
export { collectOrphans } from './collect-orphans';
export { attachmentsRoutes } from './attachments.routes';
