import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { completenessOf } from '../../form/check-section';
import { anchorOf, type SectionDefinition } from '../../form/section';
import { textFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showDate } from '../../lib/dates';
import { showEnd, showMoment, timeLeft } from '../../lib/moment';
import { isByHand, moveNames, moves, states, type MoveName } from '../../policy/declaration-moves';
import { can, movesFor, type DeclarationSubject } from '../../policy/policy';
import { findBatch, listOpenBatches } from '../batches';
import { findCertificateOf, type Certificate } from '../certificates';
import { levelText } from '../catalogue';
import { outcomeTags } from '../eligibility';
import { findNewerName } from '../support';
import { findAppealChance, findAppeals, type AppealChance } from './appeals.read';
import { declarationName, listCrumbs, mineCrumb, mineCrumbs, openComments, rowOf } from './declaration-pages';
import { findHolderContact, listDeletedDrafts, listOwnDeclarations } from './declarations.read';
import {
  deleteDraft,
  findEvents,
  findStops,
  findVote,
  findStanding,
  lockDeclaration,
  type Declaration,
  type SectionComment,
} from './declarations.store';
import { chainOf, moveButtons, summaryOf, timelineOf } from './declarations.view';
import { ownState } from './own-state.view';
import { currentContent } from './freeze-version';
import { isUntouched, photoComplaint } from './guards';
import { isShut } from './lock-section';
import { loadDeclaration, sectionsOf, type LoadedDeclaration } from './load-declaration';
import { sectionTitleOf } from './section-title';
import { sections } from './sections';
import { basics } from './sections/basics.section';
import { listEarlier } from './rechecks.store';
import { restoreDraft } from './restore-draft';
import { startDeclaration } from './start-declaration';

const sectionTitle = (id: string): string => sectionTitleOf(id) ?? id;

const COMMITTEE_ENDED = '该评审委员会已经终止';
/** why a deleted draft does not come back */
const noWayBack = {
  'committee-ended': `${COMMITTEE_ENDED}，不能恢复该草稿`,
  'another-one': '您已在同一评审委员会新增了另一份申报，不能再恢复该草稿。需要恢复的，请先删除新增的草稿',
} as const;

/** Where the work goes on after a move. */
const nextAfter: Partial<Record<MoveName, { href: string; linkText: string }>> = {
  pass: { href: paths.report(), linkText: '职称申报数据上报' },
  publish: { href: paths.publicities(), linkText: '查看「结果公示」' },
};

/** D0, D1, D16: a person's declarations, a new one, and the overview of one, also for its reviewers. */
export function overviewRoutes(deps: Deps): Route[] {
  // ---- D0: the list, a new one, the commitment

  async function list(visit: Visit): Promise<Reply> {
    const { deletedDraftDays } = await deps.settings.get();
    const rows = await listOwnDeclarations(deps.db, visit.actor.accountId);
    const deleted = await listDeletedDrafts(deps.db, visit.actor.accountId, deletedDraftDays);
    const isDeleted = visit.query.one('deleted') === '1';
    return page(
      'declarations/list',
      {
        title: '我的申报信息',
        breadcrumbs: [homeCrumb, { text: '我的申报信息' }],
        ...(isDeleted
          ? {
              notice: {
                kind: 'success' as const,
                text: deleted.length > 0 ? '草稿已删除，可以在下面的「已删除的草稿」中恢复' : '草稿已删除',
              },
            }
          : {}),
      },
      {
        deletedDays: deletedDraftDays,
        deleted: deleted.map((d) => ({
          name: declarationName(d, d.series_name, levelText(d.level)),
          committee: d.committee_name,
          deletedAt: showMoment(d.deleted_at),
          keptUntil: showMoment(d.kept_until),
          action: d.hindrance === null ? paths.restoreDraft(d.id) : undefined,
          hindrance: d.hindrance === null ? undefined : noWayBack[d.hindrance],
        })),
        rows: rows.map((r) => ({
          ...r,
          name: declarationName(r, r.series_name, levelText(r.level)),
          state: ownState(r),
          href: paths.declaration(r.id),
          moved: showMoment(r.moved_at),
          isOver: states[r.state].final === true,
          certificate:
            r.certificate_number === null
              ? undefined
              : { href: paths.certificate(r.id), statusHref: paths.certificateStatus(r.id), revoked: r.isRevoked },
        })),
      },
    );
  }

  async function chooseBatch(visit: Visit): Promise<Reply> {
    const open = (await listOpenBatches(deps.db, { personId: visit.actor.accountId })).filter((b) => b.isOpenForApplicants);
    const own = new Map(
      (await listOwnDeclarations(deps.db, visit.actor.accountId)).map((d) => [
        `${d.year}/${d.committee_name}/${d.series_name}/${d.level}`,
        d.id,
      ]),
    );
    const wanted = visit.query.one('q').trim().slice(0, 50);
    const shown =
      wanted === '' ? open : open.filter((b) => `${b.committeeName}${b.seriesName}${b.levelText}${b.divisionName}`.includes(wanted));
    return page(
      'declarations/choose-batch',
      { title: '新增申报信息', breadcrumbs: [...mineCrumbs, { text: '新增申报信息' }] },
      {
        q: wanted,
        filter: {
          action: paths.newDeclaration(),
          resetHref: paths.newDeclaration(),
          controls: [textFilter('q', '评审委员会', wanted, 'm')],
        },
        batches: shown.map((b) => ({
          name: declarationName(b, b.seriesName, b.levelText),
          committee: b.committeeName,
          closes: showEnd(b.applicantClosesAt),
          href: paths.commitment(b.id),
          existing: own.get(`${b.year}/${b.committeeName}/${b.seriesName}/${b.level}`),
        })),
        anyOpen: open.length > 0,
      },
    );
  }

  const batchId = (visit: Visit): number => wholeNumber(visit.param('batch')) ?? 0;

  async function commitment(visit: Visit): Promise<Reply> {
    const batch = await findBatch(deps.db, batchId(visit), { personId: visit.actor.accountId });
    if (!batch?.isPublished) return notFound;
    if (!batch.isOpenForApplicants)
      return refusal(403, `「${batch.committeeName}」现在不在个人申报时间内`, { text: '返回我的申报信息', href: paths.declarations() });
    return page(
      'declarations/commitment',
      { title: '申报承诺书', breadcrumbs: [...mineCrumbs, { text: '申报承诺书' }] },
      {
        batch: { ...batch, closes: showEnd(batch.applicantClosesAt) },
        name: declarationName(batch, batch.seriesName, batch.levelText),
        accepted: (await findStanding(deps.db, visit.actor.accountId, batch.id)).isCommitted,
        earlier: (await listEarlier(deps.db, visit.actor.accountId, batch.year)).map((e) => ({
          id: e.id,
          name: declarationName(e, e.seriesName, levelText(e.level)),
        })),
      },
    );
  }

  async function start(visit: Visit): Promise<Reply> {
    const outcome = await startDeclaration(
      deps,
      visit.actor,
      batchId(visit),
      visit.body.one('agree') === 'yes',
      visit.requestId,
      visit.body.one('copy'),
    );
    switch (outcome.kind) {
      case 'started':
        return seeOther(
          outcome.isNew && visit.body.one('copy') === '' ? paths.section(outcome.id, sections[0]?.id ?? '') : paths.declaration(outcome.id),
        );
      case 'no-batch':
        return notFound;
      case 'closed':
        return refusal(403, '现在不在个人申报时间内', { text: '返回我的申报信息', href: paths.declarations() });
      case 'committee-ended':
        return refusal(403, `${COMMITTEE_ENDED}，不再接受申报`, { text: '返回我的申报信息', href: paths.declarations() });
      case 'commitment-needed':
        return seeOther(paths.commitment(batchId(visit)));
    }
  }

  // ---- D1, D16: overview and status

  async function holderOf(d: Declaration): Promise<{ name: string; phone: string } | undefined> {
    const c = await findHolderContact(deps.db, d.holder_unit_id, d.holder_committee_id);
    return c && { name: c.name, phone: c.mobile ? `${c.contact} ${deps.cipher.decrypt(c.mobile, 'unit.mobile')}` : c.phone };
  }

  function taskOf(loaded: LoadedDeclaration, s: SectionDefinition, comments: readonly SectionComment[]) {
    const { row: d } = loaded;
    const checked = loaded.check(s);
    const isOpen = !isShut(loaded, s);
    const wanted = comments.filter((c) => c.section === s.id);
    const complete = completenessOf(checked);
    const recheck = loaded.stored.get(s.id)?.recheck;
    const status =
      wanted.length > 0
        ? { text: '退回修改', colour: 'orange' }
        : recheck
          ? { text: '待核对', colour: 'yellow' }
          : complete === 'complete'
            ? checked.isBlank && !loaded.stored.has(s.id)
              ? { text: '选填' }
              : { text: '已完成' }
            : complete === 'blank' && !loaded.stored.has(s.id)
              ? { text: '未填写', colour: 'grey' }
              : { text: `填写中，还有 ${checked.problems.length} 项`, colour: 'blue' };
    return {
      title: s.title,
      ...(isOpen ? { href: paths.section(d.id, s.id) } : {}),
      ...(wanted.length > 0
        ? { hint: wanted.map((c) => `修改意见：${c.text}`).join('；') }
        : !isOpen
          ? { hint: '本次不需要修改' }
          : d.reopened_sections !== null && complete !== 'complete'
            ? { hint: '受其他项目修改的影响，请一并修改' }
            : recheck
              ? { hint: `由 ${recheck.fromYear} 年度的申报带入，请核对后保存` }
              : {}),
      status,
      isDone: complete === 'complete',
      // a section nobody has begun says enough by 「未填写」
      missing:
        isOpen && complete === 'partial'
          ? checked.problems.map((p) => ({ text: p.text, href: `${paths.section(d.id, s.id)}?check=1#${anchorOf(p)}` }))
          : [],
    };
  }

  /** B3: asked for once, in the account; told here as long as it is missing. */
  const photoTask = (id: string) => ({
    title: '证件照',
    href: photoComplaint(id).href,
    hint: '打印在评审表和证书上，提交前须上传',
    status: { text: '未上传', colour: 'grey' },
    isDone: false,
    missing: [],
  });

  /** The sections under their headings, and how far it has come. */
  function tasksOf(loaded: LoadedDeclaration, comments: readonly SectionComment[], hasPhoto: boolean) {
    const { id } = loaded.row;
    const tasks = sectionsOf(loaded).flatMap((s) => [
      ...(s.id !== basics.id || hasPhoto ? [] : [{ group: s.group ?? '', ...photoTask(id) }]),
      { group: s.group ?? '', ...taskOf(loaded, s, comments) },
    ]);
    const titles = [...new Set(tasks.map((t) => t.group))];
    const isOptional = (t: (typeof tasks)[number]): boolean => t.status.text === '选填';
    const isReturned = (t: (typeof tasks)[number]): boolean => t.status.text === '退回修改';
    return {
      groups: titles.map((title) => ({ title, tasks: tasks.filter((t) => t.group === title) })),
      progress: {
        done: tasks.filter((t) => t.isDone && !isOptional(t) && !isReturned(t)).length,
        returned: tasks.filter(isReturned).length,
        open: tasks.filter((t) => !t.isDone && !isReturned(t)).length,
        optional: tasks.filter(isOptional).length,
      },
    };
  }

  /** 「证书状态」; the certificate itself only for those who may see the ID number in it. */
  function certificateView(visit: Visit, subject: DeclarationSubject, c: Certificate) {
    const isInForce = c.revokedAt === null;
    const mayRead = can(visit.actor, 'certificate.read', subject).ok;
    return {
      tag: isInForce ? { text: '有效', colour: 'green' } : { text: '已撤销', colour: 'red' },
      downloadHref: mayRead && isInForce ? paths.certificate(subject.id) : undefined,
      statusHref: mayRead ? paths.certificateStatus(subject.id) : undefined,
    };
  }

  /** J4: how somebody who did not pass asks for a recheck, and where what has come of it is read. */
  function recheckOf(id: string, chance: AppealChance | undefined, hasAsked: boolean) {
    const href = paths.recheck(id);
    if (!chance || chance.appeal) return hasAsked ? { text: '查看复查申请', href } : undefined;
    if (chance.isOver)
      return { note: `申请复查的期限已于${showDate(chance.until ?? '')}届满。`, ...(hasAsked ? { text: '查看复查申请', href } : {}) };
    const until = chance.until === undefined ? '' : `，最后一天是${showDate(chance.until)}`;
    return {
      note: `对评审结果有疑问的，可以自结果登记的次日起 ${chance.days} 个工作日内申请复查${until}。同一结果只能申请一次。`,
      text: '申请复查',
      href,
    };
  }

  async function overview(visit: Visit): Promise<Reply> {
    const d = await rowOf(deps, visit);
    const subject = declarationOf(visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const events = await findEvents(deps.db, d.id);
    const stops = await findStops(deps.db, d.id);
    const isOwner = visit.actor.accountId === d.person_id;
    const editable = can(visit.actor, 'declaration.edit', subject).ok;
    const holder = await holderOf(d);
    const name = declarationName(d, loaded.batch.seriesName, loaded.batch.levelText);
    const done = visit.query.one('done');
    const restored = visit.query.one('restored') === '1' ? '草稿已恢复，填写的内容和上传的文件都在' : undefined;
    const doneText = restored ?? ((moveNames as string[]).includes(done) ? `已完成「${moves[done as MoveName].text}」` : undefined);
    const comments = openComments(events, d);
    const { content, sha256 } = await currentContent(deps, deps.db, loaded, !editable);
    const vote = await findVote(deps.db, d.id);
    const newer = editable ? undefined : await findNewerName(deps.db, d.person_id, content.applicant.name);
    const appeals = await findAppeals(deps.db, d.id);
    const chance = isOwner ? await findAppealChance(deps.db, d) : undefined;
    const last = [...events].reverse().find((e) => e.to_state === d.state);
    const back = [homeCrumb, ...(isOwner ? [mineCrumb] : listCrumbs(visit.actor.role))];
    const { now } = loaded.batch;
    const certificate = d.state === 'certified' ? await findCertificateOf(deps.db, d.id) : undefined;
    const own = ownState({
      state: d.state,
      stopPosition: d.stop_position,
      isOpen: loaded.batch.isOpenForApplicants,
      closesAt: loaded.batch.applicantClosesAt,
      now,
      correctionDueOn: d.correction_due_on,
      appeal: appeals.at(-1)?.state ?? null,
      isRevoked: certificate ? certificate.revokedAt !== null : null,
    });
    return page(
      'declarations/overview',
      {
        title: isOwner ? name : `${d.applicant_name}：${name}`,
        breadcrumbs: [...back, { text: isOwner ? '申报详情' : d.applicant_name }],
        ...(doneText ? { notice: { kind: 'success' as const, text: doneText, ...nextAfter[done as MoveName] } } : {}),
      },
      {
        d: { id: d.id, round: d.round, applicant: d.applicant_name, committee: loaded.batch.committeeName },
        isOwner,
        editable,
        tag: { text: own.text, colour: own.colour },
        advice: isOwner ? own.advice : '',
        returned:
          editable && last && d.state !== 'draft'
            ? { opinion: last.opinion, by: last.on_behalf_of, at: showMoment(last.at), dueOn: d.correction_due_on }
            : undefined,
        ...(editable ? tasksOf(loaded, comments, content.applicant.photoSha256 !== null) : {}),
        deadline: {
          at: showEnd(loaded.batch.applicantClosesAt),
          left: timeLeft(now, loaded.batch.applicantClosesAt),
          isOpen: loaded.batch.isOpenForApplicants,
        },
        buttons: moveButtons(d.id, movesFor(visit.actor, subject).filter(isByHand)).filter(
          (b) =>
            (!editable || !['submit', 'resubmit'].includes(b.move)) &&
            (b.move !== 'withdraw' || loaded.batch.isOpenForApplicants) &&
            (d.state !== 'unit_review' || !['withdraw', 'give-up'].includes(b.move) || isUntouched(events)),
        ),
        checkHref: paths.checkAnswers(d.id),
        deleteHref: isOwner && d.state === 'draft' ? paths.deleteDraft(d.id) : undefined,
        reviewFormHref: paths.reviewForm(d.id),
        certificate: certificate && certificateView(visit, subject, certificate),
        recheck: recheckOf(d.id, chance, appeals.length > 0 && isOwner),
        sections: editable ? [] : content.sections.map((s) => summaryOf(d.id, s)),
        applicant: content.applicant,
        nameNote: newer && `姓名已于 ${showMoment(newer.at)} 更正为「${newer.name}」，这里显示提交时的姓名`,
        photoHref: content.applicant.photoSha256 && !isOwner ? paths.photo(d.id) : undefined,
        sha256,
        eligibility: content.eligibility && { ...content.eligibility, tag: outcomeTags[content.eligibility.outcome] },
        rank: d.rank_n === null ? undefined : `${d.rank_n}/${d.rank_of}`,
        vote,
        steps: timelineOf({
          events,
          state: d.state,
          stopPosition: d.stop_position,
          ...(holder ? { holder } : {}),
          movedAt: d.moved_at,
          sectionTitle,
          appeals,
          advice: own.advice,
        }),
        stops:
          stops.length > 0
            ? chainOf(
                stops,
                d.applicant_name,
                d.holder_unit_id === null && d.holder_committee_id === null ? null : d.stop_position,
                states[d.state].final === true,
              )
            : [],
      },
    );
  }

  // ---- a draft nobody wants

  async function askDelete(visit: Visit): Promise<Reply> {
    const d = await rowOf(deps, visit);
    if (d.state !== 'draft') return refusal(403, '已经提交过的申报不能删除', { text: '返回申报详情', href: paths.declaration(d.id) });
    const batch = await findBatch(deps.db, d.batch_id, { personId: visit.actor.accountId });
    return page(
      'declarations/delete',
      { title: '删除草稿', breadcrumbs: [...mineCrumbs, { text: '删除草稿' }] },
      {
        action: paths.deleteDraft(d.id),
        backHref: paths.declaration(d.id),
        name: batch === undefined ? '' : declarationName(batch, batch.seriesName, batch.levelText),
        days: (await deps.settings.get()).deletedDraftDays,
      },
    );
  }
  async function remove(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    return inTransaction(deps.db, async (trx) => {
      const d = await lockDeclaration(trx, id);
      if (d?.state !== 'draft') return refusal(403, '已经提交过的申报不能删除', { text: '返回申报详情', href: paths.declaration(id) });
      await deleteDraft(trx, id);
      await appendAudit(trx, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'declaration.delete',
        subjectKind: 'declaration',
        subjectId: id,
        requestId: visit.requestId,
      });
      return seeOther(`${paths.declarations()}?deleted=1`);
    });
  }
  async function restore(visit: Visit): Promise<Reply> {
    const id = visit.param('draft');
    if (!isUuid(id)) return notFound;
    const back = { text: '返回我的申报信息', href: paths.declarations() };
    const outcome = await restoreDraft(deps, visit.actor, id, visit.requestId);
    if (outcome.kind === 'gone') return refusal(409, '该草稿已经恢复，或者已经超过保留的期限，不能恢复', back);
    if (outcome.kind !== 'restored') return refusal(409, noWayBack[outcome.kind], back);
    return seeOther(`${paths.declaration(id)}?restored=1`);
  }

  return [
    { method: 'get', path: '/declarations', access: 'declarations.own', audit: null, handle: list },
    { method: 'get', path: '/declarations/new', access: 'declaration.start', audit: null, handle: chooseBatch },
    { method: 'get', path: '/declarations/new/:batch', access: 'declaration.start', audit: null, handle: commitment },
    { method: 'post', path: '/declarations/new/:batch', access: 'declaration.start', audit: 'declaration.start', handle: start },
    { method: 'get', path: '/declarations/:declaration', access: 'declaration.read', audit: null, handle: overview },
    { method: 'get', path: '/declarations/:declaration/delete', access: 'declaration.edit', audit: null, handle: askDelete },
    { method: 'post', path: '/declarations/:declaration/delete', access: 'declaration.edit', audit: 'declaration.delete', handle: remove },
    { method: 'post', path: '/declarations/deleted/:draft', access: 'declarations.own', audit: 'declaration.restore', handle: restore },
  ];
}
