import { dummyVerify, hashPassword, isOutdated, verifyPassword } from '../../../src/adapters/passwords';

describe('S07 password hashes', () => {
  it('are argon2id with 19 MiB, two passes, one lane and a salt of their own', async () => {
    const [first, second] = await Promise.all([hashPassword('雪山2024飞狐'), hashPassword('雪山2024飞狐')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, '雪山2024飞狐')).toBe(true);
    expect(await verifyPassword(first, '雪山2024飞狐 ')).toBe(false);
  });

  it('are outdated when their parameters are others than today’s', async () => {
    expect(isOutdated(await hashPassword('a'))).toBe(false);
    expect(isOutdated('$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHQ$AAAA')).toBe(true);
  });

  it('do not depend on the width in which letters were typed', async () => {
    expect(await verifyPassword(await hashPassword('Abc12345!'), 'Ａｂｃ12345！')).toBe(true);
  });

  it('throws when the stored value is no hash', async () => {
    await expect(verifyPassword('plain', 'plain')).rejects.toThrow();
  });

  it('S04 gives no account that does not exist a password', async () => {
    expect(await dummyVerify('a')).toBe(false);
  });

  it('answers every one of many that come at once', async () => {
    const stored = await hashPassword('b');
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => verifyPassword(stored, i % 2 ? 'b' : 'c')));
    expect(answers).toEqual(Array.from({ length: 24 }, (_, i) => i % 2 === 1));
  });
});
