import { asText } from '../../../form/field';
import type { CheckedRow, Problem, SectionRule, Severity } from '../../../form/section';

/** A problem of one row, in the words that name the row; `index` counts from 0. */
export const rowProblem = (
  part: string,
  row: CheckedRow,
  index: number,
  field: string,
  text: string,
  severity: Severity = 'rule',
): Problem => ({
  part,
  row: row.id,
  field,
  severity,
  text: `第 ${index + 1} 条：${text}`,
});

/** Rows with 「开始时间」 and 「结束时间」 must not end before they begin. */
export const endsAfterItBegins =
  (part: string): SectionRule =>
  (s) =>
    (s.rows[part] ?? []).flatMap((row, i) => {
      const from = asText(row.values.from);
      const to = asText(row.values.to);
      return from !== '' && to !== '' && to < from ? [rowProblem(part, row, i, 'to', '「结束时间」早于「开始时间」，请核对')] : [];
    });

/** Rows that say the same are pointed out at the later one. Blank keys are left alone. */
export function sameRows(
  rows: readonly CheckedRow[],
  keyOf: (row: CheckedRow) => string,
): { row: CheckedRow; index: number; first: number }[] {
  const seen = new Map<string, number>();
  return rows.flatMap((row, index) => {
    const key = keyOf(row);
    if (key === '') return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ row, index, first }];
    seen.set(key, index);
    return [];
  });
}
