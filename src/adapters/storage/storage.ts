import type { Readable } from 'node:stream';

/** One stored content. */
export interface BlobEntry {
  sha256: string;
  /** Bytes. */
  size: number;
  /** Time of the last `put` of this content, by the clock of the store. */
  modifiedAt: Date;
}

/** Keeps contents under their SHA-256 (64 lower-case hex digits). Equal contents are kept once. */
export interface BlobStorage {
  /** Stores the content durably before it returns; storing it again renews `modifiedAt`. `sha256`: of these very bytes, where it was reckoned here already. */
  put(content: Buffer, sha256?: string): Promise<{ sha256: string; size: number }>;
  /** Like `put`, for what can be made again from another content: whoever sees the name sees all of the bytes, but a loss of power may take or damage what was not there before. */
  putDerived(content: Buffer): Promise<{ sha256: string; size: number }>;
  /** Like `put`, for contents that never lie in memory as a whole. What `content` throws is thrown; nothing is stored then. */
  putStream(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }>;
  /** Bytes `from` to `to` (both included, all unless given) as they are read, without comparing them with the hash. @throws BlobNotFoundError */
  read(sha256: string, range?: { from: number; to: number }): Promise<Readable>;
  /** @throws BlobNotFoundError, BlobDamagedError */
  get(sha256: string): Promise<Buffer>;
  has(sha256: string): Promise<boolean>;
  /** False when there was nothing to delete. `olderThan`: a content that was put again at or after this moment stays. */
  delete(sha256: string, olderThan?: Date): Promise<boolean>;
  list(): AsyncIterable<BlobEntry>;
  /** Whether contents can be kept just now; throws what stands in the way. */
  check(): Promise<void>;
}

/** The database names a content that the store does not hold. */
export class BlobNotFoundError extends Error {
  constructor(readonly sha256: string) {
    super(`no stored content ${sha256}`);
    this.name = 'BlobNotFoundError';
  }
}

/** The stored bytes no longer have the hash they are kept under. */
export class BlobDamagedError extends Error {
  constructor(readonly sha256: string) {
    super(`stored content ${sha256} is damaged`);
    this.name = 'BlobDamagedError';
  }
}

/** The store does not hold the content, or not as it was. */
export const isLost = (e: unknown): e is BlobNotFoundError | BlobDamagedError =>
  e instanceof BlobNotFoundError || e instanceof BlobDamagedError;
