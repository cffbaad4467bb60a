import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';
import type { S3Settings } from '../../src/adapters/storage';

/**
 * A server that speaks S3 over HTTP (s3rver), with one empty bucket. It keeps objects as files. It knows access keys and does not prove every signature, encrypts nothing and keeps no
 * versions: what the store of an installation adds to S3 is not tried here.
 */
export async function openS3(): Promise<{ settings: S3Settings; dir: string; close: () => Promise<void> }> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: dir,
    configureBuckets: [{ name: 'contents', configs: [] }],
  });
  const { port } = await server.run();
  return {
    dir,
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'contents',
      prefix: '',
      accessKey: 'S3RVER',
      secretKey: 'S3RVER',
    },
    async close() {
      await server.close();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
