import { askPrepared, rowsOf, type Handle } from '../../db/db';
import type { UnitOption } from '../../form/field';
import { UNDO } from '../attachments';
import { BATCH_QUERY, batchValues, readBatch, type Batch } from '../batches';
import { unitOptionOf, UNITS_QUERY, type UnitHit } from '../units';
import { FILES_QUERY, SECTIONS_QUERY, type AttachmentRow, type Declaration, type StoredSection } from './declarations.store';

/** What belongs to a declaration, all of one moment. */
export interface Contents {
  batch: Batch;
  sections: StoredSection[];
  attachments: AttachmentRow[];
  /** of the one section that was asked for: files that can still be taken back, the last one first */
  removed: AttachmentRow[];
  /** those that were asked for and are there */
  units: UnitOption[];
}

/** A moment as JSON has it. */
type Jsoned<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] };
interface Row {
  sections: Jsoned<StoredSection>[];
  files: (Jsoned<AttachmentRow> & { removed_at: string | null })[];
  units: UnitHit[];
}

const CONTENTS = `SELECT q.*, ${rowsOf(`${SECTIONS_QUERY} s.declaration_id = :declaration`)} AS sections, ${rowsOf(FILES_QUERY)} AS files, ${rowsOf(UNITS_QUERY)} AS units
  FROM (${BATCH_QUERY}) q`;

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));
const fileOf = ({ removed_at: _removed, ...a }: Row['files'][number]): AttachmentRow => ({ ...a, damaged_at: dateOf(a.damaged_at) });

/** Everything that is in a declaration, its batch with the clock, and these units; `section`: the one whose removed files are wanted. One query. */
export async function findContents(h: Handle, row: Declaration, units: readonly number[], section = ''): Promise<Contents> {
  const [found] = await askPrepared<Row>(h, 'declaration-contents', CONTENTS, {
    ...batchValues(row.batch_id, { personId: row.person_id }),
    declaration: row.id,
    section,
    undo: UNDO,
    units,
  });
  if (!found) throw new Error(`declaration ${row.id}: batch ${row.batch_id} is gone`);
  const { files } = found;
  return {
    batch: readBatch(found),
    sections: found.sections.map((s) => ({ ...s, updated_at: new Date(s.updated_at) })),
    attachments: files.filter((f) => f.removed_at === null).map(fileOf),
    removed: files.filter((f) => f.removed_at !== null).map(fileOf),
    units: found.units.map(unitOptionOf),
  };
}
