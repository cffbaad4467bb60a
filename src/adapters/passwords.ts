import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Semaphore } from '../lib/semaphore';
import { createThread } from './thread';

/** argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage guide; about 10 ms. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Bounds the memory (3 × 19 MiB); no more are at it at once than there are processors, since more would only take turns. */
const AT_ONCE = Math.min(availableParallelism(), 3);
/** More than a machine that is busy with everybody else takes for one hash; a thread that takes longer is replaced. */
const PATIENCE_MS = 60_000;
const HEAP_MB = 16;

/** A hash to be made, or one to compare with. */
type Question = { plain: string; options: typeof OPTIONS } | { plain: string; stored: string };

const hashing = new Semaphore(AT_ONCE);
/**
 * M7: threads of their own, which give way to everything else: neither do pages wait for a processor while many sign in, nor do hashes take the few threads that read files and compress pages.
 * The one that was used last comes first, so that those that are not needed end.
 */
const idle = Array.from({ length: AT_ONCE }, () =>
  createThread<Question, string | boolean>({
    program: 'password-thread',
    dir: __dirname,
    isModule: true,
    patienceMs: PATIENCE_MS,
    heapMb: HEAP_MB,
    maxWaiting: 1,
  }),
);

function reckon(question: Question): Promise<string | boolean> {
  return hashing.run(async () => {
    const thread = idle.pop();
    if (!thread) throw new Error('more hashes at once than threads');
    try {
      const found = await thread.ask(() => Promise.resolve({ question, give: [] }));
      if (found.kind !== 'answer') throw new Error(found.kind === 'failed' ? found.fault : 'the thread is taken');
      return found.answer;
    } finally {
      idle.push(thread);
    }
  });
}

/** The same characters typed in another way (full width, composed) are the same password (NIST SP 800-63B 5.1.1.2). */
const normalise = (plain: string): string => plain.normalize('NFKC');

/** Gives the PHC string to store: parameters, random salt and hash. */
export async function hashPassword(plain: string): Promise<string> {
  return String(await reckon({ plain: normalise(plain), options: OPTIONS }));
}

/**
 * Tells whether the password belongs to the stored hash.
 * @throws when the stored value is not an argon2 hash.
 */
export async function verifyPassword(stored: string, plain: string): Promise<boolean> {
  return (await reckon({ plain: normalise(plain), stored })) === true;
}

/** S07: made with other parameters than `hashPassword` uses today. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`);

let dummy: Promise<string> | undefined;

/** Costs as much as `verifyPassword` and is always false: for accounts that do not exist, so that the time taken tells nothing (S04). */
export async function dummyVerify(plain: string): Promise<false> {
  await verifyPassword(await (dummy ??= hashPassword(randomBytes(32).toString('base64'))), plain);
  return false;
}
