import { createHash, createHmac } from 'node:crypto';
import { canonicalJson } from './canonical-json';

export interface Candidate {
  id: number;
  name: string;
  unit: string;
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** What is published before a draw: it fixes the seed without telling it. `seed` is 64 hexadecimal digits. */
export const commitmentOf = (seed: string): string => sha256(Buffer.from(seed, 'hex'));

/** Digest of those who can be drawn, in the order of their ids. */
export const poolDigest = (pool: readonly Candidate[]): string => sha256(canonicalJson([...pool].sort((a, b) => a.id - b.id)));

export interface DrawnCandidate extends Candidate {
  /** the number that put them in their place: 64 hexadecimal digits */
  lot: string;
}

/**
 * Everybody in the order of their lots; the first ones get the seats, the next ones stand in for them. The lot of a candidate is
 * HMAC-SHA-256(key = SHA-256(seed, line feed, witness text), message = `judge:` and the candidate's id). The seed was committed to before the witness spoke, so
 * neither side alone can choose the result, and everybody can work it out again.
 */
export function drawLots(pool: readonly Candidate[], seed: string, witness: string): DrawnCandidate[] {
  const key = createHash('sha256').update(`${seed}\n${witness}`, 'utf8').digest();
  return pool
    .map((c) => ({ ...c, lot: createHmac('sha256', key).update(`judge:${c.id}`, 'utf8').digest('hex') }))
    .sort((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : a.id - b.id));
}
