import type { RawGroup, RawSection } from '../../form/field';
import { isFilesField, type FilesField } from '../../form/fields';
import type { SectionDefinition } from '../../form/section';
import type { AttachmentItem } from './attachments.store';

export interface FoundItem extends AttachmentItem {
  definition: FilesField;
  /** what was typed beside it */
  raw: RawGroup;
  /** `<part>.<field>` or `<part>.<row>.<field>`: in addresses, buttons and names of inputs */
  name: string;
}

export const itemName = (i: Pick<AttachmentItem, 'part' | 'rowId' | 'field'>): string =>
  [i.part, i.rowId, i.field].filter((x) => x !== '').join('.');

/** The item of this name, in a row that `raw` holds where the part has rows; undefined when the section has none. */
export function findItem(section: SectionDefinition, raw: RawSection, name: string): FoundItem | undefined {
  const bits = name.split('.');
  if (bits.length < 2 || bits.length > 3) return undefined;
  const [partId = '', rowId = '', fieldId = ''] = bits.length === 2 ? [bits[0], '', bits[1]] : bits;
  const part = section.parts.find((p) => p.id === partId);
  const definition = part?.fields.find((f) => f.id === fieldId);
  if (!part || !definition || !isFilesField(definition) || (part.kind === 'rows') !== (rowId !== '')) return undefined;
  const values = part.kind === 'group' ? (raw.groups[partId] ?? {}) : raw.rows[partId]?.find((r) => r.id === rowId)?.values;
  return values && { section: section.id, part: partId, rowId, field: fieldId, definition, raw: values, name };
}
