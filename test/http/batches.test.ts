import { sendReminders } from '../../src/modules/batches';
import { listSms } from '../../src/adapters/sms';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { makeDeclaration, stateOf } from '../support/declarations';
import { atOnce, openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
let unit: TestUnit;
let reporter: Visitor;
let committee: { id: number; name: string };
let batch: TestBatch;

beforeAll(async () => {
  site = await openSite();
  admin = await signInAs(site, await makeStaff(site, { role: 'admin', name: '周海峰' }));
  unit = await makeUnit(site);
  reporter = await signInAs(site, unit);
  committee = await makeCommittee(site, { scopes: [[91, 'junior'], [91, 'middle'], [9, 'junior']] }); // prettier-ignore
  batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
});
afterAll(() => site.close());

const fields = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [`batch.${k}`, v]));
/** day and time this many days from now, as somebody would type it */
const inDays = async (days: number): Promise<string> => {
  const { rows } = await site.db.raw<{ rows: { t: string }[] }>(
    "SELECT to_char((app_now() + make_interval(days => ?)) AT TIME ZONE 'Asia/Shanghai', 'YYYY.MM.DD HH24:MI') AS t",
    [days],
  );
  return rows[0]?.t ?? '';
};
const save = { button: 'do=save' };
const committeeOptions = (page: Page): string[] => page.all('select[name="batch.committee"] option').map((o) => o.text);
const report = async (id: string): Promise<Page> => {
  const page = await reporter.open(`/declarations/${id}/moves/report`);
  return reporter.submit(page);
};

describe('K2 a batch', () => {
  it('is made for every level at once, seen by nobody before it is opened, and then by everybody', async () => {
    const person = await signInAs(site, await makePerson(site));
    let page = await admin.get((await admin.get('/batches')).link('新增批次'));
    expect(committeeOptions(page)).toContain(committee.name);
    const bad = await admin.send(page, fields({ year: '1800', opensAt: '明天', closesAt: '2027.13.1' }), save);
    expect(bad.errors()).toEqual([
      '「申报年度」请填写 2000 至 2100 之间的整数',
      '请选择「评审委员会」',
      '请选择「职称系列」',
      '请选择「职称级别」',
      '「个人申报开始时间」请按年、月、日、时间填写，例如 2026.5.20 17:00',
      '「个人申报截止时间」请按年、月、日、时间填写，例如 2026.5.20 17:00',
      '请填写「单位上报截止时间」',
    ]);
    expect(bad.find('#f-batch-opensAt')?.getAttribute('value')).toBe('明天');
    page = await admin.send(bad, fields({ committee: String(committee.id) }), { button: 'do=refresh' });
    page = await admin.send(page, fields({ series: '91' }), { button: 'do=refresh' });
    const values = {
      year: '2030',
      level: 'all',
      opensAt: await inDays(-1),
      closesAt: await inDays(10),
      unitClosesAt: await inDays(9),
      rankBy: 'unit',
      unitPublicity: 'yes',
      commitment: '第一版承诺',
    };
    page = await admin.send(page, fields(values), save);
    expect(page.errors()).toEqual(['「单位上报截止时间」不能早于个人申报截止时间']);
    const form = page;
    page = await admin.send(form, fields({ unitClosesAt: await inDays(20) }), save);
    const made = (await site.db('batches').where({ year: 2030 }).orderBy('level')) as {
      id: number;
      level: string;
      published_at: Date | null;
    }[];
    expect(made.map((b) => [b.level, b.published_at])).toEqual([['junior', null], ['middle', null]]); // prettier-ignore
    expect(page.all('main tbody tr')).toHaveLength(2);
    const again = await admin.send(
      await admin.get('/batches/new'),
      { ...fields({ ...values, committee: String(committee.id), series: '91', unitClosesAt: await inDays(20) }) },
      save,
    );
    expect(again.errors()).toEqual(['该年度、评审委员会、系列和级别的批次已经有了，请修改原来的批次']);

    const id = made[0]?.id ?? 0;
    expect((await person.get('/declarations/new')).text()).not.toContain('2030年度');
    expect((await person.get(`/declarations/new/${id}`)).status).toBe(404);
    const confirm = await admin.get((await admin.get(`/batches/${id}`)).link('开放申报'));
    expect(confirm.text()).toContain('须公示 5 个工作日');
    expect((await admin.send(confirm)).text()).toContain('批次已开放');
    expect((await admin.submit(confirm, { _token: 'abcdefghijklmnop1234' })).status).toBe(409);
    expect((await person.get('/declarations/new')).text()).toContain('2030年度');
    expect(
      await site
        .db('audit_log')
        .where({ subject_kind: 'batch', subject_id: String(id) })
        .orderBy('id')
        .pluck('action'),
    ).toEqual(['batch.create', 'batch.publish']);
    const found = await admin.get('/batches?year=2030&state=applicants&series=91&committee=%E5%A7%94%E5%91%98%E4%BC%9A');
    expect(found.all('main tbody tr')).toHaveLength(1);
  });

  it('keeps what a begun declaration relies on: on the page, in what is posted, and in the database', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2031 });
    await makeDeclaration(site, { batch: own, state: 'draft', units: [unit] });
    const page = await admin.get(`/batches/${own.id}/edit`);
    expect(page.text()).toContain('已有申报人在本批次填写');
    for (const locked of ['year', 'committee', 'series', 'level', 'rankBy', 'closesAt'])
      expect(page.find(`[name="batch.${locked}"]`)).toBeNull();
    const fewer = await admin.send(
      page,
      fields({ maxResults: '3', year: '2040', level: 'middle', rankBy: 'unit', closesAt: '2035.1.1' }),
      save,
    );
    expect(fewer.errors()).toEqual([expect.stringContaining('代表性成果数量不能减少')]);
    const more = await admin.send(fewer, fields({ maxResults: '20', commitment: '第二版承诺\n第二段' }), save);
    expect(more.text()).toContain('修改已保存');
    const row: unknown = await site.db('batches').where({ id: own.id }).first('year', 'level', 'rank_by', 'max_results');
    expect(row).toEqual({ year: 2031, level: 'junior', rank_by: 'applicant', max_results: 20 });
    expect(more.text()).toContain('第 2 版');
    expect(await site.db('batch_commitments').where({ batch_id: own.id }).orderBy('version').pluck('text')).toEqual([
      '本人承诺所填内容和所附材料真实、准确。',
      '第二版承诺\n第二段',
    ]);
    for (const change of [
      { level: 'middle' },
      { rank_by: 'unit' },
      { max_results: 1 },
      { published_at: null },
      { demands_unit_publicity: true },
    ])
      await expect(site.db('batches').where({ id: own.id }).update(change)).rejects.toThrow('has declarations');
    await expect(site.db('batch_changes').delete()).rejects.toThrow('append-only');
    const stale = await admin.send(fewer, fields({ maxResults: '30' }), save);
    expect(stale.errors()).toEqual([expect.stringContaining('其他管理员刚刚修改过本批次')]);
    expect(stale.find('#f-batch-maxResults')?.getAttribute('value')).toBe('30');
  });

  it('X2 is read by the office of its own committee, and changed by the administrator alone', async () => {
    const other = await makeBatch(site, { committeeId: (await makeCommittee(site)).id, year: 2032 });
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    expect((await office.get('/batches')).text()).not.toContain('2032年度');
    const page = await office.get(`/batches/${batch.id}`);
    expect([page.status, page.all('main form').length, page.text().includes('修改记录')]).toEqual([200, 0, false]);
    for (const address of [
      `/batches/${other.id}`,
      `/batches/${batch.id}/edit`,
      `/batches/${batch.id}/window`,
      `/batches/${batch.id}/extensions/new`,
    ])
      expect([address, (await office.get(address)).status]).toEqual([address, 404]);
    expect((await office.get('/batches/new')).status).toBe(403);
  });
});

describe('K3 windows', () => {
  it('close early and are prolonged with a reason; what was begun stays', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2033 });
    await makePath(site, own, unit, { committeeId: committee.id });
    const id = await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [unit], rank: [1, 1] });
    const page = await admin.get(`/batches/${own.id}/window`);
    expect(page.text()).toContain('还有 19 天');
    expect((await admin.send(page, fields({ what: 'close-all' }), save)).errors()).toEqual(['请填写「原因」']);
    const late = await admin.get(`/batches/${own.id}/window`);
    const closed = await admin.send(page, fields({ what: 'close-all', reason: '依通知提前截止' }), save);
    expect(closed.text()).toContain('截止时间已调整');
    expect(closed.text()).toContain('已截止');
    const refused = await report(id);
    expect([refused.status, await stateOf(site, id)]).toEqual([422, 'unit_passed']);
    expect(refused.errors()).toEqual(['现在不在单位上报时间内，不能上报。确需延期的，请联系评委会办事机构']);
    const home = await signInAs(site, unit);
    expect((await home.get('/home')).text()).toMatch(/有数据的上报截止时间 [^。]+ 已过，确需延期的，请联系评委会办事机构/);
    const second = await admin.send(late, fields({ closesAt: await inDays(2), unitClosesAt: await inDays(3), reason: '延长' }), save);
    expect(second.errors()).toEqual([expect.stringContaining('其他管理员刚刚修改过')]);
    const past = await admin.send(second, fields({ closesAt: await inDays(-3), unitClosesAt: await inDays(3), reason: '延长' }), save);
    expect(past.errors()).toEqual([expect.stringContaining('已经过去')]);
    const prolonged = await admin.send(
      past,
      fields({ closesAt: await inDays(2), unitClosesAt: await inDays(3), reason: '因系统维护延长' }),
      save,
    );
    expect(prolonged.text()).toContain('因系统维护延长');
    expect((await home.get('/home')).text()).not.toContain('已过，确需延期');
    expect([(await report(id)).status, await stateOf(site, id)]).toEqual([303, 'office_review']);
  });

  it('are longer for one case, with a reason, and only for this one', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2034, closed: true });
    await makePath(site, own, unit, { committeeId: committee.id });
    const [lucky, other] = [await makePerson(site, { name: '丛延期' }), await makePerson(site)];
    const form = await admin.get(`/batches/${own.id}/extensions/new`);
    const values = { account: lucky.loginName, closesAt: await inDays(2), unitClosesAt: await inDays(4), reason: '住院，见医院证明' };
    const bad = await admin.send(form, fields({ ...values, account: 'nobody_here', closesAt: await inDays(-1) }), save);
    expect(bad.errors()).toEqual(['「个人申报延长至」应当在现在之后']);
    expect((await admin.send(bad, fields({ account: 'nobody_here', closesAt: await inDays(2) }), save)).errors()).toEqual([
      '没有这个申报人，请核对登录名或者证件号码',
    ]);
    const confirm = await admin.send(bad, fields({ ...values, account: lucky.idNumber }), save);
    expect(confirm.text()).toContain('丛延期');
    expect(confirm.address).not.toContain(lucky.idNumber);
    const done = await admin.send(confirm);
    expect(done.text()).toContain('个别延期已生效');

    const luckyVisitor = await signInAs(site, lucky);
    expect((await luckyVisitor.get('/declarations/new')).text()).toContain('2034年度');
    const started = await luckyVisitor.submit(await luckyVisitor.get(`/declarations/new/${own.id}`));
    expect(started.location).toContain('/sections/application');
    const id = started.location.split('/')[2] ?? '';
    expect((await luckyVisitor.get(`/declarations/${id}`)).text()).toContain('还有 47 小时');
    const otherVisitor = await signInAs(site, other);
    expect((await otherVisitor.get('/declarations/new')).text()).not.toContain('2034年度');
    expect((await otherVisitor.get(`/declarations/new/${own.id}`)).status).toBe(403);

    // the same guard lets the unit report this one, and no other
    const [mine, another] = [
      await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [unit], rank: [1, 2] }),
      await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [unit], rank: [2, 2] }),
    ];
    await site
      .db('declarations')
      .where({ id })
      .update({ deleted_at: site.db.raw('app_now()') });
    await site.db('declarations').where({ id: mine }).update({ person_id: lucky.accountId });
    expect((await report(another)).status).toBe(422);
    expect([(await report(mine)).status, await stateOf(site, mine)]).toEqual([303, 'office_review']);

    const end = await admin.get((await admin.get(`/batches/${own.id}`)).link('取消'));
    expect((await admin.submit(end)).status).toBe(422);
    expect((await admin.send(end, { reason: '误操作' })).text()).toContain('个别延期已取消');
    expect((await luckyVisitor.get(`/declarations/new/${own.id}`)).status).toBe(403);
  });

  it('K3 are longer for one case by two administrators at once: the later word holds', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2043, closed: true });
    const lucky = await makePerson(site);
    const confirms = await Promise.all(
      [admin, await signInAs(site, await makeStaff(site, { role: 'admin' }))].map(async (who, n) => {
        const form = await who.get(`/batches/${own.id}/extensions/new`);
        const until = { closesAt: await inDays(n + 1), unitClosesAt: await inDays(n + 4) };
        const confirm = await who.send(form, fields({ account: lucky.loginName, ...until, reason: '住院' }), save);
        return () => who.submit(confirm);
      }),
    );
    expect((await atOnce(site, 'batch_changes', confirms)).map((a) => a.status)).toEqual([303, 303]);
    expect(await site.db('batch_extensions').where({ batch_id: own.id }).whereNull('revoked_at')).toHaveLength(1);
  });

  it('honour a request that arrived in time, however long it had to wait', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2035 });
    await makePath(site, own, unit, { committeeId: committee.id });
    const id = await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [unit], rank: [1, 1] });
    const page = await reporter.open(`/declarations/${id}/moves/report`);
    const until = async (condition: string): Promise<void> => {
      for (let i = 0; i < 400; i++) {
        const { rows } = await site.db.raw<{ rows: { ok: boolean }[] }>(`SELECT (${condition}) AS ok`);
        if (rows[0]?.ok) return;
        await new Promise((r) => setTimeout(r, 25));
      }
      throw new Error(`never true: ${condition}`);
    };
    // nobody's rights can be read: the request waits before it has opened its transaction
    const holder = await site.db.transaction();
    await holder.raw('LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    const sent = reporter.submit(page);
    await until("EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'accounts'::regclass)");
    await site
      .db('batches')
      .where({ id: own.id })
      .update({
        applicant_closes_at: site.db.raw("app_now() + interval '50 milliseconds'"),
        unit_closes_at: site.db.raw("app_now() + interval '50 milliseconds'"),
      });
    await until(`SELECT app_now() > unit_closes_at + interval '50 milliseconds' FROM batches WHERE id = ${own.id}`);
    await holder.commit();
    expect([(await sent).status, await stateOf(site, id)]).toEqual([303, 'office_review']);
    const late = await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [unit], rank: [1, 1] });
    expect((await report(late)).status).toBe(422);
  });
});

describe('R7 reminders before a window closes', () => {
  const on = { isOn: true, from: 0, to: 24 };
  const texts = async (): Promise<string[]> =>
    (await listSms(site.db, site.deps.cipher, 100)).filter((m) => m.purpose.startsWith('reminder')).map((m) => `${m.mobile} ${m.text}`);

  it('reach each applicant with a draft and each unit with something waiting, once 72 and once 24 hours before', async () => {
    const [first, second] = [await makeUnit(site, { mobile: '13906310001' }), await makeUnit(site, { mobile: '13906310002' })];
    const own = await makeBatch(site, { committeeId: committee.id, year: 2036 });
    await makeDeclaration(site, { batch: own, state: 'draft', units: [first] });
    const quiet = await makeDeclaration(site, { batch: own, state: 'draft', units: [first] });
    for (let i = 0; i < 2; i++) await makeDeclaration(site, { batch: own, state: 'unit_review', units: [first] });
    await makeDeclaration(site, { batch: own, state: 'unit_passed', units: [second] });
    await makeDeclaration(site, { batch: own, state: 'office_review', units: [second] });

    // who does not want them says so
    const { person_id: quietId } = (await site.db('declarations').where({ id: quiet }).first('person_id')) as { person_id: number };
    const { login_name: loginName } = (await site.db('accounts').where({ id: quietId }).first('login_name')) as { login_name: string };
    const visitor = await signInAs(site, { loginName });
    const choice = await visitor.get((await visitor.get('/profile')).link('提醒短信'));
    expect((await visitor.send(choice, {}, { button: 'do=off' })).text()).toContain('提醒短信已关闭');
    const silent = await signInAs(site, second);
    expect((await silent.send(await silent.get('/profile/reminders'), {}, { button: 'do=off' })).text()).toContain('提醒短信已关闭');

    expect(await sendReminders(site.deps, on)).toBe(0);
    await site
      .db('batches')
      .where({ id: own.id })
      .update({
        applicant_closes_at: site.db.raw("app_now() + interval '70 hours'"),
        unit_closes_at: site.db.raw("app_now() + interval '71 hours'"),
      });
    const counts = await Promise.all([sendReminders(site.deps, on), sendReminders(site.deps, on), sendReminders(site.deps, on)]);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(2);
    expect(await texts()).toHaveLength(2);
    const said = (await texts()).join('\n');
    expect(said).toContain('13906310001 【职称申报系统】贵单位有 2 份2036年度群众文化初级职称申报等待审核或者上报');
    expect(said).toContain('您的2036年度群众文化初级职称申报尚未提交');
    expect(await sendReminders(site.deps, on)).toBe(0);
    await site.advanceClock('48 hours');
    expect(await sendReminders(site.deps, on)).toBe(2);
    expect(await sendReminders(site.deps, on)).toBe(0);
    // a deadline that was moved is another one
    await site
      .db('batches')
      .where({ id: own.id })
      .update({ unit_closes_at: site.db.raw("app_now() + interval '71 hours'") });
    expect(await sendReminders(site.deps, on)).toBe(1);
  });

  it('are not sent at night, nor when they are switched off', async () => {
    const own = await makeBatch(site, { committeeId: committee.id, year: 2037 });
    await makeDeclaration(site, { batch: own, state: 'draft', units: [unit] });
    await site
      .db('batches')
      .where({ id: own.id })
      .update({ applicant_closes_at: site.db.raw("app_now() + interval '20 hours'") });
    const { rows } = await site.db.raw<{ rows: { hour: number }[] }>(
      "SELECT extract(hour FROM app_now() AT TIME ZONE 'Asia/Shanghai')::int AS hour",
    );
    const hour = rows[0]?.hour ?? 0;
    expect(await sendReminders(site.deps, { isOn: true, from: hour + 1, to: 24 })).toBe(0);
    expect(await sendReminders(site.deps, { isOn: true, from: 0, to: hour })).toBe(0);
    expect(await sendReminders(site.deps, { ...on, isOn: false })).toBe(0);
    expect(await sendReminders(site.deps, on)).toBe(1);
  });
});
