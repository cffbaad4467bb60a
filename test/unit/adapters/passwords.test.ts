import { availableParallelism } from 'node:os';
import { dummyVerify, hashPassword, isOutdated, verifyPassword } from '../../../src/adapters/passwords';
import type * as ThreadModule from '../../../src/adapters/thread';

/** hashes reckoned at this moment, and the most there were */
const mockAtOnce = { now: 0, most: 0 };
jest.mock('../../../src/adapters/thread', () => {
  const real = jest.requireActual<typeof ThreadModule>('../../../src/adapters/thread');
  return {
    createThread: (options: ThreadModule.ThreadOptions) => {
      const thread = real.createThread<unknown, unknown>(options);
      const ask: typeof thread.ask = async (make) => {
        mockAtOnce.most = Math.max(mockAtOnce.most, ++mockAtOnce.now);
        return thread.ask(make).finally(() => mockAtOnce.now--);
      };
      return { ...thread, ask };
    },
  };
});

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

  it('are reckoned a few at a time: as many as there are processors, three at most, made and compared together', async () => {
    const stored = await hashPassword('b');
    mockAtOnce.most = 0;
    await Promise.all(Array.from({ length: 8 }, () => [hashPassword('b'), verifyPassword(stored, 'b'), dummyVerify('b')]).flat());
    expect(mockAtOnce).toEqual({ now: 0, most: Math.min(availableParallelism(), 3) });
  });
});
