import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { databaseNow, inTransaction } from '../../db/db';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { problemLinks, showSize } from '../../form/form-model';
import { choiceFilter } from '../../form/filter-controls';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, removeDraft } from '../../http/form-drafts.store';
import { addressOf, placeQuery, readPlace, rowsAt, stepLinks } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  accountOf,
  correctionOf,
  notFound,
  page,
  refusal,
  seeOther,
  type Crumb,
  type PageMeta,
  type Reply,
  type Route,
  type UploadedFile,
  type Visit,
} from '../../http/route';
import { isRowId, wholeNumber } from '../../lib/ids';
import { maskIdNumber, maskMobile, maskNumbersIn } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { can } from '../../policy/policy';
import { takeFile, withheldContent } from '../attachments';
import { correctionsTable, correctionTags, kindText } from './account.view';
import {
  changeOf,
  changeRows,
  correctionForm,
  correctionForms,
  decideForm,
  EVIDENCE,
  identityPolicy,
  isCorrectionKind,
  PART,
  UPLOAD,
} from './correction-form';
import {
  countCorrections,
  countOpenDeclarations,
  dismissCorrection,
  findCorrection,
  listCorrections,
  lockIdentity,
  type Change,
  type Correction,
  type CorrectionKind,
  type Evidence,
  type Identity,
} from './correction.store';
import { decideCorrection } from './decide-correction';
import { isNumberTaken, needsSecondPerson, requestCorrection } from './request-correction';

/** What is kept between form and confirm page. */
interface Draft {
  accountId: number;
  kind: CorrectionKind;
  raw: RawSection;
  evidence?: Evidence;
  problems: Problem[];
  /** everything was in order: what the confirm page shows and does */
  change?: Change;
}

const problemAt = (field: string, text: string): Problem => ({ part: PART, field, severity: 'rule', text });
const titles: Readonly<Record<CorrectionKind, string>> = { name: '更正姓名', 'id-number': '更正证件号码', mobile: '更换手机号码' };
const TAKEN = '该证件号码已经属于另一个账号，请先用「账号查询」核实';

/** B4, S15: correcting a name, and with a second person an ID number or a lost mobile number. */
export function correctionsRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  const identityOf = async (accountId: number): Promise<Identity> => {
    const identity = await inTransaction(db, (trx) => lockIdentity(trx, cipher, accountId));
    if (!identity) throw new Error(`account ${accountId} has no person`);
    return identity;
  };
  const kindOf = (visit: Visit): CorrectionKind | undefined => {
    const kind = visit.param('kind');
    return isCorrectionKind(kind) ? kind : undefined;
  };
  const draftOf = async (visit: Visit, id: string, kind: CorrectionKind): Promise<Draft | undefined> => {
    const kept = await findDraft<Draft>(db, cipher, 'identity-correction', visit.owner, id);
    if (kept?.accountId !== accountOf(visit).id || kept.kind !== kind) return undefined;
    return { ...kept, raw: restoreSection(correctionForms[kind], kept.raw) };
  };
  const crumbsTo = (accountId: number, name: string, text: string): Crumb[] => [
    homeCrumb,
    { text: '账号查询', href: paths.findAccounts() },
    { text: name, href: paths.supportAccount(accountId) },
    { text },
  ];

  // ---- the form

  const showForm = async (visit: Visit): Promise<Reply> => {
    const kind = kindOf(visit);
    if (!kind) return notFound;
    const { id } = accountOf(visit);
    const [identity, { today }, draft] = await Promise.all([
      identityOf(id),
      databaseNow(db),
      draftOf(visit, visit.query.one('draft'), kind),
    ]);
    const section = correctionForms[kind];
    const problems = draft?.problems ?? [];
    return page(
      'support/correct-identity',
      { title: titles[kind], breadcrumbs: crumbsTo(id, identity.name, titles[kind]), errors: problemLinks(problems) },
      {
        rows:
          kind === 'name'
            ? [{ label: '现在的姓名', text: identity.name }]
            : [
                { label: '姓名', text: identity.name },
                kind === 'mobile'
                  ? { label: '现在的手机号码', text: maskMobile(identity.mobile) }
                  : { label: '现在的证件号码', text: maskIdNumber(identity.idNumber) },
              ],
        needsSecond: (await needsSecondPerson(deps))[kind],
        what: kindText(kind),
        form: correctionForm({
          section,
          raw: draft?.raw ?? { groups: { [PART]: kind === 'id-number' ? { idType: identity.idType } : {} }, rows: {} },
          ctx: smallFormContext(today, { policy: identityPolicy(identity) }),
          problems,
          evidence: draft?.evidence,
          evidenceSize: draft?.evidence ? showSize(draft.evidence.size) : '',
          action: addressOf(paths.correctIdentity(id, kind), { draft: visit.query.one('draft') }),
        }),
      },
    );
  };

  const receive = async (upload: UploadedFile): Promise<{ evidence: Evidence } | { problem: string }> => {
    const outcome = await takeFile(deps, upload);
    if (outcome.kind === 'refused') return { problem: outcome.problem };
    const { name, mediaType, size, sha256 } = outcome.file;
    return { evidence: { name, mediaType, size, sha256 } };
  };

  const postForm = async (visit: Visit): Promise<Reply> => {
    const kind = kindOf(visit);
    if (!kind) return notFound;
    const { id } = accountOf(visit);
    const section = correctionForms[kind];
    const [identity, { today }, before] = await Promise.all([
      identityOf(id),
      databaseNow(db),
      draftOf(visit, visit.query.one('draft'), kind),
    ]);
    const raw = readSection(section, visit.body, emptySection(section));
    const file = visit.files.find((f) => f.field === EVIDENCE);
    const received = file ? await receive(file) : undefined;
    const evidence = received && 'evidence' in received ? received.evidence : before?.evidence;
    const problems: Problem[] = [];
    let change: Change | undefined;
    if (visit.body.one('do') !== UPLOAD) {
      const checked = checkSection(section, raw, smallFormContext(today, { policy: identityPolicy(identity) }));
      problems.push(...checked.problems);
      if (problems.length === 0) {
        change = changeOf(kind, checked, identity, today);
        if (await isNumberTaken(deps, db, change)) problems.push(problemAt('idNumber', TAKEN));
      }
      if (!evidence && !received) problems.push(problemAt('evidence', '请上传「证明材料」'));
    } else if (!received) problems.push(problemAt('evidence', '请先选择文件，再点击「上传」'));
    if (received && 'problem' in received) problems.push(problemAt('evidence', received.problem));
    const isReady = change !== undefined && problems.length === 0;
    const draft: Draft = { accountId: id, kind, raw, problems, ...(evidence ? { evidence } : {}), ...(isReady ? { change } : {}) };
    const kept = await keepDraft(db, cipher, 'identity-correction', visit.owner, draft);
    return seeOther(addressOf(isReady ? paths.confirmIdentity(id, kind) : paths.correctIdentity(id, kind), { draft: kept }));
  };

  // ---- before and after

  const showConfirm = async (visit: Visit): Promise<Reply> => {
    const kind = kindOf(visit);
    if (!kind) return notFound;
    const { id } = accountOf(visit);
    const key = visit.query.one('draft');
    const draft = await draftOf(visit, key, kind);
    if (!draft?.change || !draft.evidence) return seeOther(paths.correctIdentity(id, kind));
    const [identity, declarations] = await Promise.all([identityOf(id), countOpenDeclarations(db, id)]);
    return page(
      'support/confirm-identity',
      { title: `确认${titles[kind]}`, breadcrumbs: crumbsTo(id, identity.name, titles[kind]) },
      {
        changes: changeRows(draft.change, true),
        rows: [
          { label: '更正原因', text: maskNumbersIn(draft.raw.groups[PART]?.reason ?? '') },
          { label: '证明材料', text: `${draft.evidence.name}（${showSize(draft.evidence.size)}）` },
        ],
        action: paths.confirmIdentity(id, kind),
        draft: key,
        needsSecond: (await needsSecondPerson(deps))[kind],
        kind,
        declarations,
        backHref: addressOf(paths.correctIdentity(id, kind), { draft: key }),
      },
    );
  };

  const confirm = async (visit: Visit): Promise<Reply> => {
    const kind = kindOf(visit);
    if (!kind) return notFound;
    const { id } = accountOf(visit);
    const back = { text: '返回该账号', href: paths.supportAccount(id) };
    const key = visit.body.one('draft');
    const draft = await draftOf(visit, key, kind);
    if (!draft?.change || !draft.evidence) return refusal(410, '填写的内容已经失效，请重新填写', back);
    const outcome = await requestCorrection(deps, visit.actor, {
      accountId: id,
      change: draft.change,
      reason: maskNumbersIn(draft.raw.groups[PART]?.reason ?? ''),
      evidence: draft.evidence,
      requestId: visit.requestId,
    });
    switch (outcome.kind) {
      case 'done':
      case 'pending':
        await removeDraft(db, key);
        return seeOther(addressOf(paths.supportAccount(id), { done: outcome.kind === 'pending' ? 'pending' : kind }));
      case 'stale':
        return refusal(409, '该账号的信息刚刚被更正过，请核对后重新填写', back);
      case 'waiting':
        return refusal(409, '该账号已有一项更正申请等待复核，请先处理', { text: '查看更正申请', href: paths.corrections() });
      case 'taken':
        return refusal(409, TAKEN, back);
    }
  };

  // ---- the second person

  const stateNames: readonly { value: Correction['state']; text: string }[] = [
    { value: 'pending', text: '待复核' },
    { value: 'confirmed', text: '已更正' },
    { value: 'refused', text: '未同意' },
  ];

  const queue = async (visit: Visit): Promise<Reply> => {
    const asked = visit.query.one('state');
    const state = stateNames.find((s) => s.value === asked)?.value ?? 'pending';
    const place = readPlace(visit.query, isRowId);
    const count = await countCorrections(db, state);
    const slice = await listCorrections(db, cipher, state, place, rowsAt(place, count));
    const done = visit.query.one('done');
    const notice: PageMeta['notice'] =
      done === 'confirm'
        ? { kind: 'success', text: '已同意，更正已经生效，本人登录后可以看到通知' }
        : done === 'refuse'
          ? { kind: 'success', text: '已登记为不同意，原来的信息没有改变' }
          : undefined;
    return page(
      'support/corrections',
      { title: '更正复核', breadcrumbs: [homeCrumb, { text: '更正复核' }], ...(notice ? { notice } : {}) },
      {
        filter: {
          action: paths.corrections(),
          resetHref: paths.corrections(),
          // what waits is what the page begins with
          controls: [
            choiceFilter(
              'state',
              '状态',
              stateNames.map((s) => (s.value === 'pending' ? { ...s, value: '' } : s)),
              state === 'pending' ? '' : state,
            ),
          ],
        },
        table: correctionsTable('更正申请', state === 'pending' ? '没有等待复核的更正申请' : '没有这样的更正', slice.rows, true),
        pages: stepLinks(slice, count, (to) => addressOf(paths.corrections(), { state, ...placeQuery(to) })),
      },
    );
  };

  const correctionPage = async (visit: Visit, raw: RawSection, problems: readonly Problem[] = []): Promise<Reply> => {
    const subject = correctionOf(visit);
    const found = await findCorrection(db, cipher, subject.id);
    if (!found) throw new Error(`no correction ${subject.id}`);
    const { today } = await databaseNow(db);
    const decision = can(visit.actor, 'correction.decide', subject);
    // a whole number is shown to whoever has to compare it with the evidence, and that is recorded
    const showsNumber = found.change.kind !== 'name' && decision.ok;
    if (showsNumber)
      await appendAudit(db, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'account.correction-read',
        subjectKind: 'account',
        subjectId: String(found.accountId),
        detail: { correction: found.id },
        requestId: visit.requestId,
      });
    return page(
      'support/correction',
      {
        title: `${titles[found.change.kind]}：${found.personName}`,
        breadcrumbs: [homeCrumb, { text: '更正复核', href: paths.corrections() }, { text: found.personName }],
        errors: problemLinks(problems),
      },
      {
        tag: correctionTags[found.state],
        changes: changeRows(found.change, showsNumber),
        rows: [
          { label: '姓名', text: found.personName, href: paths.supportAccount(found.accountId) },
          { label: '更正原因', text: found.reason },
          { label: '证明材料', text: found.evidence.name, href: paths.correctionEvidence(found.id) },
          { label: '提出', text: `${found.requestedByName}，${showMoment(found.requestedAt)}` },
          ...(found.decidedByName === null ? [] : [{ label: '复核', text: `${found.decidedByName}，${showMoment(found.decidedAt)}` }]),
          ...(found.decisionReason ? [{ label: '不同意的原因', text: found.decisionReason }] : []),
        ],
        advice: decision.ok || found.state !== 'pending' ? '' : decision.why === 'not-now' ? decision.reason : '',
        form: decision.ok
          ? smallForm({
              section: decideForm,
              raw,
              ctx: smallFormContext(today),
              problems,
              action: paths.correction(found.id),
              buttons: [{ value: 'save', text: '提交复核意见', kind: 'primary' }],
            })
          : undefined,
      },
      problems.length > 0 ? 422 : 200,
    );
  };

  const decide = async (visit: Visit): Promise<Reply> => {
    const { id } = correctionOf(visit);
    const raw = readSection(decideForm, visit.body, emptySection(decideForm));
    const { problems } = checkSection(decideForm, raw, smallFormContext((await databaseNow(db)).today));
    if (problems.length > 0) return correctionPage(visit, raw, problems);
    const decision = raw.groups.decision?.result === 'refuse' ? 'refuse' : 'confirm';
    const reason = decision === 'refuse' ? maskNumbersIn(raw.groups.decision?.reason ?? '') : '';
    const outcome = await decideCorrection(deps, visit.actor, { id, decision, reason, requestId: visit.requestId });
    const next = { text: '查看该更正申请', href: paths.correction(id) };
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.corrections(), { done: decision }));
      case 'already-decided':
        return refusal(
          409,
          `该更正申请已由${outcome.correction.decidedByName ?? '其他人员'}于 ${showMoment(outcome.correction.decidedAt)} 处理为「${correctionTags[outcome.correction.state].text}」，您的意见没有保存`,
          next,
        );
      case 'stale':
        return refusal(409, '该账号的信息在申请之后又被更正过，请选择「不同意」，需要时重新提出更正', next);
      case 'taken':
        return refusal(409, '该证件号码在申请之后已经由另一个账号注册，不能更正。请选择「不同意」并写明原因', next);
    }
  };

  const evidence = async (visit: Visit): Promise<Reply> => {
    const found = await findCorrection(db, cipher, correctionOf(visit).id);
    if (!found) return notFound;
    const no = await withheldContent(db, found.evidence.sha256, { text: '返回更正复核', href: paths.corrections() });
    if (no) return no;
    await appendAudit(db, {
      actorId: visit.actor.accountId,
      actorName: visit.actor.name,
      action: 'account.correction-evidence',
      subjectKind: 'account',
      subjectId: String(found.accountId),
      detail: { correction: found.id },
      requestId: visit.requestId,
    });
    const { sha256, mediaType, name } = found.evidence;
    return { kind: 'file', body: await deps.storage.get(sha256), contentType: mediaType, fileName: name, inline: true };
  };

  const dismiss = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('news'));
    if (id === undefined) return notFound;
    await dismissCorrection(db, visit.actor.accountId, id);
    return seeOther(paths.home());
  };

  const audit = 'account.correct-name, account.correct-name-request, account.correct-id-number-request, account.correct-mobile-request';
  return [
    { method: 'get', path: paths.correctIdentity(':account', ':kind'), access: 'account.correct', audit: null, handle: showForm },
    {
      method: 'post',
      path: paths.correctIdentity(':account', ':kind'),
      access: 'account.correct',
      audit: null,
      files: 1,
      handle: postForm,
    },
    { method: 'get', path: paths.confirmIdentity(':account', ':kind'), access: 'account.correct', audit: null, handle: showConfirm },
    { method: 'post', path: paths.confirmIdentity(':account', ':kind'), access: 'account.correct', audit, handle: confirm },
    // nobody's record but the reader's own note that it was read
    { method: 'post', path: paths.dismissCorrection(':news'), access: 'profile.edit', audit: null, handle: dismiss },
    { method: 'get', path: paths.corrections(), access: 'corrections.queue', audit: null, handle: queue },
    {
      method: 'get',
      path: paths.correction(':correction'),
      access: 'correction.read',
      audit: 'account.correction-read',
      handle: (visit) => correctionPage(visit, emptySection(decideForm)),
    },
    {
      method: 'post',
      path: paths.correction(':correction'),
      access: 'correction.decide',
      audit:
        'account.correct-name-confirm, account.correct-name-refuse, account.correct-id-number-confirm, account.correct-id-number-refuse, account.correct-mobile-confirm, account.correct-mobile-refuse',
      handle: decide,
    },
    {
      method: 'get',
      path: paths.correctionEvidence(':correction'),
      access: 'correction.read',
      audit: 'account.correction-evidence',
      handle: evidence,
    },
  ];
}
