import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { FormInput } from '../../http/form-input';
import type { PageError } from '../../http/route';
import { countCharacters, normaliseText } from '../../lib/text';
import type { Actor } from '../../policy/actor';
import type { MoveName } from '../../policy/declaration-moves';
import { explain, moveDeclaration } from './move-declaration';
import type { MoveInput } from './move-input';
import { decideObjectionRow, findDecider, type ObjectionTable } from './objection-decisions.store';

export type SettleOutcome =
  | { kind: 'done' }
  /** somebody was quicker, or the declaration can't be moved (any more) */
  | { kind: 'not-now'; reason: string };

class Undone extends Error {
  constructor(readonly reason: string) {
    super('the move of an upheld objection was refused');
  }
}

export interface Settlement {
  table: ObjectionTable;
  id: number;
  declarationId: string;
  outcome: string;
  finding: string;
  /** of the log */
  action: string;
  /** what an upheld objection does to the declaration */
  move?: { name: MoveName; input: MoveInput };
  /** looked at first, in the same transaction: why it can't be decided so, or undefined */
  refuse?: (trx: Trx) => Promise<string | undefined>;
  requestId: string;
}

/** R5, J4: decides an objection once. Decision, record and the move of an upheld one are one transaction. */
export async function settleObjection(deps: Deps, actor: Actor, s: Settlement): Promise<SettleOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<SettleOutcome> => {
      const reason = await s.refuse?.(trx);
      if (reason !== undefined) return { kind: 'not-now', reason };
      if (!(await decideObjectionRow(trx, s.table, s.id, { outcome: s.outcome, finding: s.finding, by: actor })))
        return { kind: 'not-now', reason: `该异议已由${(await findDecider(trx, s.table, s.id)) ?? '其他人员'}处理，您的意见没有保存` };
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: s.action,
        subjectKind: 'declaration',
        subjectId: s.declarationId,
        detail: { objectionId: s.id, outcome: s.outcome },
        requestId: s.requestId,
      });
      if (!s.move) return { kind: 'done' };
      const moved = await moveDeclaration(deps, trx, s.declarationId, s.move.name, actor, s.move.input, s.requestId);
      if (moved.kind === 'moved') return { kind: 'done' };
      throw new Undone(explain(moved));
    });
  } catch (e) {
    if (e instanceof Undone) return { kind: 'not-now', reason: e.reason };
    throw e;
  }
}

/** Characters that 核查情况 and what is objected may have. */
export const OBJECTION_WORDS = 500;

/** The form of a decision: one of the outcomes, and 核查情况. */
export function readDecision<T extends string>(
  body: FormInput,
  isOutcome: (text: string) => text is T,
): { errors: PageError[]; outcome: T | undefined; finding: string } {
  const errors: PageError[] = [];
  const outcome = body.one('outcome');
  const finding = normaliseText(body.one('finding'));
  if (!isOutcome(outcome)) errors.push({ text: '请选择处理结果', href: '#outcome' });
  if (finding === '') errors.push({ text: '请填写核查情况', href: '#finding' });
  else if (countCharacters(finding) > OBJECTION_WORDS) errors.push({ text: `核查情况最多 ${OBJECTION_WORDS} 个字`, href: '#finding' });
  return { errors, outcome: isOutcome(outcome) ? outcome : undefined, finding };
}
