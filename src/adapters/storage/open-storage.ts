import path from 'node:path';
import { FsStorage } from './fs-storage';
import type * as S3 from './s3-storage';
import type { S3Settings } from './s3-storage';
import type { BlobStorage } from './storage';

/** The store of this installation: the bucket of its settings, else a folder below DATA_DIR. Config fits. */
export function openStorage({ s3, dataDir }: { readonly s3: S3Settings | undefined; readonly dataDir: string }): BlobStorage {
  if (!s3) return new FsStorage(path.join(dataDir, 'blobs'));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the SDK is loaded where there is a bucket
  const { S3Storage } = require('./s3-storage') as typeof S3;
  return new S3Storage(s3);
}
