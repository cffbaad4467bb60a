import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';
import FilesystemStore from 's3rver/lib/stores/filesystem';
import type { S3Settings } from '../../src/adapters/storage';

/** As S3 does it, whole or not at all, and answered when it is done: s3rver's own answers while the file is still being written. */
FilesystemStore.prototype.putObject = async function (object) {
  const pieces: Buffer[] = [];
  if (Buffer.isBuffer(object.content)) pieces.push(object.content);
  else for await (const piece of object.content) pieces.push(piece);
  const content = Buffer.concat(pieces);
  const file = this.getResourcePath(object.bucket, object.key, 'object');
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  await fs.promises.writeFile(draft, content);
  await fs.promises.rename(draft, file);
  const md5 = createHash('md5').update(content).digest('hex');
  await this.putMetadata(object.bucket, object.key, object.metadata, md5);
  return { size: content.length, md5 };
};

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
