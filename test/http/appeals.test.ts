import sharp from 'sharp';
import { databaseNow } from '../../src/db/db';
import { findActor } from '../../src/modules/accounts';
import { moveDeclaration, noInput } from '../../src/modules/declarations';
import { answerAppeal, findAppealFor } from '../../src/modules/appeals';
import { addWorkingDays } from '../../src/lib/working-days';
import { showDate } from '../../src/lib/dates';
import { loadWorkCalendar } from '../../src/modules/batches';
import { findQueueFaults } from '../../src/modules/review';
import type { Actor } from '../../src/policy/actor';
import { declare, makeWorld, type Declared, type World } from '../print/certificate-fixture';
import { makeCommittee, makeStaff, signInAs } from '../support/factories';
import { stateOf } from '../support/declarations';
import { lastSms } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let world: World;
let office: Visitor;
let bureau: Visitor;

const FAILED = { total: 25, present: 23, yes: 9, no: 14, abstain: 0 };
const PASSED = { total: 25, present: 23, yes: 20, no: 3, abstain: 0 };
const actorOf = async (accountId: number): Promise<Actor> => (await findActor(site.db, accountId)) as Actor;

async function vote(id: string, figures: typeof FAILED): Promise<void> {
  const { today } = await databaseNow(site.db);
  const actor = await actorOf(world.office.accountId);
  const outcome = await site.db.transaction((trx) =>
    moveDeclaration(site.deps, trx, id, 'record-vote', actor, { ...noInput, vote: figures, metOn: today }, 'test'),
  );
  expect(outcome.kind).toBe('moved');
}

/** Somebody whom the committee did not pass. */
async function failed(name: string): Promise<Declared> {
  const d = await declare(site, world, { name, photo: false });
  await site.db('votes').where({ declaration_id: d.id }).delete();
  await site.db('publicity_items').where({ declaration_id: d.id }).delete();
  await site.db('declarations').where({ id: d.id }).update({ state: 'accepted', holder_committee_id: world.committee.id });
  await vote(d.id, FAILED);
  return d;
}
const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 40, channels: 3, background: '#345' } })
    .jpeg()
    .toBuffer();
const REASON = '表决材料中缺少代表性成果第二项，请核对。';

async function ask(
  d: Declared,
  visitor: Visitor,
  values: Record<string, string> = {},
  o: { button?: string; files?: { name: string; content: Buffer }[] } = {},
): Promise<Page> {
  const page = await visitor.open(`/declarations/${d.id}/recheck`);
  return visitor.submit(
    page,
    { reason: REASON, ...values },
    { button: o.button ?? 'do=ask', files: (o.files ?? []).map((f) => ({ field: 'evidence', ...f })) },
  );
}
const idOf = async (d: Declared): Promise<number> =>
  ((await site.db('appeals').where({ declaration_id: d.id }).orderBy('id', 'desc').first('id')) as { id: number }).id;
const answer = async (by: Visitor, id: number, outcome: string, words = '经复查，评审程序和材料符合规定。'): Promise<Page> =>
  by.submit(await by.open(`/results/rechecks/${id}`), { outcome, words });

beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
  office = await signInAs(site, world.office);
  bureau = await signInAs(site, world.bureau);
}, 60_000);
afterAll(() => site.close());

describe('J4 recheck of a result that is not passed', () => {
  it('is explained to the applicant with its last day, asked for once with evidence, answered by the office, told by message and shown among the steps', async () => {
    const d = await failed('傅春来');
    const own = await signInAs(site, d);
    const { today } = await site.db
      .raw<{ rows: { today: string }[] }>('SELECT app_today() AS today')
      .then((r) => r.rows[0] as { today: string });
    const until = addWorkingDays(await loadWorkCalendar(site.db), today, 10);
    if (!until.ok) throw new Error(until.problem);
    const overview = await own.get(`/declarations/${d.id}`);
    expect(overview.text()).toContain(`最后一天是${showDate(until.value)}`);
    expect(overview.link('申请复查')).toBe(`/declarations/${d.id}/recheck`);

    // nothing typed is lost: without a reason, with a file that is none, with an upload before
    const empty = await ask(d, own, { reason: '' });
    expect([empty.status, empty.errors()]).toEqual([422, ['请填写「申请理由」']]);
    const bad = await ask(d, own, {}, { files: [{ name: '证明.jpg', content: Buffer.from('not a picture') }] });
    expect([bad.status, bad.find('#reason')?.text]).toEqual([422, REASON]);
    expect(bad.errors()[0]).toContain('证明.jpg');
    const uploaded = await own.send(
      await own.open(`/declarations/${d.id}/recheck`),
      { reason: REASON },
      {
        button: 'do=upload',
        files: [{ field: 'evidence', name: '2025年10月获奖证书.jpg', content: await picture() }],
      },
    );
    expect(uploaded.find('#reason')?.text).toBe(REASON);
    expect(uploaded.text()).toContain('2025年10月获奖证书.jpg');

    const asked = await ask(d, own);
    expect(asked.status).toBe(303);
    expect((await own.open(asked.location)).text()).toContain('等待评委会办事机构答复');
    const evidence = (await own.get(`/declarations/${d.id}/recheck`)).link('2025年10月获奖证书.jpg');
    expect((await office.get(evidence)).status).toBe(200);
    // units read the declaration, but have no part in its recheck
    const unit = await signInAs(site, world.unit);
    expect((await unit.get(`/unit/review/${d.id}`)).status).toBe(200);
    expect((await unit.get(evidence)).status).toBe(404);

    const page = await office.open(`/results/rechecks/${await idOf(d)}`);
    expect(page.text()).toContain(REASON);
    expect(page.text()).toContain('2025年10月获奖证书.jpg');
    expect((await office.get('/home')).text()).toContain('复查申请');
    expect((await answer(office, await idOf(d), '')).errors()).toEqual(['请选择答复']);
    expect((await answer(office, await idOf(d), 'kept')).status).toBe(303);
    expect(await stateOf(site, d.id)).toBe('voted_failed');
    const mobile = site.deps.cipher.decrypt(
      ((await site.db('persons').where({ account_id: d.personId }).first('mobile')) as { mobile: Buffer }).mobile,
      'person.mobile',
    );
    expect(await lastSms(site, mobile)).toContain('维持原评审结果');
    const done = await own.get(`/declarations/${d.id}`);
    expect(done.text()).toContain('复查：维持原评审结果');
    expect(done.text()).toContain('经复查，评审程序和材料符合规定。');
    const audits = (await site
      .db('audit_log')
      .where({ subject_id: d.id })
      .where('action', 'like', 'appeal.%')
      .orderBy('id')
      .pluck('action')) as string[];
    expect(audits).toEqual(['appeal.evidence', 'appeal.ask', 'appeal.answer']);
    // the same result is not asked about twice
    expect((await own.open(`/declarations/${d.id}/recheck`)).find('form[enctype]')).toBeNull();
  }, 60_000);

  it('leads back before the committee only where the office proposes it and the bureau agrees; the vote is kept aside, a second result counts', async () => {
    const d = await failed('车建功');
    const own = await signInAs(site, d);
    expect((await ask(d, own)).status).toBe(303);
    expect((await bureau.open(`/results/rechecks/${await idOf(d)}`)).find('form.form')).toBeNull();
    expect((await answer(office, await idOf(d), 'proposed', '会议材料缺页，建议重新评审。')).status).toBe(303);
    expect((await own.get(`/declarations/${d.id}/recheck`)).text()).toContain('等待人社局审核');
    expect(await stateOf(site, d.id)).toBe('voted_failed');
    expect((await bureau.get('/home')).text()).toContain('复查申请');
    expect((await answer(bureau, await idOf(d), 'granted', '同意重新评审。')).status).toBe(303);
    expect(await stateOf(site, d.id)).toBe('accepted');
    expect(await site.db('votes').where({ declaration_id: d.id })).toHaveLength(0);
    expect(await site.db('former_votes').where({ declaration_id: d.id })).toMatchObject([{ yes: 9, present: 23, is_passed: false }]);
    expect((await own.get(`/declarations/${d.id}`)).text()).toContain('复查：同意重新评审');
    expect((await own.get(`/declarations/${d.id}/recheck`)).text()).toContain('同意重新评审');
    await vote(d.id, PASSED);
    expect(await stateOf(site, d.id)).toBe('voted_passed');
    expect((await own.get(`/declarations/${d.id}`)).text()).toContain('赞成 9');
  }, 60_000);

  it('a second result can be asked about again, a refusal of the bureau leaves the first as it is', async () => {
    const d = await failed('初立新');
    const own = await signInAs(site, d);
    await ask(d, own);
    await answer(office, await idOf(d), 'proposed');
    expect((await answer(bureau, await idOf(d), 'refused', '原表决有效。')).status).toBe(303);
    expect(await stateOf(site, d.id)).toBe('voted_failed');
    expect((await own.get(`/declarations/${d.id}`)).text()).toContain('人社局不同意重新评审，维持原评审结果');
    const e = await failed('初立秋');
    const other = await signInAs(site, e);
    await ask(e, other);
    await answer(office, await idOf(e), 'proposed');
    await answer(bureau, await idOf(e), 'granted');
    await vote(e.id, FAILED);
    expect((await ask(e, other, { reason: '第二次结果有疑问。' })).status).toBe(303);
    expect(await site.db('appeals').where({ declaration_id: e.id }).orderBy('id').pluck('state')).toEqual(['granted', 'asked']);
  }, 60_000);

  it('of an annulled result that comes out anew is put up a second time; the first publicity counts no more', async () => {
    const d = await declare(site, world, { name: '丛日新', photo: false });
    const officeActor = await actorOf(world.office.accountId);
    await site.db('declarations').where({ id: d.id }).update({ holder_committee_id: world.committee.id });
    const first = (await site.db('publicity_items').where({ declaration_id: d.id }).first('publicity_id')) as { publicity_id: number };
    await site.db('result_objections').insert({
      publicity_id: first.publicity_id,
      declaration_id: d.id,
      receipt: 'ABCDEFGH2345',
      kind: 'anonymous',
      content: '反映。',
      outcome: 'upheld',
      finding: '属实。',
      decided_by: world.office.accountId,
      decided_at: site.db.raw('app_now()'),
    });
    const move = (name: 'annul' | 'publish') =>
      site.db.transaction((trx) => moveDeclaration(site.deps, trx, d.id, name, officeActor, { ...noInput, opinion: '属实。' }, 'test'));
    expect((await move('annul')).kind).toBe('moved');
    const own = await signInAs(site, d);
    await ask(d, own);
    await answer(office, await idOf(d), 'proposed');
    await answer(bureau, await idOf(d), 'granted');
    await vote(d.id, PASSED);
    expect((await move('publish')).kind).toBe('moved');
    const items = (await site
      .db('publicity_items')
      .where({ declaration_id: d.id })
      .orderBy('publicity_id')
      .select('publicity_id', 'superseded_at')) as { superseded_at: Date | null }[];
    expect(items.map((i) => i.superseded_at === null)).toEqual([false, true]);
    // the objection to the first result annuls nothing now
    expect(await move('annul')).toMatchObject({ kind: 'blocked' });
    expect(await findQueueFaults(site.db)).toEqual({ entries: 0, counts: 0 });
    expect(
      (await office.get('/office/declarations?state=publicity')).all('tbody tr').filter((r) => r.text.includes('丛日新')),
    ).toHaveLength(1);
  }, 60_000);

  it('counts working days: the last day still counts, the day after does not', async () => {
    const d = await failed('毕晓光');
    const own = await signInAs(site, d);
    const event = (await site.db('declaration_events').where({ declaration_id: d.id, to_state: 'voted_failed' }).first('at')) as {
      at: Date;
    };
    const { rows } = await site.db.raw<{ rows: { on: string }[] }>(
      `SELECT (?::timestamptz AT TIME ZONE 'Asia/Shanghai')::date::text AS "on"`,
      [event.at],
    );
    const until = addWorkingDays(await loadWorkCalendar(site.db), rows[0]?.on ?? '', 10);
    if (!until.ok) throw new Error(until.problem);
    const before = (await site.db('clock').first('shift')) as { shift: unknown };
    await site.db.raw("UPDATE clock SET shift = (?::date + time '12:00') AT TIME ZONE 'Asia/Shanghai' - now()", [until.value]);
    expect((await own.open(`/declarations/${d.id}/recheck`)).find('form[enctype]')).not.toBeNull();
    const stale = await own.open(`/declarations/${d.id}/recheck`);
    await site.db.raw("UPDATE clock SET shift = shift + interval '1 day'");
    const late = await own.submit(stale, { reason: REASON }, { button: 'do=ask' });
    expect([late.status, late.text()]).toEqual([409, expect.stringContaining('届满')]);
    expect((await own.get(`/declarations/${d.id}`)).text()).toContain('申请复查的期限已于');
    expect(await site.db('appeals').where({ declaration_id: d.id })).toHaveLength(0);
    await site.db('clock').update(before);
  }, 60_000);

  it('two windows at once make one request; withdrawn ones can be made anew; two officers decide once; each step is taken once in the database', async () => {
    const d = await failed('隋红霞');
    const own = await signInAs(site, d);
    const pages = await Promise.all([own.open(`/declarations/${d.id}/recheck`), own.open(`/declarations/${d.id}/recheck`)]);
    const answers = await Promise.all(pages.map((p) => own.submit(p, { reason: REASON }, { button: 'do=ask' })));
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    const asked = await own.open(`/declarations/${d.id}/recheck`);
    expect((await own.submit(asked, {}, { form: `/declarations/${d.id}/recheck/withdraw` })).status).toBe(303);
    expect((await own.get(`/declarations/${d.id}`)).text()).toContain('撤回复查申请');
    expect((await ask(d, own)).status).toBe(303);
    const id = await idOf(d);
    const [one, two] = await Promise.all([office.open(`/results/rechecks/${id}`), office.open(`/results/rechecks/${id}`)]);
    const both = await Promise.all(
      [one, two].map((p, i) => office.submit(p as Page, { outcome: i === 0 ? 'kept' : 'proposed', words: '已复查。' })),
    );
    expect(both.map((b) => b.status).sort()).toEqual([303, 409]);
    await expect(site.db('appeals').where({ id }).update({ state: 'asked', answered_at: null, finding: '' })).rejects.toThrow(/record/);
    await expect(site.db('appeals').where({ id }).delete()).rejects.toThrow(/record/);
    const withdraw = await own.open(`/declarations/${d.id}/recheck`);
    expect(withdraw.find(`form[action$="/withdraw"]`)).toBeNull();
  }, 60_000);

  it("X2 is nobody else's: another office and bureau, another person, the unit; reopening without a granted request is refused", async () => {
    const d = await failed('连海燕');
    const own = await signInAs(site, d);
    await ask(d, own);
    const id = await idOf(d);
    const far = await signInAs(
      site,
      await makeStaff(site, { role: 'office', committeeId: (await makeCommittee(site, { divisionCode: '370102' })).id }),
    );
    expect((await far.get(`/results/rechecks/${id}`)).status).toBe(404);
    const farBureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370102' }));
    expect((await farBureau.get(`/results/rechecks/${id}`)).status).toBe(404);
    expect((await (await signInAs(site, await failed('连海洋'))).get(`/declarations/${d.id}/recheck`)).status).toBe(404);
    expect((await (await signInAs(site, world.unit)).get(`/declarations/${d.id}/recheck`)).status).toBe(404);
    const bureauActor = await actorOf(world.bureau.accountId);
    const outcome = await site.db.transaction((trx) => moveDeclaration(site.deps, trx, d.id, 'reopen', bureauActor, noInput, 'test'));
    expect(outcome).toMatchObject({ kind: 'blocked', complaints: [{ text: '没有需要重新评审的复查申请' }] });
    // a decision whose move cannot be made is not kept
    const officeActor = await actorOf(world.office.accountId);
    const a = await findAppealFor(site.db, officeActor, id);
    if (!a) throw new Error('no appeal');
    expect((await answerAppeal(site.deps, officeActor, a, { state: 'proposed', finding: '建议。', requestId: 'test' })).kind).toBe('done');
    await site.db('declarations').where({ id: d.id }).update({ state: 'refused' });
    const refused = await answer(bureau, id, 'granted');
    expect(refused.status).toBe(409);
    expect(await site.db('appeals').where({ id }).first('state')).toEqual({ state: 'proposed' });
  }, 60_000);
});
