import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Handle, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can, covers, type CommitteeSubject } from '../../policy/policy';
import type { PlainDate } from '../../lib/dates';
import { showEnd } from '../../lib/moment';
import type { CommitteeInput } from './committee-form';
import {
  countUnderWay,
  endCommitteeRow,
  findCommitteeSubject,
  findDivisionsByName,
  insertCommittee,
  insertRequest,
  lockCommittee,
  reviseCommitteeRow,
} from './committee.store';

export type FoundOutcome =
  | { kind: 'done'; committeeId: number }
  | { kind: 'name-taken' }
  | { kind: 'unknown-divisions'; names: string[] }
  /** a bureau founds committees of its own region only */
  | { kind: 'not-your-division' }
  | { kind: 'not-now'; reason: string };

const note = (trx: Trx, actor: Actor, action: string, committeeId: number, requestId: string, detail: AuditDetail = {}) =>
  appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action,
    subjectKind: 'committee',
    subjectId: String(committeeId),
    detail,
    requestId,
  });

/** The committee, locked, if the policy (still) allows this act on it. */
async function lockFor(
  trx: Trx,
  actor: Actor,
  action: 'committee.revise' | 'committee.renew' | 'committee.end',
  id: number,
): Promise<{ subject: CommitteeSubject } | { reason: string }> {
  await lockCommittee(trx, id);
  const subject = await findCommitteeSubject(trx, id);
  if (!subject) throw new Error(`committee ${id} is gone`);
  const decision = can(actor, action, subject);
  if (decision.ok) return { subject };
  return { reason: decision.why === 'not-now' ? decision.reason : '没有找到该评审委员会' };
}

/** J0 「组建评委会」: asks the bureau for a new committee, or once more for one that was refused. */
export async function foundCommittee(
  deps: Deps,
  actor: Actor,
  input: CommitteeInput & { revises?: number; requestId: string },
): Promise<FoundOutcome> {
  if (actor.role === 'bureau' && (actor.divisionCode === undefined || !covers(actor.divisionCode, input.divisionCode)))
    return { kind: 'not-your-division' };
  try {
    return await inTransaction(deps.db, async (trx): Promise<FoundOutcome> => {
      const { codes, unknown } = await findDivisionsByName(trx, input.moreDivisions);
      if (unknown.length > 0) return { kind: 'unknown-divisions', names: unknown };
      let committeeId = input.revises;
      if (committeeId === undefined) {
        committeeId = await insertCommittee(trx, input, codes, { unitId: actor.unitId ?? null, name: actor.behalf });
      } else {
        const locked = await lockFor(trx, actor, 'committee.revise', committeeId);
        if ('reason' in locked) return { kind: 'not-now', reason: locked.reason };
        await reviseCommitteeRow(trx, committeeId, input, codes);
      }
      await insertRequest(trx, { committeeId, kind: 'found', accountId: actor.accountId });
      await note(trx, actor, 'committee.found', committeeId, input.requestId, {
        seriesId: input.seriesId,
        levels: input.levels,
        divisionCode: input.divisionCode,
        validFrom: input.validFrom,
        validUntil: input.validUntil,
      });
      return { kind: 'done', committeeId };
    });
  } catch (e) {
    if (isViolationOf(e, 'committees_name_key')) return { kind: 'name-taken' };
    throw e;
  }
}

export type ActOutcome = { kind: 'done' } | { kind: 'not-now'; reason: string };

/** 换届: asks for a new term, which begins on the day of its approval. */
export function askRenewal(
  deps: Deps,
  actor: Actor,
  input: { committeeId: number; validUntil: PlainDate; requestId: string },
): Promise<ActOutcome> {
  return inTransaction(deps.db, async (trx) => {
    const locked = await lockFor(trx, actor, 'committee.renew', input.committeeId);
    if ('reason' in locked) return { kind: 'not-now', reason: locked.reason };
    await insertRequest(trx, { ...input, kind: 'renew', accountId: actor.accountId });
    await note(trx, actor, 'committee.renew', input.committeeId, input.requestId, { validUntil: input.validUntil });
    return { kind: 'done' };
  });
}

/** What keeps the committee from being ended now: declarations under way with it, or to it. */
export async function whyNotToEnd(h: Handle, committeeId: number): Promise<string | undefined> {
  const { held, coming, closesAt } = await countUnderWay(h, committeeId);
  if (held > 0) return `还有 ${held} 份申报正在该评审委员会办理，办结后才能终止`;
  if (coming === 0) return undefined;
  return `还有 ${coming} 份申报正在填写或者正在单位审核，尚未报送到该评审委员会，${
    closesAt ? `单位上报截止（${showEnd(closesAt)}）后才能终止；需要提前终止的，请联系系统管理员先截止申报批次` : '报送并办结后才能终止'
  }`;
}

/**
 * Ends a committee before its time; refused while declarations are under way with it, or to it: nobody is left with a draft that leads nowhere. The lock on the
 * committee and `isCommitteeEnded` of those that begin one make two at the same moment one after the other.
 */
export function endCommittee(
  deps: Deps,
  actor: Actor,
  input: { committeeId: number; reason: string; requestId: string },
): Promise<ActOutcome> {
  return inTransaction(deps.db, async (trx) => {
    const locked = await lockFor(trx, actor, 'committee.end', input.committeeId);
    if ('reason' in locked) return { kind: 'not-now', reason: locked.reason };
    const hindrance = await whyNotToEnd(trx, input.committeeId);
    if (hindrance !== undefined) return { kind: 'not-now', reason: hindrance };
    await endCommitteeRow(trx, input.committeeId, input.reason);
    await note(trx, actor, 'committee.end', input.committeeId, input.requestId, { reason: input.reason });
    return { kind: 'done' };
  });
}
