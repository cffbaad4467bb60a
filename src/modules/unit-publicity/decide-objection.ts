import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { noInput, settleObjection, type MoveInput, type SettleOutcome } from '../declarations';
import { lockItem, type Objection, type ObjectionOutcome } from './publicity.store';

/** R5: the unit decides an objection: unfounded, back to the applicant, or not recommended. */
export const decideObjection = (
  deps: Deps,
  actor: Actor & { unitId: number },
  { id, publicityId, declarationId }: Objection,
  { comments, ...d }: { outcome: ObjectionOutcome; finding: string; comments: MoveInput['comments']; requestId: string },
): Promise<SettleOutcome> => {
  const input = { ...noInput, opinion: d.finding };
  return settleObjection(deps, actor, {
    table: 'unit_objections',
    id,
    declarationId,
    ...d,
    action: 'unit-publicity.decide',
    ...(d.outcome === 'returned' ? { move: { name: 'return-to-applicant', input: { ...input, comments } } } : {}),
    ...(d.outcome === 'withheld' ? { move: { name: 'withhold', input } } : {}),
    // a declaration that has gone on (sent back, or ended): what remains is to say that nothing came of it
    refuse: async (trx) =>
      (await lockItem(trx, actor.unitId, publicityId, declarationId)) || d.outcome === 'dismissed'
        ? undefined
        : '该申报现在不由贵单位处理，不能退回或者终止，请返回公示查看最新状态',
  });
};
