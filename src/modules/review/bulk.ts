import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import type { Actor } from '../../policy/actor';
import { notNow, type MoveName, type StateName } from '../../policy/declaration-moves';
import { can } from '../../policy/policy';
import { moveDeclaration, moveDeclarations, noInput, type MoveInput, type MoveItem, type MoveOutcome } from '../declarations';
import type { QueueRow } from './queue.read';

export interface Reason {
  text: string;
  /** where it can be mended */
  href?: string;
}

export type Answer = { id: string } & ({ kind: 'moved'; to: StateName } | { kind: 'refused'; reasons: Reason[] });

export type BulkItem = MoveItem;

/** At most so many declarations are moved by one click. */
export const BULK_LIMIT = 1000;

/**
 * Why this move can't be offered for a declaration of a list; undefined when it can. Looks only at what the list knows: what decides is the move itself.
 */
export function obstacle(actor: Actor, move: MoveName, row: QueueRow): string | undefined {
  const decision = can(actor, `declaration.${move}`, row.subject);
  if (!decision.ok) return decision.why === 'not-now' ? decision.reason : notNow(move, row.state);
  if (move === 'accept' && !row.isCommitteeValid) return '评审委员会未经核准或者已过有效期，请联系人社局';
  if (move === 'confirm' && row.publicity && !row.publicity.isOver) return `公示到${showDate(row.publicity.endsOn)}结束，期满后才能确认`;
  return undefined;
}

export const vanished: Reason = { text: '没有找到该申报，可能已撤回或者已不在列表中' };

function answerOf(id: string, outcome: MoveOutcome): Answer {
  switch (outcome.kind) {
    case 'moved':
      return { id, kind: 'moved', to: outcome.to };
    case 'hidden':
      return { id, kind: 'refused', reasons: [vanished] };
    case 'not-now':
      return { id, kind: 'refused', reasons: [{ text: outcome.reason }] };
    case 'blocked':
      return { id, kind: 'refused', reasons: outcome.complaints };
  }
}

/**
 * Moves those declarations that can be moved; gives an answer for each, in the order given. All in one transaction, which is quick; when a fault breaks that off,
 * each in one of its own, so that a fault at one row is logged and does not stop the others.
 */
export async function moveEach(deps: Deps, actor: Actor, move: MoveName, items: readonly BulkItem[], requestId: string): Promise<Answer[]> {
  try {
    const outcomes = await inTransaction(deps.db, (trx) => moveDeclarations(deps, trx, items, move, actor, requestId));
    return items.map(({ id }) => answerOf(id, outcomes.get(id) ?? { kind: 'hidden' }));
  } catch (e) {
    deps.log.error({ err: e, requestId, move, count: items.length }, 'bulk move failed, going on one by one');
  }
  const answers: Answer[] = [];
  for (const { id, input } of items) {
    try {
      answers.push(answerOf(id, await inTransaction(deps.db, (trx) => moveDeclaration(deps, trx, id, move, actor, input, requestId))));
    } catch (e) {
      deps.log.error({ err: e, requestId, declaration: id, move }, 'bulk move failed for one declaration');
      answers.push({ id, kind: 'refused', reasons: [{ text: `系统出现错误，该申报没有处理，请稍后重试。错误编号：${requestId}` }] });
    }
  }
  return answers;
}

export type TogetherOutcome =
  | { kind: 'moved' }
  /** nothing was moved */
  | { kind: 'refused'; answers: Answer[]; general: Reason[] };

export interface TogetherSteps {
  prepare?: (trx: Trx) => Promise<Partial<MoveInput> | { complaint: Reason }>;
  conclude?: (trx: Trx) => Promise<void>;
}

class RolledBack extends Error {
  constructor(readonly outcome: Extract<TogetherOutcome, { kind: 'refused' }>) {
    super('not every declaration could be moved');
  }
}

/**
 * Moves all declarations in one transaction, or none (R2). Every row is tried, so that the answer names each one that can't go. `prepare` runs first in the
 * same transaction and gives what all rows share; `conclude` last, when all have moved: what tells of it is there with it, whatever dies then.
 */
export async function moveTogether(
  deps: Deps,
  actor: Actor,
  move: MoveName,
  items: readonly BulkItem[],
  requestId: string,
  { prepare, conclude }: TogetherSteps = {},
): Promise<TogetherOutcome> {
  try {
    await inTransaction(deps.db, async (trx) => {
      const shared = prepare ? await prepare(trx) : {};
      if ('complaint' in shared) throw new RolledBack({ kind: 'refused', answers: [], general: [shared.complaint] });
      const outcomes = await moveDeclarations(
        deps,
        trx,
        items.map(({ id, input }) => ({ id, input: { ...input, ...shared } })),
        move,
        actor,
        requestId,
        { allOrNone: true },
      );
      const answers = items.flatMap(({ id }) => {
        const outcome = outcomes.get(id);
        // those that could go and did not, because others can't, need no reason
        return outcome ? [answerOf(id, outcome)] : [];
      });
      if (answers.some((a) => a.kind !== 'moved'))
        throw new RolledBack({ kind: 'refused', answers: answers.filter((a) => a.kind !== 'moved'), general: [] });
      await conclude?.(trx);
    });
    return { kind: 'moved' };
  } catch (e) {
    if (e instanceof RolledBack) return e.outcome;
    throw e;
  }
}

export interface BulkChoice {
  move: MoveName;
  /** the query part of the list's address, to come back to */
  back: string;
  /** those that will be moved, at the version the reader saw */
  chosen: { id: string; version: number }[];
  /** those that were ticked and can't be moved */
  left: { id: string; reason: string }[];
  /** the long task that was begun for them: whoever comes with this choice again is led there */
  task?: number;
}

/** Sorts what was ticked into what can be moved and what can't, with the reason. Ids that the actor does not see count as vanished. */
export function chooseRows(
  actor: Actor,
  move: MoveName,
  ids: readonly string[],
  rows: readonly QueueRow[],
): Pick<BulkChoice, 'chosen' | 'left'> {
  const byId = new Map(rows.map((r) => [r.id, r]));
  const chosen: BulkChoice['chosen'] = [];
  const left: BulkChoice['left'] = [];
  for (const id of new Set(ids)) {
    const row = byId.get(id);
    const reason = row ? obstacle(actor, move, row) : vanished.text;
    if (row && reason === undefined) chosen.push({ id, version: row.version });
    else left.push({ id, reason: reason ?? vanished.text });
  }
  return { chosen, left };
}

export interface BulkResult {
  move: MoveName;
  back: string;
  answers: Answer[];
  /** all or none, and it was none */
  isUndone: boolean;
  general: Reason[];
}

/** `shared`: what was given once for all of them; the version is each one's own. */
export const itemsOf = (choice: BulkChoice, shared: MoveInput = noInput): BulkItem[] =>
  choice.chosen.map(({ id, version }) => ({ id, input: { ...shared, version } }));
