import { findActor } from '../../src/modules/accounts';
import { confirmResults } from '../../src/modules/committee';
import { runTasks, type ConfirmResultsTaskInput, type TaskRunners } from '../../src/modules/tasks';
import { makeDeclaration, stateOf } from '../support/declarations';
import {
  makeBatch,
  makeCommittee,
  makeStaff,
  makeUnit,
  pastPassword,
  signInAs,
  type TestBatch,
  type TestStaff,
  type TestUnit,
} from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let bureauStaff: TestStaff;
let bureau: Visitor;
let publicityId: number;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  unit = await makeUnit(site);
  bureauStaff = await makeStaff(site, { role: 'bureau', divisionCode: '371002' });
  const [p] = (await site
    .db('publicities')
    .insert({ committee_id: committee.id, starts_on: '2026-11-02', ends_on: '2026-11-06', created_by: bureauStaff.accountId })
    .returning('id')) as { id: number }[];
  publicityId = (p as { id: number }).id;
  bureau = await signInAs(site, bureauStaff);
});
afterAll(() => site.close());

let place = 0;
async function published(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = await makeDeclaration(site, { batch, state: 'publicity', units: [unit], name: `结果${++place}`, rank: [place, 9999] });
    await site.db('publicity_items').insert({ publicity_id: publicityId, declaration_id: id });
    ids.push(id);
  }
  return ids;
}
async function ticked(ids: string[]): Promise<Page> {
  const list = await bureau.get('/bureau/results');
  const asked = await bureau.send(list, { ids }, { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm:confirm' });
  return pastPassword(bureau, asked);
}
const press = (page: Page): Promise<Page> => bureau.submit(page, {}, { button: 'do=run' });
const idOf = (answer: Page): number => Number(/^\/tasks\/(\d+)$/.exec(answer.location)?.[1]);
/** The tasks without the prints of the certificates. */
const work = (): Promise<void> => runTasks(site.deps, { 'results:confirm': confirmResults } as TaskRunners);
const serialsOf = async (ids: string[]): Promise<number[]> =>
  ((await site.db('certificates').whereIn('declaration_id', ids).select('number')) as { number: string }[])
    .map((c) => Number(c.number.slice(14, 19)))
    .sort((a, b) => a - b);
const inARow = (serials: number[]): boolean => serials.every((s, i) => i === 0 || s === (serials[i - 1] as number) + 1);
const answersOn = (page: Page): string[] => page.all('td[data-label="处理结果"]').map((td) => td.text.trim());

describe('J4 J5 many results are confirmed as a long task', () => {
  it('shows how far it is, answers for each row, and each has one certificate', async () => {
    const ids = await published(25);
    const faulty = ids[3] as string;
    await site.db('votes').where({ declaration_id: faulty }).delete();
    const confirm = await ticked(ids);
    expect(confirm.text()).toContain('在后台逐项处理');
    const started = await press(confirm);
    expect(started.status).toBe(303);
    const waiting = await bureau.get(started.location);
    expect(waiting.heading).toBe('评审结果确认（25 项）');
    expect(waiting.text()).toContain('排队中');
    expect(await site.db('certificates').whereIn('declaration_id', ids)).toEqual([]);
    expect((await bureau.get(`/bureau/results/bulk?task=${idOf(started)}`)).status).toBe(404);
    await site.drainJobs();
    const done = await bureau.get(started.location);
    expect(done.text()).toContain('已完成');
    expect(done.find('a[download]')).toBeNull();
    const to = done.link('查看处理结果');
    expect((await bureau.get(`${started.location}/file`)).location).toBe(to);
    const result = await bureau.get(to);
    expect(result.text()).toContain('已对 24 项申报进行「确认」，另有 1 项没有处理');
    expect(answersOn(result)).toEqual(ids.map((id) => (id === faulty ? '未处理' : '已发证')));
    expect(result.text()).toContain(`系统出现错误，该申报没有处理，请稍后重试。错误编号：task-${idOf(started)}`);
    const serials = await serialsOf(ids);
    expect([serials.length, inARow(serials)]).toEqual([24, true]);
    expect(await site.db('certificates').whereIn('declaration_id', ids).whereNotNull('pdf_sha256')).toHaveLength(24);
    expect(await stateOf(site, faulty)).toBe('publicity');
    expect(await site.db('audit_log').where({ action: 'declaration.confirm', actor_id: bureauStaff.accountId })).toHaveLength(24);
    expect(await site.db('audit_log').where({ action: 'task.start', subject_id: String(idOf(started)) })).toMatchObject([
      { detail: { kind: 'results:confirm', count: 25 } },
    ]);
    const colleague = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    for (const address of [to, started.location]) expect((await colleague.get(address)).status).toBe(404);
    for (const bad of ['0', '-1', 'x', '9'.repeat(30)]) expect((await bureau.get(`/bureau/results/bulk?task=${bad}`)).status).toBe(404);
    const list = await bureau.get('/tasks');
    expect([list.heading, list.text()]).toEqual(['批量处理', expect.stringContaining('查看处理结果')]);
  }, 120_000);

  it('S14 asks for the password before the confirm page, of one and of many, and for a page that has lain open too long', async () => {
    const ids = await published(2);
    const fresh = await signInAs(site, bureauStaff);
    const list = await fresh.get('/bureau/results');
    const chosen = await fresh.submit(list, { ids }, { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm:confirm' });
    const asked = await fresh.get(chosen.location);
    expect([asked.status, asked.location]).toEqual([303, `/confirm-password?next=${encodeURIComponent(chosen.location)}`]);
    expect((await fresh.get(`/declarations/${ids[0]}/moves/confirm`)).location).toContain('/confirm-password');
    const many = await pastPassword(fresh, await fresh.open(chosen.location));
    const one = await fresh.get(`/declarations/${ids[0]}/moves/confirm`);
    expect([many.address, one.status]).toEqual([chosen.location, 200]);
    await site.advanceClock('5 minutes 1 second');
    expect((await fresh.submit(many, {}, { button: 'do=run' })).location).toContain('/confirm-password');
    expect((await fresh.submit(one)).location).toContain('/confirm-password');
    expect(await Promise.all(ids.map((id) => stateOf(site, id)))).toEqual(['publicity', 'publicity']);
    const kept = await pastPassword(fresh, await fresh.open('/confirm-password?next=%2Fkept'));
    expect(kept.text()).toContain('确认');
    // what was done can be read at any time
    const done = await press(await ticked([ids[1] as string]));
    await site.advanceClock('5 minutes 1 second');
    expect((await bureau.get(done.location)).text()).toContain('已对 1 项申报进行「确认」');
  });

  it('twenty stay in the request and are answered at once', async () => {
    const ids = await published(20);
    const answer = await press(await ticked(ids));
    expect(answer.location).toContain('/bureau/results/bulk?result=');
    expect((await bureau.get(answer.location)).text()).toContain('已对 20 项申报进行「确认」');
    expect(await serialsOf(ids)).toHaveLength(20);
  });

  it('F04 two clicks at once, and the same choice in two tabs, are one task; a click after its end leads to its answer', async () => {
    const ids = await published(21);
    const page = await ticked(ids);
    const tab = await bureau.get(page.address);
    const late = await bureau.get(page.address);
    const answers = await Promise.all([press(page), press(page), press(tab)]);
    expect(answers.map((a) => a.status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map((a) => a.location)).size).toBe(1);
    await work();
    expect((await press(late)).location).toBe(answers[0]?.location);
    expect((await bureau.get(page.address)).location).toBe(answers[0]?.location);
    const serials = await serialsOf(ids);
    expect([serials.length, inARow(serials)]).toEqual([21, true]);
    expect(await site.db('tasks').where({ title: '评审结果确认（21 项）' })).toHaveLength(1);
  });

  it('F01 goes on where a killed run stopped: nothing twice, no number lost, every row answered', async () => {
    const ids = await published(30);
    const started = await press(await ticked(ids));
    const id = idOf(started);
    const owner = await findActor(site.db, bureauStaff.accountId);
    if (!owner) throw new Error('no bureau');
    const { input } = (await site.db('tasks').where({ id }).first('input')) as { input: ConfirmResultsTaskInput };
    const killed = confirmResults(site.deps, {
      input,
      owner,
      requestId: `task-${id}`,
      progress: (done) => (done === 12 ? Promise.reject(new Error('killed')) : Promise.resolve()),
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await serialsOf(ids)).toHaveLength(12);
    await site
      .db('tasks')
      .where({ id })
      .update({ state: 'running', attempt: 1, beat_at: site.db.raw("now() - interval '3 minutes'") });
    const dead = await bureau.get(started.location);
    expect(dead.text()).toContain('正在处理');
    await work();
    const result = await bureau.get((await bureau.get(started.location)).link('查看处理结果'));
    expect(result.text()).toContain('已对 30 项申报进行「确认」');
    expect(answersOn(result)).toEqual(ids.map(() => '已发证'));
    const serials = await serialsOf(ids);
    expect([serials.length, inARow(serials)]).toEqual([30, true]);
    expect(await site.db('audit_log').where({ action: 'declaration.confirm', request_id: `task-${id}` })).toHaveLength(30);
  });

  it('two runs of one task at once issue each certificate once', async () => {
    const ids = await published(22);
    const id = idOf(await press(await ticked(ids)));
    const owner = await findActor(site.db, bureauStaff.accountId);
    if (!owner) throw new Error('no bureau');
    const { input } = (await site.db('tasks').where({ id }).first('input')) as { input: ConfirmResultsTaskInput };
    const run = () => confirmResults(site.deps, { input, owner, requestId: `task-${id}`, progress: () => Promise.resolve() });
    await Promise.all([run(), run()]);
    const serials = await serialsOf(ids);
    expect([serials.length, inARow(serials)]).toEqual([22, true]);
    await work();
    expect(answersOn(await bureau.get(`/bureau/results/bulk?task=${id}`))).toEqual(ids.map(() => '已发证'));
  });

  it('a colleague who was quicker is named, and keeps the row', async () => {
    const ids = await published(21);
    const id = idOf(await press(await ticked(ids)));
    const other = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日新' });
    const actor = await findActor(site.db, other.accountId);
    if (!actor) throw new Error('no colleague');
    await confirmResults(site.deps, {
      input: { items: [[ids[0] as string, 1]] },
      owner: actor,
      requestId: 'other',
      progress: () => Promise.resolve(),
    });
    const quicker = (await stateOf(site, ids[0] as string)) === 'certified';
    await work();
    const result = await bureau.get(`/bureau/results/bulk?task=${id}`);
    expect([quicker, answersOn(result).slice(0, 2)]).toEqual([true, ['未处理', '已发证']]);
    expect(result.text()).toContain('丛日新');
    expect(await serialsOf(ids)).toHaveLength(21);
  });

  it('cancelled before it runs, it confirms nothing; the rows can be ticked again', async () => {
    const ids = await published(21);
    const started = await press(await ticked(ids));
    const page = await bureau.send(await bureau.get(started.location), {}, { form: `${started.location}/cancel` });
    expect(page.text()).toContain('已取消');
    expect(page.text()).toContain('可以回到列表重新勾选');
    await work();
    expect(await serialsOf(ids)).toEqual([]);
    const again = await press(await ticked(ids));
    expect(again.location).not.toBe(started.location);
    await work();
    expect(await serialsOf(ids)).toHaveLength(21);
  });

  it('S62 with five tasks in line nothing is begun and the choice stays', async () => {
    const ids = await published(21);
    const page = await ticked(ids);
    for (let i = 0; i < 5; i++)
      await site
        .db('tasks')
        .insert({ kind: 'roster:xlsx', title: '占位', owner_id: bureauStaff.accountId, input: JSON.stringify({ n: i }) });
    expect((await press(page)).status).toBe(409);
    await site.db('tasks').where({ title: '占位' }).delete();
    const started = await press(await bureau.get(page.address));
    await work();
    expect((await bureau.get(started.location)).text()).toContain('已完成');
    expect(await serialsOf(ids)).toHaveLength(21);
  });
});

describe('J4 two results of one name', () => {
  it('J4 are told apart by birth, title, speciality and unit, in the list, before the act and after it', async () => {
    const ids = await published(2);
    const days = ['1985-03-01', '1985-03-20'];
    for (const [n, id] of ids.entries()) {
      await site
        .db('declarations')
        .where({ id })
        .update({ applicant_name: '同名的人', work_unit: `第${n + 1}文化站` });
      await site
        .db('persons')
        .where({ account_id: site.db('declarations').where({ id }).select('person_id') })
        .update({ born_on: days[n] });
    }
    const wanted = ['1985年3月1日出生', '1985年3月20日出生'];
    const told = (page: Page): string[] => wanted.filter((w) => page.text('main').includes(w));
    expect(told(await bureau.get('/bureau/results?name=同名的人'))).toEqual(wanted);
    const confirm = await ticked(ids);
    expect(told(confirm)).toEqual(wanted);
    for (const text of ['第1文化站', '第2文化站', '舞蹈', '群众文化']) expect(confirm.text('main')).toContain(text);
    // who has ticked one of the two sees whose it is, too
    expect((await ticked(ids.slice(0, 1))).text('main')).toContain('1985年3月出生');
    const done = await bureau.open((await press(confirm)).location);
    expect(told(done)).toEqual(wanted);
    expect(answersOn(done)).toEqual(['已发证', '已发证']);
  });
});

describe('R6 R7 the home page of a bureau', () => {
  it('leads from how many wait to just those: who is still in publicity is not among them', async () => {
    await published(2);
    const [running] = (await site
      .db('publicities')
      .insert({
        committee_id: site.db('publicities').where({ id: publicityId }).select('committee_id'),
        starts_on: site.db.raw('app_today()'),
        ends_on: site.db.raw('app_today() + 7'),
        created_by: bureauStaff.accountId,
      })
      .returning('id')) as { id: number }[];
    const id = await makeDeclaration(site, { batch, state: 'publicity', units: [unit], name: '公示未满' });
    await site.db('publicity_items').insert({ publicity_id: running?.id, declaration_id: id });
    const item = (await bureau.get('/home')).all('.work__item').find((x) => x.text.includes('评审结果确认'));
    const n = /\d+/.exec(item?.querySelector('.work__count')?.text ?? '')?.[0];
    const list = await bureau.get(item?.querySelector('a')?.getAttribute('href') ?? '');
    expect(list.find('select[name="state"] option[selected]')?.text.trim()).toBe(`公示期满待确认（${n}）`);
    expect(list.text()).not.toContain('公示未满');
  });
});
