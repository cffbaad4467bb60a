import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Transform } from 'node:stream';

/*
 * A stream encrypted in frames, so that neither end holds more than one of them: magic (4 bytes), key fingerprint (8), then for each frame its length with the
 * highest bit set on the last one (4), nonce (12), ciphertext, tag (16). Each frame is bound to the stream's name, its number and whether it is the last, so that
 * frames can't be left out, exchanged, repeated or cut off unnoticed.
 */
const MAGIC = Buffer.from('TDS1');
const FRAME = 256 * 1024;
const NONCE = 12;
const TAG = 16;
const LAST = 0x80000000;
export const SEALED_HEAD_LENGTH = MAGIC.length + 8;

/** The sealed bytes are no such stream, were changed or cut off, or belong to another name or key. */
export class SealBrokenError extends Error {
  constructor(name: string, why: string) {
    super(`${name}: ${why}`);
    this.name = 'SealBrokenError';
  }
}

/** What a stream sealed with this key begins with. */
export const sealedHead = (key: Buffer): Buffer =>
  Buffer.concat([MAGIC, createHash('sha256').update('sealed-stream\0').update(key).digest().subarray(0, 8)]);

const boundTo = (name: string, frame: number, last: boolean): Buffer => Buffer.from(`${name}\0${frame}\0${last ? 'last' : 'more'}`);

/** Encrypts what flows through with AES-256-GCM. `key` is 32 bytes; `name` must be given again to read. */
export function sealStream(key: Buffer, name: string): Transform {
  let held: Buffer[] = [];
  let size = 0;
  let frame = 0;
  const box = (plain: Buffer, last: boolean): Buffer => {
    const nonce = randomBytes(NONCE);
    const gcm = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(boundTo(name, frame, last));
    const length = Buffer.alloc(4);
    length.writeUInt32BE((plain.length + (last ? LAST : 0)) >>> 0);
    const sealed = Buffer.concat([
      ...(frame === 0 ? [sealedHead(key)] : []),
      length,
      nonce,
      gcm.update(plain),
      gcm.final(),
      gcm.getAuthTag(),
    ]);
    frame += 1;
    return sealed;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held.push(chunk);
      size += chunk.length;
      if (size <= FRAME) return done();
      let rest = Buffer.concat(held);
      // the last frame is known only at the end: at least one byte is always kept back
      for (; rest.length > FRAME; rest = rest.subarray(FRAME)) this.push(box(rest.subarray(0, FRAME), false));
      held = [rest];
      size = rest.length;
      done();
    },
    flush(done) {
      done(null, box(Buffer.concat(held), true));
    },
  });
}

/** The reverse of `sealStream`. The stream fails with SealBrokenError; bytes that have come out before are genuine, but not all. */
export function unsealStream(key: Buffer, name: string): Transform {
  let held: Buffer = Buffer.alloc(0);
  let frame = 0;
  let headRead = false;
  let ended = false;
  const open = (sealed: Buffer, last: boolean): Buffer => {
    const gcm = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(boundTo(name, frame, last))
      .setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      return Buffer.concat([gcm.update(sealed.subarray(NONCE, sealed.length - TAG)), gcm.final()]);
    } catch {
      throw new SealBrokenError(name, 'changed, or sealed under another name'); // Node says only that the tag does not fit
    }
  };
  const readHead = (): void => {
    const head = held.subarray(0, SEALED_HEAD_LENGTH);
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new SealBrokenError(name, 'not a sealed stream');
    if (!head.equals(sealedHead(key))) throw new SealBrokenError(name, 'sealed with another key');
    held = held.subarray(SEALED_HEAD_LENGTH);
    headRead = true;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        if (!headRead) {
          if (held.length < SEALED_HEAD_LENGTH) return done();
          readHead();
        }
        while (held.length >= 4) {
          if (ended) throw new SealBrokenError(name, 'bytes after the end');
          const word = held.readUInt32BE(0);
          const last = word >= LAST;
          const length = last ? word - LAST : word;
          if (length > FRAME) throw new SealBrokenError(name, 'changed');
          const end = 4 + NONCE + length + TAG;
          if (held.length < end) break;
          this.push(open(held.subarray(4, end), last));
          held = held.subarray(end);
          frame += 1;
          ended = last;
        }
        done();
      } catch (e) {
        done(e as Error);
      }
    },
    flush(done) {
      done(ended && held.length === 0 ? null : new SealBrokenError(name, 'cut off'));
    },
  });
}
