import { listPathsToReview } from '../../src/modules/paths/path.read';
import { listBureauUnits } from '../../src/modules/units/bureau-units.read';
import { listPermissionRequests } from '../../src/modules/units/permission-queue.read';
import type { Place, Slice } from '../../src/db/keyset';
import { makeBatch, makeCommittee, makePath, makeUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let committeeId: number;
const WORDS = ['中心医院', '图书馆', '文化馆'];

beforeAll(async () => {
  site = await openSite();
  committeeId = (await makeCommittee(site)).id;
  const batch = await makeBatch(site, { committeeId });
  for (let n = 0; n < 24; n++) {
    const unit = await makeUnit(site, {
      name: `${['荣成', '环翠', '文登'][n % 3]}第${(n * 7) % 24}${WORDS[n % 2]}`,
      divisionCode: n % 4 ? '371002' : '370102',
    });
    await makePath(site, batch, unit, { committeeId }, n % 3 ? 'requested' : 'approved');
    await site.db('permission_requests').insert({
      unit_id: unit.unitId,
      credit_code: unit.creditCode,
      division_code: n % 4 ? '371002' : '370102',
      ...(n % 3
        ? { state: 'requested' }
        : { state: 'refused', reason: '材料不清', decided_by: unit.accountId, decided_at: site.db.raw('app_now()') }),
      requested_by: unit.accountId,
    });
  }
});
afterAll(() => site.close());

type Read = (place: Place, isMany: boolean) => Promise<Slice<{ id: number }>>;

/** All pages from this end on, as the list gives them. */
async function through(read: Read, isMany: boolean, onward: 'after' | 'before'): Promise<number[][]> {
  const pages: number[][] = [];
  let place: Place = onward === 'after' ? { kind: 'first' } : { kind: 'last' };
  for (;;) {
    const { rows, hasBefore, hasAfter } = await read(place, isMany);
    pages.push(rows.map((r) => Number(r.id)));
    const edge = onward === 'after' ? rows.at(-1) : rows[0];
    if (!(onward === 'after' ? hasAfter : hasBefore) || !edge || pages.length > 20) return pages;
    place = { kind: onward, id: String(edge.id) };
  }
}

describe('M3 a name that many hold is looked for in the order of the list, another one by its grams', () => {
  const lists: [string, (name: string, division: string) => Read][] = [
    [
      '单位信息维护',
      (name, division) => (place, isMany) =>
        listBureauUnits(site.db, division, { name, code: '', namesakes: false, held: false }, place, 5, isMany),
    ],
    [
      '单位权限审核',
      (name, division) => (place, isMany) => listPermissionRequests(site.db, division, { name, state: '' }, place, 5, isMany),
    ],
    [
      '路径审核',
      (name) => (place, isMany) =>
        listPathsToReview(
          site.db,
          { kind: 'committee', committeeId },
          { name, state: '', seriesId: undefined, level: '' },
          place,
          5,
          isMany,
        ),
    ],
  ];
  test.each(lists)('%s: both ways give the same pages, forwards and backwards', async (_title, list) => {
    for (const name of [...WORDS, '馆', '荣成 图书馆', 'zxyy'])
      for (const division of ['370000', '371000', '371002'])
        for (const onward of ['after', 'before'] as const) {
          const read = list(name, division);
          const inOrder = await through(read, true, onward);
          expect({ name, division, onward, pages: inOrder }).toEqual({
            name,
            division,
            onward,
            pages: await through(read, false, onward),
          });
        }
    // and there is something to be found
    expect((await through(list('图书馆', '370000'), true, 'after')).flat()).toHaveLength(12);
  });
});
