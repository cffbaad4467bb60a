import type { Field, FormContext, RawGroup, RawSection } from './field';
import { UNANSWERED, type SectionText, type TextFile, type TextLine } from './section-text';
import type { Part, SectionDefinition } from './section';

/** A section as its person reads it outside of the site: labels, and what stands under them. */
export type Labelled = string | readonly Labelled[] | { readonly [label: string]: Labelled };
type Entries = Record<string, Labelled>;

/** Words for what was typed or chosen; what is in no list (any more) stays as it was typed. */
function wordsFor(f: Field, raw: RawGroup, ctx: FormContext): string {
  const typed = raw[f.id] ?? '';
  const { items, picker } = f.control(raw, ctx);
  return items?.find((x) => x.value === typed)?.text ?? (picker?.text || typed);
}

function labelGroup(fields: readonly Field[], raw: RawGroup, ctx: FormContext): Entries {
  const entries: Entries = {};
  const known = new Set<string>();
  for (const f of fields) {
    for (const input of [f.id, ...f.extraInputs]) known.add(input);
    if ((raw[f.id] ?? '') !== '') entries[f.label] = wordsFor(f, raw, ctx);
    const other = f.extraInputs.map((input) => raw[input] ?? '').find((x) => x !== '');
    if (other !== undefined) entries[f.control(raw, ctx).other?.label ?? `${f.label}（其他）`] = other;
  }
  // typed under a definition of an earlier year: held, and therefore told
  for (const [input, typed] of Object.entries(raw)) if (!known.has(input)) entries[input] = typed;
  return entries;
}

const titleOf = (part: Part): string => part.title ?? (part.kind === 'rows' ? part.rowLabel : '');

/** S63: everything that was typed into a section, as it is stored, complete or not, under the labels of the form; what no definition knows any more under the names it is stored by. */
export function labelSection(s: SectionDefinition, stored: Partial<RawSection>, ctx: FormContext): Labelled {
  const { groups = {}, rows = {} } = stored;
  const all: Entries = {};
  for (const part of s.parts) {
    const title = titleOf(part);
    if (part.kind === 'rows') all[title] = (rows[part.id] ?? []).map((r) => labelGroup(part.fields, r.values, ctx));
    else if (title === '') Object.assign(all, labelGroup(part.fields, groups[part.id] ?? {}, ctx));
    else all[title] = labelGroup(part.fields, groups[part.id] ?? {}, ctx);
  }
  const known = new Set(s.parts.map((p) => p.id));
  for (const [id, values] of Object.entries(groups)) if (!known.has(id)) all[id] = values;
  for (const [id, list] of Object.entries(rows)) if (!known.has(id)) all[id] = list.map((r) => r.values);
  return all;
}

const answered = (lines: readonly TextLine[], files: readonly TextFile[]): Entries => {
  const entries: Entries = Object.fromEntries(lines.filter((l) => l.text !== UNANSWERED).map((l) => [l.label, l.text]));
  for (const f of files) {
    const label = f.label ?? '附件';
    entries[label] = [...((entries[label] as string[] | undefined) ?? []), f.name];
  }
  return entries;
};

/** S63: a section that was frozen in words, under its labels. */
export function labelText(s: SectionText): Labelled {
  const all: Entries = {};
  for (const part of s.parts) {
    const own = part.isRows ? part.items.map((i) => answered(i.lines, i.files)) : answered(part.lines, part.files);
    if (part.title === '' && !part.isRows) Object.assign(all, own);
    else all[part.title === '' ? s.title : part.title] = own;
  }
  return all;
}
