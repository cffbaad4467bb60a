import { createStaffAccount, signInNameIndex } from '../../src/modules/accounts';
import { decidePlan, submitPlan } from '../../src/modules/committee';
import { foundCommittee } from '../../src/modules/committee/found-committee';
import { insertJudge } from '../../src/modules/meetings/judge.store';
import { listItems, listSeats } from '../../src/modules/meetings/meeting.read';
import { beginMeeting, chooseChair, chooseItems, commitDraw, createMeeting, drawJudges } from '../../src/modules/meetings/prepare-meeting';
import { checkIn, scoreItem, writeOpinion } from '../../src/modules/meetings/review-items';
import type { Plan } from './clock';
import { idNumber } from './codes';
import { actorOf, demand, expectKind, REQUEST_ID, type World } from './world';

const SIGNED_IN = '已签到；评委会办事机构「开始投票」后可以投票';

/** The pool of the committee for 群众文化: all of them have a seat in the meeting that is under way. */
export const judges = [
  {
    loginName: 'pingwei1',
    name: '曲延波',
    unit: '威海市文化馆',
    title: '研究馆员',
    speciality: '音乐',
    trial: '评审会议尚未签到，可以「签到」「申请回避」',
  },
  {
    loginName: 'pingwei2',
    name: '宫丽萍',
    unit: '荣成市文化馆',
    title: '副研究馆员',
    speciality: '舞蹈',
    trial: '评审会议尚未签到，可以「签到」「申请回避」',
  },
  { loginName: 'pingwei3', name: '岳志刚', unit: '文登区文化馆', title: '研究馆员', speciality: '美术', trial: SIGNED_IN },
  { loginName: 'pingwei4', name: '毕研青', unit: '乳山市文化馆', title: '副研究馆员', speciality: '戏剧', trial: SIGNED_IN },
  { loginName: 'pingwei5', name: '殷晓红', unit: '威海市群众艺术研究所', title: '研究馆员', speciality: '群众文化理论', trial: SIGNED_IN },
  { loginName: 'pingwei6', name: '谷长青', unit: '威海市艺术剧院', title: '二级编剧', speciality: '曲艺', trial: SIGNED_IN },
  {
    loginName: 'pingwei7',
    name: '阎素英',
    unit: '威海市非物质文化遗产保护中心',
    title: '副研究馆员',
    speciality: '非物质文化遗产',
    trial: SIGNED_IN,
  },
  { loginName: 'pingwei8', name: '迟玉东', unit: '威海职业学院', title: '教授', speciality: '音乐', trial: SIGNED_IN },
  {
    loginName: 'pingwei9',
    name: '邹丽君',
    unit: '威海市环翠区文化馆',
    title: '副研究馆员',
    speciality: '舞蹈',
    trial: '已签到；对本单位人员的申报自动回避',
  },
] as const;

/** A review plan approved, experts drawn, the meeting under way and ready for its ballot; and a committee that waits for the bureau. */
export function planMeeting(plan: Plan, world: World): void {
  plan.add(30, '09:00', () => makePool(world));
  plan.add(8, '09:10', () => hold(plan, world));
  plan.add(3, '10:20', () => askCommittee(world));
}

async function makePool(world: World): Promise<void> {
  const committeeId = demand(world.committees.get('qzwh'), 'committee qzwh');
  const addedBy = demand(world.accounts.get('pwh_qzwh'), 'account pwh_qzwh');
  for (const [i, j] of judges.entries()) {
    const accountId = await createStaffAccount(world.trx, world.deps, {
      role: 'judge',
      committeeId,
      loginName: j.loginName,
      displayName: j.name,
      passwordHash: world.passwordHash,
    });
    world.accounts.set(j.loginName, accountId);
    await insertJudge(world.trx, {
      committeeId,
      accountId,
      name: j.name,
      idIndex: signInNameIndex(world.deps.cipher, idNumber('371002', `1966-0${i + 1}-18`, 700 + i)),
      unitName: j.unit,
      avoidedUnits: [],
      title: j.title,
      speciality: j.speciality,
      addedBy,
    });
  }
}

async function hold(plan: Plan, world: World): Promise<void> {
  const { deps, trx } = world;
  const office = await actorOf(world, 'pwh_qzwh');
  const committeeId = demand(office.committeeId, 'committee of pwh_qzwh');
  // the day on which the plan lets people sign in: today, on a weekend the Friday before
  const { rows } = await trx.raw<{ rows: { today: string }[] }>(
    "SELECT (day - greatest(0, extract(isodow FROM day)::int - 5))::text AS today FROM (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day) AS d",
  );
  const submitted = await submitPlan(
    deps,
    office,
    {
      committeeId,
      year: world.year,
      meetsOn: demand(rows[0], 'today').today,
      place: '环翠区文化馆三楼会议室',
      seats: judges.length,
      expected: 5,
      content: '上午签到、评议，下午无记名投票。由环翠区人力资源和社会保障局现场监督。',
    },
    REQUEST_ID,
  );
  if (submitted.kind !== 'done') throw new Error(`demonstration data: review plan gave ${submitted.kind}`);
  const { planId } = submitted;
  plan.add(7, '15:00', async () => {
    await decidePlan(deps, await actorOf(world, 'huancui_rsj'), { planId, decision: 'grant', reason: '', requestId: REQUEST_ID });
  });
  plan.add(1, '09:00', async () => {
    const made = await createMeeting(deps, { ...office, committeeId }, planId, REQUEST_ID);
    if (made.kind !== 'done') throw new Error(`demonstration data: meeting gave ${made.kind}`);
    const { meetingId } = made;
    const accepted = (await trx('declarations').where({ holder_committee_id: committeeId, state: 'accepted' }).pluck('id')) as string[];
    expectKind(await chooseItems(deps, office, meetingId, accepted, REQUEST_ID), 'done', 'items of the meeting');
    expectKind(await commitDraw(deps, office, meetingId, REQUEST_ID), 'done', 'commitment of the draw');
    expectKind(await drawJudges(deps, office, meetingId, '监督员报数：6 3 1 5 2', REQUEST_ID), 'done', 'draw');
    const seats = await listSeats(trx, meetingId);
    const chair = demand(seats.find((s) => s.name === '殷晓红') ?? seats[0], 'chair');
    expectKind(await chooseChair(deps, office, meetingId, chair.judgeId, REQUEST_ID), 'done', 'chair');
    expectKind(await beginMeeting(deps, office, meetingId, 3, REQUEST_ID), 'done', 'begin of the meeting');
    plan.add(0, '08:40', async () => {
      for (const j of judges.slice(2))
        expectKind(await checkIn(deps, await actorOf(world, j.loginName), meetingId, true, REQUEST_ID), 'done', 'sign-in');
      await review(world, meetingId);
    });
  });
}

async function review(world: World, meetingId: number): Promise<void> {
  const { deps, trx } = world;
  for (const item of await listItems(trx, meetingId)) {
    const reviewers = (await trx('review_assignments as a')
      .join('judges as j', 'j.id', 'a.judge_id')
      .join('accounts as c', 'c.id', 'j.account_id')
      .where({ 'a.meeting_id': meetingId, 'a.declaration_id': item.id })
      .orderBy('j.id')
      .pluck('c.login_name')) as string[];
    for (const [i, loginName] of reviewers.entries()) {
      const input = { declarationId: item.id, score: 86 + 2 * i, remark: i === 0 ? '业务扎实，群众反映好。' : '' };
      expectKind(await scoreItem(deps, await actorOf(world, loginName), meetingId, input, REQUEST_ID), 'done', 'score');
    }
    expectKind(
      await writeOpinion(
        deps,
        await actorOf(world, demand(reviewers[0], 'reviewer')),
        meetingId,
        { declarationId: item.id, text: '任现职以来工作实绩突出，材料真实完整，符合申报条件，建议提交投票。', version: item.version },
        REQUEST_ID,
      ),
      'done',
      'opinion',
    );
  }
}

async function askCommittee(world: World): Promise<void> {
  const { rows } = await world.trx.raw<{ rows: { first: string; last: string }[] }>(
    "SELECT app_today() + 10 AS first, (app_today() + 10 + interval '2 years')::date AS last",
  );
  const term = demand(rows[0], 'term');
  const asked = await foundCommittee(world.deps, await actorOf(world, 'wenlvju'), {
    name: '威海市环翠区群众文化专业职务资格中级评审委员会',
    seriesId: 91,
    levels: ['middle'],
    specialities: [],
    divisionCode: '371002',
    moreDivisions: [],
    validFrom: term.first,
    validUntil: term.last,
    members: 15,
    phone: '0631-5200106',
    requestId: REQUEST_ID,
  });
  expectKind(asked, 'done', 'a committee asked for');
}
