import type { Handle } from '../../db/db';
import type { StateName } from '../../policy/declaration-moves';
import type { Scope } from '../../policy/policy';
import { rosterFacts, type FrozenContent, type RosterFacts } from '../declarations';
import { LINE_COLUMNS, type DeclarationLine } from '../review';

/** Which of the reader's declarations stand in 「一览表」; `s` is the declaration's stop at the reader. */
const conditions = {
  // a unit's: passed and still to be reported, reported, both
  to_report: "d.state = 'unit_passed' AND d.holder_unit_id = s.unit_id",
  reported: 's.reported_at IS NOT NULL',
  passed: 's.passed_at IS NOT NULL',
  // a committee's
  office_review: "d.state = 'office_review'",
  accepted: "d.state NOT IN ('office_review', 'correction', 'refused')",
  arrived: 'true',
} as const;

export type RosterShow = keyof typeof conditions;

export interface RosterCondition {
  year?: number;
  seriesId?: number;
  level?: string;
  show: RosterShow;
}

export interface RosterRow extends DeclarationLine {
  id: string;
  state: StateName;
  isEntrusted: boolean;
  rankN: number | null;
  rankOf: number | null;
  passedAt: Date | null;
  facts: RosterFacts | undefined;
}

type Row = Omit<RosterRow, 'facts'> & { roster: RosterFacts | null; content: FrozenContent | null };

/** S30: only what came to the reader. An applicant's or anybody else's roster is empty. */
function from(scope: Scope, c: RosterCondition): { sql: string; values: Record<string, unknown> } {
  const reader = scope.kind === 'unit' ? scope.unitId : scope.kind === 'committee' ? scope.committeeId : -1;
  const column = scope.kind === 'committee' ? 'committee_id' : 'unit_id';
  return {
    sql: `declaration_stops s JOIN declarations d ON d.id = s.declaration_id
      WHERE s.${column} = :reader AND d.deleted_at IS NULL AND d.state <> 'draft' AND ${conditions[c.show]}
        AND s.position = (SELECT max(x.position) FROM declaration_stops x WHERE x.declaration_id = d.id AND x.${column} = :reader)
        AND (CAST(:year AS int) IS NULL OR d.year = :year) AND (CAST(:series AS int) IS NULL OR d.series_id = :series) AND (CAST(:level AS text) IS NULL OR d.level = :level)`,
    values: { reader, year: c.year ?? null, series: c.seriesId ?? null, level: c.level ?? null },
  };
}

function select(scope: Scope, c: RosterCondition): { sql: string; values: Record<string, unknown> } {
  const { sql, values } = from(scope, c);
  const [tables = '', where = ''] = sql.split(/\n\s*WHERE /);
  return {
    sql: `SELECT d.id, ${LINE_COLUMNS}, d.state, d.is_entrusted AS "isEntrusted", d.rank_n AS "rankN", d.rank_of AS "rankOf", s.passed_at AS "passedAt",
        v.roster, CASE WHEN v.roster IS NULL THEN v.content END AS content
      FROM ${tables} LEFT JOIN units u ON u.id = d.unit_id LEFT JOIN declaration_versions v ON v.declaration_id = d.id AND v.round = d.round
      WHERE ${where} ORDER BY d.year DESC, d.series_id, d.level, u.name, d.rank_n NULLS LAST, d.applicant_name, d.id`,
    values,
  };
}

const toRow = ({ roster, content, ...row }: Row): RosterRow => ({ ...row, facts: roster ?? (content ? rosterFacts(content) : undefined) });

export async function countRoster(h: Handle, scope: Scope, c: RosterCondition): Promise<number> {
  const { sql, values } = from(scope, c);
  const { rows } = await h.raw<{ rows: { count: number }[] }>(`SELECT count(*)::int AS count FROM ${sql}`, values as never);
  return rows[0]?.count ?? 0;
}

/** The first `limit` rows in the order of the sheet. One query. */
export async function listRoster(h: Handle, scope: Scope, c: RosterCondition, limit: number): Promise<RosterRow[]> {
  const { sql, values } = select(scope, c);
  const { rows } = await h.raw<{ rows: Row[] }>(`${sql} LIMIT :limit`, { ...values, limit } as never);
  return rows.map(toRow);
}

/** All rows in the order of the sheet as they stand at one moment, 500 at a time: only those lie in memory. */
export async function* eachRoster(h: Handle, scope: Scope, c: RosterCondition): AsyncGenerator<RosterRow> {
  const { sql, values } = select(scope, c);
  const trx = await h.transaction();
  try {
    await trx.raw(`DECLARE roster NO SCROLL CURSOR FOR ${sql}`, values as never);
    for (;;) {
      const { rows } = await trx.raw<{ rows: Row[] }>('FETCH 500 FROM roster');
      for (const row of rows) yield toRow(row);
      if (rows.length < 500) return;
    }
  } finally {
    await trx.rollback();
  }
}
