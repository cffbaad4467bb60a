import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf, type Handle, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { readIdNumber } from '../../lib/id-number';
import type { Actor } from '../../policy/actor';
import { countNames, signInNameIndex, tellFormerMobile, updateMobile } from '../accounts';
import {
  insertCorrection,
  lockIdentity,
  writeIdNumber,
  writeName,
  type Change,
  type CorrectionKind,
  type Evidence,
  type Identity,
} from './correction.store';

/** S15: which corrections take effect only when a second person of technical support has confirmed them. An ID number is what somebody signs in with, a mobile number is what opens an account whose password was forgotten; for names the administrator decides. */
export async function needsSecondPerson({ settings }: Pick<Deps, 'settings'>): Promise<Readonly<Record<CorrectionKind, boolean>>> {
  return { name: (await settings.get()).secondPersonForNames, 'id-number': true, mobile: true };
}

export interface CorrectionInput {
  accountId: number;
  change: Change;
  reason: string;
  evidence: Evidence;
  requestId: string;
}

export type CorrectionOutcome =
  | { kind: 'done'; declarations: number }
  | { kind: 'pending' }
  /** the person's data have been corrected since the form was filled in */
  | { kind: 'stale' }
  /** another correction of this kind waits for its second person */
  | { kind: 'waiting' }
  /** the number belongs to another account */
  | { kind: 'taken' };

export const isStillSo = (identity: Identity, change: Change): boolean =>
  change.kind === 'name'
    ? identity.name === change.oldName
    : change.kind === 'mobile'
      ? identity.mobile === change.oldMobile
      : identity.idType === change.oldIdType && identity.idNumber === change.oldIdNumber;

/** Puts a correction into effect; gives how many open declarations took the new name. Violates `sign_in_names_pkey` when a number is taken. */
export async function applyChange(deps: Deps, trx: Trx, accountId: number, change: Change): Promise<number> {
  if (change.kind === 'name') return writeName(trx, accountId, change.newName);
  if (change.kind === 'mobile') {
    await updateMobile(trx, deps.cipher, accountId, change.newMobile);
    await tellFormerMobile(deps, trx, { before: change.oldMobile, after: change.newMobile, by: '技术支持' });
    return 0;
  }
  const { today } = await databaseNow(trx);
  const said = readIdNumber(change.newIdType, change.newIdNumber, today);
  if (!said.ok) throw new Error('a correction holds a number that cannot be read');
  await writeIdNumber(trx, deps.cipher, accountId, {
    idType: change.newIdType,
    idNumber: said.value,
    ...(said.sex ? { sex: said.sex } : {}),
    ...(said.bornOn ? { bornOn: said.bornOn } : {}),
  });
  return 0;
}

/** Whether another account signs in with this number. */
export async function isNumberTaken(deps: Pick<Deps, 'cipher'>, h: Handle, change: Change): Promise<boolean> {
  if (change.kind !== 'id-number' || change.newIdNumber === change.oldIdNumber) return false;
  return (await countNames(h, signInNameIndex(deps.cipher, change.newIdNumber))) > 0;
}

/**
 * B4, S15: corrects a name at once unless the settings ask for a second person, and asks for the correction of an ID number or a lost mobile number, which a second person confirms (`decideCorrection`). Old and new value, reason,
 * evidence, who and when are kept.
 */
export async function requestCorrection(deps: Deps, actor: Actor, input: CorrectionInput): Promise<CorrectionOutcome> {
  const { accountId, change } = input;
  const isFinal = !(await needsSecondPerson(deps))[change.kind];
  try {
    return await inTransaction(deps.db, async (trx): Promise<CorrectionOutcome> => {
      const identity = await lockIdentity(trx, deps.cipher, accountId);
      if (!identity || !isStillSo(identity, change)) return { kind: 'stale' };
      if (await isNumberTaken(deps, trx, change)) return { kind: 'taken' };
      const id = await insertCorrection(trx, deps.cipher, { ...input, requestedBy: actor.accountId, isFinal });
      const declarations = isFinal ? await applyChange(deps, trx, accountId, change) : 0;
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: isFinal ? `account.correct-${change.kind}` : `account.correct-${change.kind}-request`,
        subjectKind: 'account',
        subjectId: String(accountId),
        detail: {
          correction: id,
          ...(change.kind === 'name' ? { before: change.oldName, after: change.newName } : {}),
          reason: input.reason,
          evidence: input.evidence.sha256,
          ...(isFinal ? { declarations } : {}),
        },
        requestId: input.requestId,
      });
      return isFinal ? { kind: 'done', declarations } : { kind: 'pending' };
    });
  } catch (e) {
    if (isViolationOf(e, 'identity_corrections_one_pending')) return { kind: 'waiting' };
    if (isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'taken' };
    throw e;
  }
}
