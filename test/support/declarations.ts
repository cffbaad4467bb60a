/** Declarations in any state, put into the database as if they had come there the long way; for tests of lists and of what happens later. */
import { createPersonAccount } from '../../src/modules/accounts';
import type { StateName } from '../../src/policy/declaration-moves';
import { passwordHash } from './factories';
import { idNumber } from './people';
import type { Site } from './site';

export interface BatchInput {
  committeeId: number;
  year?: number;
  seriesId?: number;
  level?: string;
  rankBy?: 'applicant' | 'unit';
  publicityDays?: number;
  /** the unit's window is over */
  closed?: boolean;
}

/** A batch that is open for applicants and units now; 群众文化 (91), junior, ranks by the unit unless told otherwise. */
export async function makeBatch(
  site: Site,
  b: BatchInput,
): Promise<{ id: number; year: number; seriesId: number; level: string; committeeId: number; rankBy: 'applicant' | 'unit' }> {
  const batch = {
    year: b.year ?? 2026,
    seriesId: b.seriesId ?? 91,
    level: b.level ?? 'junior',
    committeeId: b.committeeId,
    rankBy: b.rankBy ?? ('unit' as const),
  };
  const [row] = (await site
    .db('batches')
    .insert({
      year: batch.year,
      committee_id: b.committeeId,
      series_id: batch.seriesId,
      level: batch.level,
      applicant_opens_at: site.db.raw("app_now() - interval '20 days'"),
      applicant_closes_at: site.db.raw(b.closed ? "app_now() - interval '10 days'" : "app_now() + interval '10 days'"),
      unit_closes_at: site.db.raw(b.closed ? "app_now() - interval '1 day'" : "app_now() + interval '20 days'"),
      rank_by: batch.rankBy,
      entrusted_evidence_by: 'unit',
      publicity_days: b.publicityDays ?? 5,
      commitment: '本人承诺所填写的内容真实、准确、完整。',
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no batch');
  return { ...batch, id: row.id };
}

/** An approved path of the unit for the batch's series, level and year. */
export async function makePath(
  site: Site,
  batch: { seriesId: number; level: string; year: number },
  unit: { unitId: number; accountId: number },
  to: { unitId: number } | { committeeId: number },
  state: 'requested' | 'approved' = 'approved',
): Promise<number> {
  const [row] = (await site
    .db('reporting_paths')
    .insert({
      unit_id: unit.unitId,
      series_id: batch.seriesId,
      level: batch.level,
      year: batch.year,
      upstream_unit_id: 'unitId' in to ? to.unitId : null,
      committee_id: 'committeeId' in to ? to.committeeId : null,
      state,
      requested_by: unit.accountId,
    })
    .returning('id')) as { id: number }[];
  return (row as { id: number }).id;
}

export interface DeclarationInput {
  batch: { id: number; year: number; seriesId: number; level: string; committeeId: number };
  state: StateName;
  name?: string;
  /** units it has been reported to, the declaring one first; the last one holds it in the unit states */
  units: { unitId: number }[];
  rank?: [n: number, of: number];
  rankFixed?: boolean;
  speciality?: string;
  titleName?: string;
}

let sequence = 0;

const atCommittee: readonly StateName[] = [
  'office_review',
  'correction',
  'accepted',
  'refused',
  'voted_passed',
  'voted_failed',
  'publicity',
  'certified',
];
const voted: readonly StateName[] = ['voted_passed', 'publicity', 'certified'];

/** Gives the id. Stops say where it has been; events, versions and sections are not made. */
export async function makeDeclaration(site: Site, d: DeclarationInput): Promise<string> {
  const n = ++sequence;
  const { batch } = d;
  const name = d.name ?? `测试人员${n}`;
  const password = await passwordHash();
  const personId = await site.db.transaction((trx) =>
    createPersonAccount(trx, site.deps, {
      loginName: `applicant_${n}`,
      passwordHash: password,
      name,
      idType: 'resident',
      idNumber: idNumber(n % 1000, n < 1000 ? '19900101' : '19900102'),
      sex: 'female',
      bornOn: '1990-01-01',
      ethnicity: '01',
      mobile: '13906310001',
    }),
  );
  const title = (await site
    .db('titles')
    .where({ series_id: batch.seriesId, level: batch.level, ...(d.titleName ? { name: d.titleName } : {}) })
    .first('id')) as { id: number } | undefined;
  const isAtCommittee = atCommittee.includes(d.state);
  const isWithApplicant = ['draft', 'returned_to_applicant', 'correction'].includes(d.state);
  const last = d.units.length - 1;
  const position = isAtCommittee ? d.units.length : last;
  const [row] = (await site
    .db('declarations')
    .insert({
      person_id: personId,
      batch_id: batch.id,
      year: batch.year,
      series_id: batch.seriesId,
      level: batch.level,
      state: d.state,
      applicant_name: name,
      title_id: title?.id ?? null,
      speciality: d.speciality ?? '舞蹈',
      way: 'normal',
      unit_id: d.units[0]?.unitId ?? null,
      rank_n: d.rank?.[0] ?? null,
      rank_of: d.rank?.[1] ?? null,
      rank_fixed_at: d.rank && (d.rankFixed || d.units.length > 1 || isAtCommittee) ? site.db.raw('app_now()') : null,
      stop_position: d.state === 'draft' ? null : position,
      holder_unit_id: isAtCommittee || isWithApplicant ? null : (d.units[last]?.unitId ?? null),
      holder_committee_id: isAtCommittee && !isWithApplicant ? batch.committeeId : null,
      return_position: isWithApplicant && d.state !== 'draft' ? position : null,
      reopened_sections: isWithApplicant && d.state !== 'draft' ? ['performance'] : null,
      round: d.state === 'draft' ? 0 : 1,
      submitted_at: d.state === 'draft' ? null : site.db.raw('app_now()'),
    })
    .returning('id')) as { id: string }[];
  if (!row) throw new Error('no declaration');
  if (d.state === 'draft') return row.id;
  const now = site.db.raw('app_now()');
  const stops = d.units.map((u, i) => {
    const isReported = i < last || isAtCommittee;
    return {
      declaration_id: row.id,
      position: i,
      unit_id: u.unitId,
      committee_id: null as number | null,
      // one second apart in the order of making, so that the order of arrival is certain
      arrived_at: site.db.raw("app_now() - interval '1 day' + ? * interval '1 second'", [n]),
      passed_at: isReported || d.state === 'unit_passed' ? now : null,
      reported_at: isReported ? now : null,
    };
  });
  await site.db('declaration_stops').insert(stops);
  if (isAtCommittee) await site.db('declaration_stops').insert({ declaration_id: row.id, position, committee_id: batch.committeeId });
  if (voted.includes(d.state)) {
    await site.db('votes').insert({
      declaration_id: row.id,
      total: 9,
      present: 9,
      yes: 8,
      no: 1,
      abstain: 0,
      is_passed: true,
      met_on: site.db.raw('app_today()'),
      entered_by: personId,
    });
  }
  return row.id;
}

/** How many database queries `work` makes. */
export async function countQueries(site: Site, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const one = (): void => void count++;
  site.db.on('query', one);
  try {
    await work();
  } finally {
    site.db.removeListener('query', one);
  }
  return count;
}
