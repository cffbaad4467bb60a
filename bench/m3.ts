import { seedLarge } from '../seeds/large';
import { addressOf } from '../src/http/paging';
import { paths } from '../src/http/paths';
import { openSite, type Site, type Visitor } from '../test/support/site';
import { enter, greatestReader } from './plans';

const SMALL = 10_000;
const ROUNDS = 40;

/** What is asked of a list, by name: the query of its address. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'as it opens': '',
  'filter and count': 'level=middle&state=accepted',
  'sort by name': 'state=all&sort=name',
  'sort by name, backwards': 'state=all&sort=name&dir=desc',
  'sort by unit': 'state=all&sort=unit',
  'sort by rank, backwards': 'state=all&sort=rank&dir=desc',
  'sort by state': 'state=all&sort=state',
  'sort by arrival, backwards': 'state=all&dir=desc',
  'part of a name': 'state=all&name=%E6%B5%B7',
  'part of a name, two characters': 'state=all&name=%E6%B5%B7%E7%87%95',
  'last page': 'state=all&end=yes',
  'last page by name': 'state=all&sort=name&end=yes',
};

/** A province of this size, or the one that is there, and somebody of the committee that has most in it. */
async function settle(site: Site, declarations: number): Promise<{ visitor: Visitor; rows: number }> {
  if (!(await site.db('declarations').first('id'))) {
    const problems = await seedLarge(site.deps, declarations, (line) => void process.stderr.write(`${line}\n`));
    if (problems.length > 0) throw new Error(problems.join('; '));
  }
  const { id, rows } = await greatestReader(site, 'committee');
  return { visitor: await enter(site, `big-office-${id}`), rows };
}

const at = (list: readonly number[], share: number): number => {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) * 100) / 100;
};

/** M3: a committee's list over HTTP in a large province against one of 10,000, the two asked in turn; p95 and median of each question. */
export async function m3(site: Site, large: number): Promise<object> {
  const little = await openSite();
  try {
    const big = await settle(site, large);
    const small = await settle(little, SMALL);
    const questions = [];
    for (const [name, query] of Object.entries(QUESTIONS)) {
      const times = { big: [] as number[], small: [] as number[] };
      for (let i = -3; i < ROUNDS; i++) {
        for (const one of i % 2 === 0 ? (['big', 'small'] as const) : (['small', 'big'] as const)) {
          const began = performance.now();
          const page = await (one === 'big' ? big : small).visitor.get(addressOf(paths.office(), query));
          if (page.status !== 200) throw new Error(`${query}: ${page.status}`);
          if (i >= 0) times[one].push(performance.now() - began);
        }
      }
      questions.push({
        name,
        p95: [at(times.big, 0.95), at(times.small, 0.95)],
        median: [at(times.big, 0.5), at(times.small, 0.5)],
        ratioP95: Math.round((1000 * at(times.big, 0.95)) / at(times.small, 0.95)) / 1000,
        ratioMedian: Math.round((1000 * at(times.big, 0.5)) / at(times.small, 0.5)) / 1000,
      });
    }
    return {
      sizes: [large, SMALL],
      rowsOfTheList: [big.rows, small.rows],
      worstP95: Math.max(...questions.map((q) => q.ratioP95)),
      worstMedian: Math.max(...questions.map((q) => q.ratioMedian)),
      questions,
    };
  } finally {
    await little.close();
  }
}
