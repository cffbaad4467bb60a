import { dummyVerify, hashPassword, verifyPassword } from '../../../src/adapters/passwords';

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

describe('password hashes', () => {
  it('are argon2id with 19 MiB, two passes, one lane and a salt of their own', async () => {
    const [first, second] = await Promise.all([hashPassword('雪山2024飞狐'), hashPassword('雪山2024飞狐')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, '雪山2024飞狐')).toBe(true);
    expect(await verifyPassword(first, '雪山2024飞狐 ')).toBe(false);
  });

  it('do not depend on the width in which letters were typed', async () => {
    expect(await verifyPassword(await hashPassword('Abc12345!'), 'Ａｂｃ12345！')).toBe(true);
  });

  it('throws when the stored value is no hash', async () => {
    await expect(verifyPassword('plain', 'plain')).rejects.toThrow();
  });

  it('takes about the same time for an account that does not exist', async () => {
    const stored = await hashPassword('a');
    const real: number[] = [];
    const dummy: number[] = [];
    for (let i = 0; i < 15; i++) {
      real.push(await time(() => verifyPassword(stored, 'wrong')));
      dummy.push(await time(() => dummyVerify('wrong')));
    }
    expect(await dummyVerify('a')).toBe(false);
    expect(median(dummy) / median(real)).toBeGreaterThan(0.5);
    expect(median(dummy) / median(real)).toBeLessThan(2);
  });

  it('answers every one of many that come at once', async () => {
    const stored = await hashPassword('b');
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => verifyPassword(stored, i % 2 ? 'b' : 'c')));
    expect(answers).toEqual(Array.from({ length: 24 }, (_, i) => i % 2 === 1));
  });
});
