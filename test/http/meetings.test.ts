import { showDate } from '../../src/lib/dates';
import { createHash, createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isBallotKeyPlace, settleBallotKeyPlace } from '../../src/ballot-key-place.store';
import { openBallot } from '../../src/lib/sealed-ballot';
import { signInNameIndex } from '../../src/modules/accounts';
import { sweepBallotKeys } from '../../src/modules/meetings';
import { freezeRound, frozenSection, stateOf, makeDeclaration } from '../support/declarations';
import {
  makeBatch,
  makeCommittee,
  makePerson,
  makeStaff,
  makeUnit,
  residentId,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { makeJudge, makeMeeting, type TestJudge } from '../support/meetings';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

const SEATS = 5;
const POOL = 9;

let site: Site;
let unit: TestUnit;
let judgesUnit: TestUnit;
let committee: { id: number; name: string };
let batch: TestBatch;
let office: Visitor;
let officeId: number;
let pool: TestJudge[];
/** browsers of judges, by the judge's id */
const browsers = new Map<number, Visitor>();

async function browserOf(judgeId: number): Promise<Visitor> {
  const known = browsers.get(judgeId);
  if (known) return known;
  const judge = pool.find((j) => j.judgeId === judgeId);
  if (!judge) throw new Error(`no judge ${judgeId}`);
  const visitor = await signInAs(site, judge);
  browsers.set(judgeId, visitor);
  return visitor;
}

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  unit = await makeUnit(site);
  judgesUnit = await makeUnit(site, { name: '威海市环翠区评委所在文化馆' });
  const account = await makeStaff(site, { role: 'office', committeeId: committee.id });
  officeId = account.accountId;
  office = await signInAs(site, account);
  pool = [];
  for (let i = 0; i < POOL; i++)
    pool.push(await makeJudge(site, committee.id, i === 0 ? { unitName: judgesUnit.name, unitId: judgesUnit.unitId } : {}));
});
afterAll(() => site.close());

let place = 0;
const accepted = (name: string, units: TestUnit[] = [unit]): Promise<string> =>
  makeDeclaration(site, { batch, state: 'accepted', units, name, rank: [++place, 99] });

const at = (meetingId: number): string => `/meetings/${meetingId}`;
/** sends the form of one step of the office's page */
async function step(meetingId: number, name: string, values: Record<string, string | string[]> = {}): Promise<Page> {
  return office.send(await office.get(at(meetingId)), values, { form: `form[action="${at(meetingId)}/${name}"]` });
}
const seatsOf = async (meetingId: number): Promise<number[]> =>
  (await site.db('meeting_seats').where({ meeting_id: meetingId }).orderBy('position').pluck('judge_id')) as number[];

/** Seats these judges (the first five of the pool unless told otherwise) without a draw, and begins. */
async function begun(items: string[], judges = pool.slice(1, 1 + SEATS).map((j) => j.judgeId)): Promise<number> {
  const { meetingId } = await makeMeeting(site, committee.id, officeId, judges.length);
  await step(meetingId, 'items', { ids: items });
  await site
    .db('meeting_seats')
    .insert(judges.map((judge_id, i) => ({ meeting_id: meetingId, judge_id, position: i + 1, is_chair: i === 0 })));
  const page = await step(meetingId, 'begin');
  if (!page.text().includes('评议已经开始')) throw new Error(page.errors().join('; ') || page.text());
  return meetingId;
}
async function checkIn(meetingId: number, judgeId: number): Promise<Page> {
  const visitor = await browserOf(judgeId);
  return visitor.send(await visitor.get(`/judge${at(meetingId)}`), { pledge: 'yes' });
}
/** everything is scored and has its opinion */
async function reviewed(meetingId: number): Promise<void> {
  await site
    .db('review_assignments')
    .where({ meeting_id: meetingId })
    .update({ score: 80, scored_at: site.db.raw('app_now()') });
  await site.db('meeting_items').where({ meeting_id: meetingId }).update({ opinion: '同意提交评审。' });
}
async function voting(items: string[], present = SEATS, judges?: number[]): Promise<{ meetingId: number; voters: number[] }> {
  const meetingId = await begun(items, judges);
  const voters = (await seatsOf(meetingId)).slice(0, present);
  for (const v of voters) await checkIn(meetingId, v);
  await reviewed(meetingId);
  const page = await step(meetingId, 'open');
  if (!page.text().includes('投票已经开始')) throw new Error(page.errors().join('; ') || page.text());
  return { meetingId, voters };
}
async function vote(meetingId: number, judgeId: number, choices: Record<string, string>): Promise<Page> {
  const visitor = await browserOf(judgeId);
  const page = await visitor.get(`/judge${at(meetingId)}/ballot`);
  if (page.status !== 200) return page;
  return visitor.send(page, { ...Object.fromEntries(Object.entries(choices).map(([id, c]) => [`vote.${id}`, c])), sure: 'yes' });
}

describe('J2 the pool of experts', () => {
  it('J2 adds an expert with an account, once; the number is not kept', async () => {
    const idNumber = residentId(901, '19700101');
    const values = {
      'judge.name': '丛海霞',
      'judge.idNumber': idNumber,
      'judge.unit': judgesUnit.name,
      'judge.title': '副研究馆员',
      'judge.speciality': '音乐',
      'judge.avoided': '威海市艺术学校\n威海市艺术学校\n荣成市文化馆',
      'judge.loginName': 'judge_cong',
    };
    const page = await office.send(await office.get('/office/judges/new'), values);
    expect(page.heading).toBe('丛海霞');
    const password = page.find('#one-time-password')?.text ?? '';
    expect(password.length).toBeGreaterThan(8);
    const row = (await site.db('judges').where({ name: '丛海霞' }).first()) as { unit_id: number; avoided_units: string[]; id: number };
    expect(row.unit_id).toBe(judgesUnit.unitId);
    expect(row.avoided_units).toEqual(['威海市艺术学校', '荣成市文化馆']);
    const again = await office.send(await office.get('/office/judges/new'), { ...values, 'judge.loginName': 'judge_cong2' });
    expect(again.status).toBe(422);
    expect(again.errors().join()).toContain('已在评委库中');
    expect(await site.db('accounts').where({ login_name: 'judge_cong2' })).toHaveLength(0);
    const { rows } = await site.db.raw<{ rows: { all: string }[] }>(`SELECT json_agg(j)::text AS all FROM judges j`);
    expect(rows[0]?.all).not.toContain(idNumber);
    const gone = await office.send(await office.get(`/office/judges/${row.id}`), {}, { form: `form[action$="/switch"]`, button: 'do=out' });
    expect(gone.text()).toContain('已出库');
    expect((await (await signInAs(site, pool[0] as TestJudge)).get('/office/judges')).status).toBe(403);
  });
});

describe('J2 the draw', () => {
  it('J2 commits to the seed, draws once, and can be worked out again by anybody', async () => {
    const { meetingId } = await makeMeeting(site, committee.id, officeId, SEATS);
    await step(meetingId, 'commit');
    const before = (await site.db('draws').where({ meeting_id: meetingId }).first()) as {
      commitment: string;
      seed: null;
      sealed_seed: Buffer;
    };
    expect(before.seed).toBeNull();
    expect((await office.get(`${at(meetingId)}/draw`)).text()).toContain(before.commitment);
    const refused = await step(meetingId, 'draw', { witness: '  ' });
    expect([refused.status, refused.errors()]).toEqual([422, ['请填写现场监督人员提供的随机内容']]);
    const drawn = await step(meetingId, 'draw', { witness: '海上生明月 2580' });
    expect(drawn.text()).toContain('已抽取评委');
    const row = (await site.db('draws').where({ meeting_id: meetingId }).first()) as {
      seed: string;
      witness: string;
      drawn: string[];
      pool: { id: number }[];
      commitment: string;
    };
    expect(createHash('sha256').update(Buffer.from(row.seed, 'hex')).digest('hex')).toBe(row.commitment);
    // the published rule once more, written down independently
    const key = createHash('sha256').update(`${row.seed}\n${row.witness}`).digest();
    const order = row.pool
      .map((c) => ({ id: c.id, lot: createHmac('sha256', key).update(`judge:${c.id}`).digest('hex') }))
      .sort((a, b) => (a.lot < b.lot ? -1 : 1))
      .map((c) => c.id);
    expect(row.drawn.map(Number)).toEqual(order);
    expect(await seatsOf(meetingId)).toEqual(order.slice(0, SEATS));
    const check = await office.get(`${at(meetingId)}/draw`);
    expect(check.text()).toContain('一致');
    expect(check.text()).not.toContain('不一致');
    await expect(
      site
        .db('draws')
        .where({ meeting_id: meetingId })
        .update({ drawn: site.db.raw(`ARRAY[1]::bigint[]`) }),
    ).rejects.toThrow(/does not change/);
    // 递补: the next one of the same draw
    const out = order[2] ?? 0;
    await office.send(
      await office.get(at(meetingId)),
      { judge: String(out), reason: '因病不能出席' },
      { form: `form[action="${at(meetingId)}/replace"]` },
    );
    expect(await seatsOf(meetingId)).toEqual([order[0], order[1], order[SEATS], order[3], order[4]]);
  });

  it('J2 of twenty draws at once one counts', async () => {
    const { meetingId } = await makeMeeting(site, committee.id, officeId, SEATS);
    await step(meetingId, 'commit');
    const page = await office.get(at(meetingId));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        office.submit(page, { witness: `第 ${i} 次`, _token: `draw-${i}-abcdefghijkl` }, { form: `form[action="${at(meetingId)}/draw"]` }),
      ),
    );
    expect(answers.filter((a) => a.status === 303)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 422)).toHaveLength(19);
    expect(await site.db('audit_log').where({ action: 'draw.draw', subject_id: String(meetingId) })).toHaveLength(1);
    expect(await seatsOf(meetingId)).toHaveLength(SEATS);
  });

  it('J2 a pool that is too small is refused with its number', async () => {
    const small = await makeCommittee(site);
    const account = await makeStaff(site, { role: 'office', committeeId: small.id });
    const visitor = await signInAs(site, account);
    await makeJudge(site, small.id);
    const { meetingId } = await makeMeeting(site, small.id, account.accountId, SEATS);
    const page = await visitor.send(await visitor.get(at(meetingId)), {}, { form: `form[action="${at(meetingId)}/commit"]` });
    expect([page.status, page.errors().join()]).toEqual([422, expect.stringContaining('应不少于 9 人') as string]);
  });
});

describe('J3 assignment, reading, scores', () => {
  it('S28, S30 a judge reads what is assigned and nothing else, and never their own unit or themselves', async () => {
    const own = await accepted('本单位的人', [judgesUnit]);
    const others = [await accepted('评议甲'), await accepted('评议乙'), await accepted('评议丙')];
    const elsewhere = await accepted('不在会议');
    const selfId = residentId(77, '19800707');
    const self = pool[1] as TestJudge;
    await site
      .db('judges')
      .where({ id: self.judgeId })
      .update({ id_index: signInNameIndex(site.deps.cipher, selfId) });
    const applicant = await makePerson(site, { idNumber: selfId, name: '评委本人', photo: false });
    const selfDeclaration = await accepted('评委本人');
    await site.db('declarations').where({ id: selfDeclaration }).update({ person_id: applicant.accountId });
    const judges = pool.slice(0, 7).map((j) => j.judgeId);
    const meetingId = await begun([own, ...others, selfDeclaration], judges);

    const given = (await site.db('review_assignments').where({ meeting_id: meetingId }).select('judge_id', 'declaration_id')) as {
      judge_id: number;
      declaration_id: string;
    }[];
    expect(given).toHaveLength(15);
    const loads = judges.map((j) => given.filter((g) => g.judge_id === j).length);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
    for (const judge of pool.slice(0, 3)) {
      const visitor = await browserOf(judge.judgeId);
      for (const id of [own, ...others, selfDeclaration, elsewhere]) {
        const isGiven = given.some((g) => g.judge_id === judge.judgeId && g.declaration_id === id);
        for (const address of [`/declarations/${id}`, `/judge${at(meetingId)}/items/${id}`])
          expect([judge.name, address, (await visitor.get(address)).status]).toEqual([judge.name, address, isGiven ? 200 : 404]);
      }
    }
    expect(given.filter((g) => g.judge_id === pool[0]?.judgeId && g.declaration_id === own)).toEqual([]);
    expect(given.filter((g) => g.judge_id === self.judgeId && g.declaration_id === selfDeclaration)).toEqual([]);
    // the database refuses it too
    await expect(
      site.db('review_assignments').insert({ meeting_id: meetingId, declaration_id: own, judge_id: pool[0]?.judgeId }),
    ).rejects.toThrow(/must not review/);
    // somebody of the pool without a seat
    const outsider = await browserOf(pool[8]?.judgeId ?? 0);
    expect((await outsider.get(`/judge${at(meetingId)}`)).status).toBe(404);
    expect((await outsider.get(`/declarations/${others[0]}`)).status).toBe(404);
    // their own list and no queue, no report, no certificate
    for (const address of ['/office/declarations', '/unit/review', '/office/meetings', '/bureau/results'])
      expect([address, (await outsider.get(address)).status]).toEqual([address, 403]);
  });

  it('J3 scores, an opinion after three of them, the second writer is told; recusal hands the review over', async () => {
    const id = await accepted('评分的人');
    const meetingId = await begun([id]);
    const reviewers = (await site.db('review_assignments').where({ meeting_id: meetingId }).pluck('judge_id')) as number[];
    expect(reviewers).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = reviewers;
    const address = `/judge${at(meetingId)}/items/${id}`;
    const a = await browserOf(first);
    const bad = await a.send(await a.get(address), { score: '101', remark: '认真写的评语' }, { form: 'form.score', button: 'do=score' });
    expect([bad.status, bad.errors()]).toEqual([422, ['评分请填写 0 至 100 的整数']]);
    expect(bad.text()).toContain('认真写的评语');
    for (const [judge, score] of [
      [first, '９０'],
      [second, '80'],
    ] as const) {
      const v = await browserOf(judge);
      expect((await v.send(await v.get(address), { score }, { form: 'form.score', button: 'do=score' })).text()).toContain('评分已保存');
    }
    const opinionForm = '#group form';
    const early = await a.get(address);
    const tooEarly = await a.send(early, { opinion: '同意。' }, { form: opinionForm, button: 'do=opinion' });
    expect(tooEarly.errors().join()).toContain('至少 3 名评委评分');
    // the third one steps back, and somebody else takes over
    const c = await browserOf(third);
    const left = await c.send(await c.get(`/judge${at(meetingId)}/recusal?item=${id}`), { declaration: id, reason: '师生关系' });
    expect(left.text()).toContain('已登记回避');
    expect((await c.get(address)).status).toBe(404);
    expect((await c.get(`/declarations/${id}`)).status).toBe(404);
    const now = (await site.db('review_assignments').where({ meeting_id: meetingId }).pluck('judge_id')) as number[];
    expect(now).toHaveLength(3);
    const substitute = now.find((j) => !reviewers.includes(j)) ?? 0;
    const s = await browserOf(substitute);
    await s.send(await s.get(address), { score: '85' }, { form: 'form.score', button: 'do=score' });
    const [pageA, pageB] = [await a.get(address), await (await browserOf(second)).get(address)];
    expect((await a.send(pageA, { opinion: '业绩突出，同意推荐。' }, { form: opinionForm, button: 'do=opinion' })).text()).toContain(
      '评议意见已保存',
    );
    const late = await (await browserOf(second)).send(pageB, { opinion: '另一份意见。' }, { form: opinionForm, button: 'do=opinion' });
    expect(late.status).toBe(422);
    expect(late.text()).toContain('另一份意见。');
    expect(late.text()).toContain('业绩突出，同意推荐。');
    expect(((await site.db('meeting_items').where({ declaration_id: id, is_live: true }).first()) as { opinion: string }).opinion).toBe(
      '业绩突出，同意推荐。',
    );
  });
});

describe('J3 reading', () => {
  const itemOf = (meetingId: number, id: string): string => `/judge${at(meetingId)}/items/${id}`;
  const reviewersOf = async (meetingId: number, id: string): Promise<number[]> =>
    (await site
      .db('review_assignments')
      .where({ meeting_id: meetingId, declaration_id: id })
      .orderBy('judge_id')
      .pluck('judge_id')) as number[];
  const noteForm = (section: string): string => `form.notes__form:has(#note-${section})`;

  it('J3 the text stands beside the attachments, with the way to the one before and after; a score leads on to the next without one', async () => {
    const ids = [await accepted('阅读甲'), await accepted('阅读乙')];
    for (const id of ids)
      await freezeRound(site, id, 1, [frozenSection('performance', '工作成绩', { 内容: `编排舞蹈的${id.slice(0, 8)}` })]);
    const meetingId = await begun(
      ids,
      pool.slice(1, 4).map((j) => j.judgeId),
    );
    const [judge = 0] = await seatsOf(meetingId);
    const v = await browserOf(judge);
    const items = (await site.db('meeting_items').where({ meeting_id: meetingId }).orderBy('position').pluck('declaration_id')) as string[];
    const [first = '', second = ''] = items;
    const page = await v.get(itemOf(meetingId, first));
    expect(page.text('.check__text')).toContain(`编排舞蹈的${first.slice(0, 8)}`);
    expect(page.text('#preview')).toContain('没有上传附件');
    expect(page.text('.check__turn')).toContain('第 1 份，共 2 份，已评分 0 份');
    expect([page.find('a[rel="prev"]'), page.find('a[rel="next"]')?.getAttribute('href')]).toEqual([null, itemOf(meetingId, second)]);
    // nothing on it reaches further than the judge's own pages and the files
    for (const link of page.all('main a').map((a) => a.getAttribute('href') ?? ''))
      if (link.startsWith('/')) expect([link, (await v.get(link)).status]).toEqual([link, 200]);
    const next = await v.send(page, { score: '88' }, { form: 'form.score', button: 'do=score-next' });
    expect([next.address, next.text()]).toEqual([
      `${itemOf(meetingId, second)}?after=${first}`,
      expect.stringContaining('的评分已保存，下面是下一份'),
    ]);
    expect(next.find('button[value="score-next"]')).toBeNull();
    const rest = await v.send(next, { score: '80' }, { form: 'form.score', button: 'do=score' });
    expect(rest.text('.check__turn')).toContain('已评分 2 份');
    const list = await v.get(`/judge${at(meetingId)}`);
    expect(list.text()).toContain('已评分 88 分');
  });

  it('J3, X3 notes are the judge’s own: encrypted, in no log and in no export, read and removed by nobody else, gone 30 days after the meeting', async () => {
    const id = await accepted('笔记的人');
    await freezeRound(site, id, 1, [frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个' })]);
    const meetingId = await begun([id]);
    const [one = 0, two = 0] = await reviewersOf(meetingId, id);
    const [a, b] = [await browserOf(one), await browserOf(two)];
    const address = itemOf(meetingId, id);
    const secret = '第二项成果位次存疑';
    const empty = await a.send(await a.get(address), { text: '  ' }, { form: noteForm('performance'), button: 'do=add' });
    expect([empty.status, empty.errors()]).toEqual([422, ['请填写笔记']]);
    const long = await a.send(await a.get(address), { text: '字'.repeat(501) }, { form: noteForm('performance'), button: 'do=add' });
    expect([long.status, long.find('#note-performance')?.text]).toEqual([422, '字'.repeat(501)]);
    const kept = await a.send(await a.get(address), { text: secret, field: '内容' }, { form: noteForm('performance'), button: 'do=add' });
    expect(kept.text('#notes-performance')).toContain(`「内容」${secret}`);
    const both = await a.send(kept, { text: '整体较好' }, { form: noteForm(''), button: 'do=add' });
    expect(both.text()).toContain('整体较好');
    expect((await a.get(`/judge${at(meetingId)}`)).text()).toContain('有我的笔记');
    for (const visitor of [b, office])
      for (const place of [address, `/judge${at(meetingId)}`, at(meetingId), `/declarations/${id}`])
        expect([place, (await visitor.get(place)).html.includes(secret)]).toEqual([place, false]);
    const { rows } = await site.db.raw<{ rows: { all: string }[] }>(
      `SELECT (SELECT json_agg(n)::text FROM judge_notes n) || (SELECT json_agg(l)::text FROM audit_log l) AS all`,
    );
    expect(rows[0]?.all).not.toContain(secret);
    // another judge of the same declaration cannot remove it
    const [note] = (await site.db('judge_notes').where({ judge_id: one }).orderBy('id').pluck('id')) as number[];
    await b.submit(await b.get(address), { text: 'x' }, { form: noteForm('performance'), button: `do=remove:${note}` });
    expect(await site.db('judge_notes').where({ id: note })).toHaveLength(1);
    await a.send(await a.get(address), {}, { form: 'form.post-button:has(button[value^="remove:"])', button: `do=remove:${note}` });
    expect(await site.db('judge_notes').where({ id: note })).toEqual([]);
    await step(meetingId, 'cancel', { reason: '改期' });
    await site.composition.jobs['housekeeping:prune']({});
    expect(await site.db('judge_notes').where({ meeting_id: meetingId })).toHaveLength(1);
    await site
      .db('meetings')
      .where({ id: meetingId })
      .update({ ended_at: site.db.raw(`app_now() - interval '31 days'`) });
    await site.composition.jobs['housekeeping:prune']({});
    expect(await site.db('judge_notes').where({ meeting_id: meetingId })).toEqual([]);
  });

  it('J2 a recusal entered by mistake is taken back by who entered it, with its reason, until the ballot; the review comes back', async () => {
    const id = await accepted('误报回避');
    const meetingId = await begun([id]);
    const [one = 0, two = 0, three = 0] = await reviewersOf(meetingId, id);
    const a = await browserOf(one);
    const withdrawal = (judge: number): string => `${at(meetingId)}/withdraw-recusal?judge=${judge}&item=${id}`;
    await a.send(await a.get(`/judge${at(meetingId)}/recusal`), { declaration: id, reason: '看错了姓名' });
    const substitute = (await reviewersOf(meetingId, id)).find((j) => ![two, three].includes(j)) ?? 0;
    expect(substitute).not.toBe(one);
    // not by the office, whose act it was not
    const foreign = await office.send(await office.get(withdrawal(one)), { reason: '替他撤销' });
    expect(foreign.errors()).toEqual(['该回避由评委本人申请，请由本人撤销']);
    const form = await a.open((await a.get(`/judge${at(meetingId)}`)).link('撤销'));
    expect(form.text()).toContain('看错了姓名');
    expect((await a.send(form, { reason: ' ' })).errors()).toEqual(['请填写撤销原因']);
    const back = await a.send(form, { reason: '不是同一个人' });
    expect(back.text()).toContain('回避已撤销');
    expect(await reviewersOf(meetingId, id)).toEqual([one, two, three].sort((x, y) => x - y));
    expect((await a.get(itemOf(meetingId, id))).status).toBe(200);
    expect((await (await browserOf(substitute)).get(itemOf(meetingId, id))).status).toBe(404);
    const page = await office.get(at(meetingId));
    for (const text of ['看错了姓名', '不是同一个人']) expect(page.text()).toContain(text);
    expect(await site.db('audit_log').where({ action: 'meeting.withdraw-recusal', subject_id: String(meetingId) })).toHaveLength(1);
    // the second press finds nothing
    expect((await a.submit(form, { reason: '再来', _token: 'withdraw-again-abcdef' })).status).toBe(422);

    // ordered by the office; the substitute has scored: what is done stays done, the vote comes back
    await step(meetingId, 'recuse', { judge: String(two), declaration: id, recusal: '误登记' });
    const next = (await reviewersOf(meetingId, id)).find((j) => ![one, three].includes(j)) ?? 0;
    const s = await browserOf(next);
    await s.send(await s.get(itemOf(meetingId, id)), { score: '70' }, { form: 'form.score', button: 'do=score' });
    const b = await browserOf(two);
    expect((await b.get(`/judge${at(meetingId)}`)).find('a[href*="withdraw-recusal"]')).toBeNull();
    const done = await office.send(await office.open((await office.get(at(meetingId))).link('撤销')), { reason: '登记错了评委' });
    expect(done.text()).toContain('回避已撤销');
    expect(await reviewersOf(meetingId, id)).toEqual([one, three, next].sort((x, y) => x - y));
    expect(await site.db('recusals').where({ meeting_id: meetingId })).toEqual([]);

    // what the data say stays, and the database keeps a recusal that nobody has taken back
    await step(meetingId, 'recuse', { judge: String(two), declaration: id, recusal: '师生' });
    await expect(site.db('recusals').where({ meeting_id: meetingId }).delete()).rejects.toThrow(/a recusal is kept/);
    for (const j of await seatsOf(meetingId)) await checkIn(meetingId, j);
    await reviewed(meetingId);
    expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
    expect((await office.get(at(meetingId))).find('a[href*="withdraw-recusal"]')).toBeNull();
    expect((await office.send(await office.get(withdrawal(two)), { reason: '晚了' })).errors().join()).toContain('不能进行该操作');
  });

  describe('J2 a line of substitutes', () => {
    const asked = async (meetingId: number, id: string, judge: number): Promise<void> => {
      const v = await browserOf(judge);
      const page = await v.send(await v.get(`/judge${at(meetingId)}/recusal`), { declaration: id, reason: '误报' });
      if (!page.text().includes('已登记回避')) throw new Error(page.text());
    };
    const withdrawalOf = async (meetingId: number, id: string, judge: number): Promise<Page> =>
      (await browserOf(judge)).get(`/judge${at(meetingId)}/withdraw-recusal?item=${id}`);
    const takenBack = async (meetingId: number, id: string, judge: number): Promise<Page> =>
      (await browserOf(judge)).send(await withdrawalOf(meetingId, id, judge), { reason: '登记有误' });
    const scored = async (meetingId: number, id: string, judge: number): Promise<Page> => {
      const v = await browserOf(judge);
      return v.send(await v.get(itemOf(meetingId, id)), { score: '77' }, { form: 'form.score', button: 'do=score' });
    };
    /** one has asked for recusal and was replaced, so has the substitute: who reviewed first, who came, who came last */
    async function line(
      name: string,
    ): Promise<{ id: string; meetingId: number; one: number; next: number; last: number; others: number[] }> {
      const id = await accepted(name);
      const meetingId = await begun([id]);
      const before = await reviewersOf(meetingId, id);
      const [one = 0, ...others] = before;
      await asked(meetingId, id, one);
      const next = (await reviewersOf(meetingId, id)).find((j) => !before.includes(j)) ?? 0;
      await asked(meetingId, id, next);
      const last = (await reviewersOf(meetingId, id)).find((j) => !before.includes(j)) ?? 0;
      expect(new Set([one, next, last, ...others]).size).toBe(5);
      return { id, meetingId, one, next, last, others };
    }
    const sorted = (...of: number[]): number[] => of.sort((x, y) => x - y);
    const nameOf = (judge: number): string => pool.find((j) => j.judgeId === judge)?.name ?? '';

    it('J2 the last one, who has not scored, gives the review back to the first; who stood between has no place in it any more', async () => {
      const { id, meetingId, one, next, last, others } = await line('连环甲');
      const open = await (await browserOf(last)).get(itemOf(meetingId, id));
      expect((await withdrawalOf(meetingId, id, one)).text()).toContain('接替评审的评委尚未评分，评议退回该评委');
      expect((await takenBack(meetingId, id, one)).text()).toContain('这份申报退回该评委评议');
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
      // whoever gave it back is told, also where the page was still open
      const l = await browserOf(last);
      expect((await l.get(`/judge${at(meetingId)}`)).text()).toContain('连环甲的申报已退回原来的评委评议');
      const late = await l.submit(open, { score: '60', remark: '来不及了' }, { form: 'form.score', button: 'do=score' });
      expect([late.status, late.text()]).toEqual([409, expect.stringContaining('已退回原来的评委')]);
      expect((await office.get(at(meetingId))).text()).toContain(`评议已由${nameOf(last)}退回${nameOf(one)}`);
      // the one between takes theirs back, too: the vote, and no fourth review
      expect((await withdrawalOf(meetingId, id, next)).text()).not.toContain('评议退回');
      expect((await takenBack(meetingId, id, next)).text()).toContain('回避已撤销，该评委可以对这份申报投票');
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
    });

    it('J2 the first recuses again after it came back: a later withdrawal of the one between takes nothing from the new substitute', async () => {
      const { id, meetingId, one, next, last, others } = await line('连环乙');
      await takenBack(meetingId, id, one);
      await asked(meetingId, id, one);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(last, ...others));
      await takenBack(meetingId, id, next);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(last, ...others));
      await takenBack(meetingId, id, one);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
    });

    it('J2 in the other order: back to the one between, then to the first', async () => {
      const { id, meetingId, one, next, others } = await line('连环丙');
      await takenBack(meetingId, id, next);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(next, ...others));
      await takenBack(meetingId, id, one);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
    });

    it('J2 the last one has scored and keeps it, whoever of the line comes back; the office reads why and what it can do', async () => {
      const { id, meetingId, one, next, last, others } = await line('连环丁');
      await scored(meetingId, id, last);
      expect((await withdrawalOf(meetingId, id, next)).text()).toContain('接替评审的评委已经评分，评议不再退回');
      expect((await withdrawalOf(meetingId, id, next)).text()).not.toContain(nameOf(last));
      expect((await takenBack(meetingId, id, next)).text()).toContain('接替的评委已经评分，评议不再退回');
      expect((await takenBack(meetingId, id, one)).text()).toContain('接替的评委已经评分，评议不再退回');
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(last, ...others));
      const page = (await office.get(at(meetingId))).text();
      for (const back of [next, one])
        expect(page).toContain(`${nameOf(last)}已经评分，评议仍由${nameOf(last)}承担；${nameOf(back)}可以投票`);
      // ordered by the office: the page says it beforehand, with what can be done
      const [other = 0] = others;
      await step(meetingId, 'recuse', { judge: String(other), declaration: id, recusal: '误登记' });
      const taker = (await reviewersOf(meetingId, id)).find((j) => ![last, ...others].includes(j)) ?? 0;
      await scored(meetingId, id, taker);
      const form = await office.open((await office.get(at(meetingId))).link('撤销'));
      expect(form.text()).toContain(`${nameOf(taker)}已经评分，评议不再退回。认为应当由该评委评议的，请将申报移出本次会议`);
    });

    it('J2 nobody could take over: the review comes back to who withdraws first', async () => {
      const id = await accepted('连环戊');
      const meetingId = await begun(
        [id],
        pool.slice(1, 4).map((j) => j.judgeId),
      );
      const all = await reviewersOf(meetingId, id);
      const [one = 0] = all;
      await asked(meetingId, id, one);
      expect(await reviewersOf(meetingId, id)).toHaveLength(2);
      expect((await withdrawalOf(meetingId, id, one)).text()).toContain('并继续评议这份申报');
      await takenBack(meetingId, id, one);
      expect(await reviewersOf(meetingId, id)).toEqual(all);
    });

    it('J2, S30 the judge is corrected into the unit of the applicant in the very moment of the withdrawal: it is refused with its reason, nothing has changed', async () => {
      const id = await accepted('连环辛');
      const meetingId = await begun([id]);
      const [one = 0] = await reviewersOf(meetingId, id);
      await asked(meetingId, id, one);
      const reviewers = await reviewersOf(meetingId, id);
      const page = await withdrawalOf(meetingId, id, one);
      const a = await browserOf(one);
      const before = (await site.db('judges').where({ id: one }).first('unit_id', 'unit_name')) as { unit_id: number; unit_name: string };
      const lock = await site.db.transaction();
      await lock.raw('LOCK TABLE withdrawn_recusals IN SHARE MODE');
      const withdrawing = a.submit(page, { reason: '登记有误' });
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO withdrawn_recusals%'`;
      let isWaiting = false;
      for (let i = 0; i < 500 && !isWaiting; i++) {
        isWaiting = (await site.db.raw<{ rows: unknown[] }>(waiting)).rows.length > 0;
        if (!isWaiting) await wait(10);
      }
      expect(isWaiting).toBe(true);
      await site.db('judges').where({ id: one }).update({ unit_id: unit.unitId, unit_name: unit.name });
      await lock.commit();
      const answer = await withdrawing;
      await site.db('judges').where({ id: one }).update(before);
      expect(answer.status).toBe(422);
      expect(answer.errors()).toEqual([expect.stringContaining('回避')]);
      expect(await reviewersOf(meetingId, id)).toEqual(reviewers);
      expect(await site.db('withdrawn_recusals').where({ meeting_id: meetingId })).toEqual([]);
    });

    it('J2 two tabs at once, and two of the line at once: each withdrawal counts once, three review', async () => {
      const { id, meetingId, one, next, last, others } = await line('连环己');
      const a = await browserOf(one);
      const [tab1, tab2] = [await withdrawalOf(meetingId, id, one), await withdrawalOf(meetingId, id, one)];
      const both = await Promise.all([a.submit(tab1, { reason: '甲页' }), a.submit(tab2, { reason: '乙页' })]);
      expect(both.map((p) => p.status).sort()).toEqual([303, 422]);
      expect(await site.db('withdrawn_recusals').where({ meeting_id: meetingId, judge_id: one })).toHaveLength(1);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
      await asked(meetingId, id, one);
      const [mine, theirs] = [await withdrawalOf(meetingId, id, one), await withdrawalOf(meetingId, id, next)];
      const n = await browserOf(next);
      const pair = await Promise.all([a.submit(mine, { reason: '同时' }), n.submit(theirs, { reason: '同时' })]);
      expect(pair.map((p) => p.status)).toEqual([303, 303]);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(one, ...others));
      // the substitute scores while the judge withdraws: one of the two was first, and three review either way
      await asked(meetingId, id, one);
      const taker = (await reviewersOf(meetingId, id)).find((j) => !others.includes(j)) ?? 0;
      const t = await browserOf(taker);
      const [score, back] = [await t.get(itemOf(meetingId, id)), await withdrawalOf(meetingId, id, one)];
      const [scoring] = await Promise.all([
        t.submit(score, { score: '66' }, { form: 'form.score', button: 'do=score' }),
        a.submit(back, { reason: '同时' }),
      ]);
      expect([last, next]).toContain(taker);
      const wasFirst = scoring.status === 303;
      expect([303, 409]).toContain(scoring.status);
      expect(await reviewersOf(meetingId, id)).toEqual(sorted(wasFirst ? taker : one, ...others));
    });

    it('J2, J3 the office chooses whom it recuses and what it takes out: a press on the form as it opens does nothing', async () => {
      const ids = [await accepted('先列的'), await accepted('后列的')];
      const meetingId = await begun(ids);
      const recused = await step(meetingId, 'recuse', { recusal: '师生' });
      expect(recused.errors()).toEqual(['请选择需要回避的申报']);
      expect(recused.find('#recusal')?.getAttribute('value')).toBe('师生');
      const [declaration = ''] = ids;
      expect((await step(meetingId, 'recuse', { declaration, recusal: '师生' })).errors()).toEqual(['请选择需要回避的评委']);
      const removed = await step(meetingId, 'remove-item');
      expect(removed.errors()).toEqual(['请选择需要移出的申报']);
      // the part that was not done stands open
      expect(removed.find('#remove-item')?.closest('details')?.hasAttribute('open')).toBe(true);
      for (const id of ids) expect(await reviewersOf(meetingId, id)).toHaveLength(3);
    });

    it('J2 a declaration that was taken out of the meeting has no review to come back', async () => {
      const [id, kept] = [await accepted('移出的'), await accepted('留下的')];
      const meetingId = await begun([id, kept]);
      const [one = 0] = await reviewersOf(meetingId, id);
      await asked(meetingId, id, one);
      const form = await withdrawalOf(meetingId, id, one);
      await step(meetingId, 'remove-item', { declaration: id });
      expect((await (await browserOf(one)).send(form, { reason: '登记有误' })).errors().join()).toContain('已移出本次会议');
      expect((await (await browserOf(one)).get(`/judge${at(meetingId)}`)).find('a[href*="withdraw-recusal"]')).toBeNull();
      expect(await reviewersOf(meetingId, id)).toEqual([]);
    });

    it('J3 an opinion written by somebody who is in recusal since does not open the ballot until another one has saved it', async () => {
      const id = await accepted('意见待核');
      const meetingId = await begun([id]);
      for (const s of await seatsOf(meetingId)) await checkIn(meetingId, s);
      const [one = 0, two = 0] = await reviewersOf(meetingId, id);
      for (const j of await reviewersOf(meetingId, id)) await scored(meetingId, id, j);
      const opinion = { form: '#group form', button: 'do=opinion' };
      const a = await browserOf(one);
      await a.send(await a.get(itemOf(meetingId, id)), { opinion: '同意推荐。' }, opinion);
      await asked(meetingId, id, one);
      for (const j of await reviewersOf(meetingId, id)) await scored(meetingId, id, j);
      expect((await step(meetingId, 'open')).errors()).toEqual([
        `意见待核：评议意见由已回避的${nameOf(one)}填写，请其他评委核对后重新保存`,
      ]);
      expect((await office.get(at(meetingId))).text()).toContain('待重新保存');
      const b = await browserOf(two);
      const page = await b.get(itemOf(meetingId, id));
      expect(page.text()).toContain('现有意见由已回避的评委填写');
      await b.send(page, {}, opinion);
      expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
    });
  });

  it('J2 what follows from who works where is not taken back', async () => {
    const own = await accepted('本单位的同事', [judgesUnit]);
    const other = await accepted('别人');
    const judges = pool.slice(0, 7).map((j) => j.judgeId);
    const meetingId = await begun([own, other], judges);
    const page = await office.get(`${at(meetingId)}/withdraw-recusal?judge=${judges[0]}&item=${own}`);
    expect((await office.send(page, { reason: '撤销' })).errors()).toEqual(['依照规定应当回避的，不能撤销']);
    expect((await office.get(`${at(meetingId)}/withdraw-recusal?judge=${judges[1]}&item=${own}`)).text()).toContain('没有找到该回避');
  });

  describe('S30 the unit of a judge is corrected while the meeting reviews', () => {
    /** So long this judge is written down as one of the applicant's unit. */
    async function whileOfUnit<T>(judge: number, name: string, work: () => Promise<T>): Promise<T> {
      const before = (await site.db('judges').where({ id: judge }).first('unit_id', 'unit_name')) as object;
      await site.db('judges').where({ id: judge }).update({ unit_id: null, unit_name: name });
      try {
        return await work();
      } finally {
        await site.db('judges').where({ id: judge }).update(before);
      }
    }

    it('J2 a recusal is not taken back by whoever must not review anyhow, neither with the review nor for the vote alone', async () => {
      const id = await accepted('后来同单位');
      const meetingId = await begun([id]);
      const assigned = await reviewersOf(meetingId, id);
      const [one = 0] = assigned;
      const free = (await seatsOf(meetingId)).find((j) => !assigned.includes(j)) ?? 0;
      for (const judge of [one, free]) await step(meetingId, 'recuse', { judge: String(judge), declaration: id, recusal: '误登记' });
      const reviewers = await reviewersOf(meetingId, id);
      for (const judge of [one, free])
        await whileOfUnit(judge, unit.name, async () => {
          const page = await office.get(`${at(meetingId)}/withdraw-recusal?judge=${judge}&item=${id}`);
          expect(page.text()).toContain('该评委与申报人现在同一单位，依照规定应当回避，不能撤销');
          const refused = await office.send(page, { reason: '登记有误' });
          expect([refused.status, refused.errors()]).toEqual([422, ['该评委与申报人现在同一单位，依照规定应当回避，不能撤销']]);
        });
      expect(await reviewersOf(meetingId, id)).toEqual(reviewers);
      expect(await site.db('withdrawn_recusals').where({ meeting_id: meetingId })).toEqual([]);
      // as it was before, it is taken back
      const page = await office.get(`${at(meetingId)}/withdraw-recusal?judge=${one}&item=${id}`);
      expect((await office.send(page, { reason: '登记有误' })).text()).toContain('回避已撤销');
    });

    it('J3 the ballot is not opened while somebody may vote who must not: the office enters the recusal first', async () => {
      const id = await accepted('开票之前');
      const meetingId = await begun([id]);
      const seats = await seatsOf(meetingId);
      for (const s of seats) await checkIn(meetingId, s);
      await reviewed(meetingId);
      const assigned = await reviewersOf(meetingId, id);
      const free = seats.find((s) => !assigned.includes(s)) ?? 0;
      await whileOfUnit(free, unit.name, async () => {
        const refused = await step(meetingId, 'open');
        expect([refused.status, refused.errors()]).toEqual([
          422,
          [expect.stringMatching(/^开票之前：评委.+与申报人现在同一单位，依照规定应当回避，请先在「决定评委回避，或者移出申报」中登记$/)],
        ]);
        expect((await step(meetingId, 'recuse', { judge: String(free), declaration: id, recusal: '同一单位' })).text()).toContain(
          '回避已登记',
        );
        expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
      });
      await step(meetingId, 'void-ballot', { reason: '试投' });
    });

    it('J2 nobody of the applicant’s unit is chosen to take over a review', async () => {
      const id = await accepted('接替的评委');
      const meetingId = await begun([id]);
      const assigned = await reviewersOf(meetingId, id);
      const free = (await seatsOf(meetingId)).filter((j) => !assigned.includes(j));
      const [barred = 0, ...others] = free;
      expect(others).toHaveLength(1);
      await whileOfUnit(barred, unit.name, async () => {
        const [one = 0, two = 0] = assigned;
        expect((await step(meetingId, 'recuse', { judge: String(one), declaration: id, recusal: '师生' })).text()).toContain('回避已登记');
        expect(await reviewersOf(meetingId, id)).toEqual([...assigned.slice(1), ...others].sort((x, y) => x - y));
        // nobody is left: it waits with two
        expect((await step(meetingId, 'recuse', { judge: String(two), declaration: id, recusal: '师生' })).text()).toContain('回避已登记');
        expect(await reviewersOf(meetingId, id)).toHaveLength(2);
      });
    });
  });
});

describe('J3 the office’s page of a large meeting', () => {
  it('J3 goes through what is applied for by title, unit and the unit’s own ranks; a refused choice stays as it was ticked', async () => {
    const other = await makeUnit(site, { name: '丁字湾文化馆' });
    const late = await accepted('名次在后');
    const early = await accepted('名次在前');
    const elsewhere = await accepted('另一单位', [other]);
    await site.db('declarations').where({ id: late }).update({ rank_n: 99 });
    const { meetingId } = await makeMeeting(site, committee.id, officeId);
    const order = (page: Page): string[] => page.all('tbody input[name=ids]').map((b) => b.getAttribute('value') ?? '');
    const listed = order(await office.get(at(meetingId)));
    expect([elsewhere, early, late].map((id) => listed.indexOf(id))).toEqual(
      [elsewhere, early, late].map((id) => listed.indexOf(id)).sort((a, b) => a - b),
    );
    await site.db('declarations').where({ id: elsewhere }).update({ state: 'refused' });
    const page = await office.get(at(meetingId));
    await site.db('declarations').where({ id: early }).update({ state: 'refused' });
    const refused = await office.send(page, { ids: [early, late] }, { form: `form[action="${at(meetingId)}/items"]`, without: ['ids'] });
    expect(refused.errors().join()).toContain('所选申报中有 1 份已不在「已受理」状态');
    const ticked = refused.all('tbody input[name=ids][checked]').map((b) => b.getAttribute('value'));
    expect(ticked).toEqual([late]);
    await step(meetingId, 'items', { ids: [late] });
    const chosen = await office.get(at(meetingId));
    expect(chosen.text('details summary')).toContain('已选定 1 份');
    await step(meetingId, 'cancel', { reason: '改期' });
  });

  it('J3 the chair is nobody until somebody is chosen; what was typed for a refused step is still there', async () => {
    const id = await accepted('主持');
    const judges = pool.slice(1, 1 + SEATS).map((j) => j.judgeId);
    const { meetingId } = await makeMeeting(site, committee.id, officeId, judges.length);
    await step(meetingId, 'items', { ids: [id] });
    await site.db('meeting_seats').insert(judges.map((judge_id, i) => ({ meeting_id: meetingId, judge_id, position: i + 1 })));
    const page = await office.get(at(meetingId));
    expect(page.find('#chair option')?.text).toBe('请选择');
    expect((await step(meetingId, 'chair')).errors()).toEqual(['请在席位中选择会议主持人']);
    const refused = await step(meetingId, 'begin', { groups: '2' });
    expect(refused.errors()).toEqual(['请先确定会议主持人']);
    expect(refused.find('#groups')?.getAttribute('value')).toBe('2');
    expect((await step(meetingId, 'replace', { reason: '出差' })).errors()).toEqual(['请选择不能出席的评委']);
    const replaced = await step(meetingId, 'replace', { judge: String(judges[1]), reason: '出差' });
    expect(replaced.status).toBe(422);
    expect(replaced.find('#why-out')?.getAttribute('value')).toBe('出差');
    expect(replaced.find('#out option[selected]')?.getAttribute('value')).toBe(String(judges[1]));
    // five seats make one group; the groups cannot be dealt again, so nothing is guessed
    await step(meetingId, 'chair', { judge: String(judges[0]) });
    for (const groups of ['2', '0', '两', ''])
      expect((await step(meetingId, 'begin', { groups })).errors()).toEqual(['评议组数请填写整数，最多 1 组']);
    await step(meetingId, 'cancel', { reason: '改期' });
  });

  it('J3 says how far it is, and what many declarations lack in one line; what follows from the data is one line for each judge', async () => {
    const own = await Promise.all(['甲', '乙'].map((n) => accepted(`馆员${n}`, [judgesUnit])));
    const ids = [...own, ...(await Promise.all(['一', '二', '三', '四'].map((n) => accepted(`进度${n}`))))];
    const meetingId = await begun(
      ids,
      pool.slice(0, SEATS).map((j) => j.judgeId),
    );
    const page = await office.get(at(meetingId));
    expect(page.text('main')).toContain('已签到 0 人，共 5 人，至少 4 人签到会议才有效。共 6 份申报，已评分 0 份，已有评议意见 0 份。');
    const recusals =
      page
        .all('table')
        .find((t) => t.text.includes('原因'))
        ?.querySelectorAll('tbody tr') ?? [];
    expect(recusals.map((r) => r.text).filter((t) => t.includes('馆员'))).toHaveLength(1);
    expect(recusals.some((r) => r.text.includes('馆员甲') && r.text.includes('馆员乙'))).toBe(true);
    const errors = (await step(meetingId, 'open')).errors();
    expect(errors.filter((e) => e.includes('评分的评委不足'))).toEqual([expect.stringMatching(/^6 份申报评分的评委不足 3 名：.+等$/)]);
  });
});

describe('J3 the ballot', () => {
  it('J3 two of one name are told apart wherever somebody chooses between them', async () => {
    const [a, b] = [await accepted('于晓丽'), await accepted('于晓丽')];
    for (const [id, day] of [
      [a, '1985-03-01'],
      [b, '1990-11-30'],
    ] as const)
      await site
        .db('persons')
        .where({ account_id: site.db('declarations').where({ id }).select('person_id') })
        .update({ born_on: day });
    const names = ['于晓丽（1985年3月出生）', '于晓丽（1990年11月出生）'];
    const inMain = (page: Page): string[] => names.filter((n) => page.text('main').includes(n));
    const { meetingId: next } = await makeMeeting(site, committee.id, officeId);
    expect(inMain(await office.get(at(next)))).toEqual(names);
    const meetingId = await begun([a, b]);
    const [one = 0] = await seatsOf(meetingId);
    const v = await browserOf(one);
    const page = await office.get(at(meetingId));
    const choices = page.all('#recuse-item option').map((o) => o.text);
    for (const n of names) expect(choices.some((c) => c.includes(n) && c.includes(unit.name))).toBe(true);
    expect((await step(meetingId, 'open')).errors().join()).toContain(`${names[0] ?? ''}：评分的评委不足`);
    expect(inMain(await v.get(`/judge${at(meetingId)}/recusal`))).toEqual(names);
    await step(meetingId, 'recuse', { judge: String(one), declaration: b, recusal: '师生' });
    const withdraw = await office.get(`${at(meetingId)}/withdraw-recusal?judge=${one}&item=${b}`);
    expect(inMain(withdraw)).toEqual([names[1]]);
    expect(withdraw.text()).toContain(unit.name);
    expect(inMain(await v.get(`/judge${at(meetingId)}`))).toContain(names[1]);
    for (const s of await seatsOf(meetingId)) await checkIn(meetingId, s);
    await reviewed(meetingId);
    expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
    const ballot = await v.get(`/judge${at(meetingId)}/ballot`);
    expect(ballot.all('legend').map((l) => l.text.trim())).toEqual(
      expect.arrayContaining(names.map((n) => expect.stringContaining(n) as unknown)),
    );
    expect((await v.send(ballot, { sure: 'yes' })).errors()).toEqual([`请对${names[0] ?? ''}投票`]);
    await step(meetingId, 'void-ballot', { reason: '试投' });
  });

  it('J3 a long ballot that is not complete says how many are left, and keeps what was chosen', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push(await accepted(`长票${i}`));
    const { meetingId, voters } = await voting(ids);
    const v = await browserOf(voters[0] ?? 0);
    const ballot = await v.get(`/judge${at(meetingId)}/ballot`);
    const order = ballot.all('legend').map((l) => l.text.trim().replace(/^\d+\. /, ''));
    const [first = ''] = order;
    const idOf = (n: string): string => ids[Number(n.slice('长票'.length))] ?? '';
    const half = await v.send(ballot, { [`vote.${idOf(first)}`]: 'no', sure: 'yes' });
    expect(half.status).toBe(422);
    expect(half.errors()).toEqual([`还有 11 份申报没有投票，第一份是${order[1] ?? ''}`]);
    expect(half.find('#error-summary a')?.getAttribute('href')).toBe(`#vote-${idOf(order[1] ?? '')}`);
    expect(half.find(`#vote-${idOf(first)}-2`)?.hasAttribute('checked')).toBe(true);
    expect(half.all('.ballot__item .govuk-error-message')).toHaveLength(11);
    await step(meetingId, 'void-ballot', { reason: '试投' });
  });

  it('A9, J3 a vote that comes after the session has ended is told not to be cast, and the way leads back to the ballot', async () => {
    const id = await accepted('登录失效');
    const { meetingId, voters } = await voting([id]);
    const [one = 0] = voters;
    const v = await browserOf(one);
    const ballot = await v.get(`/judge${at(meetingId)}/ballot`);
    v.cookies.delete('sid');
    const late = await v.submit(ballot, { [`vote.${id}`]: 'yes', sure: 'yes' });
    expect([late.status, late.location]).toEqual([303, `/sign-in?lost=1&next=${encodeURIComponent(`/judge${at(meetingId)}/ballot`)}`]);
    const page = await v.open(late.location);
    expect(page.text('body')).toContain('登录已经失效，刚才提交的内容没有生效');
    expect(page.fields().find(([name]) => name === 'next')?.[1]).toBe(`/judge${at(meetingId)}/ballot`);
    browsers.delete(one);
    expect((await vote(meetingId, one, { [id]: 'yes' })).text()).toContain('投票成功');
    await step(meetingId, 'void-ballot', { reason: '试投' });
  });

  it('J3 the office sees who has not voted yet, and nothing of what was voted', async () => {
    const id = await accepted('催票');
    const { meetingId, voters } = await voting([id], 4);
    await vote(meetingId, voters[0] ?? 0, { [id]: 'no' });
    const seatsTable = (await office.get(at(meetingId))).all('table').find((t) => t.text.includes('工作单位'));
    expect(seatsTable?.querySelectorAll('tbody tr').map((r) => r.querySelectorAll('td').at(-1)?.text)).toEqual([
      '已投票',
      '未投票',
      '未投票',
      '未投票',
      '没有表决权',
    ]);
    expect((await office.get(at(meetingId))).text('main')).not.toContain('反对');
    await step(meetingId, 'void-ballot', { reason: '试投' });
  });

  it('J3 is refused with every reason: no quorum, no scores, no opinion', async () => {
    const id = await accepted('法定人数');
    const meetingId = await begun([id]);
    const seats = await seatsOf(meetingId);
    for (const s of seats.slice(0, 3)) await checkIn(meetingId, s);
    const refused = await step(meetingId, 'open');
    expect(refused.status).toBe(422);
    expect(refused.errors().join()).toContain('已签到 3 人，不足评委席位 5 人的三分之二');
    expect(refused.errors().join()).toContain('法定人数：评分的评委不足 3 名');
    await reviewed(meetingId);
    await checkIn(meetingId, seats[3] ?? 0);
    expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
    // who comes later can't sign in any more, and can't vote
    const late = await browserOf(seats[4] ?? 0);
    expect((await late.get(`/judge${at(meetingId)}`)).find('input[name="pledge"]')).toBeNull();
    expect((await late.get(`/judge${at(meetingId)}/ballot`)).status).toBe(403);
    // while its key lies in this folder, a machine that comes with another one does not make that the installation's
    const place = await site.deps.ballotKeys.place();
    await site.db('ballot_key_place').insert({ place }).onConflict('is_only').merge();
    await settleBallotKeyPlace(site.db, '0'.repeat(32));
    expect([await isBallotKeyPlace(site.db, place), await isBallotKeyPlace(site.db, '0'.repeat(32))]).toEqual([true, false]);
  });

  it('J3 counts, abstentions in the denominator, and hands results to the declarations by the table of moves', async () => {
    const [pass, fail, edge] = [await accepted('通过的'), await accepted('不过的'), await accepted('弃权多')];
    const { meetingId, voters } = await voting([pass, fail, edge]);
    // typed figures are refused while the meeting has it
    const typed = await office.send(await office.get(`/declarations/${pass}/moves/record-vote`), {
      metOn: '2026.11.20',
      'vote.total': '5',
      'vote.present': '5',
      'vote.yes': '5',
      'vote.no': '0',
      'vote.abstain': '0',
    });
    expect(typed.text()).toContain('表决结果由会议投票产生');
    const [first = 0] = voters;
    const visitor = await browserOf(first);
    const empty = await visitor.get(`/judge${at(meetingId)}/ballot`);
    const incomplete = await visitor.send(empty, { [`vote.${pass}`]: 'no' });
    expect(incomplete.status).toBe(422);
    expect(incomplete.errors()).toEqual(['请对不过的投票', '请对弃权多投票', '请勾选「我已核对」']);
    expect(incomplete.find(`input[name="vote.${pass}"][value="no"]`)?.hasAttribute('checked')).toBe(true);
    for (const [i, v] of voters.entries())
      expect(
        (
          await vote(meetingId, v, { [pass]: i < 4 ? 'yes' : 'no', [fail]: i < 3 ? 'yes' : 'no', [edge]: i < 3 ? 'yes' : 'abstain' })
        ).text(),
      ).toContain('投票成功');
    expect((await vote(meetingId, first, {})).status).toBe(403);
    const counted = await step(meetingId, 'count');
    expect(counted.text()).toContain('计票完成');
    expect([await stateOf(site, pass), await stateOf(site, fail), await stateOf(site, edge)]).toEqual([
      'voted_passed',
      'voted_failed',
      'voted_failed',
    ]);
    const figures = (await site.db('votes').where({ declaration_id: edge }).first()) as Record<string, unknown>;
    expect(figures).toMatchObject({ total: 5, present: 5, yes: 3, no: 0, abstain: 2, is_passed: false });
    expect(await site.db('declaration_events').where({ declaration_id: pass, move: 'record-vote' })).toHaveLength(1);
    for (const name of ['vote-sheet.pdf', 'minutes.pdf']) {
      const file = await office.bytes(`${at(meetingId)}/${name}`);
      expect([name, file.status, file.body.subarray(0, 5).toString()]).toEqual([name, 200, '%PDF-']);
    }
    expect((await visitor.get(`/declarations/${pass}`)).status).toBe(404);
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    expect((await bureau.get(at(meetingId))).text()).toContain('通过');
    expect((await bureau.get(`${at(meetingId)}/draw`)).status).toBe(200);
  });

  it('J3 a meeting on another day than planned is told so before the ballot; its papers and page bear the day of the results', async () => {
    const id = await accepted('改日');
    const meetingId = await begun([id]);
    expect((await office.get(at(meetingId))).text('main')).not.toContain('不是评审计划的会议日期');
    const plan = site.db('meetings').where({ id: meetingId }).select('plan_id');
    await site
      .db('review_plans')
      .where({ id: plan })
      .update({ meets_on: site.db.raw('app_today() + 3') });
    expect((await office.get(at(meetingId))).text('main')).toContain('今天不是评审计划的会议日期');
    const voters = await seatsOf(meetingId);
    for (const v of voters) await checkIn(meetingId, v);
    await reviewed(meetingId);
    await step(meetingId, 'open');
    for (const v of voters) await vote(meetingId, v, { [id]: 'yes' });
    const counted = await step(meetingId, 'count');
    const { met_on: metOn } = (await site.db('votes').where({ declaration_id: id }).first('met_on')) as { met_on: string };
    expect(counted.text('main')).toContain('实际表决日期');
    expect(counted.text('main')).toContain(showDate(metOn));
    const file = await office.bytes(`${at(meetingId)}/minutes.pdf`);
    expect(decodeURIComponent(file.headers.get('content-disposition') ?? '')).toContain(`评审会议纪要${metOn}.pdf`);
  });

  it('J3 who is present and casts nothing abstains, if the office says so', async () => {
    const id = await accepted('有人没投');
    const { meetingId, voters } = await voting([id]);
    for (const v of voters.slice(0, 4)) await vote(meetingId, v, { [id]: 'yes' });
    const refused = await step(meetingId, 'count');
    expect(refused.errors().join()).toContain('还有 1 名出席评委没有投票');
    expect((await step(meetingId, 'count', { early: 'yes' })).text()).toContain('计票完成');
    expect(await site.db('votes').where({ declaration_id: id }).first()).toMatchObject({ present: 5, yes: 4, abstain: 1, is_passed: true });
    // no later vote
    expect((await vote(meetingId, voters[4] ?? 0, { [id]: 'no' })).status).toBe(403);
  });

  it('J3 one vote each: of twenty at once one counts', async () => {
    const id = await accepted('一人一票');
    const { meetingId, voters } = await voting([id]);
    const [judge = 0] = voters;
    const visitor = await browserOf(judge);
    const page = await visitor.get(`/judge${at(meetingId)}/ballot`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        visitor.submit(page, { [`vote.${id}`]: i % 2 ? 'yes' : 'no', sure: 'yes', _token: `vote-${i}-abcdefghijkl` }),
      ),
    );
    expect(answers.filter((a) => a.status === 303)).toHaveLength(1);
    expect(answers.every((a) => [303, 409, 403].includes(a.status))).toBe(true);
    expect(await site.db('audit_log').where({ action: 'ballot.cast', subject_id: String(meetingId) })).toHaveLength(1);
    // no proxy: the same form in another judge's browser is not theirs to send twice, and the database keeps what was cast
    await expect(
      site
        .db('ballots')
        .where({ judge_id: judge })
        .whereNotNull('box')
        .update({ box: 'x', cast_at: site.db.raw('app_now()') }),
    ).rejects.toThrow(/one vote each/);
  });

  it('J3 votes at the moment of closing: each is counted or refused, none is lost or comes later', async () => {
    const id = await accepted('截止时刻');
    const { meetingId, voters } = await voting([id]);
    for (const v of voters.slice(0, 2)) await vote(meetingId, v, { [id]: 'yes' });
    const pages = await Promise.all(
      voters
        .slice(2)
        .map(async (v) => ({ visitor: await browserOf(v), page: await (await browserOf(v)).get(`/judge${at(meetingId)}/ballot`) })),
    );
    const officePage = await office.get(at(meetingId));
    const [close, ...casts] = await Promise.all([
      office.submit(officePage, { early: 'yes' }, { form: `form[action="${at(meetingId)}/count"]` }),
      ...pages.map(({ visitor, page }) => visitor.submit(page, { [`vote.${id}`]: 'yes', sure: 'yes' })),
    ]);
    expect(close.status).toBe(303);
    const inTime = casts.filter((c) => c.status === 303).length;
    expect(casts.every((c) => [303, 409, 403].includes(c.status))).toBe(true);
    expect(await site.db('votes').where({ declaration_id: id }).first()).toMatchObject({
      yes: 2 + inTime,
      abstain: 3 - inTime,
      present: 5,
    });
  });

  it('J3 recusal found while voting voids that judge’s vote on it; below the quorum there is no result', async () => {
    const [one, two] = [await accepted('表决中回避'), await accepted('回避过多')];
    const { meetingId, voters } = await voting([one, two]);
    for (const v of voters) await vote(meetingId, v, { [one]: 'yes', [two]: 'yes' });
    const recuse = (judge: number, declaration: string) =>
      step(meetingId, 'recuse', { judge: String(judge), declaration, recusal: '举报后查明有利害关系' });
    expect((await recuse(voters[0] ?? 0, one)).text()).toContain('回避已登记');
    await recuse(voters[0] ?? 0, two);
    await recuse(voters[1] ?? 0, two);
    expect((await step(meetingId, 'count')).text()).toContain('计票完成');
    expect(await site.db('votes').where({ declaration_id: one }).first()).toMatchObject({ total: 5, present: 4, yes: 4, is_passed: true });
    expect(await stateOf(site, two)).toBe('accepted');
    expect(await site.db('ballot_results').where({ declaration_id: two }).first()).toMatchObject({ is_valid: false, present: 3, yes: 0 });
    // it may stand before another meeting
    const next = await makeMeeting(site, committee.id, officeId, SEATS);
    expect((await office.get(at(next.meetingId))).text()).toContain('回避过多');
  });

  it('J3 a lost key never makes a result: the round is void and held again', async () => {
    const id = await accepted('密钥丢失');
    const { meetingId, voters } = await voting([id]);
    for (const v of voters) await vote(meetingId, v, { [id]: 'yes' });
    const { key_sha256: key } = (await site.db('ballot_rounds').where({ meeting_id: meetingId }).first()) as { key_sha256: string };
    await site.deps.ballotKeys.destroy(key);
    expect((await step(meetingId, 'count')).errors().join()).toContain('密钥已丢失');
    expect((await step(meetingId, 'void-ballot', { reason: '密钥丢失' })).text()).toContain('已作废');
    expect((await step(meetingId, 'open')).text()).toContain('投票已经开始');
    for (const v of voters) expect((await vote(meetingId, v, { [id]: 'yes' })).text()).toContain('投票成功');
    expect((await step(meetingId, 'count')).text()).toContain('计票完成');
    expect(await stateOf(site, id)).toBe('voted_passed');
  });

  it('J3 nobody who reads the whole database can tell who voted how: not during, not after, not from copies made during', async () => {
    const [a, b] = [await accepted('秘密甲'), await accepted('秘密乙')];
    const { meetingId, voters } = await voting([a, b]);
    const dump = async (): Promise<Map<string, string>> => {
      const { rows: tables } = await site.db.raw<{ rows: { name: string }[] }>(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) AS name FROM pg_stat_user_tables ORDER BY 1",
      );
      const all = new Map<string, string>();
      for (const { name } of tables) {
        const { rows } = await site.db.raw<{ rows: { t: string }[] }>(
          `SELECT coalesce(string_agg(x.xmin || ' ' || x.ctid || ' ' || x::text, chr(10)), '') AS t FROM ${name} x`,
        );
        all.set(name, rows[0]?.t ?? '');
      }
      return all;
    };
    // opposite votes, so that whatever differs between two voters could tell them apart
    const cast = (i: number) => ({ [a]: i % 2 ? 'yes' : 'no', [b]: i % 2 ? 'no' : 'yes' });
    const snapshots: Map<string, string>[] = [await dump()];
    for (const [i, v] of voters.entries()) {
      await vote(meetingId, v, cast(i));
      snapshots.push(await dump());
    }
    // 1. while voting: the only trace of a vote is a box, as long for one choice as for the other, and nothing in it shows without the key
    const boxes = (await site
      .db('ballots')
      .join('ballot_rounds', 'ballot_rounds.id', 'ballots.round_id')
      .where({ meeting_id: meetingId })
      .orderBy('judge_id')
      .select('judge_id', 'box', 'round_id', 'key_sha256')) as { judge_id: number; box: string; round_id: number; key_sha256: string }[];
    expect(new Set(boxes.map((x) => x.box.length)).size).toBe(1);
    expect(new Set(boxes.map((x) => x.box)).size).toBe(boxes.length);
    const candidates = [
      Buffer.from(boxes[0]?.key_sha256 ?? '', 'hex'),
      createHash('sha256')
        .update(boxes[0]?.key_sha256 ?? '')
        .digest(),
      site.deps.cipher.blindIndex(boxes[0]?.key_sha256 ?? '', 'ballot-key'),
      Buffer.alloc(32),
    ];
    for (const x of boxes) for (const key of candidates) expect(() => openBallot(key, x.round_id, x.judge_id, x.box)).toThrow();
    // a box moved into another judge's place is refused, so that copying one box over the others can't make the sums tell it
    const real = await site.deps.ballotKeys.find(boxes[0]?.key_sha256 ?? '');
    expect(real && openBallot(real, boxes[0]?.round_id ?? 0, boxes[0]?.judge_id ?? 0, boxes[0]?.box ?? '')).toHaveLength(2);
    expect(() => openBallot(real ?? Buffer.alloc(32), boxes[0]?.round_id ?? 0, boxes[0]?.judge_id ?? 0, boxes[1]?.box ?? '')).toThrow();
    // 2. no trace elsewhere: besides sessions, what a vote adds to any table is the same for both kinds of voters but for ids, times and random tokens
    const traces = voters.map((_v, i) => {
      const [before, after] = [snapshots[i], snapshots[i + 1]];
      return [...(after ?? [])].filter(([name, text]) => before?.get(name) !== text).map(([name]) => name);
    });
    const allowed = [
      'public.audit_log',
      'public.ballots',
      'public.one_time_tokens',
      'public.session_forms',
      'public.sessions',
      'public.device_cookies',
    ];
    expect([...new Set(traces.flat())].filter((t) => !allowed.includes(t))).toEqual([]);
    // the token of the form is stored with a digest of nothing but itself: no choice can be tried against it
    const tokens = (await site.db('one_time_tokens').where('path', 'like', '%/ballot').pluck('token')) as string[];
    expect(tokens.length).toBeGreaterThanOrEqual(voters.length);
    for (const t of tokens) {
      const dot = t.lastIndexOf('.');
      const token = t.slice(0, dot);
      const digest = createHash('sha256')
        .update(JSON.stringify([['_token', token]]))
        .digest('hex');
      expect(t.slice(dot + 1)).toBe(digest.slice(0, 16));
    }
    const audit = (await site
      .db('audit_log')
      .where({ action: 'ballot.cast', subject_id: String(meetingId) })
      .select('detail')) as { detail: unknown }[];
    expect(new Set(audit.map((x) => JSON.stringify(x.detail))).size).toBe(1);
    expect(site.log.join('\n')).not.toContain(`vote.${a}`);
    // 3. after counting: sums only, no box, and the key that copies made before would need is gone
    await step(meetingId, 'count');
    expect(await site.db('ballots').where({ round_id: boxes[0]?.round_id }).whereNotNull('box')).toEqual([]);
    expect(await site.deps.ballotKeys.find(boxes[0]?.key_sha256 ?? '')).toBeUndefined();
    expect(await site.db('ballot_results').where({ declaration_id: a }).first()).toMatchObject({ yes: 2, no: 3 });
    // 4. a late form is not kept for after a sign-in (A9), not even encrypted
    const keptBefore = await site.db('kept_posts');
    const again = await accepted('迟到的票');
    const round = await voting([again]);
    const visitor = await browserOf(round.voters[0] ?? 0);
    const page = await visitor.get(`/judge${at(round.meetingId)}/ballot`);
    await site.db('sessions').delete();
    const answer = await visitor.submit(page, { [`vote.${again}`]: 'yes', sure: 'yes' });
    expect(answer.location).toContain('/sign-in?lost=1');
    expect(await site.db('kept_posts')).toEqual(keptBefore);
    browsers.clear();
  });

  it('J3 a key whose process died before destroying it is swept', async () => {
    office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    const name = await site.deps.ballotKeys.create();
    const { round_id: round } = (await site.db('ballot_results').first('round_id')) as { round_id: number };
    await site.db('ballot_rounds').where({ id: round }).update({ key_sha256: name });
    await sweepBallotKeys(site.deps);
    expect(await site.deps.ballotKeys.find(name)).toBeUndefined();
  });
});
