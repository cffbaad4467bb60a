import { askPrepared, rowsOf, type Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { PERSON_QUERY, readPerson, type Person } from '../accounts';
import { DRAWN_QUERY, type RecordFacts } from '../education';
import { RULES_QUERY, rulesValues, type Facts, type Rule } from '../eligibility';

/** What is said of an applicant beside what they wrote themselves. */
export interface Applicant {
  person: Person;
  /** of continuing education, the newest first */
  records: RecordFacts[];
  /** those that hold on the day, for what is declared */
  rules: Rule[];
}

const APPLICANT = `SELECT q.*, ${rowsOf(DRAWN_QUERY)} AS records, ${rowsOf(RULES_QUERY)} AS rules FROM (${PERSON_QUERY}) q`;

/** One query; undefined when the person is gone. `years`: of continuing education; `day`: of the rules. */
export async function findApplicant(
  h: Handle,
  cipher: Cipher,
  { personId, years: [fromYear, toYear], facts, day }: { personId: number; years: readonly [number, number]; facts: Facts; day: string },
): Promise<Applicant | undefined> {
  const [row] = await askPrepared<Omit<Applicant, 'person'>>(h, 'applicant', APPLICANT, {
    person: personId,
    fromYear,
    toYear,
    ...rulesValues(facts, day),
  });
  return row && { person: readPerson(cipher, row), records: row.records, rules: row.rules };
}
