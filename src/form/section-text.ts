import { applies } from './check-section';
import { isFiles, type Field, type FileValue, type FormContext } from './field';
import type { CheckedGroup, CheckedSection, Part, SectionDefinition } from './section';

export interface TextLine {
  label: string;
  text: string;
}
/** A file, and the item it was uploaded to; versions frozen before items were kept have no label. */
export interface TextFile extends FileValue {
  label?: string;
}
export interface TextItem {
  /** row id: a row is recognised again after it moved */
  id: string;
  lines: TextLine[];
  files: TextFile[];
}
export interface TextPart {
  id: string;
  title: string;
  lines: TextLine[];
  files: TextFile[];
  items: TextItem[];
  isRows: boolean;
}
/** A section in words: what reviewers read, what is frozen at submission, what is printed. Nothing is ever rendered anew with later labels. */
export interface SectionText {
  id: string;
  title: string;
  parts: TextPart[];
}

export const UNANSWERED = '未填写';

/** What stands where there is no value: of what was typed wrongly in a draft, that it was typed. Nothing of it can be submitted. */
function without(f: Field, typed: string): string {
  if (typed === '') return f.blankText ?? UNANSWERED;
  return f.verb === '选择' ? '需要重新选择' : `${typed}（填写有误）`;
}

function linesOf(part: Part, group: CheckedGroup, ctx: FormContext): { lines: TextLine[]; files: TextFile[] } {
  const shown = part.fields.filter((f) => applies(f, group.raw, ctx));
  const line = (f: Field): TextLine => {
    const value = group.values[f.id];
    return { label: f.label, text: value === undefined ? without(f, group.raw[f.id] ?? '') : f.text(value, group.raw, ctx) };
  };
  return {
    lines: shown.filter((f) => f.type !== 'files').map(line),
    files: shown.flatMap((f) => {
      const value = group.values[f.id];
      return isFiles(value) ? value.map((file): TextFile => ({ ...file, label: f.label })) : [];
    }),
  };
}

export function sectionText(s: SectionDefinition, checked: CheckedSection, ctx: FormContext): SectionText {
  return {
    id: s.id,
    title: s.title,
    parts: s.parts.map((part): TextPart => {
      const base = { id: part.id, title: part.title ?? '' };
      if (part.kind === 'group') {
        const group = checked.groups[part.id] ?? { raw: {}, values: {} };
        return { ...base, ...linesOf(part, group, ctx), items: [], isRows: false };
      }
      const rows = [...(checked.rows[part.id] ?? [])];
      const { sortBy } = part;
      if (sortBy) rows.sort((a, b) => sortBy(a.values).localeCompare(sortBy(b.values)));
      return { ...base, lines: [], files: [], isRows: true, items: rows.map((r) => ({ id: r.id, ...linesOf(part, r, ctx) })) };
    }),
  };
}
