import type { Handle } from '../../db/db';
import { readPieces } from '../../db/read-pieces';
import type { StateName } from '../../policy/declaration-moves';
import type { Scope } from '../../policy/policy';
import { rosterFacts, type FrozenContent, type RosterFacts } from '../declarations';
import type { DeclarationLine } from '../review';

/** Which of the reader's declarations stand in 「一览表」: `e` is the reader's entry (migration 0029), `s` the declaration's last stop at the reader. */
const conditions = {
  // a unit's: passed and still to be reported, reported, both
  to_report: "e.bucket = 'unit_passed'",
  reported: 'e.is_reported',
  passed: 's.passed_at IS NOT NULL',
  // a committee's
  office_review: "e.bucket = 'office_review'",
  accepted: "e.bucket NOT IN ('office_review', 'correction', 'refused')",
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
  isPassed: boolean;
  facts: RosterFacts;
}

/** S30: only what came to the reader. An applicant's or anybody else's roster is empty. */
function from(scope: Scope, c: RosterCondition): { sql: string; values: Record<string, unknown> } {
  const reader = scope.kind === 'unit' ? scope.unitId : scope.kind === 'committee' ? scope.committeeId : -1;
  return {
    sql: `queue_entries e JOIN declaration_stops s ON s.declaration_id = e.declaration_id AND s.position = e.position
      WHERE e.reader_kind = :kind AND e.reader_id = :reader AND ${conditions[c.show]}
        AND (CAST(:year AS int) IS NULL OR e.year = :year) AND (CAST(:series AS int) IS NULL OR e.series_id = :series) AND (CAST(:level AS text) IS NULL OR e.level = :level)`,
    values: {
      kind: scope.kind === 'committee' ? 'committee' : 'unit',
      reader,
      year: c.year ?? null,
      series: c.seriesId ?? null,
      level: c.level ?? null,
    },
  };
}

/** The order of the sheet. What has no unit stands behind the units, what has no rank behind the ranks. */
const ORDER = `e.year DESC, e.series_id, e.level, e.unit_name = '', e.unit_name, e.rank_up, e.name, e.declaration_id`;

/** What a row is made of, as the database writes it: text, '' for null. */
const columns = [
  'd.id',
  'e.name',
  'd.title_id',
  'e.series_id',
  'e.level',
  'e.year',
  'd.speciality',
  'e.unit_name',
  'd.work_unit',
  'd.state',
  'd.is_entrusted',
  'd.rank_n',
  'd.rank_of',
  'e.passed_at IS NOT NULL',
  // frozen before facts were kept
  "CASE WHEN v.roster IS NULL THEN CAST(v.content AS text) ELSE '' END",
] as const;
const factNames = [
  'sex',
  'bornOn',
  'startedOn',
  'years',
  'fullTime',
  'basis',
  'current',
  'appointed',
  'post',
  'assessments',
  'hours',
  'way',
  'results',
  'papers',
] as const satisfies readonly (keyof RosterFacts)[];

/** Between the texts of a row: no text that the site takes in holds control characters (lib/text.ts). */
const CELL = '\x1f';
const LINE = `concat(${[...columns, ...factNames.map((name) => `v.roster ->> '${name}'`)].join(", E'\\x1f', ")})`;

/**
 * M4, M5: what puts the rows into their order is narrow; what they say is joined to them when they stand in it. Each comes as one text: to take thirty values apart, each of its own type,
 * costs the program more than the rest of the sheet.
 */
function select(scope: Scope, c: RosterCondition, limit: number | undefined): { sql: string; values: Record<string, unknown> } {
  const { sql, values } = from(scope, c);
  return {
    sql: `SELECT ${LINE} AS line
      FROM (SELECT e.declaration_id, e.year, e.series_id, e.level, e.unit_name, e.rank_up, e.name, s.passed_at FROM ${sql} ORDER BY ${ORDER} LIMIT :limit) e
        JOIN declarations d ON d.id = e.declaration_id
        LEFT JOIN declaration_versions v ON v.declaration_id = d.id AND v.round = d.round
      ORDER BY ${ORDER}`,
    values: { ...values, limit: limit ?? null },
  };
}

const numberOrNull = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));

function factsOf(cells: readonly string[]): RosterFacts {
  const facts: Partial<RosterFacts> = {};
  for (const [n, name] of factNames.entries()) facts[name] = cells[n] ?? '';
  return facts as RosterFacts;
}

/** @throws when a text holds what stands between texts */
function toRow(line: string): RosterRow {
  const cells = line.split(CELL);
  if (cells.length !== columns.length + factNames.length) throw new Error(`a row of the roster has ${cells.length} texts`);
  // as they stand in `columns`
  const [id = '', name = '', titleId, seriesId, level = '', year, speciality = '', unitName = '', workUnit = '', ...more] = cells;
  const [state = '', isEntrusted, rankN, rankOf, isPassed, content = '', ...facts] = more;
  return {
    id,
    name,
    titleId: numberOrNull(titleId),
    seriesId: Number(seriesId),
    level,
    year: Number(year),
    speciality,
    unitName,
    workUnit,
    state: state as StateName,
    isEntrusted: isEntrusted === 't',
    rankN: numberOrNull(rankN),
    rankOf: numberOrNull(rankOf),
    isPassed: isPassed === 't',
    facts: content === '' ? factsOf(facts) : rosterFacts(JSON.parse(content) as FrozenContent),
  };
}

export async function countRoster(h: Handle, scope: Scope, c: RosterCondition): Promise<number> {
  const { sql, values } = from(scope, c);
  const { rows } = await h.raw<{ rows: { count: number }[] }>(`SELECT count(*)::int AS count FROM ${sql}`, values as never);
  return rows[0]?.count ?? 0;
}

/** Rows that are fetched together. */
const PIECE = 200;

/** All rows in the order of the sheet as they stand at one moment, piece by piece: two pieces lie in memory, the second one on its way. */
export async function* eachRoster(h: Handle, scope: Scope, c: RosterCondition): AsyncGenerator<RosterRow[]> {
  const { sql, values } = select(scope, c, undefined);
  for await (const rows of readPieces<{ line: string }>(h, { sql, bindings: values }, PIECE)) yield rows.map(({ line }) => toRow(line));
}

/** M4: the first rows of the sheet, as many as fit a page: one query, without a transaction. */
export async function firstOfRoster(h: Handle, scope: Scope, c: RosterCondition, limit: number): Promise<RosterRow[]> {
  const { sql, values } = select(scope, c, limit);
  const { rows } = await h.raw<{ rows: { line: string }[] }>(sql, values as never);
  return rows.map(({ line }) => toRow(line));
}
