import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import {
  findEntry,
  hasRunningBatch,
  insertEntry,
  isSpecialityUsed,
  lockCatalogue,
  moveEntry,
  positionOf,
  renameEntry,
  switchEntry,
  type EntryInput,
  type EntryKind,
} from './catalogue.store';

export type SaveEntryOutcome = { kind: 'done'; seriesId: number } | { kind: 'exists' } | { kind: 'gone' };

const UNIQUE = [
  'series_code_key',
  'series_name_key',
  'series_pkey',
  'titles_series_id_rank_name_name_branch_key',
  'specialities_series_id_name_key',
];

const record = (trx: Trx, actor: Actor, act: string, kind: EntryKind, id: number, detail: AuditDetail, requestId: string): Promise<void> =>
  appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: `catalogue.${act}`,
    subjectKind: 'catalogue',
    subjectId: `${kind}-${id}`,
    detail,
    requestId,
  });

/**
 * K1: adds an entry (`id` undefined) or renames one. Frozen versions hold words and stay as they are. Drafts hold titles by id, and so show the new name; they hold
 * specialities by name: one that was chosen is therefore ended, kept for those who chose it, and the new name takes its place for everybody else.
 */
export async function saveEntry(
  deps: Pick<Deps, 'db' | 'catalogue'>,
  actor: Actor,
  kind: EntryKind,
  id: number | undefined,
  input: EntryInput,
  requestId: string,
): Promise<SaveEntryOutcome> {
  try {
    const outcome = await inTransaction(deps.db, async (trx): Promise<SaveEntryOutcome> => {
      await lockCatalogue(trx);
      if (id === undefined) {
        const made = await insertEntry(trx, kind, input);
        await record(trx, actor, 'add', kind, made, { name: input.name }, requestId);
        return { kind: 'done', seriesId: kind === 'series' ? made : input.seriesId };
      }
      const before = await findEntry(trx, kind, id);
      if (!before) return { kind: 'gone' };
      if (before.name === input.name && before.branch === input.branch) return { kind: 'done', seriesId: before.seriesId };
      if (kind === 'speciality' && (await isSpecialityUsed(trx, before.seriesId, before.name))) {
        await insertEntry(trx, kind, { ...input, seriesId: before.seriesId }, await positionOf(trx, kind, id));
        await switchEntry(trx, kind, id, false);
      } else await renameEntry(trx, kind, id, input.name, input.branch);
      await record(trx, actor, 'rename', kind, id, { before: before.name, after: input.name }, requestId);
      return { kind: 'done', seriesId: before.seriesId };
    });
    deps.catalogue.refresh();
    return outcome;
  } catch (e) {
    if (UNIQUE.some((constraint) => isViolationOf(e, constraint))) return { kind: 'exists' };
    throw e;
  }
}

export const entryActs = ['up', 'down', 'end', 'restore'] as const;
export type EntryAct = (typeof entryActs)[number];
export const isEntryAct = (text: string): text is EntryAct => entryActs.some((a) => a === text);

/** Ends an entry, takes it back, or moves it within its list; not done when it was so already, or when it is a series that is being declared in. */
export async function actOnEntry(
  deps: Pick<Deps, 'db' | 'catalogue'>,
  actor: Actor,
  kind: EntryKind,
  id: number,
  act: EntryAct,
  requestId: string,
): Promise<{ seriesId: number; isDone: boolean; isRunning?: boolean } | undefined> {
  const outcome = await inTransaction(deps.db, async (trx) => {
    await lockCatalogue(trx);
    const entry = await findEntry(trx, kind, id);
    if (!entry) return undefined;
    if (act === 'end' && kind === 'series' && (await hasRunningBatch(trx, id)))
      return { seriesId: entry.seriesId, isDone: false, isRunning: true };
    const isDone =
      act === 'up' || act === 'down'
        ? await moveEntry(trx, kind, entry, act === 'up' ? -1 : 1)
        : await switchEntry(trx, kind, id, act === 'restore');
    if (isDone) await record(trx, actor, act === 'up' || act === 'down' ? 'move' : act, kind, id, { name: entry.name }, requestId);
    return { seriesId: entry.seriesId, isDone };
  });
  deps.catalogue.refresh();
  return outcome;
}
