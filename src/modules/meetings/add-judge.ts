import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { insertStaff, signInNameIndex } from '../accounts';
import { insertJudge, switchJudgeRow, updateJudge } from './judge.store';

export interface JudgeInput {
  name: string;
  /** checked, in the form of `readIdNumber`; only its keyed index is kept */
  idNumber: string;
  loginName: string;
  unitName: string;
  avoidedUnits: string[];
  title: string;
  speciality: string;
}
export type AddOutcome = { kind: 'done'; judgeId: number; password: string } | { kind: 'name-taken' } | { kind: 'already-in-pool' };

/** Thrown to undo the account when it turns out that its person can't be added. */
class NameTaken extends Error {}

/** J2: an expert comes into the pool and gets an account, both or neither. */
export async function addJudge(
  deps: Deps,
  actor: Actor & { committeeId: number },
  input: JudgeInput,
  requestId: string,
): Promise<AddOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<AddOutcome> => {
      const made = await insertStaff(
        { db: trx, cipher: deps.cipher },
        actor,
        { role: 'judge', committeeId: actor.committeeId, loginName: input.loginName, displayName: input.name },
        requestId,
      );
      if (made.kind === 'name-taken') throw new NameTaken();
      const judgeId = await insertJudge(trx, {
        ...input,
        committeeId: actor.committeeId,
        accountId: made.accountId,
        idIndex: signInNameIndex(deps.cipher, input.idNumber),
        addedBy: actor.accountId,
      });
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'judge.add',
        subjectKind: 'judge',
        subjectId: String(judgeId),
        detail: { committeeId: actor.committeeId, accountId: made.accountId },
        requestId,
      });
      return { kind: 'done', judgeId, password: made.password };
    });
  } catch (e) {
    if (e instanceof NameTaken) return { kind: 'name-taken' };
    if (isViolationOf(e, 'judges_once')) return { kind: 'already-in-pool' };
    throw e;
  }
}

export function correctJudge(
  deps: Deps,
  actor: Actor,
  judgeId: number,
  input: Pick<JudgeInput, 'unitName' | 'avoidedUnits' | 'title' | 'speciality'>,
  requestId: string,
): Promise<void> {
  return inTransaction(deps.db, async (trx) => {
    await updateJudge(trx, judgeId, input);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'judge.correct',
      subjectKind: 'judge',
      subjectId: String(judgeId),
      detail: { unitName: input.unitName },
      requestId,
    });
  });
}

/** Out of the pool, or back into it; false when it is that way already. Seats in meetings stay. */
export function switchJudge(deps: Deps, actor: Actor, judgeId: number, isIn: boolean, requestId: string): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    if (!(await switchJudgeRow(trx, judgeId, isIn))) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: isIn ? 'judge.return' : 'judge.leave',
      subjectKind: 'judge',
      subjectId: String(judgeId),
      requestId,
    });
    return true;
  });
}
