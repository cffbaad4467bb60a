import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BlobDamagedError, BlobNotFoundError, type BlobEntry, type BlobStorage } from './storage';

export interface S3Settings {
  /** undefined: Amazon's own for the region */
  endpoint: string | undefined;
  region: string;
  bucket: string;
  /** put before every name, for a bucket that others use too; empty or ends in `/` */
  prefix: string;
  accessKey: string;
  secretKey: string;
}

const HASH = /^[0-9a-f]{64}$/;
const DRAFTS = 'drafts/';
/** A content up to this size is sent in one piece; larger ones in parts of it. S3 wants 5 MiB at least for every part but the last. */
const PART = 8 * 1024 * 1024;

const isMissing = (e: unknown): boolean =>
  e instanceof NoSuchKey || (e instanceof S3ServiceException && e.$metadata.httpStatusCode === 404);

/** Pieces of `PART` bytes, the last one shorter; nothing for no content. */
async function* inParts(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    held.push(chunk);
    size += chunk.byteLength;
    while (size >= PART) {
      const all = Buffer.concat(held);
      yield all.subarray(0, PART);
      held = [all.subarray(PART)];
      size -= PART;
    }
  }
  if (size > 0) yield Buffer.concat(held);
}

/**
 * Contents as objects `ab/cd/abcd…` in a bucket of any store that speaks S3. What is small goes there in one request, which S3 does whole or not at all; what is larger goes as a
 * draft in parts, and is copied to its name when the hash is known. The store's own lifecycle rule may clear `drafts/` and unfinished uploads after a day.
 */
export class S3Storage implements BlobStorage {
  readonly #client: S3Client;

  constructor(private readonly settings: S3Settings) {
    this.#client = new S3Client({
      region: settings.region,
      ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
      credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
      maxAttempts: 4,
      // stores of other makers do not all know the newer checksums; every read of a whole content compares its SHA-256
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  put(content: Buffer): Promise<{ sha256: string; size: number }> {
    return content.length > PART ? this.putStream([content]) : this.#putWhole(content);
  }

  putDerived(content: Buffer): Promise<{ sha256: string; size: number }> {
    return this.put(content);
  }

  async putStream(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
    const parts = inParts(content);
    const first = await parts.next();
    if (first.done) return this.#putWhole(Buffer.alloc(0));
    const second = await parts.next();
    if (second.done) return this.#putWhole(first.value);
    return this.#putParts(first.value, second.value, parts);
  }

  async read(sha256: string, range?: { from: number; to: number }): Promise<Readable> {
    return this.#open(sha256, range && `bytes=${range.from}-${range.to}`);
  }

  async get(sha256: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.#open(sha256)) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    if (createHash('sha256').update(content).digest('hex') !== sha256) throw new BlobDamagedError(sha256);
    return content;
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.#head(sha256)) !== undefined;
  }

  /**
   * S3 has no deletion "if older than" that all makers know: between the look at the time and the deletion another process may put the content again. The look is repeated
   * right before, and the collector waits a day before it takes an orphan, so that the gap is one request's time after a day without use.
   */
  async delete(sha256: string, olderThan?: Date): Promise<boolean> {
    const modifiedAt = await this.#head(sha256);
    if (modifiedAt === undefined || (olderThan !== undefined && modifiedAt >= olderThan)) return false;
    await this.#client.send(new DeleteObjectCommand(this.#at(this.#keyOf(sha256))));
    return true;
  }

  async check(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.settings.bucket }));
  }

  async *list(): AsyncIterable<BlobEntry> {
    let after: string | undefined;
    do {
      const found = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.settings.bucket,
          Prefix: this.settings.prefix,
          ...(after === undefined ? {} : { ContinuationToken: after }),
        }),
      );
      for (const { Key, Size, LastModified } of found.Contents ?? []) {
        const sha256 = Key?.slice(this.settings.prefix.length + 6) ?? '';
        if (HASH.test(sha256) && Key === this.#keyOf(sha256) && LastModified) yield { sha256, size: Size ?? 0, modifiedAt: LastModified };
      }
      after = found.IsTruncated ? found.NextContinuationToken : undefined;
    } while (after !== undefined);
  }

  async #putWhole(content: Buffer): Promise<{ sha256: string; size: number }> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    await this.#client.send(new PutObjectCommand({ ...this.#at(this.#keyOf(sha256)), Body: content, ContentLength: content.length }));
    return { sha256, size: content.length };
  }

  async #putParts(first: Buffer, second: Buffer, rest: AsyncIterable<Buffer>): Promise<{ sha256: string; size: number }> {
    const draft = `${this.settings.prefix}${DRAFTS}${randomBytes(16).toString('hex')}`;
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(this.#at(draft)));
    const hash = createHash('sha256');
    let size = 0;
    const done: { ETag: string | undefined; PartNumber: number }[] = [];
    const sendPart = async (part: Buffer): Promise<void> => {
      hash.update(part);
      size += part.length;
      const PartNumber = done.length + 1;
      const { ETag } = await this.#client.send(
        new UploadPartCommand({ ...this.#at(draft), UploadId, PartNumber, Body: part, ContentLength: part.length }),
      );
      done.push({ ETag, PartNumber });
    };
    try {
      await sendPart(first);
      await sendPart(second);
      for await (const part of rest) await sendPart(part);
      await this.#client.send(new CompleteMultipartUploadCommand({ ...this.#at(draft), UploadId, MultipartUpload: { Parts: done } }));
    } catch (e) {
      // what made it fail is what must be told; a store that does not answer clears unfinished uploads by its own rule
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#at(draft), UploadId })).catch(() => undefined);
      throw e;
    }
    const sha256 = hash.digest('hex');
    try {
      await this.#client.send(
        new CopyObjectCommand({
          ...this.#at(this.#keyOf(sha256)),
          CopySource: `${this.settings.bucket}/${draft}`,
          MetadataDirective: 'REPLACE',
        }),
      );
    } finally {
      await this.#client.send(new DeleteObjectCommand(this.#at(draft)));
    }
    return { sha256, size };
  }

  /** When the content was last put; undefined when it is not there. */
  async #head(sha256: string): Promise<Date | undefined> {
    try {
      return (await this.#client.send(new HeadObjectCommand(this.#at(this.#keyOf(sha256))))).LastModified;
    } catch (e) {
      if (isMissing(e)) return undefined;
      throw e;
    }
  }

  async #open(sha256: string, range?: string): Promise<Readable> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ ...this.#at(this.#keyOf(sha256)), ...(range === undefined ? {} : { Range: range }) }),
      );
      if (!(Body instanceof Readable)) throw new Error('the store gave no stream');
      return Body;
    } catch (e) {
      if (isMissing(e)) throw new BlobNotFoundError(sha256);
      throw e;
    }
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: key };
  }

  #keyOf(sha256: string): string {
    if (!HASH.test(sha256)) throw new RangeError('malformed content hash');
    return `${this.settings.prefix}${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
  }
}
