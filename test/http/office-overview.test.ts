import { makeDeclaration, countQueries } from '../support/declarations';
import {
  confirmPassword,
  makeBatch,
  makeCommittee,
  makeStaff,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { readZip } from '../support/read-zip';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let office: Visitor;
let place = 0;

const at = (state: Parameters<typeof makeDeclaration>[1]['state'], name: string, to = batch) =>
  makeDeclaration(site, { batch: to, state, units: [unit], name, rank: [++place, 99] });
const cellsOf = (page: Page, caption: string): string[][] =>
  page
    .all('table.queue')
    .filter((t) => t.querySelector('caption')?.text.trim() === caption)
    .flatMap((t) => t.querySelectorAll('tbody tr'))
    .map((tr) => tr.querySelectorAll('td').map((td) => td.text.trim()));

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
  });
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makeBatch(site, { committeeId: committee.id, rankBy: 'unit', level: 'middle' });
  unit = await makeUnit(site);
  office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
});
afterAll(() => site.close());

describe('J1 受理情况总览', () => {
  it('counts what is unreported, waiting, under correction, received and refused, batch by batch and together', async () => {
    await at('draft', '草稿');
    await at('unit_review', '未报一');
    await at('unit_passed', '未报二');
    await at('office_review', '待一');
    await at('correction', '补一');
    await at('accepted', '受一');
    await at('voted_passed', '受二');
    const refused = [await at('office_review', '拒一'), await at('office_review', '拒二')];
    for (const id of refused) {
      const form = await office.get(`/declarations/${id}/moves/refuse`);
      await office.send(form, { reason: 'conditions', opinion: '学历年限不足' });
    }
    const elsewhere = await makeCommittee(site);
    await at('accepted', '别委', await makeBatch(site, { committeeId: elsewhere.id, rankBy: 'unit' }));
    const page = await office.get('/office/overview');
    expect([page.status, page.heading]).toEqual([200, '受理情况总览']);
    const rows = cellsOf(page, '各批次受理情况');
    expect(rows.map((r) => r.slice(1))).toEqual([
      ['2', '6', '1', '1', '0', '2', '2', '0'],
      ['0', '0', '0', '0', '0', '0', '0', '0'],
      ['2', '6', '1', '1', '0', '2', '2', '0'],
    ]);
    expect(cellsOf(page, '不予受理的原因').find((r) => r[0] === '不符合申报条件')?.[1]).toBe('2');
    expect(page.text()).not.toContain('未报一');
    const list = await office.get(
      page
        .all('table.queue a')
        .find((a) => a.getAttribute('href')?.includes('state=refused'))
        ?.getAttribute('href') ?? '',
    );
    expect(list.text()).toContain('拒一');
  });

  it('lists the corrections under way, the first to end at the top, with what is left of their time', async () => {
    const soon = await at('correction', '今天补');
    await site.db.raw('UPDATE declarations SET correction_due_on = app_today() WHERE id = ?', [soon]);
    const later = await at('correction', '以后补');
    await site.db.raw('UPDATE declarations SET correction_due_on = app_today() + 20 WHERE id = ?', [later]);
    const rows = cellsOf(await office.get('/office/overview'), '补正中的申报');
    const names = rows.map((r) => r[0]);
    expect(names.indexOf('今天补')).toBeLessThan(names.indexOf('以后补'));
    expect(rows.find((r) => r[0] === '今天补')?.[4]).toBe('今天到期');
    expect(rows.find((r) => r[0] === '以后补')?.[4]).toMatch(/^还有 \d+ 个工作日$/);
  });

  it('M4 makes the same number of queries however many there are', async () => {
    await office.get('/office/overview');
    const few = await countQueries(site, () => office.get('/office/overview'));
    for (let i = 0; i < 10; i++) await at('correction', `补${i}号`);
    expect(await countQueries(site, () => office.get('/office/overview'))).toBe(few);
  });

  it('an office without batches reads what to do; nobody else sees the page', async () => {
    const other = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: (await makeCommittee(site)).id }));
    expect((await other.get('/office/overview')).text()).toContain('还没有本评审委员会的申报批次');
    expect((await (await signInAs(site, unit)).get('/office/overview')).status).toBe(403);
  });
});

describe('J1 the office list as a spreadsheet', () => {
  it('S14 asks for the password, S40 neutralises formulas, and masks the ID numbers', async () => {
    await at('office_review', '=HYPERLINK("x")');
    const page = await office.get('/office/declarations');
    const asked = await office.submit(page, {}, { form: 'form.roster__export' });
    expect(asked.location).toContain('/confirm-password');
    await confirmPassword(office, asked);
    const answer = await office.submit(await office.get('/office/declarations'), {}, { form: 'form.roster__export' });
    expect(answer.location).toMatch(/^\/tasks\/\d+$/);
    await site.drainJobs();
    const done = await office.get(answer.location);
    const file = await office.bytes(done.link('.xlsx'));
    const sheet = readZip(file.body).get('xl/worksheets/sheet1.xml')?.toString() ?? '';
    expect(sheet).toContain('=HYPERLINK(&quot;x&quot;)');
    expect(sheet).not.toMatch(/<f[ >]/);
    expect(sheet).toContain('待一');
    expect(sheet).not.toContain('受一');
    expect(sheet).toMatch(/>\d{3}\*{11}[\dX]{4}</);
    expect(sheet).not.toMatch(/>\d{17}[\dX]</);
    expect(await site.db('audit_log').where({ action: 'task.start' })).toHaveLength(1);
    expect(JSON.stringify(await site.db('tasks').select('input'))).not.toContain('姓名');
  });

  it('takes the state and the level of the list, and says so when nothing is left', async () => {
    const page = await office.get('/office/declarations?state=refused');
    const answer = await office.submit(page, {}, { form: 'form.roster__export' });
    await site.drainJobs();
    const sheet = readZip((await office.bytes((await office.get(answer.location)).link('.xlsx'))).body)
      .get('xl/worksheets/sheet1.xml')
      ?.toString();
    expect([sheet?.includes('不符合申报条件'), sheet?.includes('待一')]).toEqual([true, false]);
    const none = await office.submit(await office.get('/office/declarations?level=senior'), {}, { form: 'form.roster__export' });
    await site.drainJobs();
    expect((await office.get(none.location)).text()).toContain('没有符合条件的申报，没有生成文件');
  });
});
