import { listSms } from '../../src/adapters/sms';
import { findActor } from '../../src/modules/accounts';
import { decidePath, lockLivePath, requestPath } from '../../src/modules/paths';
import type { Actor } from '../../src/policy/actor';
import { makeCommittee, makePath, makeStaff, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let committee: { id: number; name: string };
let office: Visitor;
let year: number;
const FOLK_ART = 91;

beforeAll(async () => {
  site = await openSite();
  year = Number((await site.db.raw<{ rows: { y: string }[] }>('SELECT extract(year FROM app_today())::text AS y')).rows[0]?.y);
  committee = await makeCommittee(site, { name: '威海市环翠区群众文化专业职务资格初级评审委员会', phone: '0631-5206789' });
  office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id, name: '毕办事' }));
});
afterAll(() => site.close());

const actorOf = async (id: number) => (await findActor(site.db, id)) as Actor & { unitId: number };
const pathsOf = (u: TestUnit) => site.db('reporting_paths').where({ unit_id: u.unitId }).orderBy('id');
const idOf = async (u: TestUnit): Promise<number> => ((await pathsOf(u)) as { id: number }[]).at(-1)?.id ?? 0;
const toCommittee = (): Record<string, string> => ({
  'path.series': String(FOLK_ART),
  'path.level': 'junior',
  'path.upward': 'committee',
  'path.committee': String(committee.id),
});
const toUnit = (u: TestUnit): Record<string, string> => ({
  'path.series': String(FOLK_ART),
  'path.level': 'junior',
  'path.upward': 'unit',
  'path.q': u.name,
  unit: String(u.unitId),
});

async function ask(u: TestUnit, values: Record<string, string>): Promise<{ visitor: Visitor; answer: Page }> {
  const visitor = await signInAs(site, u);
  return { visitor, answer: await visitor.submit(await visitor.get('/unit/paths/new'), values, { form: '#form', button: 'do=submit' }) };
}
const decide = async (visitor: Visitor, id: number, result: 'pass' | 'refuse', reason = ''): Promise<Page> =>
  visitor.submit(await visitor.get(`/paths/${id}/decision`), { 'decision.result': result, 'decision.reason': reason }, { form: '#form' });
/** What a telephone was told about paths. */
const toldTo = async (mobile: string): Promise<{ purpose: string; text: string }[]> =>
  (await listSms(site.db, site.deps.cipher, 500))
    .filter((m) => m.mobile === mobile && m.purpose.startsWith('path-'))
    .map(({ purpose, text }) => ({ purpose, text }));
/** A living path put there directly. */
const havePath = (from: TestUnit, to: TestUnit | undefined, state: 'requested' | 'approved' = 'approved'): Promise<number> =>
  makePath(site, { seriesId: FOLK_ART, level: 'junior', year }, from, to ?? { committeeId: committee.id }, state);

describe('P1 新增路径', () => {
  it('asks a superior unit, found by part of its name without script', async () => {
    const upstream = await makeUnit(site, { name: '威海市环翠区文化和旅游局', contactName: '曲文涛', mobile: '13863151111' });
    const unit = await makeUnit(site);
    const visitor = await signInAs(site, unit);
    const blank = await visitor.get('/unit/paths/new');
    expect(Object.fromEntries(blank.fields('#form'))).toMatchObject({ 'path.year': String(year) });
    expect(blank.find('[name="path.q"]')).toBeNull();
    const chosen = await visitor.send(
      blank,
      { 'path.series': String(FOLK_ART), 'path.level': 'junior', 'path.upward': 'unit' },
      { form: '#form', button: 'do=refresh' },
    );
    expect(chosen.find('button[value=find]')?.text).toContain('查找');
    const found = await visitor.send(chosen, { 'path.q': 'hcqwhhlyj' }, { form: '#form', button: 'do=find' });
    expect(found.all('#unit-results input[type=radio]').map((r) => r.getAttribute('data-name'))).toEqual(['威海市环翠区文化和旅游局']);
    expect(Object.fromEntries(found.fields('#form'))).toMatchObject({
      'path.series': String(FOLK_ART),
      'path.level': 'junior',
      'path.upward': 'unit',
      'path.q': 'hcqwhhlyj',
    });
    const answer = await visitor.submit(found, { unit: String(upstream.unitId) }, { form: '#form', button: 'do=submit' });
    expect([answer.status, answer.location]).toEqual([303, '/unit/paths?done=saved']);
    const list = await visitor.get(answer.location);
    for (const words of [
      '待审核',
      '威海市环翠区文化和旅游局',
      '曲文涛，13863151111',
      '群众文化 初级职称',
      '等待该单位审核',
      '尚未申请本系列、本级别的路径',
    ])
      expect(list.text()).toContain(words);
    expect(await site.db('audit_log').where({ action: 'path.request', actor_id: unit.accountId })).toHaveLength(1);
  });

  it('asks a committee that is approved, within its term and there for series and level', async () => {
    await makeCommittee(site, { name: '过期评委会', expired: true });
    await makeCommittee(site, { name: '未批准评委会', approved: false });
    await makeCommittee(site, { name: '别的级别评委会', scopes: [[FOLK_ART, 'middle']] });
    const unit = await makeUnit(site);
    const visitor = await signInAs(site, unit);
    const early = await visitor.send(
      await visitor.get('/unit/paths/new'),
      { 'path.upward': 'committee' },
      { form: '#form', button: 'do=refresh' },
    );
    expect(early.text()).toContain('请先选择职称系列和职称级别');
    const form = await visitor.send(
      early,
      { 'path.series': String(FOLK_ART), 'path.level': 'junior' },
      { form: '#form', button: 'do=refresh' },
    );
    expect(form.all('#f-path-committee option').map((o) => o.text)).toEqual(['请选择', `${committee.name}（山东省威海市环翠区）`]);
    expect((await visitor.submit(form, { 'path.committee': String(committee.id) }, { form: '#form', button: 'do=submit' })).status).toBe(
      303,
    );
    expect((await visitor.get('/unit/paths')).text()).toContain('0631-5206789');
    const none = await visitor.send(form, { 'path.level': 'senior' }, { form: '#form', button: 'do=refresh' });
    expect(none.text()).toContain('目前没有受理该系列、该级别的评审委员会');
  });

  it.each([
    ['nothing', {}, ['请选择「职称系列」', '请选择「职称级别」', '请选择「上一级类型」']],
    [
      'no unit',
      { 'path.series': '91', 'path.level': 'junior', 'path.upward': 'unit' },
      ['请填写上一级单位名称，点击「查找」后在结果中选择'],
    ],
    [
      'a name but none of the results',
      { 'path.series': '91', 'path.level': 'junior', 'path.upward': 'unit', 'path.q': '文化' },
      ['请在查找结果中选择上一级单位'],
    ],
    [
      'a series that is not there',
      { 'path.series': '99', 'path.level': 'junior', 'path.upward': 'committee' },
      ['请在列表中重新选择「职称系列」'],
    ],
    [
      'a year far away',
      { 'path.year': '1999', 'path.series': '91', 'path.level': 'junior', 'path.upward': 'committee' },
      ['请在列表中重新选择「年度」'],
    ],
  ])('complains about %s beside the field and keeps what was chosen (X4)', async (_, values, expected) => {
    const unit = await makeUnit(site);
    const { answer } = await ask(unit, values as Record<string, string>);
    expect(answer.status).toBe(422);
    for (const message of expected) expect(answer.errors()).toContain(message);
    for (const [k, v] of Object.entries(values))
      if (k !== 'path.year' && v !== '99') expect(Object.fromEntries(answer.fields('#form'))[k]).toBe(v);
    expect(await pathsOf(unit)).toEqual([]);
  });

  it('never breaks on nonsense in form or address', async () => {
    const unit = await makeUnit(site);
    const { visitor, answer } = await ask(unit, {
      'path.series': '91',
      'path.level': "'; DROP",
      'path.upward': 'unit',
      'path.q': 'x',
      unit: '99999999999999',
    });
    expect(answer.status).toBe(422);
    for (const address of [
      '/unit/paths?year=x&series=999999999999&page=-1',
      '/unit/paths/new?path.year=1&path.series=%00&path.upward=committee&unit=a',
      '/paths/review?state=x&series=y&level=z&page=0',
    ]) {
      expect((await visitor.get(address)).status).toBe(200);
    }
    const gone = await ask(unit, {
      'path.series': '91',
      'path.level': 'junior',
      'path.upward': 'unit',
      'path.q': 'x',
      unit: '99999999999999',
    });
    expect(gone.answer.errors()[0]).toContain('没有「职称评审」权限');
  });
});

describe('P2 路径审核', () => {
  it('P4 the upstream unit approves; then the path carries data, and the unit is told by message', async () => {
    const upstream = await makeUnit(site, { name: '威海市文登区文化局', contactName: '邵局' });
    const unit = await makeUnit(site, { mobile: '13906314001' });
    const { visitor } = await ask(unit, toUnit(upstream));
    expect(await lockLivePath(site.db, unit.unitId, FOLK_ART, 'junior', year)).toMatchObject({
      state: 'requested',
      upstreamUnitId: upstream.unitId,
      committeeId: null,
      upstreamName: upstream.name,
    });
    const up = await signInAs(site, upstream);
    const queue = await up.get('/paths/review');
    expect(queue.text('tbody')).toContain(unit.name);
    const page = await up.get(queue.link('审核：'));
    expect(page.text()).toContain(unit.creditCode);
    const answer = await up.submit(page, { 'decision.result': 'pass' }, { form: '#form' });
    expect(answer.status).toBe(303);
    const told = await up.get(answer.location);
    expect(told.heading).toBe('路径审核');
    expect(told.text('.notice')).toContain(`已通过${unit.name}的路径申请`);
    expect(told.text()).not.toContain('共 0 条');
    expect(told.link('查看全部路径')).toBe('/paths/review?state=all');
    expect(await lockLivePath(site.db, unit.unitId, FOLK_ART, 'junior', year)).toMatchObject({ state: 'approved' });
    expect((await visitor.get('/unit/paths')).text()).toContain('已通过');
    expect((await up.get('/paths/review')).text()).toContain('没有等待审核的路径申请');
    expect((await up.get('/paths/review?state=approved&name=' + encodeURIComponent(unit.name))).all('tbody tr')).toHaveLength(1);
    expect(await site.db('audit_log').where({ action: 'path.approve', actor_id: upstream.accountId })).toHaveLength(1);
    const [message, ...others] = await toldTo('13906314001');
    expect([message?.purpose, others]).toEqual(['path-approved', []]);
    expect(message?.text).toContain(`贵单位申请的${year}年度 群众文化 初级职称路径已通过`);
  });

  it('R6 after a decision the next one of the list opens, says what was decided, and keeps the filter; at the end comes the list', async () => {
    const upstream = await makeUnit(site);
    const [a, b, c] = [await makeUnit(site, { name: '连审甲单位' }), await makeUnit(site, { name: '连审乙单位' }), await makeUnit(site)];
    for (const unit of [a, b, c]) await ask(unit, toUnit(upstream));
    const up = await signInAs(site, upstream);
    const list = await up.get(`/paths/review?name=${encodeURIComponent('连审')}`);
    let page = await up.get(list.link(`审核：${b.name}`));
    page = await up.send(page, { 'decision.result': 'refuse', 'decision.reason': '请先核对系列' }, { form: '#form' });
    expect(page.heading).toBe(a.name);
    expect(page.text('.notice')).toContain(`${b.name}的路径申请`);
    expect(page.text('.notice')).toContain('已审核为「不通过」');
    expect((await up.get(page.link('查看该路径'))).text()).toContain('请先核对系列');
    page = await up.send(page, { 'decision.result': 'pass' }, { form: '#form' });
    expect([page.heading, page.find('input[name="name"]')?.getAttribute('value')]).toEqual(['路径审核', '连审']);
    expect(page.text('.notice')).toContain(`已通过${a.name}的路径申请`);
    const open = await up.get('/paths/review');
    expect(open.text('tbody')).toContain(c.name);
    const other = await signInAs(site, await makeUnit(site));
    expect((await other.get(`/paths/review?after=${await idOf(a)}`)).text('body')).not.toContain(a.name);
  });

  it('P4 the office refuses with a reason that the unit reads on its page, told by message; another path can be asked for', async () => {
    const unit = await makeUnit(site, { mobile: '13906314002' });
    const { visitor } = await ask(unit, toCommittee());
    expect((await office.get('/paths/review')).text('tbody')).toContain(unit.name);
    const silent = await decide(office, await idOf(unit), 'refuse');
    expect([silent.status, silent.errors()]).toEqual([422, ['请填写「不通过的原因」']]);
    expect((await decide(office, await idOf(unit), 'refuse', '请先报主管部门')).status).toBe(303);
    expect((await visitor.get('/unit/paths')).text()).toContain('请先报主管部门');
    const told = await toldTo('13906314002');
    expect(told.map((m) => m.purpose)).toEqual(['path-refused']);
    expect(told[0]?.text).toContain('路径未通过');
    expect(told[0]?.text).not.toContain('请先报主管部门');
    expect(await lockLivePath(site.db, unit.unitId, FOLK_ART, 'junior', year)).toBeUndefined();
    expect((await ask(unit, toCommittee())).answer.status).toBe(303);
  });

  it('tells the second of two deciders; the unit hears of the first only', async () => {
    const unit = await makeUnit(site, { mobile: '13906314003' });
    await ask(unit, toCommittee());
    const id = await idOf(unit);
    const second = await makeStaff(site, { role: 'office', committeeId: committee.id });
    const secondVisitor = await signInAs(site, second);
    const seen = await secondVisitor.get(`/paths/${id}/decision`);
    await decide(office, id, 'pass');
    const late = await secondVisitor.submit(seen, { 'decision.result': 'refuse', 'decision.reason': '晚了' }, { form: '#form' });
    expect([late.status, late.text()]).toEqual([403, expect.stringContaining('该路径申请已经处理')]);
    const raced = await decidePath(site.deps, await actorOf(second.accountId), {
      pathId: id,
      decision: 'refuse',
      reason: '晚了',
      requestId: 'r',
    });
    expect(raced).toMatchObject({ kind: 'already-decided', path: { state: 'approved', decidedBy: '毕办事' } });
    expect((await secondVisitor.get(`/paths/${id}/decision`)).text()).toContain('毕办事 审核为「通过」');
    expect((await toldTo('13906314003')).map((m) => m.purpose)).toEqual(['path-approved']);
  });

  it('a path can be ended, on a page that says what follows, once', async () => {
    const unit = await makeUnit(site);
    const { visitor } = await ask(unit, toCommittee());
    const list = await visitor.get('/unit/paths');
    const confirm = await visitor.get(list.link('终止路径'));
    expect(confirm.text()).toContain('已经上报的数据不受影响');
    expect((await visitor.submit(confirm)).location).toBe('/unit/paths?done=ended');
    expect((await visitor.get('/unit/paths')).text()).toContain('已终止');
    const again = await visitor.submit(confirm, { _token: 'another-token-0123456789' });
    expect([again.status, again.text()]).toEqual([403, expect.stringContaining('该路径已经终止')]);
    expect(
      (
        await decidePath(site.deps, await actorOf(unit.accountId), {
          pathId: await idOf(unit),
          decision: 'grant',
          reason: '',
          requestId: 'r',
        })
      ).kind,
    ).toBe('already-decided');
  });

  it('an office cannot approve after its term is over', async () => {
    const old = await makeCommittee(site, { name: '即将到期评委会' });
    const unit = await makeUnit(site);
    await ask(unit, { ...toCommittee(), 'path.committee': String(old.id) });
    await site
      .db('committees')
      .where({ id: old.id })
      .update({ valid_from: site.db.raw("app_today() - interval '1 year'"), valid_until: site.db.raw("app_today() - interval '1 day'") });
    const oldOffice = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: old.id }));
    const answer = await decide(oldOffice, await idOf(unit), 'pass');
    expect([answer.status, answer.errors()[0]]).toEqual([422, expect.stringContaining('任期已满')]);
    expect((await decide(oldOffice, await idOf(unit), 'refuse', '任期已满')).status).toBe(303);
  });
});

describe('P3 no rings, one living path, nobody without the permission', () => {
  it('refuses a second living path of the same series, level and year, also in the same moment', async () => {
    const unit = await makeUnit(site);
    await ask(unit, toCommittee());
    const { answer } = await ask(unit, toCommittee());
    expect([answer.status, answer.errors()[0]]).toEqual([422, expect.stringContaining('已有待审核或者已通过的路径')]);
    const other = await makeUnit(site);
    const actor = await actorOf(other.accountId);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () =>
        requestPath(site.deps, actor, {
          seriesId: FOLK_ART,
          level: 'junior',
          year,
          upward: { kind: 'committee', committeeId: committee.id },
          requestId: 'r',
        }),
      ),
    );
    expect(outcomes.map((o) => o.kind).sort()).toEqual(['already-live', 'already-live', 'already-live', 'already-live', 'done']);
  });

  it('refuses a path to oneself and to a unit without the permission', async () => {
    const unit = await makeUnit(site);
    const bare = await makeUnit(site, { state: 'none', name: '威海市没有权限的单位' });
    expect((await ask(unit, toUnit(unit))).answer.errors()).toEqual(['不能选择本单位作为上一级，请选择其他单位']);
    expect((await ask(unit, toUnit(bare))).answer.errors()[0]).toContain('没有「职称评审」权限');
    expect(await pathsOf(unit)).toEqual([]);
  });

  it('refuses what would close a ring through others', async () => {
    const [a, b, c] = await Promise.all([makeUnit(site), makeUnit(site), makeUnit(site)]);
    await havePath(a, b);
    await havePath(b, c, 'requested');
    const { answer } = await ask(c, toUnit(a));
    expect([answer.status, answer.errors()[0]]).toEqual([422, expect.stringContaining('不能再作为本单位的上一级')]);
    const otherLevel = await ask(c, { ...toUnit(a), 'path.level': 'middle' });
    expect(otherLevel.answer.status).toBe(303);
  });

  it('lets only one of two crossing requests of the same moment pass', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = await Promise.all([makeUnit(site), makeUnit(site)]);
      const go = async (from: TestUnit, to: TestUnit) =>
        requestPath(site.deps, await actorOf(from.accountId), {
          seriesId: FOLK_ART,
          level: 'junior',
          year,
          upward: { kind: 'unit', unitId: to.unitId },
          requestId: 'r',
        });
      expect((await Promise.all([go(a, b), go(b, a)])).map((o) => o.kind).sort()).toEqual(['done', 'ring']);
    }
  });

  it('two approvals that together close a ring do not both pass', async () => {
    const [a, b] = await Promise.all([makeUnit(site), makeUnit(site)]);
    // a ring among requests, as only an import past the trigger could leave it
    await site.db.raw('ALTER TABLE reporting_paths DISABLE TRIGGER reporting_paths_no_ring');
    const [ab, ba] = [await havePath(a, b, 'requested'), await havePath(b, a, 'requested')];
    await site.db.raw('ALTER TABLE reporting_paths ENABLE TRIGGER reporting_paths_no_ring');
    const [visitorA, visitorB] = [await signInAs(site, a), await signInAs(site, b)];
    const answers = await Promise.all([decide(visitorB, ab, 'pass'), decide(visitorA, ba, 'pass')]);
    for (const answer of answers) expect([answer.status, answer.errors()[0]]).toEqual([422, expect.stringContaining('形成循环')]);
    expect((await site.db('reporting_paths').whereIn('id', [ab, ba]).where({ state: 'approved' })).length).toBe(0);
    expect((await decide(visitorB, ab, 'refuse', '形成循环')).status).toBe(303);
    expect((await decide(visitorA, ba, 'pass')).status).toBe(303);
  });

  it('draws the whole chain to the committee', async () => {
    const [a, b, c] = await Promise.all([makeUnit(site), makeUnit(site, { name: '链中主管局' }), makeUnit(site, { name: '链中市局' })]);
    await havePath(a, b);
    await havePath(b, c);
    const visitor = await signInAs(site, a);
    expect((await visitor.get('/unit/paths')).all('.chain__name').map((x) => x.text)).toEqual([
      a.name,
      '链中主管局',
      '链中市局',
      '评审委员会',
    ]);
    await havePath(c, undefined, 'requested');
    const page = await visitor.get('/unit/paths');
    expect(page.all('.chain__name').map((x) => x.text)).toEqual([a.name, '链中主管局', '链中市局', committee.name]);
    expect(page.all('.chain__stop--done')).toHaveLength(3);
    expect(page.all('.chain__stop--now')).toHaveLength(1);
  });
});

describe('C3 and X2 who may come to the path pages', () => {
  it('a unit without the permission neither asks nor approves', async () => {
    const visitor = await signInAs(site, await makeUnit(site, { state: 'requested' }));
    for (const address of ['/unit/paths', '/unit/paths/new', '/paths/review']) {
      const page = await visitor.get(address);
      expect([page.status, page.text()]).toEqual([403, expect.stringContaining('请先办理「权限申请」')]);
      expect(page.all('main a').map((a) => a.getAttribute('href'))).toContain('/unit/permission');
    }
  });

  it('others neither see nor decide nor end a path', async () => {
    const [unit, upstream, stranger] = await Promise.all([makeUnit(site), makeUnit(site), makeUnit(site)]);
    await ask(unit, toUnit(upstream));
    const id = await idOf(unit);
    const strangerVisitor = await signInAs(site, stranger);
    const own = await signInAs(site, unit);
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    for (const v of [strangerVisitor, office, bureau]) {
      expect((await v.get(`/paths/${id}/decision`)).status).toBe(404);
      expect((await v.get(`/paths/${id}/end`)).status).toBe(404);
    }
    expect((await own.get(`/paths/${id}/decision`)).find('#form')).toBeNull();
    const post = new URLSearchParams({
      _csrf: (await own.get('/unit/paths')).find('input[name=_csrf]')?.getAttribute('value') ?? '',
      _token: 'token-0123456789abcdef',
      'decision.result': 'pass',
    });
    expect((await own.request('POST', `/paths/${id}/decision`, post)).status).toBe(404);
    expect((await (await signInAs(site, upstream)).get(`/paths/${id}/end`)).status).toBe(404);
    expect((await strangerVisitor.get('/paths/review?state=all')).text()).not.toContain(unit.name);
    expect((await office.get('/unit/paths')).status).toBe(403);
  });
});

describe('P5 what reporting asks', () => {
  it('knows no path, a requested one, an approved one, and forgets an ended one', async () => {
    const unit = await makeUnit(site);
    const live = () => lockLivePath(site.db, unit.unitId, FOLK_ART, 'junior', year);
    expect(await live()).toBeUndefined();
    const id = await havePath(unit, undefined, 'requested');
    expect(await live()).toEqual({ id, state: 'requested', upstreamUnitId: null, committeeId: committee.id, upstreamName: committee.name });
    await site.db('reporting_paths').where({ id }).update({ state: 'approved' });
    expect(await live()).toMatchObject({ id, state: 'approved' });
    expect(await lockLivePath(site.db, unit.unitId, FOLK_ART, 'junior', year + 1)).toBeUndefined();
    await site.db('reporting_paths').where({ id }).update({ state: 'ended' });
    expect(await live()).toBeUndefined();
  });
});
