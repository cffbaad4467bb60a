import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { appendAudit, type AuditEntry } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { FormContext, RawRow, RawSection } from '../../form/field';
import { MAX_ROWS, readSection, restoreSection, type PostedForm } from '../../form/read-section';
import type { SectionDefinition } from '../../form/section';
import type { ActClaim } from '../../http/one-time-token.store';
import type { Actor } from '../../policy/actor';
import type { DeclarationSubject } from '../../policy/policy';
import {
  findItem,
  insertAttachments,
  itemName,
  planAttachments,
  removeAttachment,
  removeAttachmentsOfRow,
  restoreAttachment,
  type NewAttachment,
  type NotAdded,
} from '../attachments';
import { rowOfSubject, sectionOfSubject } from './declaration-subject.store';
import { findSections, saveSectionAtOnce, saveSectionRow, updateDeclaration, type Declaration } from './declarations.store';
import { loadDeclaration } from './load-declaration';
import { isNamed, lockedSection, lockSection } from './lock-section';
import { projectApplication } from './project-section';
import { clearRecheck } from './rechecks.store';
import { application } from './sections/application.section';

export interface SaveInput {
  id: string;
  section: SectionDefinition;
  form: PostedForm;
  /** of the stored section when the form was made; 0 when there was none */
  version: number;
  /** name of the button: save, next, refresh, add-row:<part>, remove-row:<part>:<row>, restore-row:<id>, delete-file:<id>, restore-file:<id>, upload:<item>, accept:<item>, find-unit:<field> */
  action: string;
  /** files that passed their inspection, blobs already stored */
  uploads: NewAttachment[];
  actor: Actor;
  requestId: string;
  /** the row that `restore-row` puts back */
  restore?: RemovedRow;
  /** called inside the transaction once everything is written */
  settle?: (trx: Trx, saved: Extract<SaveOutcome, { kind: 'saved' }>) => Promise<void>;
}

/** A row that was taken out, with all that puts it back in its place. */
export interface RemovedRow {
  part: string;
  row: RawRow;
  /** where it stood, from 0 */
  at: number;
  /** its files, taken out with it */
  files: string[];
}

export type SaveOutcome =
  /** notAdded: files that have no place in their item */
  | { kind: 'saved'; notAdded: NotAdded[]; addedRow?: { part: string; id: string }; removedRow?: RemovedRow }
  /** the files that came with it are kept all the same: they take nothing from anybody */
  | { kind: 'conflict'; typed: RawSection; stored: RawSection; storedVersion: number; notAdded: NotAdded[] }
  | { kind: 'hidden' }
  | { kind: 'closed'; reason: string };

interface RowChange {
  added?: { part: string; id: string };
  removed?: Omit<RemovedRow, 'files'>;
}

/** Row buttons act on what was just typed, so nothing typed is lost. */
function applyRowAction(section: SectionDefinition, raw: RawSection, { action, restore }: SaveInput): RowChange {
  const [verb, typedPart = '', rowId = ''] = action.split(':');
  const part = verb === 'restore-row' ? (restore?.part ?? '') : typedPart;
  const rows = raw.rows[part];
  if (!rows || !section.parts.some((p) => p.kind === 'rows' && p.id === part)) return {};
  if (verb === 'add-row' && rows.length < MAX_ROWS) {
    const id = randomBytes(6).toString('hex');
    rows.push({ id, values: {} });
    return { added: { part, id } };
  }
  if (verb === 'restore-row' && restore && rows.length < MAX_ROWS) {
    if (!rows.some((r) => r.id === restore.row.id)) rows.splice(restore.at, 0, restore.row);
    return { added: { part, id: restore.row.id } };
  }
  if (verb !== 'remove-row') return {};
  const at = rows.findIndex((r) => r.id === rowId);
  const [row] = at < 0 ? [] : rows.splice(at, 1);
  return row ? { removed: { part, row, at } } : {};
}

/** 「按计算结果填写」: what the field proposes takes the place of what was typed. */
function acceptProposal(section: SectionDefinition, raw: RawSection, ctx: FormContext, item: string): void {
  const [partId = '', ...rest] = item.split('.');
  const part = section.parts.find((p) => p.id === partId);
  const field = part?.fields.find((f) => f.id === rest.at(-1));
  const values = part?.kind === 'rows' ? raw.rows[partId]?.find((r) => r.id === rest[0])?.values : raw.groups[partId];
  const proposal = values && field?.propose?.(values, ctx);
  if (field && proposal) values[field.id] = proposal.value;
}

/** Saves a section as typed, at any time, incomplete too (D1). The later save of stale data is refused with both versions. */
export async function saveSection(deps: Deps, input: SaveInput): Promise<SaveOutcome> {
  const { id, section, actor } = input;
  return inTransaction(deps.db, async (trx): Promise<SaveOutcome> => {
    const locked = await lockSection(deps, trx, actor, id, section);
    if (locked.kind !== 'open') return locked;
    const { row } = locked;
    const [storedRow] = await findSections(trx, id, section.id);
    const stored = restoreSection(section, storedRow?.raw);
    const raw = readSection(section, input.form, stored);
    const storedVersion = storedRow?.version ?? 0;
    // the same words saved twice are no conflict, whoever was first
    if (storedVersion !== input.version && !isDeepStrictEqual(raw, stored)) {
      const notAdded = await insertAttachments(trx, id, input.uploads, actor.accountId);
      if (input.uploads.length > notAdded.length) {
        await updateDeclaration(trx, id, {});
        await audit(trx, input, input.uploads.length - notAdded.length);
      }
      return { kind: 'conflict', typed: raw, stored, storedVersion, notAdded };
    }
    const change = applyRowAction(section, raw, input);
    if (input.action.startsWith('accept:')) {
      const loaded = await loadDeclaration(deps, trx, row, { section, raw });
      acceptProposal(section, raw, loaded.context(section), input.action.slice('accept:'.length));
    }
    if (!(await saveSectionRow(trx, id, section.id, raw, storedVersion, actor.accountId)))
      throw new Error(`section ${section.id} of ${id} changed under its lock`);
    if (storedRow?.recheck) await clearRecheck(trx, id, section.id);
    const files = await applyFileAction(trx, section, raw, input);
    const notAdded = [...files.notAdded, ...(await insertAttachments(trx, id, input.uploads, actor.accountId))];
    const projected =
      section === application
        ? projectApplication((await loadDeclaration(deps, trx, row, { section, raw })).check(section, raw), {
            ranked: row.rank_fixed_at !== null,
          })
        : {};
    // what a correction elsewhere has opened stays open until it is handed in again
    const joined = isNamed(row, section) ? {} : { reopened_sections: [...(row.reopened_sections ?? []), section.id] };
    await updateDeclaration(trx, id, { ...projected, ...joined });
    await audit(trx, input, input.uploads.length);
    const saved = {
      kind: 'saved' as const,
      notAdded,
      ...(change.added ? { addedRow: change.added } : {}),
      ...(change.removed ? { removedRow: { ...change.removed, files: files.removed } } : {}),
    };
    await input.settle?.(trx, saved);
    return saved;
  });
}

export interface QuickSave extends Pick<SaveInput, 'section' | 'form' | 'version' | 'uploads' | 'actor' | 'requestId'> {
  /** whom the policy was asked about, read with the section */
  subject: DeclarationSubject;
  claim: ActClaim;
  /** where the answer leads when this is what is stored */
  leadsTo: (row: Declaration, raw: RawSection) => Promise<string>;
}

/**
 * M1, M12: the usual save, of words and of files that all have their place, by one statement: nobody else has changed anything since the page was shown, nor since this request was let in. Gives where it led; undefined: nothing
 * was written, and `saveSection` says what there is to say.
 */
export async function saveSectionQuickly(deps: Deps, input: QuickSave): Promise<string | undefined> {
  const { section, subject, actor } = input;
  const row = rowOfSubject(subject);
  const storedRow = sectionOfSubject(subject);
  const version = storedRow?.version ?? 0;
  // the section of the choices writes columns of the declaration too
  if (!row || section === application || storedRow?.recheck) return undefined;
  if (lockedSection(actor, { row, subject }, section).kind !== 'open') return undefined;
  const stored = restoreSection(section, storedRow?.raw);
  const raw = readSection(section, input.form, stored);
  // the same words saved twice are no conflict, whoever was first
  if (version !== input.version && !isDeepStrictEqual(raw, stored)) return undefined;
  const to = await input.leadsTo(row, raw);
  const saved = { section: section.id, version, raw, by: actor.accountId };
  const planned = input.uploads.length > 0 ? await planAttachments(deps.db, row.id, input.uploads) : undefined;
  if (input.uploads.length > 0 && !planned) return undefined;
  const entry = entryOf({ ...input, id: row.id }, input.uploads.length);
  return (await saveSectionAtOnce(deps.db, row, saved, input.claim.values(to), entry, planned)) ? to : undefined;
}

/** Buttons that take a file out, or back, or a whole row with its files. Gives what could not be taken back, and what went with a row. */
async function applyFileAction(
  trx: Trx,
  section: SectionDefinition,
  raw: RawSection,
  { id, action, restore }: SaveInput,
): Promise<{ notAdded: NotAdded[]; removed: string[] }> {
  const [verb, first = '', second = ''] = action.split(':');
  const removed = verb === 'remove-row' ? await removeAttachmentsOfRow(trx, id, section.id, first, second) : [];
  if (verb === 'delete-file') await removeAttachment(trx, id, section.id, first);
  const back = verb === 'restore-file' ? [first] : verb === 'restore-row' ? (restore?.files ?? []) : [];
  const notAdded: NotAdded[] = [];
  for (const file of back) {
    const restored = await restoreAttachment(trx, id, section.id, file, (item) => findItem(section, raw, itemName(item))?.definition.max);
    if (restored?.notAdded) notAdded.push(restored.notAdded);
  }
  return { notAdded, removed };
}

const audit = (trx: Trx, input: SaveInput, files: number): Promise<void> => appendAudit(trx, entryOf(input, files));

const entryOf = (
  { id, section, actor, requestId }: Pick<SaveInput, 'id' | 'section' | 'actor' | 'requestId'>,
  files: number,
): AuditEntry => ({
  actorId: actor.accountId,
  actorName: actor.name,
  action: 'section.save',
  subjectKind: 'declaration',
  subjectId: id,
  detail: { section: section.id, files },
  requestId,
});
