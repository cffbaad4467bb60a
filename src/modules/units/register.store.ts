import type { Handle, Trx } from '../../db/db';
import type { ImportReport } from '../../lib/csv';
import type { Actor } from '../../policy/actor';
import { divisionRange } from '../catalogue';

/** A row of the file that can be read, with its line. */
export interface RegisterRow {
  line: number;
  creditCode: string;
  name: string;
  divisionCode: string;
}

const CHUNK = 10_000;

/** Puts the rows into a table of this transaction, in sets. No other import runs until the transaction is over, so that the counts are what happens. */
export async function stageRegister(trx: Trx, rows: readonly RegisterRow[]): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('unit_register', 0))");
  await trx.raw('CREATE TEMP TABLE register_staging (line int, credit_code text, name text, division_code text) ON COMMIT DROP');
  for (let at = 0; at < rows.length; at += CHUNK) {
    const part = rows.slice(at, at + CHUNK);
    await trx.raw(
      `INSERT INTO register_staging SELECT * FROM unnest(CAST(:lines AS int[]), CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:divisions AS text[]))`,
      {
        lines: part.map((r) => r.line),
        codes: part.map((r) => r.creditCode),
        names: part.map((r) => r.name),
        divisions: part.map((r) => r.divisionCode),
      },
    );
  }
  await trx.raw('ANALYZE register_staging');
}

/** Lines whose code another division has registered; they are taken out of the staged rows. */
export async function takeForeign(trx: Trx, divisionCode: string): Promise<{ line: number; division: string; phone: string | null }[]> {
  const [from, to] = divisionRange(divisionCode);
  const { rows } = await trx.raw<{ rows: { line: number; division: string; phone: string | null }[] }>(
    `WITH gone AS (DELETE FROM register_staging s USING unit_register r
       WHERE r.credit_code = s.credit_code AND r.division_code NOT BETWEEN ? AND ? RETURNING s.line, r.division_code)
     SELECT g.line, d.full_name AS division, bureau_phone(d.code) AS phone FROM gone g JOIN divisions d ON d.code = g.division_code ORDER BY g.line`,
    [from, to],
  );
  return rows;
}

/** Takes over what is staged; gives how many rows were new, differed and were there already. */
export async function mergeRegister(trx: Trx): Promise<{ added: number; changed: number; unchanged: number }> {
  const { rows } = await trx.raw<{ rows: { added: number; changed: number; unchanged: number }[] }>(
    `SELECT (count(*) FILTER (WHERE r.credit_code IS NULL))::int AS added,
       (count(*) FILTER (WHERE r.credit_code IS NOT NULL AND (r.name, r.division_code) IS DISTINCT FROM (s.name, s.division_code)))::int AS changed,
       (count(*) FILTER (WHERE (r.name, r.division_code) = (s.name, s.division_code)))::int AS unchanged
     FROM register_staging s LEFT JOIN unit_register r ON r.credit_code = s.credit_code`,
  );
  await trx.raw(
    `INSERT INTO unit_register (credit_code, name, division_code) SELECT credit_code, name, division_code FROM register_staging
     ON CONFLICT (credit_code) DO UPDATE SET name = excluded.name, division_code = excluded.division_code
     WHERE (unit_register.name, unit_register.division_code) IS DISTINCT FROM (excluded.name, excluded.division_code)`,
  );
  return rows[0] ?? { added: 0, changed: 0, unchanged: 0 };
}

export async function insertImport(trx: Trx, divisionCode: string, report: ImportReport, by: Actor): Promise<number> {
  const [row] = (await trx('register_imports')
    .insert({ division_code: divisionCode, report: JSON.stringify(report), imported_by: by.accountId, by_name: by.name })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}

export interface RegisterImport {
  id: number;
  report: ImportReport;
  by_name: string;
  imported_at: Date;
}

export async function findImport(h: Handle, divisionCode: string, id: number): Promise<RegisterImport | undefined> {
  return (await h('register_imports').where({ id, division_code: divisionCode }).first('id', 'report', 'by_name', 'imported_at')) as
    RegisterImport | undefined;
}

/** The last imports of a division, newest first, without their refused rows. One query. */
export async function listImports(h: Handle, divisionCode: string, limit: number): Promise<RegisterImport[]> {
  return (await h('register_imports')
    .where({ division_code: divisionCode })
    .orderBy('id', 'desc')
    .limit(limit)
    .select('id', h.raw("report - 'problems' AS report"), 'by_name', 'imported_at')) as RegisterImport[];
}

/** The divisions that a bureau answers for, itself included. One query. */
export async function listDivisionsUnder(h: Handle, divisionCode: string): Promise<{ code: string; name: string; full_name: string }[]> {
  return (await h('divisions').whereBetween('code', divisionRange(divisionCode)).select('code', 'name', 'full_name')) as {
    code: string;
    name: string;
    full_name: string;
  }[];
}
