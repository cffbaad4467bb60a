import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { noInput, settleObjection, type SettleOutcome } from '../declarations';
import type { Objection, ObjectionOutcome } from './objections.store';

/** J4: the office decides an objection; one that is upheld annuls the result. */
export const decideObjection = (
  deps: Deps,
  actor: Actor,
  { id, declarationId }: Objection,
  d: { outcome: ObjectionOutcome; finding: string; requestId: string },
): Promise<SettleOutcome> =>
  settleObjection(deps, actor, {
    table: 'result_objections',
    id,
    declarationId,
    ...d,
    action: 'objection.decide',
    ...(d.outcome === 'upheld' ? { move: { name: 'annul', input: { ...noInput, opinion: d.finding } } } : {}),
  });
