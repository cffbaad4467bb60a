/** Experts, review plans and meetings for tests, as far as they are not what is tested. */
import { signInNameIndex } from '../../src/modules/accounts';
import { makeStaff, residentId } from './factories';
import type { Site } from './site';

let serial = 0;

export interface TestJudge {
  judgeId: number;
  accountId: number;
  loginName: string;
  name: string;
}

/** An expert in the pool with an account. */
export async function makeJudge(
  site: Site,
  committeeId: number,
  j: { name?: string; unitName?: string; unitId?: number; avoidedUnits?: string[]; idNumber?: string } = {},
): Promise<TestJudge> {
  const n = ++serial;
  const name = j.name ?? `评委${n}`;
  const account = await makeStaff(site, { role: 'judge', committeeId, name });
  const [row] = (await site
    .db('judges')
    .insert({
      committee_id: committeeId,
      account_id: account.accountId,
      name,
      id_index: signInNameIndex(site.deps.cipher, j.idNumber ?? residentId(n % 1000, '19650101')),
      unit_id: j.unitId ?? null,
      unit_name: j.unitName ?? `威海市第${n}文化中心`,
      avoided_units: j.avoidedUnits ?? [],
      title: '研究馆员',
      speciality: '舞蹈',
      added_by: account.accountId,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no judge');
  return { judgeId: row.id, ...account, name };
}

/** An approved plan, and its meeting without seats and items. */
export async function makeMeeting(
  site: Site,
  committeeId: number,
  accountId: number,
  seats = 5,
): Promise<{ planId: number; meetingId: number }> {
  const [plan] = (await site
    .db('review_plans')
    .insert({
      committee_id: committeeId,
      year: 2026,
      meets_on: site.db.raw('app_today()'),
      place: '环翠区文化馆三楼会议室',
      seats,
      expected: 10,
      state: 'approved',
      requested_by: accountId,
      decided_by: accountId,
      decided_at: site.db.raw('app_now()'),
    })
    .returning('id')) as { id: number }[];
  if (!plan) throw new Error('no plan');
  const [meeting] = (await site
    .db('meetings')
    .insert({ committee_id: committeeId, plan_id: plan.id, created_by: accountId })
    .returning('id')) as { id: number }[];
  if (!meeting) throw new Error('no meeting');
  return { planId: plan.id, meetingId: meeting.id };
}
