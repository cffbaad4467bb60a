export { FsStorage } from './fs-storage';
export { BlobDamagedError, BlobNotFoundError, type BlobEntry, type BlobStorage } from './storage';
