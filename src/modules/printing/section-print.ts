import type { SectionText, TextItem, TextLine, TextPart } from '../../form/section-text';
import { countCharacters } from '../../lib/text';

/** A table row: two short answers beside each other, or one over the whole width. */
export type PairRow = TextLine[];

export type PrintPart =
  | { kind: 'pairs'; title: string; rows: PairRow[]; texts: TextLine[]; files: string }
  | { kind: 'table'; title: string; head: string[]; rows: string[][]; files: string[] }
  | { kind: 'items'; title: string; items: { number: number; rows: PairRow[]; texts: TextLine[]; files: string }[] }
  | { kind: 'none'; title: string };

export interface PrintSection {
  id: string;
  title: string;
  parts: PrintPart[];
}

/** Longer answers get the whole width of the sheet. */
const HALF_WIDTH = 22;
/** Answers beyond this, or of several paragraphs, stand under their label and may run over pages. */
const ONE_CELL = 260;
const MAX_COLUMNS = 7;
const MAX_CELL = 60;

const isText = (l: TextLine): boolean => l.text.includes('\n') || countCharacters(l.text) > ONE_CELL;
const isShort = (l: TextLine): boolean => countCharacters(l.text) <= HALF_WIDTH && countCharacters(l.label) <= 12;

/** Lines in their order, two short neighbours to a row. */
export function pairRows(lines: readonly TextLine[]): PairRow[] {
  const rows: PairRow[] = [];
  for (const line of lines) {
    const last = rows.at(-1);
    const [first] = last ?? [];
    if (last?.length === 1 && first && isShort(first) && isShort(line)) last.push(line);
    else rows.push([line]);
  }
  return rows;
}

/** File names, under the items they were uploaded to where the version knows them: 「学历证书：2018年6月毕业证书.jpg；…」. */
function fileNames(files: readonly { name: string; label?: string }[]): string {
  const labels = [...new Set(files.map((f) => f.label ?? ''))];
  const names = (label: string): string =>
    files
      .filter((f) => (f.label ?? '') === label)
      .map((f) => f.name)
      .join('、');
  return labels.map((label) => (label === '' ? names(label) : `${label}：${names(label)}`)).join('；');
}

const body = (x: { lines: TextLine[]; files: readonly { name: string; label?: string }[] }) => ({
  rows: pairRows(x.lines.filter((l) => !isText(l))),
  texts: x.lines.filter(isText),
  files: fileNames(x.files),
});

/** The common labels of all rows, when they are few and short enough to be the columns of one table. */
function columnsOf(items: readonly TextItem[]): string[] | undefined {
  const [first] = items;
  if (!first || first.lines.length > MAX_COLUMNS) return undefined;
  const head = first.lines.map((l) => l.label);
  const fits = items.every(
    (i) =>
      i.lines.length === head.length && i.lines.every((l, n) => l.label === head[n] && !isText(l) && countCharacters(l.text) <= MAX_CELL),
  );
  return fits ? head : undefined;
}

function printPart(p: TextPart): PrintPart {
  const { title } = p;
  if (!p.isRows) return p.lines.length === 0 && p.files.length === 0 ? { kind: 'none', title } : { kind: 'pairs', title, ...body(p) };
  if (p.items.length === 0) return { kind: 'none', title };
  const head = columnsOf(p.items);
  if (!head) return { kind: 'items', title, items: p.items.map((i, n) => ({ number: n + 1, ...body(i) })) };
  return {
    kind: 'table',
    title,
    head,
    rows: p.items.map((i) => i.lines.map((l) => l.text)),
    files: p.items.flatMap((i, n) => (i.files.length > 0 ? [`第 ${n + 1} 条：${fileNames(i.files)}`] : [])),
  };
}

/** How a section is laid out on paper; follows from its words alone, so that sections added later print without a change here. */
export function printSection(s: SectionText): PrintSection {
  return {
    id: s.id,
    title: s.title,
    // a part that repeats the section's title says nothing
    parts: s.parts.map((p) => printPart(p.title === s.title ? { ...p, title: '' } : p)),
  };
}

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** 1 to 99 as the headings of official papers count: 一, 十, 十一, 二十. */
export function chineseNumber(n: number): string {
  const tens = Math.floor(n / 10);
  const ten = tens === 0 ? '' : `${tens === 1 ? '' : (DIGITS[tens] ?? '')}十`;
  return ten + (DIGITS[n % 10] ?? '');
}
