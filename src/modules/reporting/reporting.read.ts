import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import { BORN_ON, LINE_COLUMNS, tellApart, type DeclarationLine, type QueueCondition } from '../review';

/** Whoever shares the name with another one in the same answer is told apart in `name`. */
export interface ReportRow extends DeclarationLine {
  id: string;
  bornOn: PlainDate;
  unitId: number;
  batchId: number;
  isEntrusted: boolean;
  rankN: number | null;
  rankOf: number | null;
  /** the reporting unit types the rank now: the batch says so, and it was not fixed by an earlier report */
  takesRank: boolean;
  /** with an extension of the applicant's own */
  unitClosesAt: Date;
  /** an office has given it back: no window keeps it from being reported again (K3) */
  hasBeenAtOffice: boolean;
  /** this unit uploads the evidence of 「委托评审」 before it reports */
  takesEvidence: boolean;
  hasEvidence: boolean;
  /** R5: the batch asks for a publicity in this unit before it reports */
  demandsPublicity: boolean;
  /** the publicity that counts; null when it was not put up */
  publicityId: number | null;
  publicityEndsOn: string | null;
  isPublicityOver: boolean | null;
  openObjections: number;
}

const SELECT = `SELECT d.id, ${LINE_COLUMNS}, ${BORN_ON}, d.unit_id AS "unitId", d.batch_id AS "batchId", d.is_entrusted AS "isEntrusted",
    d.rank_n AS "rankN", d.rank_of AS "rankOf", (b.rank_by = 'unit' AND d.rank_fixed_at IS NULL) AS "takesRank", greatest(b.unit_closes_at, x.unit_until) AS "unitClosesAt",
    EXISTS (SELECT 1 FROM declaration_events v WHERE v.declaration_id = d.id AND v.to_state = 'office_review') AS "hasBeenAtOffice",
    (d.is_entrusted AND b.entrusted_evidence_by = 'unit' AND d.stop_position = 0) AS "takesEvidence",
    EXISTS (SELECT 1 FROM attachments a WHERE a.declaration_id = d.id AND a.section = 'entrusted' AND a.removed_at IS NULL) AS "hasEvidence",
    (b.demands_unit_publicity AND d.stop_position = 0) AS "demandsPublicity", pu.id AS "publicityId", pu.ends_on AS "publicityEndsOn",
    pu.ends_on < app_today() AS "isPublicityOver",
    (SELECT count(*)::int FROM unit_objections o WHERE o.declaration_id = d.id AND o.publicity_id = pu.id AND o.outcome IS NULL) AS "openObjections"
  FROM declarations d JOIN batches b ON b.id = d.batch_id
    LEFT JOIN batch_extensions x ON x.batch_id = d.batch_id AND x.person_id = d.person_id AND x.revoked_at IS NULL
    LEFT JOIN units u ON u.id = d.unit_id
    LEFT JOIN unit_publicity_items pi ON pi.declaration_id = d.id AND pi.voided_at IS NULL LEFT JOIN unit_publicities pu ON pu.id = pi.publicity_id
  WHERE d.holder_unit_id = :unit AND d.state = 'unit_passed' AND d.deleted_at IS NULL`;

/** The orders of the list, each both ways; those without a rank stand last whichever way. Only these constants ever reach the database. */
const IN_GROUP = 'u.name, d.rank_n NULLS LAST, d.applicant_name, d.id';
const orders = {
  title: { asc: `d.year, d.series_id, d.level, ${IN_GROUP}`, desc: `d.year DESC, d.series_id DESC, d.level DESC, ${IN_GROUP}` },
  name: { asc: 'd.applicant_name, d.id', desc: 'd.applicant_name DESC, d.id' },
  rank: { asc: 'd.rank_n NULLS LAST, d.applicant_name, d.id', desc: 'd.rank_n DESC NULLS LAST, d.applicant_name, d.id' },
  unit: { asc: IN_GROUP, desc: 'u.name DESC, d.rank_n NULLS LAST, d.applicant_name, d.id' },
  closes: { asc: `"unitClosesAt", ${IN_GROUP}`, desc: `"unitClosesAt" DESC, ${IN_GROUP}` },
} as const;

export type ReportSort = keyof typeof orders;
/** The first one is the order the list opens with: by year, series and level, then declaring unit and rank. */
export const reportSorts = Object.keys(orders) as readonly ReportSort[];

export interface ReportOrder {
  sort: ReportSort;
  descending: boolean;
}

/** What the unit has passed and not yet reported, under these conditions, in this order. One query; at most `limit` rows. */
export async function listReportable(
  h: Handle,
  unitId: number,
  c: QueueCondition,
  order: ReportOrder,
  limit: number,
): Promise<ReportRow[]> {
  const { rows } = await h.raw<{ rows: ReportRow[] }>(
    `${SELECT} AND (CAST(:year AS int) IS NULL OR d.year = :year) AND (CAST(:series AS int) IS NULL OR d.series_id = :series) AND (CAST(:level AS text) IS NULL OR d.level = :level)
       AND (:name = '' OR strpos(lower(d.applicant_name), lower(:name)) > 0) AND (:part = '' OR strpos(u.name, :part) > 0)
     ORDER BY ${orders[order.sort][order.descending ? 'desc' : 'asc']} LIMIT :limit`,
    { unit: unitId, year: c.year ?? null, series: c.seriesId ?? null, level: c.level ?? null, name: c.name, part: c.unit, limit },
  );
  return tellApart(rows);
}

/** Those of `ids` that the unit can report. One query. */
export async function findReportable(h: Handle, unitId: number, ids: readonly string[]): Promise<ReportRow[]> {
  const { rows } = await h.raw<{ rows: ReportRow[] }>(`${SELECT} AND d.id = ANY(CAST(:ids AS uuid[]))`, { unit: unitId, ids: [...ids] });
  return tellApart(rows);
}

export interface UpstreamRow {
  seriesId: number;
  level: string;
  year: number;
  state: 'requested' | 'approved';
  upstreamName: string;
}

/** The unit's live paths. One query. */
export async function listUpstreams(h: Handle, unitId: number): Promise<UpstreamRow[]> {
  const { rows } = await h.raw<{ rows: UpstreamRow[] }>(
    `SELECT p.series_id AS "seriesId", p.level, p.year, p.state, coalesce(u.name, c.name) AS "upstreamName"
     FROM reporting_paths p LEFT JOIN units u ON u.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id
     WHERE p.unit_id = ? AND p.state IN ('requested', 'approved')`,
    [unitId],
  );
  return rows;
}

export interface FixedRank {
  unitId: number;
  batchId: number;
  n: number;
  of: number;
}

/** The places that declarations of these units in these batches hold since they were reported. One query. */
export async function listFixedRanks(h: Handle, unitIds: readonly number[], batchIds: readonly number[]): Promise<FixedRank[]> {
  const { rows } = await h.raw<{ rows: FixedRank[] }>(
    `SELECT unit_id AS "unitId", batch_id AS "batchId", rank_n AS n, rank_of AS of FROM declarations
     WHERE unit_id = ANY(CAST(? AS bigint[])) AND batch_id = ANY(CAST(? AS bigint[])) AND rank_fixed_at IS NOT NULL
       AND state NOT IN ('refused', 'abandoned', 'not_recommended') ORDER BY rank_n`,
    [[...new Set(unitIds)], [...new Set(batchIds)]],
  );
  return rows;
}

export interface Destination {
  name: string;
  isCommittee: boolean;
  n: number;
}

/** Who holds these declarations now, and how many of them; most first. One query. */
export async function listDestinations(h: Handle, ids: readonly string[]): Promise<Destination[]> {
  const { rows } = await h.raw<{ rows: Destination[] }>(
    `SELECT coalesce(u.name, c.name) AS name, c.id IS NOT NULL AS "isCommittee", count(*)::int AS n
     FROM declarations d LEFT JOIN units u ON u.id = d.holder_unit_id LEFT JOIN committees c ON c.id = d.holder_committee_id
     WHERE d.id = ANY(CAST(? AS uuid[])) GROUP BY u.id, c.id ORDER BY n DESC, name`,
    [[...ids]],
  );
  return rows;
}
