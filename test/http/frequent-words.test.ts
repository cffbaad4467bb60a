import { makeReportable } from '../support/declarations';
import { makeBatch, makeCommittee, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let reader: Visitor;
/** more than a search looks through in the order of the list */
const ALL = 5700;
const LAST = 600;

beforeAll(async () => {
  site = await openSite();
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  unit = await makeUnit(site);
  await makeReportable(site, batch, unit, ALL);
  reader = await signInAs(site, unit);
  // the last of the list by arrival, which they all have in common, that is by id
  await site.db.raw(
    `UPDATE declarations SET applicant_name = '海' || rank_n WHERE id IN (SELECT id FROM declarations ORDER BY id DESC LIMIT ${LAST})`,
  );
  await site.db.raw('ANALYZE');
});
afterAll(() => site.close());

const namesOn = (page: Page): string[] => page.all('table tbody tr').map((tr) => /(?:人员|海)\d+/.exec(tr.text)?.[0] ?? '');
const expected = async (like: string): Promise<string[]> => {
  const rows = (await site.db('declarations').where('applicant_name', 'like', like).orderBy('id').select('applicant_name as name')) as {
    name: string;
  }[];
  return rows.map((r) => r.name);
};
const address = (name: string, more = ''): string => `/unit/review?state=all&name=${encodeURIComponent(name)}${more}`;

async function through(first: string, onward: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let page = await reader.get(first); ;) {
    pages.push(namesOn(page));
    const next = page.all('a').find((a) => a.getAttribute('rel') === onward);
    if (!next || pages.length > 150) return pages;
    page = await reader.get(next.getAttribute('href') ?? '');
  }
}

describe('M3, R6 a word that a great part of a list holds', () => {
  it('is met in the order of the list: the same rows as any other search gives, and no count of all', async () => {
    const first = await reader.get(address('人员'));
    expect(first.text()).toContain('共 500 条以上');
    expect(first.text()).toContain('待审核（未计数）');
    const all = await expected('人员%');
    expect(namesOn(first)).toEqual(all.slice(0, 50));
    const last = namesOn(await reader.get(address('人员', '&end=yes')));
    expect(last.length).toBeGreaterThan(0);
    expect(last).toEqual(all.slice(-last.length));
    expect(namesOn(await reader.get(address('人员', '&dir=desc')))).toEqual(all.slice(-50).reverse());
  });

  it('is found by its grams where the list does not meet it soon, each row once, forwards and backwards', async () => {
    const all = await expected('海%');
    expect(all).toHaveLength(LAST);
    expect((await through(address('海'), 'next')).flat()).toEqual(all);
    const back = await through(address('海', '&end=yes'), 'prev');
    expect(back.reverse().flat()).toEqual(all);
  });

  it('counts few exactly', async () => {
    const [name] = (await expected('海%')).slice(-1);
    const page = await reader.get(address(name ?? ''));
    expect(namesOn(page)).toEqual((await expected('海%')).filter((n) => n.includes(name ?? '')));
    expect(page.text()).not.toContain('以上');
  });
});
