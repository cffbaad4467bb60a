import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { date, longText } from '../../form/fields';
import { asText, type FormContext, type RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { committeeOf, page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';
import type { CommitteeSubject } from '../../policy/policy';
import { can } from '../../policy/policy';
import { divisionParents, levelText, listDivisions, type Catalogue } from '../catalogue';
import { blankDecision, decisionModel, readDecision } from '../units';
import { committeeContext, committeeForm, committeeInput, committeeRaw, lastDayOfTerm, PART, termProblem } from './committee-form';
import { findCommittee, listForBureau, listFounded, reviewShows, type CommitteeRow, type ReviewShow } from './committee.read';
import { decideCommittee } from './decide-committee';
import { askRenewal, endCommittee, foundCommittee, whyNotToEnd } from './found-committee';
import { decisionRows, reviewPage } from './review-page';

interface Draft {
  raw: RawSection;
  problems: Problem[];
}

const ownCrumb: Crumb = { text: '组建评委会', href: paths.foundedCommittees() };
const reviewCrumb: Crumb = { text: '评委会审核', href: paths.committeeReview() };

const tags: Record<CommitteeSubject['state'], { text: string; colour: string }> = {
  requested: { text: '待人社局审核', colour: 'yellow' },
  refused: { text: '审核不通过', colour: 'red' },
  approved: { text: '有效', colour: 'green' },
  ended: { text: '已终止', colour: 'grey' },
};
const tagOf = (c: CommitteeRow): { text: string; colour: string } =>
  c.state === 'approved' && !c.isValid ? { text: '不在任期内', colour: 'orange' } : tags[c.state];

const showTexts: Record<ReviewShow, string> = { waiting: '待审核', valid: '有效', over: '任期已满或者已终止', all: '全部' };

const termForm: SectionDefinition = {
  id: 'term',
  title: '换届',
  parts: [
    {
      kind: 'group',
      id: 'term',
      fields: [date({ id: 'until', label: '新任期结束日期', required: true, hint: '新任期从人社局核准之日起计算，最长 3 年' })],
    },
  ],
  rules: [],
};
const endForm: SectionDefinition = {
  id: 'end',
  title: '终止评委会',
  parts: [{ kind: 'group', id: 'end', fields: [longText({ id: 'reason', label: '终止原因', required: true, limit: 200, rows: 3 })] }],
  rules: [],
};

const scopeText = (c: CommitteeRow, catalogue: Catalogue): string =>
  `${c.seriesId === null ? '' : catalogue.seriesName(c.seriesId)}　${c.levels.map(levelText).join('、')}`;

function rowsOf(c: CommitteeRow, catalogue: Catalogue): { label: string; text: string }[] {
  const { request } = c;
  return [
    { label: '组建单位', text: c.foundedBy },
    { label: '职称系列和级别', text: scopeText(c, catalogue) },
    { label: '评审专业', text: c.specialities.length === 0 ? '该系列全部专业' : c.specialities.join('、') },
    { label: '所属地区', text: c.divisionName },
    { label: '受理区域', text: c.divisions.length === 0 ? '不限' : c.divisions.join('、') },
    { label: '任期', text: `${showDate(c.validFrom)}至${showDate(c.validUntil)}` },
    { label: '评委会人数', text: c.members === null ? '' : `${c.members} 人` },
    { label: '联系电话', text: c.phone },
    ...(request
      ? [
          {
            label: request.kind === 'found' ? '组建申请' : '换届申请',
            text: `${showMoment(request.at)}　${request.by}${request.validUntil ? `，新任期至${showDate(request.validUntil)}` : ''}`,
          },
          ...decisionRows(request, request.state === 'approved', '通过'),
        ]
      : []),
    ...(c.endReason ? [{ label: '终止原因', text: c.endReason }] : []),
  ];
}

/** J0: 「组建评委会」 by units and bureaus, 「评委会审核」 by bureaus. */
export function foundingRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function mustFind(visit: Visit): Promise<CommitteeRow> {
    const found = await findCommittee(db, committeeOf(visit).id);
    if (!found) throw new Error('the committee vanished between guard and handler');
    return found;
  }
  const listCrumb = (visit: Visit, c: CommitteeSubject): Crumb =>
    visit.actor.role === 'bureau' && c.foundingUnitId !== null ? reviewCrumb : visit.actor.role === 'office' ? homeCrumb : ownCrumb;
  function tableOf(
    list: readonly CommitteeRow[],
    catalogue: Catalogue,
    caption: string,
    emptyText: string,
    target: (c: CommitteeRow) => string,
  ) {
    return {
      caption,
      emptyText,
      columns: ['评审委员会', '职称系列和级别', '组建单位', '任期', '状态'].map((text) => ({ key: text, text })),
      rows: list.map((c) => ({
        cells: [
          { text: c.name, href: target(c), sub: c.divisionName },
          { text: scopeText(c, catalogue) },
          { text: c.foundedBy },
          { text: `${showDate(c.validFrom)}至${showDate(c.validUntil)}` },
          { tag: c.request?.state === 'requested' && c.state === 'approved' ? { text: '换届待审核', colour: 'yellow' } : tagOf(c) },
        ],
      })),
    };
  }

  async function showOwn(visit: Visit): Promise<Reply> {
    const { actor } = visit;
    const by = actor.unitId === undefined ? { divisionCode: actor.divisionCode ?? '' } : { unitId: actor.unitId };
    const [catalogue, list] = await Promise.all([deps.catalogue.get(), listFounded(db, by)]);
    return page(
      'committee/founded',
      {
        title: '组建评委会',
        breadcrumbs: [homeCrumb, { text: '组建评委会' }],
        ...doneNotice(visit, { asked: '组建申请已提交，等待人社局审核' }),
      },
      { table: tableOf(list, catalogue, '组建评委会', '还没有组建评审委员会', (c) => paths.committee(c.id)) },
    );
  }

  async function contextOf(raw: RawSection): Promise<FormContext> {
    const [{ today }, catalogue, divisions] = await Promise.all([
      databaseNow(db),
      deps.catalogue.get(),
      listDivisions(db, divisionParents(raw.groups[PART] ?? {})),
    ]);
    return committeeContext(today, catalogue, divisions);
  }

  /** both the form of a new committee and that of a refused one */
  async function showForm(visit: Visit, revised?: CommitteeRow): Promise<Reply> {
    const draft = await findDraft<Draft>(db, cipher, 'committee', visit.owner, visit.query.one('draft'));
    const { today } = await databaseNow(db);
    const raw = draft
      ? restoreSection(committeeForm, draft.raw)
      : revised
        ? committeeRaw({
            ...revised,
            seriesId: revised.seriesId ?? 0,
            members: revised.members ?? 0,
            moreDivisions: revised.divisions.filter((d) => d !== revised.divisionName),
          })
        : { groups: { [PART]: { from: today.replaceAll('-', '.'), until: lastDayOfTerm(today).replaceAll('-', '.') } }, rows: {} };
    const problems = draft?.problems ?? [];
    const title = revised ? '修改组建申请' : '组建评委会申请';
    return page(
      'committee/form',
      { title, breadcrumbs: [homeCrumb, ownCrumb, { text: title }], errors: problemLinks(problems) },
      {
        lead: '提交后由所属地区的人社局审核，审核通过后评审委员会才能接受路径申请和申报数据。',
        form: smallForm({
          section: committeeForm,
          raw,
          ctx: await contextOf(raw),
          problems,
          action: revised ? paths.reviseCommittee(revised.id) : paths.newCommittee(),
          buttons: [{ value: 'save', text: '提交申请', kind: 'primary' }],
        }),
      },
    );
  }

  async function postForm(visit: Visit, revised?: CommitteeRow): Promise<Reply> {
    const raw = readSection(committeeForm, visit.body, emptySection(committeeForm));
    const checked = checkSection(committeeForm, raw, await contextOf(raw));
    const address = revised ? paths.reviseCommittee(revised.id) : paths.newCommittee();
    const again = async (problems: Problem[]): Promise<Reply> =>
      seeOther(addressOf(address, { draft: await keepDraft(db, cipher, 'committee', visit.owner, { raw, problems } satisfies Draft) }));
    if (visit.body.one('do') === 'refresh') return again([]);
    if (checked.problems.length > 0) return again(checked.problems);
    const outcome = await foundCommittee(deps, visit.actor, {
      ...committeeInput(checked),
      ...(revised ? { revises: revised.id } : {}),
      requestId: visit.requestId,
    });
    const wrong = (field: string, text: string): Problem[] => [{ part: PART, field, severity: 'rule', text }];
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.foundedCommittees(), { done: 'asked' }));
      case 'name-taken':
        return again(wrong('name', '已有同名的评审委员会，请核对名称；任期届满的，请在原评审委员会申请换届'));
      case 'unknown-divisions':
        return again(wrong('more', `没有找到下列区域，请填写全称：${outcome.names.join('、')}`));
      case 'not-your-division':
        return again(wrong('province', '只能组建本区域的评审委员会，请重新选择所属地区'));
      case 'not-now':
        return refusal(409, outcome.reason, { text: '返回组建评委会', href: paths.foundedCommittees() });
    }
  }

  async function showOne(visit: Visit, raw = blankDecision(), problems: readonly Problem[] = []): Promise<Reply> {
    const subject = committeeOf(visit);
    const [c, catalogue, { today }] = await Promise.all([mustFind(visit), deps.catalogue.get(), databaseNow(db)]);
    const mayDecide = can(visit.actor, 'committee.decide', subject).ok;
    return page(
      'committee/committee',
      {
        title: c.name,
        breadcrumbs: [homeCrumb, listCrumb(visit, subject), { text: c.name }],
        errors: problemLinks(problems),
        ...doneNotice(visit, { renew: '换届申请已提交，等待人社局审核', ended: '评审委员会已终止' }),
      },
      {
        tag: tagOf(c),
        rows: rowsOf(c, catalogue),
        form: mayDecide ? decisionModel(raw, today, problems, paths.decideCommittee(c.id)) : undefined,
        isOwnRequest: subject.askedBy === visit.actor.accountId && visit.actor.role === 'bureau',
        reviseHref: can(visit.actor, 'committee.revise', subject).ok ? paths.reviseCommittee(c.id) : undefined,
        renewHref: can(visit.actor, 'committee.renew', subject).ok ? paths.renewCommittee(c.id) : undefined,
        endHref: can(visit.actor, 'committee.end', subject).ok ? paths.endCommittee(c.id) : undefined,
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function postDecision(visit: Visit): Promise<Reply> {
    const { id } = committeeOf(visit);
    const { raw, problems, decided } = readDecision(visit.body, (await databaseNow(db)).today);
    if (problems.length > 0) return showOne(visit, raw, problems);
    const outcome = await decideCommittee(deps, visit.actor, { committeeId: id, ...decided, requestId: visit.requestId });
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.committeeReview(), { done: decided.decision }));
      case 'not-now':
        return refusal(409, outcome.reason, { text: '返回评委会审核', href: paths.committeeReview() });
      case 'term-too-long':
        return showOne(visit, raw, [{ part: 'decision', field: 'result', severity: 'rule', text: `不能通过：${outcome.problem}` }]);
    }
  }

  async function showReview(visit: Visit): Promise<Reply> {
    const asked = visit.query.one('show');
    const show = reviewShows.find((s) => s === asked) ?? 'waiting';
    const [catalogue, list] = await Promise.all([deps.catalogue.get(), listForBureau(db, visit.actor.divisionCode ?? '', show)]);
    return reviewPage(visit, {
      title: '评委会审核',
      address: paths.committeeReview(),
      shows: reviewShows.map((value) => ({ value, text: showTexts[value] })),
      show,
      done: { grant: '已审核通过', refuse: '已审核为「不通过」，组建单位能够看到原因' },
      table: tableOf(list, catalogue, '评委会审核', show === 'waiting' ? '没有等待审核的评审委员会' : '没有符合条件的评审委员会', (c) =>
        paths.committee(c.id),
      ),
    });
  }

  /** 换届 and 终止 are forms of one field each */
  function smallAct(o: {
    section: SectionDefinition;
    title: string;
    lead: string;
    button: string;
    address: (id: number) => string;
    done: string;
    check?: (value: string, today: string) => string | undefined;
    /** why it cannot be done now; the page says so instead of asking */
    hindrance?: (id: number) => Promise<string | undefined>;
    act: (visit: Visit, id: number, value: string) => Promise<{ kind: 'done' } | { kind: 'not-now'; reason: string }>;
  }): { get: (visit: Visit) => Promise<Reply>; post: (visit: Visit) => Promise<Reply> } {
    const [part] = o.section.parts;
    const field = part?.fields[0]?.id ?? '';
    const show = async (visit: Visit, raw: RawSection, problems: readonly Problem[], hindrance?: string): Promise<Reply> => {
      const [c, { today }, catalogue] = await Promise.all([mustFind(visit), databaseNow(db), deps.catalogue.get()]);
      return page(
        'committee/form',
        {
          title: o.title,
          breadcrumbs: [homeCrumb, listCrumb(visit, committeeOf(visit)), { text: c.name, href: paths.committee(c.id) }, { text: o.title }],
          errors: problemLinks(problems),
        },
        {
          lead: o.lead,
          rows: rowsOf(c, catalogue).slice(0, 6),
          name: c.name,
          hindrance: hindrance === undefined ? undefined : { text: hindrance, backHref: paths.committee(c.id) },
          form: smallForm({
            section: o.section,
            raw,
            ctx: smallFormContext(today),
            problems,
            action: o.address(c.id),
            buttons: [{ value: 'save', text: o.button, kind: 'primary' }],
          }),
        },
        problems.length > 0 ? 422 : 200,
      );
    };
    return {
      get: async (visit) => show(visit, emptySection(o.section), [], await o.hindrance?.(committeeOf(visit).id)),
      async post(visit) {
        const { today } = await databaseNow(db);
        const raw = readSection(o.section, visit.body, emptySection(o.section));
        const checked = checkSection(o.section, raw, smallFormContext(today));
        const value = asText(checked.groups[part?.id ?? '']?.values[field]);
        const problems = [...checked.problems];
        const own = problems.length === 0 ? o.check?.(value, today) : undefined;
        if (own !== undefined) problems.push({ part: part?.id ?? '', field, severity: 'rule', text: own });
        if (problems.length > 0) return show(visit, raw, problems);
        const { id } = committeeOf(visit);
        const outcome = await o.act(visit, id, value);
        if (outcome.kind === 'done') return seeOther(addressOf(paths.committee(id), { done: o.done }));
        return refusal(409, outcome.reason, { text: '返回该评审委员会', href: paths.committee(id) });
      },
    };
  }
  const renewal = smallAct({
    section: termForm,
    title: '申请换届',
    lead: '任期届满前后都可以申请。核准之前，原任期届满的评审委员会不能接受申报。',
    button: '提交换届申请',
    address: paths.renewCommittee,
    done: 'renew',
    check: (until, today) => termProblem(today, until),
    act: (visit, committeeId, validUntil) => askRenewal(deps, visit.actor, { committeeId, validUntil, requestId: visit.requestId }),
  });
  const ending = smallAct({
    section: endForm,
    title: '终止评委会',
    lead: '终止后不能恢复，不再接受路径申请和申报数据。正在填写、正在单位审核和正在办理的申报全部办结后才能终止。',
    button: '终止评委会',
    address: paths.endCommittee,
    done: 'ended',
    hindrance: (id) => whyNotToEnd(db, id),
    act: (visit, committeeId, reason) => endCommittee(deps, visit.actor, { committeeId, reason, requestId: visit.requestId }),
  });

  return [
    { method: 'get', path: paths.foundedCommittees(), access: 'committees.found', audit: null, handle: showOwn },
    { method: 'get', path: paths.newCommittee(), access: 'committees.found', audit: null, handle: (visit) => showForm(visit) },
    {
      method: 'post',
      path: paths.newCommittee(),
      access: 'committees.found',
      audit: 'committee.found',
      handle: (visit) => postForm(visit),
    },
    { method: 'get', path: paths.committeeReview(), access: 'committees.review', audit: null, handle: showReview },
    { method: 'get', path: paths.committee(':committee'), access: 'committee.read', audit: null, handle: (visit) => showOne(visit) },
    {
      method: 'get',
      path: paths.reviseCommittee(':committee'),
      access: 'committee.revise',
      audit: null,
      handle: async (visit) => showForm(visit, await mustFind(visit)),
    },
    {
      method: 'post',
      path: paths.reviseCommittee(':committee'),
      access: 'committee.revise',
      audit: 'committee.found',
      handle: async (visit) => postForm(visit, await mustFind(visit)),
    },
    { method: 'get', path: paths.renewCommittee(':committee'), access: 'committee.renew', audit: null, handle: renewal.get },
    { method: 'post', path: paths.renewCommittee(':committee'), access: 'committee.renew', audit: 'committee.renew', handle: renewal.post },
    { method: 'get', path: paths.endCommittee(':committee'), access: 'committee.end', audit: null, handle: ending.get },
    { method: 'post', path: paths.endCommittee(':committee'), access: 'committee.end', audit: 'committee.end', handle: ending.post },
    {
      method: 'post',
      path: paths.decideCommittee(':committee'),
      access: 'committee.decide',
      audit: 'committee.approve, committee.refuse',
      handle: postDecision,
    },
  ];
}
