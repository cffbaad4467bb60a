import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import type { Batch } from './batch';
import { batchFacts, unmoved, type BatchInput, type WindowInput } from './batch-form';
import { findBatch } from './batch.read';
import {
  insertBatch,
  insertChange,
  insertExtension,
  lockBatch,
  publishBatch,
  revokeExtension,
  updateBatch,
  writeWindow,
  type BatchChange,
  type FactChange,
  type NewExtension,
} from './batch.store';

const UNIQUE = 'batches_year_committee_id_series_id_level_key';

async function record(trx: Trx, actor: Actor, change: Omit<BatchChange, 'by' | 'byName'>, requestId: string): Promise<void> {
  await insertChange(trx, { ...change, by: actor.accountId, byName: actor.name });
  await appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: `batch.${change.kind}`,
    subjectKind: 'batch',
    subjectId: String(change.batchId),
    detail: {
      ...(change.changes ? { changes: change.changes.map((c) => ({ label: c.label, before: c.before, after: c.after })) } : {}),
      ...(change.reason ? { reason: change.reason } : {}),
    },
    requestId,
  });
}

async function demand(trx: Trx, id: number): Promise<Batch> {
  const batch = await findBatch(trx, id);
  if (!batch) throw new Error(`batch ${id} is gone`);
  return batch;
}

/** What differs, in the words of the pages; the wording of the commitment is kept by the database, here it only says that it changed. */
function differences(before: Batch, after: Batch): FactChange[] {
  const later = new Map(batchFacts(after).map((f) => [f.key, f.text]));
  const changes = batchFacts(before)
    .filter((f) => later.get(f.key) !== f.text)
    .map((f) => ({ label: f.label, before: f.text, after: later.get(f.key) ?? '' }));
  return before.commitment === after.commitment ? changes : [...changes, { label: '申报承诺书', before: '原文字', after: '新文字' }];
}

export type CreateBatchOutcome = { kind: 'done'; ids: number[] } | { kind: 'exists' };

/** K2: makes a batch for each of the levels; nobody sees them before they are opened. All or none. */
export async function createBatches(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  input: BatchInput,
  requestId: string,
): Promise<CreateBatchOutcome> {
  try {
    return await inTransaction(deps.db, async (trx) => {
      const ids: number[] = [];
      for (const level of input.levels) {
        const batchId = await insertBatch(trx, input, level);
        await record(trx, actor, { batchId, kind: 'create' }, requestId);
        ids.push(batchId);
      }
      return { kind: 'done', ids };
    });
  } catch (e) {
    if (isViolationOf(e, UNIQUE)) return { kind: 'exists' };
    throw e;
  }
}

export type SaveBatchOutcome =
  | { kind: 'done' }
  | { kind: 'exists' }
  /** somebody else has saved it since the form was opened */
  | { kind: 'stale'; saved: Batch }
  /** a declaration that was begun relies on what would change */
  | { kind: 'in-use'; text: string };

const inUse: Record<string, string> = {
  batches_keep_identity: '已有申报人在本批次填写，申报年度、评审委员会、职称系列和级别不能再修改',
  batches_keep_policy: '已有申报人在本批次填写，排序和委托评审的填写方式不能修改，代表性成果数量不能减少，不能增加单位公示的要求',
  batches_keep_open: '已有申报人在本批次填写，个人申报开始时间不能推迟',
};

/** K2: changes a batch. Once open, its ends are changed by `changeWindow` only. */
export async function saveBatch(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  id: number,
  version: number,
  input: BatchInput,
  requestId: string,
): Promise<SaveBatchOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<SaveBatchOutcome> => {
      const held = await lockBatch(trx, id);
      const before = await demand(trx, id);
      if (held !== version) return { kind: 'stale', saved: before };
      await updateBatch(
        trx,
        id,
        before.isPublished ? { ...input, closesAt: before.applicantClosesAt, unitClosesAt: before.unitClosesAt } : input,
        input.levels[0] ?? before.level,
      );
      const changes = differences(before, await demand(trx, id));
      if (changes.length > 0) await record(trx, actor, { batchId: id, kind: 'edit', changes }, requestId);
      return { kind: 'done' };
    });
  } catch (e) {
    if (isViolationOf(e, UNIQUE)) return { kind: 'exists' };
    for (const [constraint, text] of Object.entries(inUse)) if (isViolationOf(e, constraint)) return { kind: 'in-use', text };
    throw e;
  }
}

export type OpenBatchOutcome = { kind: 'done' } | { kind: 'open' } | { kind: 'over' };

/** Opens a batch to applicants and units: from then on its windows decide. */
export function openBatch(deps: Pick<Deps, 'db'>, actor: Actor, id: number, requestId: string): Promise<OpenBatchOutcome> {
  return inTransaction(deps.db, async (trx): Promise<OpenBatchOutcome> => {
    await lockBatch(trx, id);
    const batch = await demand(trx, id);
    if (batch.isPublished) return { kind: 'open' };
    const { now } = await databaseNow(trx);
    if (batch.applicantClosesAt <= now) return { kind: 'over' };
    await publishBatch(trx, id);
    await record(trx, actor, { batchId: id, kind: 'publish' }, requestId);
    return { kind: 'done' };
  });
}

export type WindowOutcome = { kind: 'done' } | { kind: 'stale' } | { kind: 'refused'; field: string; text: string };

/** K3: closes early or prolongs, with a reason. What was begun stays; what arrived in time is honoured (`waitedMs`). */
export function changeWindow(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  id: number,
  version: number,
  asked: WindowInput,
  requestId: string,
): Promise<WindowOutcome> {
  return inTransaction(deps.db, async (trx): Promise<WindowOutcome> => {
    const held = await lockBatch(trx, id);
    if (held !== version) return { kind: 'stale' };
    const before = await demand(trx, id);
    const { now } = await databaseNow(trx);
    const input = {
      ...asked,
      closesAt: unmoved(asked.closesAt, before.applicantClosesAt),
      unitClosesAt: unmoved(asked.unitClosesAt, before.unitClosesAt),
    };
    if (input.what === 'set') {
      if (!input.closesAt || !input.unitClosesAt) throw new Error('a new end is missing');
      const isMoved = (at: Date, was: Date): boolean => at.getTime() !== was.getTime();
      if (isMoved(input.closesAt, before.applicantClosesAt) && input.closesAt <= now)
        return { kind: 'refused', field: 'closesAt', text: '「个人申报截止时间」已经过去，需要现在截止的，请选择「立即截止个人申报」' };
      if (isMoved(input.unitClosesAt, before.unitClosesAt) && input.unitClosesAt <= now)
        return {
          kind: 'refused',
          field: 'unitClosesAt',
          text: '「单位上报截止时间」已经过去，需要现在截止的，请选择「立即截止个人申报和单位上报」',
        };
      if (input.closesAt <= before.applicantOpensAt)
        return { kind: 'refused', field: 'closesAt', text: '「个人申报截止时间」应当在开始时间之后' };
      await writeWindow(trx, id, input.closesAt, input.unitClosesAt);
    } else {
      if (now <= before.applicantOpensAt) return { kind: 'refused', field: 'what', text: '申报尚未开始，请修改批次的开始时间和截止时间' };
      if (now >= (input.what === 'close-all' ? before.unitClosesAt : before.applicantClosesAt))
        return { kind: 'refused', field: 'what', text: '已经截止，不需要再截止' };
      const isApplicantOver = before.applicantClosesAt <= now;
      await writeWindow(
        trx,
        id,
        isApplicantOver ? before.applicantClosesAt : undefined,
        input.what === 'close-all' ? undefined : before.unitClosesAt,
      );
    }
    const changes = differences(before, await demand(trx, id));
    if (changes.length === 0) return { kind: 'refused', field: 'closesAt', text: '截止时间没有变化' };
    await record(trx, actor, { batchId: id, kind: 'window', changes, reason: input.reason }, requestId);
    return { kind: 'done' };
  });
}

/** K3: one person may go on after the batch has closed. The record names the account, not the person. */
export function extendCase(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  extension: Omit<NewExtension, 'grantedBy'>,
  shown: readonly FactChange[],
  requestId: string,
): Promise<void> {
  return inTransaction(deps.db, async (trx) => {
    // of two administrators at once the later one's holds
    await lockBatch(trx, extension.batchId);
    await insertExtension(trx, { ...extension, grantedBy: actor.accountId });
    await record(trx, actor, { batchId: extension.batchId, kind: 'extend', changes: shown, reason: extension.reason }, requestId);
  });
}

/** Takes an extension back; false when somebody has done so already. What was submitted meanwhile stays. */
export function endExtension(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  batchId: number,
  extension: { id: number; personName: string; reason: string },
  requestId: string,
): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    if (!(await revokeExtension(trx, batchId, extension.id, actor.accountId))) return false;
    await record(
      trx,
      actor,
      {
        batchId,
        kind: 'revoke',
        changes: [{ label: '个别延期', before: extension.personName, after: '已取消' }],
        reason: extension.reason,
      },
      requestId,
    );
    return true;
  });
}
