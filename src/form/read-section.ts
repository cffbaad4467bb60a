import type { RawGroup, RawRow, RawSection } from './field';
import { inputName, type Part, type SectionDefinition } from './section';

/** The reading side of a posted form; src/http/form-input.ts fits. */
export interface PostedForm {
  one(name: string): string;
  has(name: string): boolean;
}

const ROW_ID = /^[a-z0-9]{6,36}$/;
/** More than any list asks for. */
export const MAX_ROWS = 60;

export const emptySection = (s: SectionDefinition): RawSection => ({
  groups: Object.fromEntries(s.parts.filter((p) => p.kind === 'group').map((p) => [p.id, {}])),
  rows: Object.fromEntries(s.parts.filter((p) => p.kind === 'rows').map((p) => [p.id, []])),
});

function readGroup(part: Part, row: string | undefined, form: PostedForm, before: RawGroup): RawGroup {
  const raw: RawGroup = {};
  for (const field of part.fields) {
    if (field.type === 'files' || field.derive) continue;
    for (const input of [field.id, ...field.extraInputs]) {
      const name = inputName({ part: part.id, ...(row === undefined ? {} : { row }) }, input);
      // a field that was not on the page (hidden by a condition) keeps what it held
      const value = form.has(name) ? field.read(form.one(name)) : (before[input] ?? '');
      if (value !== '') raw[input] = value;
    }
  }
  return raw;
}

/** What was posted, as raw text. Unknown names are ignored, unknown row ids refused; nothing here can fail on content. */
export function readSection(s: SectionDefinition, form: PostedForm, before: RawSection): RawSection {
  const after = emptySection(s);
  for (const part of s.parts) {
    if (part.kind === 'group') {
      after.groups[part.id] = readGroup(part, undefined, form, before.groups[part.id] ?? {});
      continue;
    }
    const old = before.rows[part.id] ?? [];
    if (!form.has(`${part.id}.rows`)) {
      after.rows[part.id] = old;
      continue;
    }
    const ids = [
      ...new Set(
        form
          .one(`${part.id}.rows`)
          .split(',')
          .filter((id) => ROW_ID.test(id)),
      ),
    ].slice(0, MAX_ROWS);
    after.rows[part.id] = ids.map((id): RawRow => ({ id, values: readGroup(part, id, form, old.find((r) => r.id === id)?.values ?? {}) }));
  }
  return after;
}

/** Stored JSON back to a raw section: anything that does not fit the definition any more is dropped. */
export function restoreSection(s: SectionDefinition, stored: unknown): RawSection {
  const section = emptySection(s);
  const from = (stored ?? {}) as Partial<RawSection>;
  for (const part of s.parts) {
    if (part.kind === 'group') section.groups[part.id] = from.groups?.[part.id] ?? {};
    else section.rows[part.id] = from.rows?.[part.id] ?? [];
  }
  return section;
}
