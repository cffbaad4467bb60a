import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createCipher } from '../../../src/lib/cipher';

const key = (): string => randomBytes(32).toString('base64');
const ring = { k1: key(), k2: key() };
const indexKey = key();
const cipher = createCipher({ current: 'k2', ring, indexKey });

describe('X3 cipher', () => {
  it('gives back every text under its purpose', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, purpose) => {
        expect(cipher.decrypt(cipher.encrypt(plain, purpose), purpose)).toBe(plain);
      }),
    );
  });

  it('never gives the same bytes twice and holds no plain text', () => {
    const boxes = [cipher.encrypt('371002190101010011', 'id'), cipher.encrypt('371002190101010011', 'id')];
    expect(boxes[0]?.equals(boxes[1] ?? Buffer.alloc(0))).toBe(false);
    expect(boxes[0]?.includes('3710021901')).toBe(false);
  });

  it('lays out suite, key id, nonce, ciphertext and tag', () => {
    const box = cipher.encrypt('abc', 'id');
    expect(box.subarray(0, 4)).toEqual(Buffer.from([1, 2, ...Buffer.from('k2')]));
    expect(box).toHaveLength(2 + 2 + 12 + 3 + 16);
  });

  it('decrypts under an earlier key of the ring and refuses a key it no longer has', () => {
    const old = createCipher({ current: 'k1', ring, indexKey }).encrypt('旧', 'id');
    expect(cipher.decrypt(old, 'id')).toBe('旧');
    expect(() => createCipher({ current: 'k2', ring: { k2: ring.k2 }, indexKey }).decrypt(old, 'id')).toThrow('unknown key "k1"');
  });

  it('throws for another purpose', () => {
    expect(() => cipher.decrypt(cipher.encrypt('x', 'id'), 'mobile')).toThrow();
  });

  it('throws for every changed byte and every shortened box', () => {
    const box = cipher.encrypt('371002190101010011', 'id');
    for (let at = 0; at < box.length; at += 1) {
      const changed = Buffer.from(box);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => cipher.decrypt(changed, 'id')).toThrow();
      expect(() => cipher.decrypt(box.subarray(0, at), 'id')).toThrow();
    }
  });

  it('finds equal values under equal purposes only', () => {
    expect(cipher.blindIndex('a', 'id')).toEqual(createCipher({ current: 'k1', ring, indexKey }).blindIndex('a', 'id'));
    expect(cipher.blindIndex('a', 'id')).toHaveLength(32);
    expect(cipher.blindIndex('a', 'id')).not.toEqual(cipher.blindIndex('b', 'id'));
    expect(cipher.blindIndex('a', 'id')).not.toEqual(cipher.blindIndex('a', 'mobile'));
    expect(cipher.blindIndex('a', 'id')).not.toEqual(createCipher({ current: 'k1', ring, indexKey: key() }).blindIndex('a', 'id'));
  });

  it.each([
    ['a current key outside the ring', { current: 'k3', ring, indexKey }],
    ['a short key', { current: 'k1', ring: { k1: 'YWJj' }, indexKey }],
    ['a short index key', { current: 'k1', ring, indexKey: '' }],
    ['an empty key id', { current: '', ring: { '': ring.k1 }, indexKey }],
    ['a key id too long', { current: 'k'.repeat(256), ring: { ['k'.repeat(256)]: ring.k1 }, indexKey }],
  ])('refuses %s', (_, keys) => {
    expect(() => createCipher(keys)).toThrow(RangeError);
  });
});
