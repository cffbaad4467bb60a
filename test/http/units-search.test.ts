import { findUnitOption, searchUnits } from '../../src/modules/units';
import { makeUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
const names = async (query: string, limit?: number): Promise<string[]> =>
  (await searchUnits(site.db, query, limit)).rows.map((r) => r.name);

beforeAll(async () => {
  site = await openSite();
  for (const name of [
    '威海富田人力资源管理服务有限公司',
    '威海市环翠区文化馆',
    '荣成市文化馆',
    '山东富田集团',
    '100%纯棉纺织厂',
    '一百_五十研究所',
    'A\\B 测绘公司',
    '龘𫖯艺术团',
    'Weihai Design 工作室',
  ]) {
    await makeUnit(site, { name });
  }
  await makeUnit(site, { name: '威海富田劳务有限公司', state: 'none' });
});
afterAll(() => site.close());

describe('D2 申报单位 unit search', () => {
  it('puts names that begin with the text first, and units without the permission last and marked', async () => {
    const found = await searchUnits(site.db, '威海');
    expect(found.rows.map((r) => [r.name, r.permitted])).toEqual([
      ['威海富田人力资源管理服务有限公司', true],
      ['威海市环翠区文化馆', true],
      ['威海富田劳务有限公司', false],
    ]);
    expect(found).toMatchObject({ total: 3, more: false });
    expect(found.rows[0]?.divisionName).toBe('山东省威海市环翠区');
    expect(found.rows[0]?.creditCode).toMatch(/^[0-9A-Z]{18}$/);
  });

  it('finds a part in the middle, shorter names first', async () => {
    expect(await names('富田')).toEqual(['山东富田集团', '威海富田人力资源管理服务有限公司', '威海富田劳务有限公司']);
  });

  it.each([
    ['one character', '馆', ['荣成市文化馆', '威海市环翠区文化馆']],
    ['pinyin initials', 'whshcqwhg', ['威海市环翠区文化馆']],
    ['a part of the initials in capitals', 'HCQWH', ['威海市环翠区文化馆']],
    ['two words', '环翠 文化馆', ['威海市环翠区文化馆']],
    ['a rare character beyond the basic plane', '𫖯', ['龘𫖯艺术团']],
    ['letters in either case', 'weihai design', ['Weihai Design 工作室']],
    ['characters that are all there but not in this order', '馆文化', []],
    ['a per cent sign as itself', '%', ['100%纯棉纺织厂']],
    ['an underscore as itself', '_五', ['一百_五十研究所']],
    ['a backslash as itself', '\\', ['A\\B 测绘公司']],
    ['nothing', '  ', []],
    ['an injection', "' OR 1=1 --", []],
    ['question marks, which mean bindings to the query builder', '?', []],
  ])('finds by %s', async (_, query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('finds a name with brackets of either width, however they are typed', async () => {
    await makeUnit(site, { name: '海阳潮声歌舞剧团（海阳）演出队' });
    await makeUnit(site, { name: '海阳潮声文化站(筹)' });
    for (const typed of ['潮声歌舞剧团(海阳)', '潮声歌舞剧团（海阳）', '潮声歌舞剧团（海'])
      expect((await searchUnits(site.db, typed)).rows.map((r) => r.name)).toEqual(['海阳潮声歌舞剧团（海阳）演出队']);
    for (const typed of ['潮声文化站（筹）', '潮声文化站(筹)'])
      expect((await searchUnits(site.db, typed)).rows.map((r) => r.name)).toEqual(['海阳潮声文化站(筹)']);
    expect(await searchUnits(site.db, '（）')).toEqual({ rows: [], total: 0, more: false });
  });

  it('finds by the whole credit code, however it is typed', async () => {
    const unit = await makeUnit(site, { name: '乳山市代码查询单位' });
    expect(await names(` ${unit.creditCode.toLowerCase().slice(0, 8)} ${unit.creditCode.slice(8)} `)).toEqual(['乳山市代码查询单位']);
  });

  it('says when there are more than it shows', async () => {
    const found = await searchUnits(site.db, '公司', 1);
    expect(found.rows).toHaveLength(1);
    expect(found).toMatchObject({ total: 3, more: true });
  });

  it('gives one unit as a choice of a form', async () => {
    const { unitId } = await makeUnit(site, { name: '文登区图书馆', state: 'none', divisionCode: '371003' });
    expect(await findUnitOption(site.db, unitId)).toEqual({
      id: unitId,
      name: '文登区图书馆',
      detail: '山东省威海市文登区，尚未取得「职称评审」权限',
      permitted: false,
    });
    expect(await findUnitOption(site.db, 0)).toBeUndefined();
  });

  it('stays on its indexes among many units', async () => {
    await site.db.raw(`INSERT INTO units (name, pinyin, credit_code, nature, division_code, contact_name, mobile, permission_state)
      SELECT '测试单位' || i || CASE i % 3 WHEN 0 THEN '公司' WHEN 1 THEN '学校' ELSE '医院' END, 'csdw' || i, '92371002' || lpad(i::text, 10, '0'), 'other', '371002', '某', '\\x00', 'granted'
      FROM generate_series(1, 20000) i`);
    await site.db.raw('ANALYZE units');
    expect(await names('富田')).toHaveLength(3);
    expect((await searchUnits(site.db, '公司')).total).toBe(200);
    expect(await names('单位12345')).toEqual(['测试单位12345公司']);
    const plan = await site.db.raw<{ rows: { 'QUERY PLAN': string }[] }>(
      "EXPLAIN SELECT u.id FROM units u WHERE u.grams @> ARRAY['富田'] AND (lower(u.name) LIKE '%富田%' OR u.pinyin LIKE '%富田%') LIMIT 300",
    );
    expect(plan.rows.map((r) => r['QUERY PLAN']).join('\n')).toContain('units_grams');
  });
});
