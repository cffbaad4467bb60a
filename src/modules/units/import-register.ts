import { setImmediate as breathe } from 'node:timers/promises';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { readCreditCode } from '../../lib/credit-code';
import { importReport, readCsv, type CsvColumn, type CsvRow } from '../../lib/csv';
import { compactCode, countCharacters } from '../../lib/text';
import type { Actor } from '../../policy/actor';
import { insertImport, listDivisionsUnder, mergeRegister, stageRegister, takeForeign, type RegisterRow } from './register.store';

type Column = 'creditCode' | 'name' | 'division';

export const registerColumns: readonly CsvColumn<Column>[] = [
  { name: 'creditCode', header: '统一社会信用代码', aliases: ['信用代码', '社会信用代码'] },
  { name: 'name', header: '单位名称', aliases: ['名称', '机构名称', '企业名称'] },
  { name: 'division', header: '所属地区', aliases: ['行政区划代码', '所属地区代码', '行政区划'], optional: true },
];

export const MAX_REGISTER_ROWS = 200_000;
/** So many rows are checked before other requests have their turn. */
const STRIDE = 1000;

export type ImportOutcome = { kind: 'done'; id: number } | { kind: 'refused'; reason: string };

type DivisionOf = (text: string) => string | undefined;

/** A division by its code, its full name, or its short name where only one of the area has it; a blank is the bureau's own. */
function divisionReader(own: string, divisions: readonly { code: string; name: string; full_name: string }[]): DivisionOf {
  const known = new Map<string, string | undefined>();
  for (const d of divisions) known.set(d.name, known.has(d.name) ? undefined : d.code);
  for (const d of divisions) known.set(d.full_name, d.code).set(d.code, d.code);
  known.set('', own);
  return (text) => known.get(text);
}

function checkRow(
  row: CsvRow<Column>,
  divisionOf: DivisionOf,
  lineOf: ReadonlyMap<string, number>,
): { row: RegisterRow } | { problem: string } {
  if (row.isTooLong) return { problem: '这一行的列数比表头多，请检查单位名称中是否有逗号' };
  const code = compactCode(row.values.creditCode);
  if (code === '') return { problem: '没有填写统一社会信用代码' };
  const read = readCreditCode(code);
  if (!read.ok) return { problem: read.problem };
  const { name } = row.values;
  if (name === '') return { problem: '没有填写单位名称' };
  if (countCharacters(name) > 100) return { problem: '单位名称超过 100 个字' };
  const divisionCode = divisionOf(row.values.division);
  if (divisionCode === undefined) return { problem: `「${row.values.division.slice(0, 30)}」不是本辖区的行政区划代码或者地区名称` };
  const first = lineOf.get(read.value);
  if (first !== undefined) return { problem: `与第 ${first} 行的统一社会信用代码重复` };
  return { row: { line: row.line, creditCode: read.value, name, divisionCode } };
}

/**
 * C2: imports a bureau's file of the unit register. Rows that are in order go in, in sets and in one transaction; the report names every other one with its line. The
 * same file again changes nothing. An officer adds and corrects entries of the own division only.
 */
export async function importRegister(
  deps: Deps,
  actor: Actor & { divisionCode: string },
  file: { name: string; content: Buffer },
  requestId: string,
): Promise<ImportOutcome> {
  const table = await readCsv(file.content, registerColumns, MAX_REGISTER_ROWS);
  if (table.kind === 'refused') return table;
  const divisionOf = divisionReader(actor.divisionCode, await listDivisionsUnder(deps.db, actor.divisionCode));
  const good: RegisterRow[] = [];
  const refused: { line: number; text: string }[] = [];
  const lineOf = new Map<string, number>();
  for (const [i, csvRow] of table.rows.entries()) {
    if (i % STRIDE === STRIDE - 1) await breathe();
    const checked = checkRow(csvRow, divisionOf, lineOf);
    if ('problem' in checked) refused.push({ line: csvRow.line, text: checked.problem });
    else {
      lineOf.set(checked.row.creditCode, csvRow.line);
      good.push(checked.row);
    }
  }
  const id = await inTransaction(deps.db, async (trx) => {
    await stageRegister(trx, good);
    for (const f of await takeForeign(trx, actor.divisionCode))
      refused.push({
        line: f.line,
        text: `该代码已由${f.division}登记，请联系该地区人社局更正${f.phone === null ? '' : `，电话 ${f.phone}`}`,
      });
    const report = importReport(file.name, await mergeRegister(trx), refused);
    const made = await insertImport(trx, actor.divisionCode, report, actor);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'register.import',
      subjectKind: 'register',
      subjectId: String(made),
      detail: { added: report.added, changed: report.changed, unchanged: report.unchanged, refused: report.refused },
      requestId,
    });
    await deps.jobs.add(trx, 'permissions:recheck', {}, 'permissions:recheck');
    return made;
  });
  return { kind: 'done', id };
}
