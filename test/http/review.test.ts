import { countQueries, makeDeclaration, namesOn, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, type TestUnit, type TestBatch } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let other: TestUnit;
let batch: TestBatch;
let visitor: Visitor;

const tick = (page: Page, ids: string[], button = 'do=confirm:pass') =>
  visitor.send(page, { ids }, { form: 'form[method="post"][action*="bulk"]', button });

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
  });
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  unit = await makeUnit(site);
  other = await makeUnit(site);
  visitor = await signInAs(site, unit);
});
afterAll(() => site.close());

describe('R1 R6 職称申报数据审核: the list'.replace('職', '职'), () => {
  let waiting: string;

  beforeAll(async () => {
    waiting = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '张100%成', rank: [1, 3] });
    await makeDeclaration(site, { batch, state: 'returned_to_unit', units: [unit], name: '李退回' });
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '王通过' });
    await makeDeclaration(site, { batch, state: 'returned_to_applicant', units: [unit], name: '赵修改' });
    await makeDeclaration(site, { batch, state: 'unit_review', units: [unit, other], name: '孙上报', rank: [2, 3] });
    await makeDeclaration(site, { batch, state: 'accepted', units: [unit], name: '钱受理', rank: [3, 3] });
    await makeDeclaration(site, { batch, state: 'draft', units: [unit], name: '周草稿' });
    await makeDeclaration(site, { batch, state: 'unit_review', units: [other], name: '吴别家' });
  });

  it('opens with what waits for the unit, in the order of arrival', async () => {
    const page = await visitor.get('/unit/review');
    expect(page.status).toBe(200);
    expect(page.heading).toBe('职称申报数据审核');
    expect(namesOn(page)).toEqual(['张100%成', '李退回']);
    expect(page.link('张100%成')).toBe(`/unit/review/${waiting}`);
    expect(page.text('table.queue')).toContain('1/3');
    expect(page.all('th').map((th) => th.text.trim())).toEqual(
      expect.arrayContaining(['姓名', '申报职称', '现从事专业', '申报单位', '单位推荐排序', '状态', '到达时间']),
    );
    expect(page.text()).toContain('查询');
    expect(page.text()).toContain('重置');
  });

  it('a search goes on in the order chosen', async () => {
    const kept = async (address: string): Promise<string[]> =>
      (await visitor.get(address))
        .all('form.filters input[type="hidden"]')
        .map((f) => `${f.getAttribute('name')}=${f.getAttribute('value')}`);
    expect(await kept('/unit/review')).toEqual([]);
    expect(await kept('/unit/review?sort=name&dir=desc')).toEqual(['sort=name', 'dir=desc']);
  });

  it.each([
    ['unit_review', ['张100%成']],
    ['returned_to_unit', ['李退回']],
    ['unit_passed', ['王通过']],
    ['returned_to_applicant', ['赵修改']],
    ['reported', ['孙上报', '钱受理']],
    ['all', ['张100%成', '李退回', '王通过', '赵修改', '孙上报', '钱受理']],
  ])('filters by state %s', async (state, expected) => {
    expect(namesOn(await visitor.get(`/unit/review?state=${state}`))).toEqual(expected);
  });

  it('filters by year, series, level and part of the name; the page keeps what was asked', async () => {
    expect(namesOn(await visitor.get('/unit/review?year=2025&state=all'))).toEqual([]);
    expect(namesOn(await visitor.get('/unit/review?year=2026&series=91&level=junior'))).toEqual(['张100%成', '李退回']);
    expect(namesOn(await visitor.get('/unit/review?level=middle'))).toEqual([]);
    const page = await visitor.get('/unit/review?name=退&state=all&level=junior');
    expect(namesOn(page)).toEqual(['李退回']);
    expect(page.find('input[name="name"]')?.getAttribute('value')).toBe('退');
    expect(page.find('select[name="state"] option[selected]')?.getAttribute('value')).toBe('all');
    expect(page.find('select[name="level"] option[selected]')?.getAttribute('value')).toBe('junior');
  });

  it('B5 finds a name as it stands in printed lists, and with whatever middle dot the keyboard has', async () => {
    const own = await makeUnit(site);
    const reader = await signInAs(site, own);
    for (const name of ['于海', '阿依努尔·吐尔逊江']) await makeDeclaration(site, { batch, state: 'unit_review', units: [own], name });
    const found = async (typed: string): Promise<string[]> => namesOn(await reader.get(`/unit/review?name=${encodeURIComponent(typed)}`));
    for (const typed of ['于海', '于　海', ' 于 海 ']) expect([typed, await found(typed)]).toEqual([typed, ['于海']]);
    for (const typed of ['阿依努尔•吐尔逊江', '努尔．吐尔逊', '阿依努尔 · 吐尔逊江'])
      expect([typed, await found(typed)]).toEqual([typed, ['阿依努尔·吐尔逊江']]);
  });

  it('R6 finds a unit with brackets of either width', async () => {
    const own = await makeUnit(site, { name: '海阳市潮里文化站（东城）' });
    await makeDeclaration(site, { batch, state: 'unit_review', units: [own], name: '于海' });
    const reader = await signInAs(site, own);
    for (const typed of ['站（东城）', '站(东城)', '站（东'])
      expect([typed, namesOn(await reader.get(`/unit/review?unit=${encodeURIComponent(typed)}`))]).toEqual([typed, ['于海']]);
    expect(namesOn(await reader.get(`/unit/review?unit=${encodeURIComponent('站（西城）')}`))).toEqual([]);
  });

  it('R1 tells what was handed in again from what is seen for the first time', async () => {
    const own = await makeUnit(site);
    await makeDeclaration(site, { batch, state: 'unit_review', units: [own], name: '初来' });
    const again = await makeDeclaration(site, { batch, state: 'unit_review', units: [own], name: '又来' });
    await site.db('declarations').where({ id: again }).update({ round: 2 });
    const rows = (await (await signInAs(site, own)).get('/unit/review')).all('table.queue tbody tr').map((r) => r.text);
    expect(rows.filter((r) => r.includes('第 2 次提交')).join()).toMatch(/又来/);
    expect(rows.filter((r) => r.includes('次提交'))).toHaveLength(1);
  });

  it('takes % and _ in a name literally (S37)', async () => {
    expect(namesOn(await visitor.get('/unit/review?name=100%25'))).toEqual(['张100%成']);
    expect(namesOn(await visitor.get('/unit/review?name=%25'))).toEqual(['张100%成']);
    expect(namesOn(await visitor.get('/unit/review?name=_'))).toEqual([]);
  });

  it('sorts by the columns it offers, with the way back in the heads', async () => {
    const page = await visitor.get('/unit/review?state=all&sort=rank');
    expect(namesOn(page).slice(0, 3)).toEqual(['张100%成', '孙上报', '钱受理']);
    expect(page.find('th[aria-sort="ascending"]')?.text.trim()).toBe('单位推荐排序');
    const reversed = await visitor.get(page.find('th[aria-sort] a')?.getAttribute('href')?.replace(/&amp;/g, '&') ?? '');
    expect(reversed.find('th[aria-sort="descending"]')?.text.trim()).toBe('单位推荐排序');
    expect(namesOn(reversed).slice(0, 3)).toEqual(['钱受理', '孙上报', '张100%成']);
    expect(namesOn(await visitor.get('/unit/review?state=all&sort=state'))).toEqual([
      '张100%成',
      '孙上报',
      '王通过',
      '赵修改',
      '李退回',
      '钱受理',
    ]);
  });

  it('S37 attempts at injection through filter, sort and page change nothing and give no 500', async () => {
    const before = await site.db('declarations').count('*');
    for (const bad of [
      'sort=arrived_at;DROP TABLE declarations--',
      "sort='",
      'dir=desc;--',
      "state=all' OR 1=1--",
      "name=' OR 1=1--",
      'name=\\',
      'series=91 OR 1=1',
      'series=99999999999999999999',
      'year=99999',
      'level=junior%27',
      'page=-1',
      'page=1e9',
      'page=999999',
      'page=abc',
      "unit=%25' --",
      '__proto__=1',
    ]) {
      const page = await visitor.get(`/unit/review?${bad.replace(/ /g, '%20')}`);
      expect([bad, page.status]).toEqual([bad, 200]);
      expect(namesOn(page)).not.toContain('吴别家');
    }
    expect((await visitor.get('/unit/review?sort=name&sort=unit')).status).toBe(400);
    expect(await site.db('declarations').count('*')).toEqual(before);
  });

  it("S30 X2 never shows another unit's declarations or drafts, whatever is asked", async () => {
    for (const state of ['waiting', 'unit_review', 'returned_to_unit', 'unit_passed', 'returned_to_applicant', 'reported', 'all']) {
      const shown = namesOn(await visitor.get(`/unit/review?state=${state}`));
      expect(shown).not.toContain('吴别家');
      expect(shown).not.toContain('周草稿');
    }
    const above = await signInAs(site, other);
    expect(namesOn(await above.get('/unit/review'))).toEqual(['孙上报', '吴别家']);
  });

  it('X2 refuses every other role, the signed-out, and units without the permission (C3)', async () => {
    const committee = await makeCommittee(site);
    for (const staff of [
      await makeStaff(site, { role: 'bureau', divisionCode: '371002' }),
      await makeStaff(site, { role: 'office', committeeId: committee.id }),
      await makeStaff(site, { role: 'support' }),
      await makeStaff(site, { role: 'admin' }),
      await makeUnit(site, { state: 'none' }),
      { loginName: 'applicant_1' },
    ]) {
      const stranger = await signInAs(site, staff);
      for (const address of ['/unit/review', '/unit/review/bulk', '/unit/report']) expect((await stranger.get(address)).status).toBe(403);
    }
    expect((await site.visitor().get('/unit/review')).location).toMatch(/^\/sign-in/);
  });

  it('says what to do next when there is nothing', async () => {
    const empty = await signInAs(site, await makeUnit(site));
    const page = await empty.get('/unit/review');
    expect(page.text()).toContain('没有等待审核的申报');
    expect(page.link('职称申报数据上报')).toBe('/unit/report');
    expect((await visitor.get('/unit/review?name=没有这个人')).text()).toContain('没有符合条件的申报');
  });
});

describe('R6 paging', () => {
  let big: TestUnit;
  let reader: Visitor;
  const ids: string[] = [];

  beforeAll(async () => {
    big = await makeUnit(site);
    reader = await signInAs(site, big);
  });
  const grow = async (to: number) => {
    while (ids.length < to) ids.push(await makeDeclaration(site, { batch, state: 'unit_review', units: [big] }));
  };

  const leads = (page: Page, words: string): boolean => page.all('.pages a').some((a) => a.text.trim() === words);
  const follow = (page: Page, words: string): Promise<Page> => reader.get(page.link(words));

  it('makes the same number of queries for 1, 3 and 30 rows', async () => {
    const counts: number[] = [];
    for (const n of [1, 3, 30]) {
      await grow(n);
      await reader.get('/unit/review');
      counts.push(await countQueries(site, () => reader.get('/unit/review')));
      expect((await reader.get('/unit/review')).all('table.queue tbody tr')).toHaveLength(n);
    }
    expect(new Set(counts).size).toBe(1);
  });

  it('shows 50 to a page, every row once, forwards, backwards and from the end', async () => {
    await grow(103);
    for (const query of ['sort=name', 'sort=rank&dir=desc', 'state=all&sort=state&dir=desc', 'sort=unit', 'dir=desc', 'name=人']) {
      const first = await reader.get(`/unit/review?${query}`);
      expect(first.text()).toContain('共 103 条');
      expect([leads(first, '第一页'), leads(first, '上一页')]).toEqual([false, false]);
      const second = await follow(first, '下一页');
      const third = await follow(second, '下一页');
      const all = [...namesOn(first), ...namesOn(second), ...namesOn(third)];
      expect(all).toHaveLength(103);
      expect(new Set(all).size).toBe(103);
      expect([leads(third, '下一页'), leads(third, '最后一页')]).toEqual([false, false]);
      expect(namesOn(await follow(first, '最后一页'))).toEqual(namesOn(third));
      expect(namesOn(await follow(third, '上一页'))).toEqual(namesOn(second));
      expect(namesOn(await follow(second, '上一页'))).toEqual(namesOn(first));
      expect(namesOn(await follow(third, '第一页'))).toEqual(namesOn(first));
      expect(namesOn(await reader.get(second.address))).toEqual(namesOn(second));
    }
  });

  it('leads from addresses with page numbers, and from places that are not its own, to a page of the list', async () => {
    const first = await reader.get('/unit/review?sort=name');
    const last = await follow(first, '最后一页');
    expect(namesOn(await reader.get('/unit/review?sort=name&page=77'))).toEqual(namesOn(last));
    expect(namesOn(await reader.get('/unit/review?sort=name&page=3'))).toEqual(namesOn(last));
    expect(namesOn(await reader.get('/unit/review?sort=name&page=2'))).toEqual(namesOn(first));
    const foreign = await makeDeclaration(site, { batch, state: 'unit_review', units: [await makeUnit(site)] });
    for (const place of [`from=${foreign}`, `till=${foreign}`, 'from=x', "till='"]) {
      expect(namesOn(await reader.get(`/unit/review?sort=name&${place}`))).toEqual(namesOn(first));
    }
  });

  it('R6 leads back from one declaration to the page of the list that it was opened from, also after another one was looked at', async () => {
    const second = await follow(await reader.get('/unit/review?sort=name'), '下一页');
    const [name = ''] = namesOn(second);
    const one = await reader.get(second.link(name));
    const next = await reader.get(one.link('下一项'));
    for (const page of [one, next]) {
      const back = page.all('a').find((a) => (a.getAttribute('href') ?? '').startsWith('/unit/review?'));
      expect(namesOn(await reader.get(back?.getAttribute('href') ?? ''))).toEqual(namesOn(second));
    }
  });

  it('keeps its place when what it begins at has left the list', async () => {
    const second = await follow(await reader.get('/unit/review?sort=name'), '下一页');
    const id = new URL(second.address, 'http://x').searchParams.get('from') ?? '';
    await site.db('declarations').where({ id }).update({ state: 'unit_passed' });
    expect(namesOn(await reader.get(second.address))).toEqual(namesOn(second));
    await site.db('declarations').where({ id }).update({ state: 'unit_review' });
  });
});

describe('R1 bulk 「通过」', () => {
  it('asks first, then answers for each row', async () => {
    const good = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '郑可以' });
    const late = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '冯被抢' });
    const foreign = await makeDeclaration(site, { batch, state: 'unit_review', units: [other], name: '陈外单位' });
    const passed = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '褚已过' });

    const list = await visitor.get('/unit/review?level=junior&sort=name');
    const confirm = await tick(list, [good, late, foreign, passed, 'x', '00000000-0000-0000-0000-000000000000']);
    expect(confirm.address).toMatch(/^\/unit\/review\/bulk\?draft=[0-9a-f-]{36}$/);
    expect(confirm.text()).toContain('将对下列 2 项申报进行「通过」');
    expect(confirm.text()).toContain('郑可以');
    expect(confirm.text()).toContain('下列 3 项不能处理');
    expect(confirm.text()).toContain('审核通过，待上报');
    expect(confirm.text()).not.toContain('陈外单位');
    expect(await stateOf(site, good)).toBe('unit_review');

    // between the two pages another operator of the unit is quicker
    const colleague = await signInAs(site, unit);
    const theirs = await colleague.send(
      await colleague.get('/unit/review'),
      { ids: late },
      { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm' },
    );
    await colleague.send(theirs, {}, { button: 'do=run' });
    expect(await stateOf(site, late)).toBe('unit_passed');

    const result = await visitor.send(confirm, {}, { button: 'do=run' });
    expect(result.address).toMatch(/^\/unit\/review\/bulk\?result=/);
    expect(result.heading).toBe('批量通过结果');
    expect(result.text()).toContain('已对 1 项申报进行「通过」，另有 1 项没有处理');
    const row = (name: string) => result.all('table.queue tbody tr').find((tr) => tr.text.includes(name))?.text ?? '';
    expect(row('郑可以')).toContain('审核通过，待上报');
    expect(row('冯被抢')).toContain('未处理');
    expect(row('冯被抢')).toContain('该申报已由');
    expect(result.link('返回列表')).toBe('/unit/review?level=junior&sort=name');
    expect(await stateOf(site, good)).toBe('unit_passed');
    expect(await stateOf(site, foreign)).toBe('unit_review');
    expect(await site.db('audit_log').where({ action: 'declaration.pass', subject_id: good })).toHaveLength(1);

    // the same confirm page a second time
    const again = await visitor.submit(confirm, { _token: 'a'.repeat(24) }, { button: 'do=run' });
    expect(again.status).toBe(410);
    expect(await site.db('audit_log').where({ action: 'declaration.pass', subject_id: good })).toHaveLength(1);
  });

  it('refuses a declaration that changed after its reader ticked it', async () => {
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '卫变化' });
    const confirm = await tick(await visitor.get('/unit/review'), [id]);
    await site.db('declarations').where({ id }).update({ version: 7 });
    const result = await visitor.send(confirm, {}, { button: 'do=run' });
    expect(result.text()).toContain('您打开页面之后该申报已有变化');
    expect(await stateOf(site, id)).toBe('unit_review');
  });

  it('without a tick, or with a move that is none, says so', async () => {
    await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    const list = await visitor.get('/unit/review?level=junior');
    const page = await tick(list, []);
    expect(page.errors()).toEqual(['请先勾选需要处理的申报']);
    expect(page.find('select[name="level"] option[selected]')?.getAttribute('value')).toBe('junior');
    for (const button of ['do=confirm:report', 'do=confirm:__proto__', 'do=drop']) {
      expect((await visitor.submit(list, { ids: 'x' }, { form: 'form[method="post"][action*="bulk"]', button })).status).toBe(400);
    }
  });

  it('S27 the way back leads only into the list', async () => {
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    const list = await visitor.get('/unit/review');
    const confirm = await visitor.send(
      list,
      { ids: id, back: '//evil.example/?x=1&state=all&<script>' },
      { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm' },
    );
    expect(confirm.link('返回列表')).toBe('/unit/review?state=all');
  });

  it("X2 another session's choice is not found", async () => {
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    const confirm = await tick(await visitor.get('/unit/review'), [id]);
    const stranger = await signInAs(site, other);
    expect((await stranger.get(confirm.address)).status).toBe(410);
  });
});
