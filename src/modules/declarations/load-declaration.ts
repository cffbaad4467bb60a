import type { Deps } from '../../deps';
import type { Handle } from '../../db/db';
import { checkSection } from '../../form/check-section';
import type { FileValue, FormContext, Option, RawSection, UnitOption } from '../../form/field';
import { restoreSection } from '../../form/read-section';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { wholeNumber } from '../../lib/ids';
import type { Batch } from '../batches';
import { levelOptions, seriesOptions, type Catalogue } from '../catalogue';
import { findUnitOptions } from '../units';
import { findContents } from './contents.read';
import type { AttachmentRow, Declaration, StoredSection } from './declarations.store';
import { application } from './sections/application.section';
import { currentTitle } from './sections/current-title.section';
import { sections } from './sections';

/** A declaration with all that forms, checks and texts need to know; read once, then everything is pure. */
export interface LoadedDeclaration {
  row: Declaration;
  batch: Batch;
  stored: Map<string, StoredSection>;
  attachments: AttachmentRow[];
  /** of the one section that is looked at: files that can still be taken back */
  removed: AttachmentRow[];
  /** what was typed into a section */
  typed: (s: SectionDefinition) => RawSection;
  context: (s: SectionDefinition) => FormContext;
  check: (s: SectionDefinition, raw?: RawSection) => CheckedSection;
}

const toFile = (a: AttachmentRow): FileValue => ({
  id: a.id,
  name: a.name,
  mediaType: a.media_type,
  size: a.size,
  sha256: a.sha256,
  hasThumbnail: a.thumb_sha256 !== null,
});

/** Ids of the units that are chosen in a section, wherever it asks for one. */
export function unitsIn(s: SectionDefinition, raw: RawSection): number[] {
  return s.parts.flatMap((p) => {
    const pickers = p.fields.filter((f) => f.type === 'unitPicker').map((f) => f.id);
    const values = p.kind === 'group' ? [raw.groups[p.id] ?? {}] : (raw.rows[p.id] ?? []).map((r) => r.values);
    return pickers.flatMap((id) => values.flatMap((v) => wholeNumber(v[id] ?? '') ?? []));
  });
}

/** `held`: a title or speciality that was ended after this declaration had validly chosen it stays in its lists (K1). */
function optionLists(catalogue: Catalogue, batch: Batch, held: Declaration): FormContext['options'] {
  return (list: string, ...keys: string[]): readonly Option[] => {
    switch (list) {
      case 'batch-levels':
        return [{ value: batch.level, text: batch.levelText }];
      case 'batch-series':
        return [{ value: String(batch.seriesId), text: batch.seriesName }];
      case 'levels':
        return levelOptions();
      case 'series':
        return seriesOptions(catalogue.series);
      case 'titles':
        return catalogue
          .titlesOf(Number(keys[0]), keys[1] ?? '', String(held.title_id ?? ''))
          .map((t) => ({ value: String(t.id), text: catalogue.titleText(t.id) }));
      case 'specialities':
        return catalogue.specialitiesOf(Number(keys[0]), held.speciality).map((s) => ({ value: s.name, text: s.name }));
      default:
        throw new Error(`no such list of options: ${list}`);
    }
  };
}

/**
 * Reads a declaration's sections, attachments, batch and the unit that was chosen in it. One query, whatever its size; a second one when a section names another unit than the row does. `posted`: a section
 * as just posted, instead of the stored one. `only`: the one section that is looked at; units that others speak of are then not looked for.
 */
export async function loadDeclaration(
  deps: Deps,
  h: Handle,
  row: Declaration,
  posted?: { section: SectionDefinition; raw: RawSection },
  only?: SectionDefinition,
): Promise<LoadedDeclaration> {
  const expected = row.unit_id === null ? [] : [row.unit_id];
  const { batch, sections: found, attachments, removed, units: known } = await findContents(h, row, expected, only?.id);
  const stored = new Map(found.map((s) => [s.section, s]));
  const catalogue = await deps.catalogue.get();
  const typed = (s: SectionDefinition): RawSection => (posted?.section === s ? posted.raw : restoreSection(s, stored.get(s.id)?.raw));
  const main = typed(application).groups.main ?? {};
  const named = new Set((only ? [only] : sections).flatMap((s) => unitsIn(s, typed(s))));
  for (const unit of known) named.delete(unit.id);
  const units = new Map<string, UnitOption>();
  for (const unit of [...known, ...(named.size > 0 ? await findUnitOptions(h, [...named]) : [])]) units.set(String(unit.id), unit);
  const options = optionLists(catalogue, batch, row);
  const policy = {
    rankBy: batch.rankBy,
    maxResults: batch.maxResults,
    entrustedEvidenceBy: batch.entrustedEvidenceBy,
    startedOn: main.startedOn ?? '',
    way: main.way ?? '',
    appointedOn: typed(currentTitle).rows.titles?.[0]?.values.appointedOn ?? '',
    // R3: what the unit has reported stands; only the unit itself can let it go
    rankedIn: row.rank_fixed_at === null ? '' : String(row.unit_id ?? ''),
    fixedRank: row.rank_fixed_at === null ? '' : `${row.rank_n}/${row.rank_of}`,
    unitStays: (row.return_position ?? 0) > 0,
  };
  const context = (s: SectionDefinition): FormContext => ({
    today: batch.today,
    year: row.year,
    personName: row.applicant_name,
    options,
    unit(id) {
      const unit = units.get(id);
      // D17: the unit of what was reported and returned from above is not chosen anew: it may have lost its permission since
      return unit && policy.unitStays && id === String(row.unit_id) ? { ...unit, permitted: true } : unit;
    },
    files: (part, rowId, field) =>
      attachments.filter((a) => a.section === s.id && a.part === part && a.row_id === rowId && a.field === field).map(toFile),
    policy,
  });
  // many ask how a section stands; it is looked through once
  const checked = new Map<SectionDefinition, CheckedSection>();
  const checkStored = (s: SectionDefinition): CheckedSection => {
    const found = checked.get(s) ?? checkSection(s, typed(s), context(s));
    checked.set(s, found);
    return found;
  };
  return {
    row,
    batch,
    stored,
    attachments,
    removed,
    typed,
    context,
    check: (s, r) => (r ? checkSection(s, r, context(s)) : checkStored(s)),
  };
}

/** The sections that apply to this declaration, in order. */
export function sectionsOf(d: LoadedDeclaration): SectionDefinition[] {
  return sections.filter((s) => s.appliesWhen?.(d.context(s)) ?? true);
}
