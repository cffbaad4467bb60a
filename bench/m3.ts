import { seedLarge } from '../seeds/large';
import { makeDb } from '../src/db/db';
import { addressOf } from '../src/http/paging';
import { paths } from '../src/http/paths';
import { openSite, type Site, type Visitor } from '../test/support/site';
import { databaseUrlOf } from '../test/support/process';
import { enter, greatestReader } from './plans';
import type { Measured } from './measures';

const SMALL = 10_000;
const ROUNDS = 40;

const HAI = encodeURIComponent('海');

/** What is asked of each reader's list, by name: the query of its address. */
const QUESTIONS = {
  committee: {
    'as it opens': '',
    'filter and count': 'level=middle&state=accepted',
    'sort by name': 'state=all&sort=name',
    'sort by name, backwards': 'state=all&sort=name&dir=desc',
    'sort by unit': 'state=all&sort=unit',
    'sort by rank, backwards': 'state=all&sort=rank&dir=desc',
    'sort by state': 'state=all&sort=state',
    'sort by arrival, backwards': 'state=all&dir=desc',
    'part of a name': `state=all&name=${HAI}`,
    'part of a name, two characters': 'state=all&name=%E6%B5%B7%E7%87%95',
    'last page': 'state=all&end=yes',
    'last page by name': 'state=all&sort=name&end=yes',
  },
  // a hundred times the rows, and pages that are full in the small province too
  province: {
    'as it opens': '',
    'filter and count': 'level=middle&state=certified',
    'sort by name': 'state=certified&sort=name',
    'sort by name, backwards': 'state=certified&sort=name&dir=desc',
    'sort by unit': 'state=certified&sort=unit',
    'sort by end, backwards': 'state=certified&sort=ends&dir=desc',
    'part of a name': `state=certified&name=${HAI}`,
    'last page': 'state=certified&end=yes',
    'last page by name': 'state=certified&sort=name&end=yes',
  },
} as const;
type Reader = keyof typeof QUESTIONS;

interface Readers {
  committee: Visitor;
  province: Visitor;
  rows: Record<Reader, number>;
}

/** A province of this size, or the one that is there, and who reads its lists: somebody of the committee that has most, and the bureau of the province. */
async function settle(site: Site, declarations: number): Promise<Readers> {
  if (!(await site.db('declarations').first('id'))) {
    // statements of minutes
    const db = makeDb(databaseUrlOf(site), 2, '0');
    const problems = await seedLarge({ ...site.deps, db }, declarations, (line) => void process.stderr.write(`${line}\n`));
    await db.destroy();
    if (problems.length > 0) throw new Error(problems.join('; '));
  }
  const { id, rows } = await greatestReader(site, 'committee');
  const [province] = (await site.db('queue_counts').where({ reader_kind: 'division', reader_id: 370000 }).sum('n as n')) as { n: number }[];
  return {
    committee: await enter(site, `big-office-${id}`),
    province: await enter(site, 'big-bureau-370000'),
    rows: { committee: rows, province: province?.n ?? 0 },
  };
}

const list: Record<Reader, string> = { committee: paths.office(), province: paths.results() };

const at = (list: readonly number[], share: number): number => {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) * 100) / 100;
};

const ratio = (a: number, b: number): number => Math.round((1000 * a) / b) / 1000;

/**
 * M3: lists over HTTP in a large province against one of 10,000, the two asked in turn; p95 and median of each question. A page of 50 rows takes longer to write than one of 3
 * whatever the list holds, so that the verdict goes by the questions that fill as many rows in both; the others are told beside it.
 */
export async function m3(site: Site, large: number): Promise<Measured> {
  const little = await openSite();
  try {
    const big = await settle(site, large);
    const small = await settle(little, SMALL);
    const questions = [];
    for (const reader of Object.keys(QUESTIONS) as Reader[])
      for (const [name, query] of Object.entries(QUESTIONS[reader])) {
        const times = { big: [] as number[], small: [] as number[] };
        const shown = { big: 0, small: 0 };
        for (let i = -3; i < ROUNDS; i++) {
          for (const one of i % 2 === 0 ? (['big', 'small'] as const) : (['small', 'big'] as const)) {
            const began = performance.now();
            const page = await (one === 'big' ? big : small)[reader].get(addressOf(list[reader], query));
            const took = performance.now() - began;
            if (page.status !== 200) throw new Error(`${query}: ${page.status}`);
            if (i >= 0) times[one].push(took);
            else shown[one] = page.all('table tbody tr').length;
          }
        }
        questions.push({
          reader,
          name,
          rowsShown: [shown.big, shown.small],
          isEqual: Math.abs(shown.big - shown.small) <= 2,
          p95: [at(times.big, 0.95), at(times.small, 0.95)],
          median: [at(times.big, 0.5), at(times.small, 0.5)],
          ratioP95: ratio(at(times.big, 0.95), at(times.small, 0.95)),
          ratioMedian: ratio(at(times.big, 0.5), at(times.small, 0.5)),
        });
      }
    const equal = questions.filter((q) => q.isEqual);
    return {
      sizes: [large, SMALL],
      rowsOfTheLists: [big.rows, small.rows],
      measures: [
        {
          what: `worst p95 of ${equal.length} questions with as many rows`,
          value: Math.max(...equal.map((q) => q.ratioP95)),
          goal: { atMost: 1.1 },
        },
        { what: 'worst median of these', value: Math.max(...equal.map((q) => q.ratioMedian)) },
        { what: 'worst median of the others', value: Math.max(...questions.filter((q) => !q.isEqual).map((q) => q.ratioMedian)) },
      ],
      questions,
    };
  } finally {
    await little.close();
  }
}
