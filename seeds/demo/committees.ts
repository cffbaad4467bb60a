import { COMMITMENT } from './texts';
import { addStaff } from './staff';
import { demand, type World } from './world';

/** Key of committee, batch and series in the demonstration. */
export type Field = 'qzwh' | 'tszl' | 'ys' | 'ms' | 'wwbw';

export interface DemoCommittee {
  field: Field;
  seriesId: number;
  /** as the committee's name has it */
  seriesText: string;
  phone: string;
  office: { loginName: string; displayName: string; trial: string };
  /** days from today; the applicants' window, then the end of the units' window */
  opens: number;
  closes: number;
  unitsUntil: number;
  /** who gives 「单位推荐排序」 and uploads the evidence of 「委托评审」: guide of 2022 or of 2023 */
  policy: 'applicant' | 'unit';
}

/** The five committees of the guide of 2022 (part 4, paragraph 7), each with a batch of the present year. */
export const committees: readonly DemoCommittee[] = [
  {
    field: 'qzwh',
    seriesId: 91,
    seriesText: '群众文化',
    phone: '0631-5200101',
    office: {
      loginName: 'pwh_qzwh',
      displayName: '于洪涛',
      trial: '「申报受理与评审」：受理、补正、公示；「评审会议」正在评议，可以「开始投票」',
    },
    opens: -40,
    closes: 20,
    unitsUntil: 30,
    policy: 'applicant',
  },
  {
    field: 'tszl',
    seriesId: 9,
    seriesText: '图书资料',
    phone: '0631-5200102',
    office: { loginName: 'pwh_tszl', displayName: '梁玉梅', trial: '有逾期未补正的申报，有待审核的路径' },
    opens: -40,
    closes: 20,
    unitsUntil: 30,
    policy: 'unit',
  },
  {
    field: 'ys',
    seriesId: 23,
    seriesText: '艺术',
    phone: '0631-5200103',
    office: { loginName: 'pwh_ys', displayName: '马文涛', trial: '还没有收到申报' },
    opens: -40,
    closes: 3,
    unitsUntil: 12,
    policy: 'applicant',
  },
  {
    field: 'ms',
    seriesId: 92,
    seriesText: '美术',
    phone: '0631-5200104',
    office: { loginName: 'pwh_ms', displayName: '姚静波', trial: '个人申报已截止，有已受理的申报，可登记表决结果' },
    opens: -40,
    closes: -2,
    unitsUntil: 8,
    policy: 'applicant',
  },
  {
    field: 'wwbw',
    seriesId: 10,
    seriesText: '文物博物',
    phone: '0631-5200105',
    office: { loginName: 'pwh_wwbw', displayName: '侯志远', trial: '申报时间尚未开始' },
    opens: 5,
    closes: 35,
    unitsUntil: 45,
    policy: 'unit',
  },
];

export const LEVEL = 'junior';
export const committeeName = (c: DemoCommittee): string => `威海市环翠区${c.seriesText}专业职务资格初级评审委员会`;

const moment = (world: World, days: number, time: string) =>
  world.trx.raw("((now() AT TIME ZONE 'Asia/Shanghai')::date + ?::int + ?::time) AT TIME ZONE 'Asia/Shanghai'", [days, time]);

export const committeeOf = (field: Field): DemoCommittee =>
  demand(
    committees.find((c) => c.field === field),
    `committee ${field}`,
  );

/** Committees with their scopes, offices and batches. */
export async function makeCommittees(world: World): Promise<void> {
  const { trx } = world;
  for (const c of committees) {
    const [row] = (await trx('committees')
      .insert({
        name: committeeName(c),
        division_code: '371002',
        founded_by: '威海市环翠区文化和旅游局',
        phone: c.phone,
        valid_from: trx.raw("app_today() - interval '8 months'"),
        valid_until: trx.raw("app_today() + interval '27 months'"),
        approved_at: trx.raw("app_now() - interval '8 months'"),
      })
      .returning('id')) as { id: number }[];
    const id = demand(row, `committee ${c.field}`).id;
    world.committees.set(c.field, id);
    await trx('committee_scopes').insert({ committee_id: id, series_id: c.seriesId, level: LEVEL });
    await addStaff(world, { role: 'office', loginName: c.office.loginName, displayName: c.office.displayName, committeeId: id });
    const [batch] = (await trx('batches')
      .insert({
        year: world.year,
        committee_id: id,
        series_id: c.seriesId,
        level: LEVEL,
        applicant_opens_at: moment(world, c.opens, '08:30'),
        applicant_closes_at: moment(world, c.closes, '17:00'),
        unit_closes_at: moment(world, c.unitsUntil, '17:00'),
        demands_unit_publicity: c.field === 'tszl',
        rank_by: c.policy,
        entrusted_evidence_by: c.policy,
        commitment: COMMITMENT,
      })
      .returning('id')) as { id: number }[];
    world.batches.set(c.field, demand(batch, `batch ${c.field}`).id);
  }
}
