import { databaseNow, type Handle } from '../../db/db';
import { evaluate, type Facts, type Verdict } from './evaluate';
import { listRulesFor } from './rules.store';

/** K5: by the rules that hold today, by the database's clock. Two queries. */
export async function checkEligibility(h: Handle, facts: Facts): Promise<Verdict> {
  if (facts.rank === undefined || facts.way === '') return evaluate([], facts);
  const { today } = await databaseNow(h);
  return evaluate(await listRulesFor(h, facts.seriesId, facts.rank, facts.way, today), facts);
}
