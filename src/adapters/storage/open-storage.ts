import path from 'node:path';
import { FsStorage } from './fs-storage';
import { S3Storage, type S3Settings } from './s3-storage';
import type { BlobStorage } from './storage';

/** The store of this installation: the bucket of its settings, else a folder below DATA_DIR. Config fits. */
export function openStorage({ s3, dataDir }: { readonly s3: S3Settings | undefined; readonly dataDir: string }): BlobStorage {
  return s3 ? new S3Storage(s3) : new FsStorage(path.join(dataDir, 'blobs'));
}
