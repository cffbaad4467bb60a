import type { TextPart } from '../../form/section-text';
import { showDate } from '../../lib/dates';
import type { RecordFacts } from './records.store';

export const kindTexts: Readonly<Record<RecordFacts['kind'], string>> = { professional: '专业科目', public: '公需科目' };

/** Hours without a useless 「.0」. */
export const showHours = (hours: number): string => String(Math.round(hours * 10) / 10);

export interface YearSum {
  year: number;
  total: number;
  professional: number;
  public: number;
}

/** Hours by year, the newest first. */
export function sumsOf(records: readonly RecordFacts[]): YearSum[] {
  const sums = new Map<number, YearSum>();
  for (const r of records) {
    const sum = sums.get(r.year) ?? { year: r.year, total: 0, professional: 0, public: 0 };
    sum.total += r.hours;
    sum[r.kind] += r.hours;
    sums.set(r.year, sum);
  }
  return [...sums.values()].sort((a, b) => b.year - a.year);
}

/** D8: what platform and bureau recorded, as parts of the section: frozen, reviewed and printed with it. None without records. */
export function drawnParts(records: readonly RecordFacts[]): TextPart[] {
  if (records.length === 0) return [];
  const sums: TextPart = {
    id: 'drawnSums',
    title: '各年度学时（继续教育记录）',
    isRows: false,
    items: [],
    files: [],
    lines: sumsOf(records).map((s) => ({
      label: `${s.year}年`,
      text: `${showHours(s.total)} 学时，其中专业科目 ${showHours(s.professional)} 学时、公需科目 ${showHours(s.public)} 学时`,
    })),
  };
  const items = records.map((r) => ({
    id: `drawn-${r.id}`,
    files: [],
    lines: [
      { label: '开始时间', text: showDate(r.beginsOn) },
      { label: '结束时间', text: showDate(r.endsOn) },
      { label: '学习内容', text: `${r.title}（${kindTexts[r.kind]}）` },
      { label: '学时', text: showHours(r.hours) },
      { label: '学习地点', text: r.place },
      { label: '证明人', text: r.witness },
      { label: '来源', text: r.sourceName },
    ],
  }));
  return [sums, { id: 'drawn', title: '继续教育记录', isRows: true, lines: [], files: [], items }];
}
