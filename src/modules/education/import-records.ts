import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { importReport, readCsv, type CsvColumn, type CsvRow, type ImportReport } from '../../lib/csv';
import { readDate, type PlainDate } from '../../lib/dates';
import { readIdNumber } from '../../lib/id-number';
import { compactCode, countCharacters, toHalfWidth } from '../../lib/text';
import type { Actor } from '../../policy/actor';
import { signInNameIndex } from '../accounts';
import { finishImport, findNames, insertImport, putRecords, removeImported, type NewRecord } from './records.store';

type Name = 'idNumber' | 'name' | 'year' | 'kind' | 'title' | 'hours' | 'beginsOn' | 'endsOn' | 'place' | 'witness';

/** The file of a bureau, in the order of the template. */
export const importColumns: readonly CsvColumn<Name>[] = [
  { name: 'idNumber', header: '证件号码', aliases: ['身份证号', '身份证号码'] },
  { name: 'name', header: '姓名' },
  { name: 'year', header: '年度' },
  { name: 'kind', header: '类别', aliases: ['科目类别'] },
  { name: 'title', header: '学习内容', aliases: ['课程名称', '培训内容'] },
  { name: 'hours', header: '学时' },
  { name: 'beginsOn', header: '开始时间' },
  { name: 'endsOn', header: '结束时间' },
  { name: 'place', header: '学习地点', optional: true },
  { name: 'witness', header: '证明人', optional: true },
];

/** More than any district has; a file of this size takes seconds. */
export const MAX_ROWS = 20_000;

const kinds: Readonly<Record<string, NewRecord['kind']>> = {
  专业科目: 'professional',
  专业: 'professional',
  专业课: 'professional',
  公需科目: 'public',
  公需: 'public',
  公需课: 'public',
};

/** The middle dot of names is typed in many ways. */
const bareName = (s: string): string => s.replace(/[\s·•‧.・]/g, '');

interface GoodRow {
  line: number;
  name: string;
  record: NewRecord;
}

/** One row of the file: the record, or the first thing that is wrong with it, in the order of the columns. */
export function readRow(
  row: CsvRow<Name>,
  today: PlainDate,
  indexOf: (idNumber: string) => Buffer,
): { kind: 'good'; row: GoodRow } | { kind: 'bad'; text: string } {
  const v = row.values;
  const bad = (text: string) => ({ kind: 'bad' as const, text });
  if (row.isTooLong) return bad('这一行的列数比表头多，请检查内容中的逗号，含有逗号的内容须加引号');
  const compact = compactCode(v.idNumber);
  const isResident = /^\d{15}$|^\d{17}[\dX]$/.test(compact);
  const type = !isResident ? 'passport' : /^8[123]0000/.test(compact) ? 'hmt-residence' : 'resident';
  const id = readIdNumber(type, v.idNumber, today);
  if (!id.ok) return bad(`「证件号码」：${id.problem}`);
  if (v.name === '' || countCharacters(v.name) > 50) return bad('「姓名」为空或者超过 50 个字');
  const year = Number(toHalfWidth(v.year).replace(/年度?$/, ''));
  if (!Number.isInteger(year) || year < 1980 || year > Number(today.slice(0, 4))) return bad('「年度」应当是不晚于今年的四位数年份');
  const kind = kinds[v.kind];
  if (!kind) return bad('「类别」应当是「专业科目」或者「公需科目」');
  if (v.title === '' || countCharacters(v.title) > 200) return bad('「学习内容」为空或者超过 200 个字');
  const hours = /^\d{1,4}(\.\d)?$/.exec(toHalfWidth(v.hours)) ? Number(toHalfWidth(v.hours)) : 0;
  if (hours <= 0 || hours > 2000) return bad('「学时」应当是大于 0、不超过 2000 的数，最多一位小数');
  const beginsOn = readDate(v.beginsOn);
  const endsOn = readDate(v.endsOn);
  if (beginsOn === undefined) return bad('「开始时间」应当是日期，例如 2026.3.1');
  if (endsOn === undefined) return bad('「结束时间」应当是日期，例如 2026.3.5');
  if (endsOn < beginsOn) return bad('「结束时间」早于「开始时间」');
  if (endsOn > today) return bad('「结束时间」晚于今天');
  if (countCharacters(v.place) > 100 || countCharacters(v.witness) > 50)
    return bad('「学习地点」超过 100 个字，或者「证明人」超过 50 个字');
  const externalId = createHash('sha256').update([year, kind, v.title, beginsOn, endsOn].join('\n')).digest('hex').slice(0, 32);
  const record = { year, kind, title: v.title, hours, beginsOn, endsOn, place: v.place, witness: v.witness };
  return { kind: 'good', row: { line: row.line, name: v.name, record: { ...record, person: indexOf(id.value), externalId } } };
}

export type ImportOutcome = { kind: 'done'; report: ImportReport } | { kind: 'refused'; reason: string };

/**
 * D8: a bureau's file of study hours. Every row stands for itself: bad ones are named with their line, the others go in, in one transaction with the audit row. The
 * same file again changes nothing. Records of people who are not registered yet wait for them.
 */
export async function importRecords(
  deps: Deps,
  actor: Actor & { divisionCode: string },
  sourceName: string,
  file: { name: string; content: Buffer },
  requestId: string,
): Promise<ImportOutcome> {
  const table = await readCsv(file.content, importColumns, MAX_ROWS);
  if (table.kind === 'refused') return table;
  const { today } = await databaseNow(deps.db);
  const refused: { line: number; text: string }[] = [];
  const good = new Map<string, GoodRow>();
  let repeated = 0;
  for (const [i, raw] of table.rows.entries()) {
    // a large file must not hold up other people's requests
    if (i % 500 === 499) await setImmediate();
    const read = readRow(raw, today, (idNumber) => signInNameIndex(deps.cipher, idNumber));
    if (read.kind === 'bad') {
      refused.push({ line: raw.line, text: read.text });
      continue;
    }
    const key = `${read.row.record.person.toString('hex')} ${read.row.record.externalId}`;
    const first = good.get(key);
    if (!first) good.set(key, read.row);
    else if (first.record.hours === read.row.record.hours) repeated++;
    else refused.push({ line: raw.line, text: `与第 ${first.line} 行是同一项学习，学时却不同，请核对` });
  }
  return inTransaction(deps.db, async (trx) => {
    const names = await findNames(trx, [...new Set([...good.values()].map((r) => r.record.person))]);
    const fitting = [...good.values()].filter((r) => {
      const registered = names.get(r.record.person.toString('hex'));
      const fits = registered === undefined || bareName(registered) === bareName(r.name);
      if (!fits) refused.push({ line: r.line, text: '「姓名」与该证件号码注册的姓名不一致，请核对' });
      return fits;
    });
    const importId = await insertImport(trx, actor.divisionCode, file.name, actor.accountId);
    const put = await putRecords(
      trx,
      fitting.map((r) => r.record),
      { source: 'import', sourceName, importId },
    );
    const counts = { ...put, unchanged: put.unchanged + repeated };
    await finishImport(trx, importId, { ...counts, refused: refused.length });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'learning.import',
      subjectKind: 'learning-import',
      subjectId: String(importId),
      detail: { ...counts, refused: refused.length },
      requestId,
    });
    return { kind: 'done', report: importReport(file.name, counts, refused) };
  });
}

/** Takes an import back; undefined when it holds nothing (any more). */
export async function undoImport(
  deps: Deps,
  actor: Actor & { divisionCode: string },
  importId: number,
  requestId: string,
): Promise<number | undefined> {
  return inTransaction(deps.db, async (trx) => {
    const removed = await removeImported(trx, actor.divisionCode, importId);
    if (removed === 0) return undefined;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'learning.undo-import',
      subjectKind: 'learning-import',
      subjectId: String(importId),
      detail: { removed },
      requestId,
    });
    return removed;
  });
}
