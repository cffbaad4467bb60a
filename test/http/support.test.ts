import { appendAudit, sealAudit } from '../../src/audit/audit.store';
import { makeStaff, makeUnit, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
let adminId: number;
let auditor: Visitor;

beforeAll(async () => {
  site = await openSite({ DEMO: '1' });
  const staff = await makeStaff(site, { role: 'admin', name: '周海峰' });
  adminId = staff.accountId;
  admin = await signInAs(site, staff);
  auditor = await signInAs(site, await makeStaff(site, { role: 'auditor', name: '丛立新' }));
});
afterAll(() => site.close());

const press = async (button: string): Promise<Page> =>
  admin.send(await admin.get('/admin/clock'), {}, { form: '/admin/clock', button: `do=${button}` });
const shift = async (): Promise<string> => {
  const { rows } = await site.db.raw<{ rows: { days: string }[] }>('SELECT extract(day FROM shift)::text AS days FROM clock');
  return rows[0]?.days ?? '';
};
const entriesOf = (page: Page): string[][] =>
  page.all('table.queue tbody tr').map((tr) => tr.querySelectorAll('td').map((td) => td.text.replace(/\s+/g, ' ').trim()));

describe('X6 演示时钟', () => {
  it('moves on by one day and by ten, comes back, and keeps every change in the log', async () => {
    expect((await press('forward-1')).text()).toContain('系统时间比实际时间快 1 天');
    const page = await press('forward-10');
    expect(page.text()).toContain('系统时间比实际时间快 11 天');
    expect(page.text()).toContain('演示时钟已调整');
    expect(await shift()).toBe('11');
    expect((await press('reset')).text()).toContain('没有调整');
    expect(await shift()).toBe('0');
    const log = (await site.db('audit_log').where({ action: 'clock.set', actor_id: adminId }).orderBy('id')) as {
      detail: { change: string; daysAhead: number };
    }[];
    expect(log.map((l) => [l.detail.change, l.detail.daysAhead])).toEqual([
      ['forward-1', 1],
      ['forward-10', 11],
      ['reset', 0],
    ]);
  });

  it('refuses an act that is none', async () => {
    expect((await press('forward-1000')).status).toBe(400);
    expect(await shift()).toBe('0');
  });

  it('moves once when the button is pressed twice', async () => {
    const form = await admin.get('/admin/clock');
    const answers = await Promise.all([1, 2].map(() => admin.submit(form, {}, { form: '/admin/clock', button: 'do=forward-1' })));
    expect(answers.map((a) => a.status)).toEqual([303, 303]);
    expect(await shift()).toBe('1');
    await press('reset');
  });

  it('is not there outside of a demonstration', async () => {
    const real = await openSite();
    try {
      const visitor = await signInAs(real, await makeStaff(real, { role: 'admin' }));
      const form = await visitor.get('/home');
      expect((await visitor.get('/admin/clock')).status).toBe(404);
      const answer = await visitor.request(
        'POST',
        '/admin/clock',
        new URLSearchParams([...form.fields('form[action="/sign-out"]'), ['do', 'forward-10']]),
      );
      expect(answer.status).toBe(404);
      expect(Number((await real.db('clock').where({ shift: '0' }).count('* as n'))[0]?.n)).toBe(1);
    } finally {
      await real.close();
    }
  });
});

describe('X1 操作日志', () => {
  it('says codes in the words that the pages have for them', async () => {
    const cases = [
      [{ purpose: 'recover' }, '用途：找回用户名或密码'],
      [{ fields: ['creditCode', 'bornOn'] }, '修改的项目：统一社会信用代码、出生日期'],
      [{ section: 'education' }, '部分：学历'],
      [{ role: 'bureau', automatic: false }, '自动校验通过：否；账号类型：人社局'],
      [{ removed: { sms: 2 } }, '删除：短信记录：2'],
    ] as const;
    for (const [i, [detail]] of cases.entries())
      await appendAudit(site.db, { actorId: null, actorName: '某人', action: 'account.sign-in', subjectId: `code-${i}`, detail });
    for (const [i, [, words]] of cases.entries())
      expect(entriesOf(await auditor.get(`/admin/audit?subject=code-${i}`))[0]?.[5]).toContain(words);
  });

  it('filters by act, person, day and number, and keeps the filter in its links', async () => {
    for (let i = 0; i < 120; i++)
      await appendAudit(site.db, {
        actorId: null,
        actorName: i % 2 ? '100%认真' : '1000认真',
        action: 'section.save',
        subjectKind: 'declaration',
        subjectId: `d-${i}`,
      });
    const first = await auditor.get('/admin/audit?action=section.save');
    expect(entriesOf(first)).toHaveLength(50);
    expect(entriesOf(first)[0]?.[3]).toBe('保存申报内容');
    const second = await auditor.get(first.link('更早的记录'));
    const third = await auditor.get(second.link('更早的记录'));
    expect([entriesOf(second).length, entriesOf(third).length]).toEqual([50, 20]);
    expect(new Set([first, second, third].flatMap((p) => entriesOf(p).map((e) => e[0]))).size).toBe(120);
    expect(entriesOf(third).every((e) => e[3] === '保存申报内容')).toBe(true);
    expect(() => third.link('更早的记录')).toThrow();
    expect((await auditor.get(third.link('最新的记录'))).address).toBe('/admin/audit?action=section.save');
    // % is a letter of the name here, not a pattern
    expect(entriesOf(await auditor.get(`/admin/audit?actor=${encodeURIComponent('00%认')}`)).every((e) => e[2] === '100%认真')).toBe(true);
    expect(entriesOf(await auditor.get('/admin/audit?subject=d-7'))).toHaveLength(1);
    expect(entriesOf(await auditor.get('/admin/audit?from=2020-01-01&to=2020-01-31'))).toHaveLength(0);
    const { rows } = await site.db.raw<{ rows: { today: string }[] }>('SELECT app_today() AS today');
    const today = rows[0]?.today ?? '';
    expect(entriesOf(await auditor.get(`/admin/audit?from=${today}&to=${today}&subject=d-7`))).toHaveLength(1);
  });

  it('names a day that can not be read, and keeps it as typed', async () => {
    const page = await auditor.get(`/admin/audit?from=${encodeURIComponent('上个月')}`);
    expect(page.errors()).toEqual(['「开始日期」请按年、月、日填写，例如 2026.11.5']);
    expect(page.find('#f-from')?.getAttribute('value')).toBe('上个月');
  });

  it('S43 takes in no text to search for that would make its address longer than servers take', async () => {
    const form = (await auditor.get('/admin/audit')).all('form.filters input.govuk-input');
    expect(form.map((x) => x.getAttribute('maxlength'))).toEqual(['200', '200', '200', '200']);
    const whole = '/admin/audit?' + form.map((x) => `${x.getAttribute('name')}=${encodeURIComponent('长'.repeat(200))}`).join('&');
    expect((await auditor.get(whole)).status).toBe(200);
  });

  it('S37 takes nothing out of the address into its query', async () => {
    for (const evil of ["' OR 1=1 --", '%27;DROP TABLE audit_log', '../../etc']) {
      for (const name of ['action', 'actor', 'subject', 'from', 'before'])
        expect((await auditor.get(`/admin/audit?${name}=${encodeURIComponent(evil)}`)).status).toBe(200);
    }
  });

  it('verifies the chain, says when it is whole and which row was changed', async () => {
    while ((await sealAudit(site.db)) === 1000);
    expect((await auditor.get('/admin/audit')).text()).toContain('还没有验证过');
    const whole = await auditor.send(await auditor.get('/admin/audit'), {}, { form: '/admin/audit/verify' });
    expect(whole.text()).toMatch(/丛立新 验证：完整，共 \d+ 条/);

    const victim = (await site.db('audit_log').where({ subject_id: 'd-60' }).first('id')) as { id: number };
    await site.db.raw('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
    await site.db('audit_log').where({ id: victim.id }).update({ actor_name: '别人' });
    await site.db.raw('ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only');
    const broken = await auditor.send(await auditor.get('/admin/audit'), {}, { form: '/admin/audit/verify' });
    expect(broken.text()).toContain('不完整');
    expect(broken.text()).toContain(`记录编号 ${victim.id}`);
  });

  it('S30 is for the auditor alone, not for the administrator either', async () => {
    const visitors = [
      await signInAs(site, await makeUnit(site)),
      await signInAs(site, await makeStaff(site, { role: 'support' })),
      await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' })),
    ];
    for (const visitor of visitors)
      for (const address of ['/admin/audit', '/admin/clock']) expect((await visitor.get(address)).status).toBe(403);
    expect((await admin.get('/admin/audit')).status).toBe(403);
    expect((await auditor.get('/admin/clock')).status).toBe(403);
    expect((await auditor.get('/home')).link('操作日志')).toBe('/admin/audit');
    expect((await site.visitor().get('/admin/audit')).location).toBe('/sign-in?next=%2Fadmin%2Faudit');
  });
});
