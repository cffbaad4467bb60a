import { askPrepared, type Handle, type Trx } from '../../db/db';
import type { Facts, Rule } from './evaluate';

export interface StoredRule extends Rule {
  id: number;
  key: string;
  version: number;
  isEnded: boolean;
  validFrom: string;
  by: string | null;
  at: Date;
}

const COLUMNS = `r.id, r.rule_key AS key, r.version, r.series_id AS "seriesId", r.rank_name AS rank, r.way, r.education, r.held_rank AS "heldRank", r.held_years AS "heldYears",
  r.work_years AS "workYears", r.outcome, r.basis, r.is_ended AS "isEnded", r.valid_from AS "validFrom", a.display_name AS by, r.created_at AS at`;
const FROM = 'FROM eligibility_rules r LEFT JOIN accounts a ON a.id = r.created_by';
/** Of every rule the version that holds on the day of the binding. */
const HOLDING = `NOT EXISTS (SELECT 1 FROM eligibility_rules n WHERE n.rule_key = r.rule_key AND n.valid_from <= :day::date AND n.version > r.version) AND r.valid_from <= :day::date`;
const LATEST = 'NOT EXISTS (SELECT 1 FROM eligibility_rules n WHERE n.rule_key = r.rule_key AND n.version > r.version)';
const ORDER = `ORDER BY r.series_id NULLS FIRST, array_position(ARRAY['员级','助理级','中级','副高级','正高级'], r.rank_name), r.way,
  array_position(ARRAY['doctor','master','bachelor','college','secondary','lower','any'], r.education), r.id`;

/** The rules that hold on a day for a rank and a way: those of the series and the general ones; none without a rank. A query also for statements that bring more with it. */
export const RULES_QUERY = `SELECT ${COLUMNS} ${FROM} WHERE r.rank_name = :rank AND r.way = :way AND (r.series_id IS NULL OR r.series_id = :seriesId) AND NOT r.is_ended AND ${HOLDING} ${ORDER}`;
export const rulesValues = (
  f: Pick<Facts, 'seriesId' | 'rank' | 'way'>,
  day: string,
): { seriesId: number; rank: string; way: string; day: string } => ({
  seriesId: f.seriesId,
  rank: f.rank ?? '',
  way: f.way,
  day,
});

/** One query. */
export const listRulesFor = (h: Handle, f: Pick<Facts, 'seriesId' | 'rank' | 'way'>, day: string): Promise<StoredRule[]> =>
  askPrepared<StoredRule>(h, 'eligibility-rules', RULES_QUERY, rulesValues(f, day));

export interface RuleFilter {
  /** undefined: all; null: the general ones */
  seriesId?: number | null;
  rank: string;
  way: string;
}

/** Every rule in its newest version, ended ones last; there are some hundreds at most. */
export async function listRules(h: Handle, f: RuleFilter): Promise<StoredRule[]> {
  const series = f.seriesId === undefined ? '' : f.seriesId === null ? ' AND r.series_id IS NULL' : ' AND r.series_id = :seriesId';
  const { rows } = await h.raw<{ rows: StoredRule[] }>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${LATEST} AND (:rank = '' OR r.rank_name = :rank) AND (:way = '' OR r.way = :way)${series} ${ORDER.replace('ORDER BY', 'ORDER BY r.is_ended,')} LIMIT 500`,
    { rank: f.rank, way: f.way, ...(typeof f.seriesId === 'number' ? { seriesId: f.seriesId } : {}) },
  );
  return rows;
}

/** All versions of a rule, the newest first; empty when there is none of this key. */
export async function findVersions(h: Handle, key: string): Promise<StoredRule[]> {
  const { rows } = await h.raw<{ rows: StoredRule[] }>(`SELECT ${COLUMNS} ${FROM} WHERE r.rule_key = ? ORDER BY r.version DESC`, [key]);
  return rows;
}

export interface NewVersion extends Rule {
  isEnded: boolean;
  validFrom: string;
}

/** Adds a version; the unique key of rule and version refuses the second of two at once (`eligibility_rules_rule_key_version_key`). Gives the rule's key. */
export async function insertVersion(trx: Trx, key: string | undefined, version: number, r: NewVersion, by: number): Promise<string> {
  const [row] = (await trx('eligibility_rules')
    .insert({
      ...(key === undefined ? {} : { rule_key: key }),
      version,
      series_id: r.seriesId,
      rank_name: r.rank,
      way: r.way,
      education: r.education,
      held_rank: r.heldRank,
      held_years: r.heldYears,
      work_years: r.workYears,
      outcome: r.outcome,
      basis: r.basis,
      is_ended: r.isEnded,
      valid_from: r.validFrom,
      created_by: by,
    })
    .returning('rule_key')) as { rule_key: string }[];
  if (!row) throw new Error('eligibility_rules: insert gave no key');
  return row.rule_key;
}
