import type { FormContext, RawGroup, RawSection } from './field';
import type { PostedForm } from './read-section';
import type { SectionDefinition } from './section';
import type { TextLine } from './section-text';

/** Every field of a section as label and text, keyed by its place: what a conflict page compares. */
export function flatText(section: SectionDefinition, raw: RawSection, ctx: FormContext): Map<string, TextLine> {
  const out = new Map<string, TextLine>();
  for (const part of section.parts) {
    const groups =
      part.kind === 'group'
        ? [{ id: '', values: raw.groups[part.id] ?? {}, prefix: part.title ? `${part.title}：` : '' }]
        : (raw.rows[part.id] ?? []).map((r, i) => ({ ...r, prefix: `第 ${i + 1} 条：` }));
    for (const g of groups) {
      for (const f of part.fields) {
        if (f.type === 'files' || f.derive) continue;
        const typed = g.values[f.id] ?? '';
        const parsed = typed === '' ? undefined : f.schema(g.values, ctx).safeParse(typed);
        const shown = parsed?.success ? f.text(parsed.data, g.values, ctx) : typed;
        if (shown !== '' || part.kind === 'group')
          out.set([part.id, g.id, f.id].filter((x) => x !== '').join('.'), { label: g.prefix + f.label, text: shown });
      }
    }
  }
  return out;
}

/** Field by field: what the person typed, or what is stored. Rows that only one side has are kept. */
export function mergeChoices(
  section: SectionDefinition,
  typed: RawSection,
  stored: RawSection,
  keepTyped: (key: string) => boolean,
): RawSection {
  const merged: RawSection = { groups: {}, rows: {} };
  for (const part of section.parts) {
    const pick = (key: string[], a: RawGroup, b: RawGroup): RawGroup => {
      const out: RawGroup = {};
      for (const f of part.fields) {
        const source = keepTyped([...key, f.id].join('.')) ? a : b;
        for (const input of [f.id, ...f.extraInputs]) if (source[input] !== undefined) out[input] = source[input];
      }
      return out;
    };
    if (part.kind === 'group') {
      merged.groups[part.id] = pick([part.id], typed.groups[part.id] ?? {}, stored.groups[part.id] ?? {});
      continue;
    }
    const mineRows = typed.rows[part.id] ?? [];
    const storedRows = stored.rows[part.id] ?? [];
    merged.rows[part.id] = [
      ...mineRows.map((r) => {
        const other = storedRows.find((x) => x.id === r.id);
        return other ? { id: r.id, values: pick([part.id, r.id], r.values, other.values) } : r;
      }),
      ...storedRows.filter((r) => !mineRows.some((x) => x.id === r.id)),
    ];
  }
  return merged;
}

/** A raw section as if it had been posted. */
export function postedFrom(section: SectionDefinition, raw: RawSection): PostedForm {
  const names = new Map<string, string>();
  for (const part of section.parts) {
    const inputs = part.fields.flatMap((f) => [f.id, ...f.extraInputs]);
    const put = (prefix: string, values: RawGroup) => inputs.forEach((k) => names.set(`${prefix}.${k}`, values[k] ?? ''));
    if (part.kind === 'group') put(part.id, raw.groups[part.id] ?? {});
    else {
      const rows = raw.rows[part.id] ?? [];
      names.set(`${part.id}.rows`, rows.map((r) => r.id).join(','));
      for (const r of rows) put(`${part.id}.${r.id}`, r.values);
    }
  }
  return { one: (n) => names.get(n) ?? '', has: (n) => names.has(n) };
}
