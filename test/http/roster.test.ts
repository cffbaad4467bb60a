import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cancelTaskRow, claimTask } from '../../src/modules/tasks/tasks.store';
import { rosterFacts } from '../../src/modules/declarations';
import { freezeContent } from '../support/frozen';
import { countQueries, makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import { readZip } from '../support/read-zip';

let site: Site;
let batch: TestBatch;
let committeeId: number;

beforeAll(async () => {
  site = await openSite();
  committeeId = (await makeCommittee(site)).id;
  batch = await makeBatch(site, { committeeId, rankBy: 'unit' });
});
afterAll(() => site.close());

async function unitWith(
  names: string[],
  state: 'unit_passed' | 'office_review' = 'unit_passed',
): Promise<{ unit: TestUnit; ids: string[]; visitor: Visitor }> {
  const unit = await makeUnit(site);
  const ids: string[] = [];
  for (const [i, name] of names.entries())
    ids.push(await makeDeclaration(site, { batch, state, units: [unit], name, rank: [i + 1, names.length] }));
  return { unit, ids, visitor: await signInAs(site, unit) };
}
const rowsOf = (page: Page): string[][] =>
  page
    .all('table.roster tbody tr')
    .map((tr) => tr.querySelectorAll('td').map((td) => td.text))
    .filter((cells) => cells.length > 1);

/** Presses an export button and lets the task run; gives its page. */
async function exported(visitor: Visitor, what: 'pdf' | 'xlsx', query = ''): Promise<Page> {
  const page = await visitor.get(`/roster${query}`);
  const answer = await visitor.submit(page, {}, { form: 'form.roster__export', button: `do=${what}` });
  expect(answer.status).toBe(303);
  await site.drainJobs();
  return visitor.get(answer.location);
}

describe('R4 一览表', () => {
  it('shows what was passed and not yet reported, in the order of the ranks, with what the form says', async () => {
    const { visitor, ids } = await unitWith(['乙', '甲']);
    await freezeContent(site, ids[1] ?? '');
    const page = await visitor.get('/roster');
    expect(page.heading).toBe('一览表');
    const rows = rowsOf(page);
    expect(rows.map((r) => [r[0], r[1], r[3]])).toEqual([
      ['1', '1/2', '乙'],
      ['2', '2/2', '甲'],
    ]);
    expect(rows[1]).toEqual(
      expect.arrayContaining(['女', '1995年3月', '2017年9月', '山东艺术学院，舞蹈学，2017年7月，大学本科，学士', '审核通过']),
    );
    expect(page.text('table.roster')).toContain('共 2 人');
    expect(page.html.trimEnd().endsWith('</html>')).toBe(true);
  });

  it('R4 a row says what an answer of yes or no means, where its question does not stand beside it', () => {
    const post = (isDual: string) => ({
      id: isDual,
      files: [],
      lines: [
        { label: '现任（含兼任）行政职务', text: '文化馆副馆长' },
        { label: '任职时间', text: '2023年3月' },
        { label: '是否事业单位「双肩挑」人员', text: isDual },
      ],
    });
    const applicant = { name: '甲', sex: '女', bornOn: '1995-03-12', ethnicity: '汉族', politicalStatus: '群众', nativePlace: '山东威海', photoSha256: null }; // prettier-ignore
    const facts = rosterFacts({
      revision: 1,
      round: 1,
      applicant,
      batch: { year: 2026, series: '群众文化', level: '初级', committee: '评审委员会' },
      unit: '文化馆',
      sections: [
        {
          id: 'administrative-post',
          title: '现任（含兼任）行政职务',
          parts: [{ id: 'posts', title: '', lines: [], files: [], items: [post('否'), post('是')], isRows: true }],
        },
      ],
    });
    expect(facts.post).toBe('文化馆副馆长，2023年3月；文化馆副馆长，2023年3月，事业单位「双肩挑」人员');
  });

  it('M4 says the same of a version whose words are kept with it and of an older one', async () => {
    const { visitor, ids } = await unitWith(['旧', '新']);
    await freezeContent(site, ids[0] ?? '', false);
    await freezeContent(site, ids[1] ?? '', true);
    const [older, newer] = rowsOf(await visitor.get('/roster'));
    expect(newer?.slice(4)).toEqual(older?.slice(4));
    expect([older?.length, older?.[5], older?.[7], older?.[10]]).toEqual([23, '1995年3月', '8 年', '无']);
  });

  it('X2 holds what came to the reader and nothing else: another unit, the committee, a person', async () => {
    const { ids } = await unitWith(['已报'], 'office_review');
    const { visitor: other } = await unitWith([]);
    expect(rowsOf(await other.get('/roster?show=passed'))).toEqual([]);
    expect((await other.get('/roster')).text('table.roster')).toContain('没有符合条件的申报');
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId }));
    expect(rowsOf(await office.get('/roster')).map((r) => r[3])).toContain('已报');
    const elsewhere = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: (await makeCommittee(site)).id }));
    expect(rowsOf(await elsewhere.get('/roster'))).toEqual([]);
    expect(ids).toHaveLength(1);
  });

  it('narrows by year, series and level, and says so in the file', async () => {
    const { visitor } = await unitWith(['一']);
    expect(rowsOf(await visitor.get('/roster?series=91&level=junior&year=2026'))).toHaveLength(1);
    expect(rowsOf(await visitor.get('/roster?level=middle'))).toEqual([]);
    expect(rowsOf(await visitor.get('/roster?show=reported'))).toEqual([]);
    const done = await exported(visitor, 'xlsx', '?series=91&level=junior&year=2026');
    expect(done.text()).toContain('一览表（2026年度');
  });

  it('S40 exports a spreadsheet whose cells are texts, whatever they begin with', async () => {
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠x', '\t=1', '<b>&"\'', '𬀩𠮷', '_x0041_'];
    const { visitor } = await unitWith(names);
    const page = await exported(visitor, 'xlsx');
    expect(page.text()).toContain('已生成');
    const file = await visitor.bytes(page.link('.xlsx'));
    expect(file.headers.get('content-type')).toContain('spreadsheetml');
    const sheet = readZip(file.body).get('xl/worksheets/sheet1.xml')?.toString() ?? '';
    expect(sheet).not.toMatch(/<f[ >]/);
    expect(sheet.match(/s="2" t="inlineStr"/g)).toHaveLength(9);
    expect(sheet).toContain('<t xml:space="preserve">=1+1</t>');
    expect(sheet).toContain('&lt;b&gt;&amp;&quot;');
    expect(sheet).toContain('_x005F_x0041_');
    expect(sheet).toContain('𬀩𠮷');
    const office = ['soffice', 'libreoffice'].find((name) => {
      try {
        execFileSync('sh', ['-c', `command -v ${name}`]);
        return true;
      } catch {
        return false;
      }
    });
    if (!office) return;
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-xlsx-'));
    fs.writeFileSync(path.join(dir, 'a.xlsx'), file.body);
    execFileSync(office, ['--headless', '--convert-to', 'fods', '--outdir', dir, path.join(dir, 'a.xlsx')], { timeout: 60_000 });
    expect(fs.readFileSync(path.join(dir, 'a.fods'), 'utf8')).not.toContain('table:formula');
    fs.rmSync(dir, { recursive: true });
  });

  it('exports a PDF: A3 lying, the head on every page, page x of y', async () => {
    const { visitor } = await unitWith(Array.from({ length: 45 }, (_, i) => `人员${i + 1}`));
    const page = await exported(visitor, 'pdf');
    const file = await visitor.bytes(page.link('.pdf'));
    const at = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-roster-')), 'a.pdf');
    fs.writeFileSync(at, file.body);
    const text = execFileSync('pdftotext', ['-layout', at, '-'], { encoding: 'utf8' });
    const sheets = text.split('\f').filter((s) => s.trim() !== '');
    expect(sheets.length).toBeGreaterThan(1);
    for (const [i, sheet] of sheets.entries()) {
      expect(sheet.replace(/\s/g, '')).toContain('专业技术人员申报评审职称情况一览表');
      expect(sheet.replace(/\s/g, '')).toContain(`第${i + 1}页共${sheets.length}页`);
    }
    expect(execFileSync('pdfinfo', [at], { encoding: 'utf8' })).toMatch(/Page size:\s+119\d(\.\d+)? x 84\d/);
    fs.rmSync(path.dirname(at), { recursive: true });
  });

  it('X1 the log says in words what was exported', async () => {
    const { visitor } = await unitWith(['日志甲']);
    await exported(visitor, 'xlsx', '?show=to_report');
    const auditor = await signInAs(site, await makeStaff(site, { role: 'auditor' }));
    const log = await auditor.get('/admin/audit?action=task.start');
    expect(log.text('table.queue tbody tr')).toContain('文件导出');
    expect(log.text('table.queue tbody tr')).toContain('范围：待上报');
    expect(log.text('table.queue tbody tr')).not.toMatch(/task|show|series/);
  });

  it('an export without rows says what to do and makes no file', async () => {
    const { visitor } = await unitWith([]);
    const page = await exported(visitor, 'xlsx');
    expect(page.text()).toContain('没有符合条件的申报，没有生成文件');
    expect(page.find('a[download]')).toBeNull();
  });

  it('R6 makes the same number of queries for 1 and 30 rows', async () => {
    const one = await unitWith(['一']);
    const many = await unitWith(Array.from({ length: 30 }, (_, i) => `人${i}`));
    const [a, b] = [
      await countQueries(site, () => one.visitor.get('/roster')),
      await countQueries(site, () => many.visitor.get('/roster')),
    ];
    expect(a).toBe(b);
    expect(a).toBeLessThanOrEqual(8);
  });
});

describe('文件导出', () => {
  it('F04 the same export twice at once is one task, and somebody else sees nothing of it (S28)', async () => {
    const { visitor } = await unitWith(['一']);
    const page = await visitor.get('/roster');
    const again = await visitor.get('/roster');
    const press = (p: Page) => visitor.submit(p, {}, { form: 'form.roster__export', button: 'do=xlsx' });
    const [a, b] = await Promise.all([press(page), press(again)]);
    expect(a.location).toBe(b.location);
    expect((await visitor.get(a.location)).text()).toContain('排队中');
    const stranger = await signInAs(site, await makeUnit(site));
    for (const to of [a.location, `${a.location}/file`]) expect((await stranger.get(to)).status).toBe(404);
    expect((await visitor.get(`${a.location}/file`)).status).toBe(403);
    await site.drainJobs();
    expect((await visitor.get('/tasks')).text()).toContain('一览表 Excel');
    expect(await site.db('audit_log').where({ action: 'task.start', subject_id: a.location.split('/')[2] })).toHaveLength(1);
  });

  it('refreshes itself while it is under way, and stops when it has ended', async () => {
    const { visitor } = await unitWith(['一']);
    const answer = await visitor.submit(await visitor.get('/roster'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    const waiting = await visitor.get(answer.location);
    expect(waiting.html).toContain('<noscript><meta http-equiv="refresh"');
    expect(waiting.find('#tasks')?.getAttribute('hx-get')).toBe(answer.location);
    await site.drainJobs();
    const done = await visitor.get(answer.location);
    expect(done.html).not.toContain('http-equiv="refresh"');
    expect(done.find('#tasks')?.hasAttribute('hx-get')).toBe(false);
  });

  it('gives the file in parts to whoever asks for the rest of a broken download', async () => {
    const { visitor } = await unitWith(['一', '二']);
    const page = await exported(visitor, 'xlsx');
    const to = page.link('.xlsx');
    const whole = await visitor.bytes(to);
    const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const tag = whole.headers.get('etag') ?? '';
    const ask = (headers: Record<string, string>) => fetch(site.base + to, { headers: { cookie, ...headers } });
    const rest = await ask({ range: 'bytes=100-', 'if-range': tag });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, `bytes 100-${whole.body.length - 1}/${whole.body.length}`]);
    expect(Buffer.from(await rest.arrayBuffer()).equals(whole.body.subarray(100))).toBe(true);
    expect((await ask({ range: 'bytes=100-', 'if-range': '"another"' })).status).toBe(200);
    expect((await ask({ range: `bytes=${whole.body.length}-` })).status).toBe(416);
    const head = await fetch(site.base + to, { method: 'HEAD', headers: { cookie } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.body.length)]);
    const log = await site.db('audit_log').where({ action: 'task.download', subject_id: to.split('/')[2] });
    expect(log.length).toBe(2);
  });

  it('can be cancelled, and a cancelled one is not made', async () => {
    const { visitor } = await unitWith(['一']);
    const answer = await visitor.submit(await visitor.get('/roster'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    const page = await visitor.send(await visitor.get(answer.location), {}, { form: `${answer.location}/cancel` });
    expect(page.text()).toContain('已取消');
    await site.drainJobs();
    expect((await visitor.get(answer.location)).text()).toContain('已取消');
  });

  it('that came to its end while its page was open says how it ended to whoever presses 「取消」', async () => {
    const { visitor } = await unitWith(['一']);
    const answer = await visitor.submit(await visitor.get('/roster'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    const open = await visitor.get(answer.location);
    await site.drainJobs();
    const page = await visitor.send(open, {}, { form: `${answer.location}/cancel` });
    expect([page.status, page.address]).toEqual([200, answer.location]);
    expect(page.text()).not.toContain('已取消');
    expect(page.link('下载')).toContain('/file');
  });

  it('F01 cancelled in the moment in which it would be begun: it is not, and the next one is', async () => {
    const { visitor } = await unitWith(['一']);
    const ask = async (address: string): Promise<number> =>
      Number(
        (await visitor.submit(await visitor.get(address), {}, { form: 'form.roster__export', button: 'do=xlsx' })).location.split('/')[2],
      );
    const [first, second] = [await ask('/roster'), await ask('/roster?show=passed')];
    const cancelling = await site.db.transaction();
    await cancelTaskRow(cancelling, first);
    const claiming = claimTask(site.db, 100);
    for (let n = 0; n < 400; n++) {
      const { rows } = await site.db.raw<{ rows: { n: number }[] }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if ((rows[0]?.n ?? 0) > 0) break;
      await new Promise((r) => setTimeout(r, 25));
    }
    await cancelling.commit();
    expect((await claiming)?.id).toBe(second);
    expect(await site.db('tasks').where({ id: first }).first('state', 'attempt')).toEqual({ state: 'cancelled', attempt: 0 });
    await site.db('tasks').where({ id: second }).update({ state: 'waiting', attempt: 0 });
    await site.drainJobs();
  });

  it('F01 a task whose process was killed is taken up again, three times at most', async () => {
    const { visitor } = await unitWith(['一']);
    const answer = await visitor.submit(await visitor.get('/roster'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    const id = Number(answer.location.split('/')[2]);
    const dead = { state: 'running', attempt: 1, beat_at: site.db.raw("now() - interval '3 minutes'") };
    await site
      .db('tasks')
      .where({ id })
      .update({ ...dead, beat_at: site.db.raw('now()') });
    await site.drainJobs();
    expect((await site.db('tasks').where({ id }).first('state')) as object).toEqual({ state: 'running' });
    await site.db('tasks').where({ id }).update(dead);
    await site.deps.jobs.add(site.db, 'tasks:run', {});
    await site.drainJobs();
    expect((await site.db('tasks').where({ id }).first('state', 'attempt')) as object).toEqual({ state: 'done', attempt: 2 });
    const other = await visitor.submit(await visitor.get('/roster?show=passed'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    await site
      .db('tasks')
      .where({ id: Number(other.location.split('/')[2]) })
      .update({ ...dead, attempt: 3 });
    await site.drainJobs();
    expect((await visitor.get(other.location)).text()).toContain('多次中断');
  });

  it('S62 one account has five tasks in line at most', async () => {
    const { unit, visitor } = await unitWith(['一']);
    for (let i = 0; i < 5; i++)
      await site.db('tasks').insert({ kind: 'roster:xlsx', title: '一览表', owner_id: unit.accountId, input: JSON.stringify({ n: i }) });
    const page = await visitor.submit(await visitor.get('/roster'), {}, { form: 'form.roster__export', button: 'do=xlsx' });
    expect([page.status, page.text()]).toEqual([409, expect.stringContaining('已有 5 个文件正在排队')]);
  });

  it('keeps the file until it expires, and then forgets the task', async () => {
    const { visitor } = await unitWith(['一']);
    const page = await exported(visitor, 'xlsx');
    await site
      .db('tasks')
      .where({ id: Number(page.address.split('/')[2]) })
      .update({ expires_at: site.db.raw("app_now() - interval '1 minute'") });
    await site.deps.jobs.add(site.db, 'housekeeping:prune', {});
    await site.drainJobs();
    expect((await visitor.get(page.address)).status).toBe(404);
  });
});
