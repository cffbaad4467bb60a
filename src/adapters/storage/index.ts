export { FsStorage } from './fs-storage';
export { openStorage } from './open-storage';
export type { S3Settings } from './s3-storage';
export { BlobDamagedError, BlobNotFoundError, isLost, type BlobEntry, type BlobStorage } from './storage';
