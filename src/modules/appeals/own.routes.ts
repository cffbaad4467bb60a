import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { declarationOf, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { countCharacters, normaliseText } from '../../lib/text';
import { APPEAL_SECTION, insertAttachments, receiveFiles, removeAttachment, sayNotAdded, type NewAttachment } from '../attachments';
import { findAppealChance, findAppeals, findDeclaration } from '../declarations';
import { askAppeal, lockChance, whyNot, withdrawAppeal } from './ask-appeal';
import { appealRows, appealTexts, evidenceLinks } from './appeals.view';
import { evidenceField, evidenceRaw, evidenceSection, listEvidence, MAX_EVIDENCE } from './evidence';

const DRAFT = 'appeal';
const WORDS = 1000;
const dones: Record<string, string> = { asked: '复查申请已提交，请等待评委会办事机构答复', withdrawn: '复查申请已撤回' };

interface Typed {
  declaration: string;
  reason: string;
}

/** 「申请复查」 (J4): the applicant's page of a result that is not passed. */
export function ownAppealRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function show(visit: Visit, typed?: string, errors: PageError[] = []): Promise<Reply> {
    const { id } = declarationOf(visit);
    const d = await findDeclaration(db, id);
    if (!d) throw new Error('the declaration vanished between guard and handler');
    const chance = await findAppealChance(db, d);
    const appeals = await findAppeals(db, id);
    if (!chance && appeals.length === 0)
      return refusal(403, '只有评审未通过的申报可以申请复查', { text: '返回申报详情', href: paths.declaration(id) });
    const kept = typed === undefined ? await findDraft<Typed>(db, cipher, DRAFT, visit.owner, visit.query.one('draft')) : undefined;
    const why = whyNot(chance);
    const requests = [];
    for (const a of appeals)
      requests.push({
        rows: appealRows(a),
        tag: appealTexts[a.state],
        files: a.state === 'withdrawn' ? [] : evidenceLinks(id, await listEvidence(db, id, a.resultEventId)),
        withdrawHref: a.state === 'asked' ? paths.withdrawRecheck(id) : undefined,
      });
    const files = chance ? evidenceLinks(id, await listEvidence(db, id, chance.eventId)) : [];
    return page(
      'appeals/own',
      {
        title: '申请复查',
        breadcrumbs: [
          homeCrumb,
          { text: '我的申报信息', href: paths.declarations() },
          { text: '申报详情', href: paths.declaration(id) },
          { text: '申请复查' },
        ],
        errors,
        ...doneNotice(visit, dones),
      },
      {
        requests: requests.reverse(),
        closed: chance && !chance.appeal ? why : undefined,
        until: chance?.until === undefined ? undefined : showDate(chance.until),
        days: chance?.days,
        form:
          chance && why === undefined
            ? {
                action: paths.recheck(id),
                reason: typed ?? (kept?.declaration === id ? kept.reason : ''),
                limit: WORDS,
                files,
                canAdd: files.length < MAX_EVIDENCE,
                max: MAX_EVIDENCE,
                problems: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
              }
            : undefined,
        backHref: paths.declaration(id),
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  const keep = async (visit: Visit, reason: string): Promise<Reply> => {
    const { id } = declarationOf(visit);
    const draft = await keepDraft(db, cipher, DRAFT, visit.owner, { declaration: id, reason } satisfies Typed);
    return seeOther(addressOf(paths.recheck(id), { draft }));
  };

  /** Changes the evidence while the request can still be made. Gives what could not be added; a reason when it is too late. */
  async function changeEvidence(visit: Visit, work: (trx: Trx) => Promise<string[]>): Promise<{ problems: string[] } | { reason: string }> {
    const { id } = declarationOf(visit);
    return inTransaction(db, async (trx) => {
      const { reason } = await lockChance(trx, id);
      if (reason !== undefined) return { reason };
      const problems = await work(trx);
      await appendAudit(trx, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'appeal.evidence',
        subjectKind: 'declaration',
        subjectId: id,
        requestId: visit.requestId,
      });
      return { problems };
    });
  }
  const add = async (trx: Trx, visit: Visit, good: readonly NewAttachment[]): Promise<string[]> =>
    (await insertAttachments(trx, declarationOf(visit).id, good, visit.actor.accountId)).filter((n) => n.why !== 'same').map(sayNotAdded);

  const tooLate = (id: string, reason: string): Reply => refusal(409, reason, { text: '查看复查申请', href: paths.recheck(id) });
  const onFiles = (problems: readonly string[]): PageError[] => problems.map((text) => ({ text, href: '#evidence' }));

  async function post(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    const d = await findDeclaration(db, id);
    const chance = d && (await findAppealChance(db, d));
    const why = whyNot(chance);
    if (!chance || why !== undefined) return tooLate(id, why ?? '没有找到该申报');
    const reason = normaliseText(visit.body.one('reason'));
    const [act, file = ''] = visit.body.one('do').split(':');
    if (act === 'remove') {
      const removed = await changeEvidence(visit, async (trx) => {
        await removeAttachment(trx, id, APPEAL_SECTION, file);
        return [];
      });
      return 'reason' in removed ? tooLate(id, removed.reason) : keep(visit, reason);
    }
    const uploads = visit.files.map((f) => ({ ...f, field: evidenceField(chance.eventId) }));
    const received = await receiveFiles(deps, evidenceSection, evidenceRaw(chance.eventId), uploads);
    const errors = onFiles(received.problems);
    if (act === 'upload' && uploads.length === 0) errors.push({ text: '请选择要上传的文件', href: '#evidence' });
    if (act !== 'upload') {
      if (reason === '') errors.unshift({ text: '请填写「申请理由」', href: '#reason' });
      else if (countCharacters(reason) > WORDS) errors.unshift({ text: `「申请理由」最多 ${WORDS} 个字`, href: '#reason' });
    }
    if (act === 'upload' || errors.length > 0) {
      // what is fit to be kept is kept, whatever else has to be mended
      if (received.good.length > 0) {
        const added = await changeEvidence(visit, (trx) => add(trx, visit, received.good));
        if ('reason' in added) return tooLate(id, added.reason);
        errors.push(...onFiles(added.problems));
      }
      return errors.length > 0 ? show(visit, reason, errors) : keep(visit, reason);
    }
    const notAdded: string[] = [];
    try {
      const outcome = await askAppeal(deps, visit.actor, id, {
        reason,
        attach: async (trx) => void notAdded.push(...(await add(trx, visit, received.good))),
        requestId: visit.requestId,
      });
      if (outcome.kind === 'not-now') return tooLate(id, outcome.reason);
    } catch (e) {
      if (!isViolationOf(e, 'appeals_one_for_a_result')) throw e;
      return tooLate(id, '对这次评审结果已经申请过复查，同一结果只能申请一次');
    }
    return seeOther(addressOf(paths.recheck(id), { done: 'asked' }));
  }

  async function withdraw(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    if (await withdrawAppeal(deps, visit.actor, id, visit.requestId)) return seeOther(addressOf(paths.recheck(id), { done: 'withdrawn' }));
    return tooLate(id, '复查申请已经答复，不能撤回');
  }

  const path = '/declarations/:declaration/recheck';
  return [
    { method: 'get', path, access: 'declaration.own', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path, access: 'appeal.ask', audit: 'appeal.ask, appeal.evidence', files: MAX_EVIDENCE, handle: post },
    { method: 'post', path: `${path}/withdraw`, access: 'appeal.ask', audit: 'appeal.withdraw', handle: withdraw },
  ];
}
