import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import type { MoveName } from '../../policy/declaration-moves';
import { moveDeclaration, type MoveInput, type MoveOutcome } from '../declarations';
import { deskOf, sendNotes } from './review-notes.store';

/** 「退回」 (R1, R3): the move, and with it the desk's notes go out. All in one transaction. */
export async function returnDeclaration(
  deps: Deps,
  actor: Actor,
  r: { id: string; move: MoveName; input: MoveInput; requestId: string },
): Promise<MoveOutcome> {
  return inTransaction(deps.db, async (trx) => {
    const outcome = await moveDeclaration(deps, trx, r.id, r.move, actor, r.input, r.requestId);
    if (outcome.kind === 'moved') await sendNotes(trx, deskOf(actor), r.id);
    return outcome;
  });
}
