import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { Semaphore } from '../lib/semaphore';

/** argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage guide; about 10 ms. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Bounds the memory (3 × 19 MiB). Hashes are reckoned by the four threads that also read files and compress pages: one at least is always left for those, and no more are at it at once than
 * there are processors, since more would only take turns with everybody else's pages.
 */
const hashing = new Semaphore(Math.min(availableParallelism(), 3));

/** The same characters typed in another way (full width, composed) are the same password (NIST SP 800-63B 5.1.1.2). */
const normalise = (plain: string): string => plain.normalize('NFKC');

/** Gives the PHC string to store: parameters, random salt and hash. */
export function hashPassword(plain: string): Promise<string> {
  return hashing.run(() => hash(normalise(plain), OPTIONS));
}

/**
 * Tells whether the password belongs to the stored hash.
 * @throws when the stored value is not an argon2 hash.
 */
export function verifyPassword(stored: string, plain: string): Promise<boolean> {
  return hashing.run(() => verify(stored, normalise(plain)));
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
