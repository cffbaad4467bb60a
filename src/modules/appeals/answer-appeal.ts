import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findPerson } from '../accounts';
import { explain, findDeclarationSubject, moveDeclaration, noInput, type Appeal } from '../declarations';
import { appealTexts } from './appeals.view';
import { answerRow, decideRow, findAppealFor } from './appeals.store';

export type AnswerOutcome = { kind: 'done' } | { kind: 'not-now'; reason: string };
type Final = 'kept' | 'refused' | 'granted';

class Undone extends Error {
  constructor(readonly reason: string) {
    super('the move of a granted recheck was refused');
  }
}

async function record(trx: Trx, actor: Actor, a: Appeal, action: string, detail: AuditDetail, requestId: string): Promise<void> {
  await appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action,
    subjectKind: 'declaration',
    subjectId: a.declarationId,
    detail: { appealId: a.id, ...detail },
    requestId,
  });
}

/** The applicant learns by message that there is an answer; what it says stands on their page only. */
async function tell(deps: Deps, trx: Trx, a: Appeal, state: Final): Promise<void> {
  const subject = await findDeclarationSubject(trx, a.declarationId);
  const person = subject && (await findPerson(trx, deps.cipher, subject.personId));
  if (!person) throw new Error(`declaration ${a.declarationId}: its person is gone`);
  await queueSms(deps, trx, {
    mobile: person.mobile,
    text: `您的职称评审结果复查申请已有答复：${appealTexts[state].text}。请登录系统，在「我的申报信息」中查看。`,
    purpose: 'appeal-answered',
    minutes: NEWS_MINUTES.person,
  });
}

async function tooLate(trx: Trx, actor: Actor, a: Appeal): Promise<AnswerOutcome> {
  const now = await findAppealFor(trx, actor, a.id);
  if (now?.state === 'withdrawn') return { kind: 'not-now', reason: '申请人已经撤回该复查申请，您的意见没有保存' };
  const who = now?.deciderName || now?.answererName;
  return { kind: 'not-now', reason: `该复查申请已由${who || '其他人员'}处理，您的意见没有保存` };
}

/** J4: the office answers: the result stands, or it proposes to the bureau that the committee review anew. */
export async function answerAppeal(
  deps: Deps,
  actor: Actor,
  a: Appeal,
  d: { state: 'kept' | 'proposed'; finding: string; requestId: string },
): Promise<AnswerOutcome> {
  return inTransaction(deps.db, async (trx): Promise<AnswerOutcome> => {
    if (!(await answerRow(trx, a.id, { state: d.state, finding: d.finding, by: actor }))) return tooLate(trx, actor, a);
    await record(trx, actor, a, 'appeal.answer', { state: d.state }, d.requestId);
    if (d.state === 'kept') await tell(deps, trx, a, 'kept');
    return { kind: 'done' };
  });
}

/** J4: the bureau decides on the office's proposal; where it agrees the declaration goes back before the committee. All of it is one transaction. */
export async function decideAppeal(
  deps: Deps,
  actor: Actor,
  a: Appeal,
  d: { state: 'granted' | 'refused'; opinion: string; requestId: string },
): Promise<AnswerOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<AnswerOutcome> => {
      if (!(await decideRow(trx, a.id, { state: d.state, opinion: d.opinion, by: actor }))) return tooLate(trx, actor, a);
      await record(trx, actor, a, 'appeal.decide', { state: d.state }, d.requestId);
      if (d.state === 'granted') {
        const moved = await moveDeclaration(deps, trx, a.declarationId, 'reopen', actor, { ...noInput, opinion: d.opinion }, d.requestId);
        if (moved.kind !== 'moved') throw new Undone(explain(moved));
      }
      await tell(deps, trx, a, d.state);
      return { kind: 'done' };
    });
  } catch (e) {
    if (e instanceof Undone) return { kind: 'not-now', reason: e.reason };
    throw e;
  }
}
