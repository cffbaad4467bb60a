import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Keys as configured: base64 of 32 bytes each. `current` names the key of `ring` that encrypts; the others still decrypt. */
export interface CipherKeys {
  current: string;
  ring: Record<string, string>;
  indexKey: string;
}

export interface Cipher {
  /** what every box made with the current key begins with: tells what a rotation has still to do */
  readonly head: Buffer;
  /** `plain` encrypted and bound to `purpose`; every call gives other bytes. */
  encrypt(plain: string, purpose: string): Buffer;
  /** The text in `box`. Throws when it was changed, made for another purpose, or its key is not in the ring. */
  decrypt(box: Buffer, purpose: string): string;
  /** 32 bytes, equal for equal `value` and `purpose`: finds an encrypted value without decrypting. */
  blindIndex(value: string, purpose: string): Buffer;
}

// Box: suite (1 byte), length of key id (1 byte), key id, nonce, ciphertext, tag.
const suiteAes256Gcm = 1;
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

function readKey(name: string, text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== keyLength) throw new RangeError(`key ${name} is not base64 of ${keyLength} bytes`);
  return key;
}

/** Field encryption with AES-256-GCM and a blind index with HMAC-SHA-256. Throws RangeError when a key is missing or malformed. */
export function createCipher(keys: CipherKeys): Cipher {
  const ring = new Map(Object.entries(keys.ring).map(([id, text]) => [id, readKey(id, text)]));
  const indexKey = readKey('indexKey', keys.indexKey);
  const currentKey = ring.get(keys.current);
  const currentId = Buffer.from(keys.current);
  if (!currentKey) throw new RangeError(`current key ${keys.current} is not in the ring`);
  if (currentId.length === 0 || currentId.length > 255) throw new RangeError('a key id takes 1 to 255 bytes');

  const head = Buffer.concat([Buffer.from([suiteAes256Gcm, currentId.length]), currentId]);

  return {
    head,
    encrypt(plain, purpose) {
      const nonce = randomBytes(nonceLength);
      const gcm = createCipheriv('aes-256-gcm', currentKey, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(purpose));
      return Buffer.concat([head, nonce, gcm.update(plain, 'utf8'), gcm.final(), gcm.getAuthTag()]);
    },
    decrypt(box, purpose) {
      const idEnd = 2 + (box[1] ?? 0);
      const textStart = idEnd + nonceLength;
      const textEnd = box.length - tagLength;
      if (box[0] !== suiteAes256Gcm || textEnd < textStart) throw new Error('not an encrypted box');
      const keyId = box.toString('utf8', 2, idEnd);
      const key = ring.get(keyId);
      if (!key) throw new Error(`unknown key ${JSON.stringify(keyId)}`);
      const gcm = createDecipheriv('aes-256-gcm', key, box.subarray(idEnd, textStart), { authTagLength: tagLength })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(box.subarray(textEnd));
      return Buffer.concat([gcm.update(box.subarray(textStart, textEnd)), gcm.final()]).toString('utf8');
    },
    blindIndex(value, purpose) {
      return createHmac('sha256', indexKey).update(`${purpose}\0${value}`).digest();
    },
  };
}
