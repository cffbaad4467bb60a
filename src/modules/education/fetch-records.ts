import { inTransaction, databaseNow, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { findPerson, signInNameIndex } from '../accounts';
import { dropPlatformRecords, noteAnswer, noteAsked, putRecords } from './records.store';

/** So many years are asked for: five before the present one, because declarations are made for the year before as well. */
const YEARS = 6;

export type AskOutcome = 'asked' | 'already-asked' | 'not-connected';

/** Lets the job queue ask the platform about a person; costs the page one statement, whatever state the platform is in. */
export async function askPlatform(deps: Deps, trx: Trx, accountId: number): Promise<AskOutcome> {
  if (!deps.learning) return 'not-connected';
  const person = await findPerson(trx, deps.cipher, accountId);
  if (!person) throw new Error(`account ${accountId} is no person's`);
  if (!(await noteAsked(trx, signInNameIndex(deps.cipher, person.idNumber)))) return 'already-asked';
  await deps.jobs.add(trx, 'learning:fetch', { accountId }, `learning:${accountId}`);
  return 'asked';
}

/** The job `learning:fetch`. Throws when the platform can't be reached, so that the queue tries again, first soon and then more and more rarely. */
export async function fetchRecords(deps: Deps, accountId: number): Promise<void> {
  const { learning } = deps;
  const person = await findPerson(deps.db, deps.cipher, accountId);
  if (!learning || !person) return;
  const index = signInNameIndex(deps.cipher, person.idNumber);
  const toYear = Number((await databaseNow(deps.db)).today.slice(0, 4));
  const fromYear = toYear - YEARS + 1;
  const result = await learning.find({ idNumber: person.idNumber, name: person.name, fromYear, toYear });
  if (result.kind === 'found') {
    const inRange = result.records.filter((r) => r.year >= fromYear && r.year <= toYear);
    const records = [...new Map(inRange.map(({ id, ...r }) => [id, { ...r, person: index, externalId: id }])).values()];
    await inTransaction(deps.db, async (trx) => {
      await dropPlatformRecords(
        trx,
        index,
        records.map((r) => r.externalId),
        fromYear,
        toYear,
      );
      await putRecords(trx, records, { source: 'platform', sourceName: learning.name, importId: null });
      await noteAnswer(trx, index, 'found');
    });
    return;
  }
  await noteAnswer(deps.db, index, result.kind);
  if (result.kind === 'unreachable') throw new Error(`continuing education platform out of reach: ${result.reason}`);
  if (result.kind === 'refused') deps.log.warn({ reason: result.reason }, 'continuing education platform refused a question');
}
