import type { Field, RawGroup, RawSection } from './field';
import { emptySection } from './read-section';
import type { Place, SectionDefinition } from './section';

export interface CopiedSection {
  raw: RawSection;
  /** what was carried over and is to be looked at again, as it changes from year to year */
  recheck: Place[];
  /** whether the files of this item are carried over with it */
  carriesFiles: (place: { part: string; row: string; field: string }) => boolean;
}

/**
 * A section of an earlier declaration as the beginning of a new one (D0). Every field says by its `copies` whether it is carried over; rows keep their ids, so that
 * their files still belong to them. `from` may have been typed under older definitions: only what a field of today can hold is taken.
 */
export function copySection(section: SectionDefinition, from: RawSection): CopiedSection {
  const raw = emptySection(section);
  const recheck: Place[] = [];
  const isCarried = (field: Field): boolean => section.copies !== 'no' && field.copies !== 'no';
  const carry = (part: string, fields: readonly Field[], old: RawGroup, row?: string): RawGroup => {
    const values: RawGroup = {};
    for (const field of fields) {
      if (!isCarried(field) || field.type === 'files' || field.derive) continue;
      for (const input of [field.id, ...field.extraInputs]) {
        const typed = old[input];
        if (typeof typed === 'string' && typed !== '') values[input] = typed;
      }
      if (field.copies === 'check' && (values[field.id] ?? '') !== '')
        recheck.push({ part, ...(row === undefined ? {} : { row }), field: field.id });
    }
    return values;
  };
  for (const part of section.parts) {
    if (part.kind === 'group') raw.groups[part.id] = carry(part.id, part.fields, from.groups[part.id] ?? {});
    else if (section.copies !== 'no')
      raw.rows[part.id] = (from.rows[part.id] ?? []).map((r) => ({ id: r.id, values: carry(part.id, part.fields, r.values, r.id) }));
  }
  return {
    raw,
    recheck,
    carriesFiles: (place) => {
      const part = section.parts.find((p) => p.id === place.part);
      const field = part?.fields.find((f) => f.id === place.field);
      const hasRow = part?.kind !== 'rows' || (raw.rows[place.part] ?? []).some((r) => r.id === place.row);
      return field?.type === 'files' && isCarried(field) && hasRow;
    },
  };
}
