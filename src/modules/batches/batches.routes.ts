import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import type { Problem } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, removeDraft } from '../../http/form-drafts.store';
import { formFlow } from '../../http/form-flow';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  batchOf,
  notFound,
  page,
  refusal,
  seeOther,
  type Crumb,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment, timeLeft, typedMoment } from '../../lib/moment';
import { normaliseLine, normaliseText } from '../../lib/text';
import type { Colour } from '../../policy/declaration-moves';
import { can } from '../../policy/policy';
import { signInNameIndex } from '../accounts';
import { levelText, seriesOptions } from '../catalogue';
import type { Batch } from './batch';
import {
  countBatches,
  findBatchChoices,
  findBatchDetail,
  listBatches,
  listCommitteeChoices,
  type BatchDetail,
  type BatchState,
} from './batch-admin.read';
import { batchContext, batchFacts, batchForm, batchInput, batchRaw, extensionForm, PART, windowForm, windowInput } from './batch-form';
import { findBatch } from './batch.read';
import { findExtension, findPersonBySignInName } from './batch.store';
import { changeWindow, createBatches, endExtension, extendCase, openBatch, saveBatch } from './save-batch';

const DEFAULT_COMMITMENT =
  '本人承诺：所填写的内容和所上传的材料真实、准确、完整，没有弄虚作假行为。如有不实，本人承担由此产生的一切后果，并接受按照有关规定作出的处理。';

const states: Record<BatchState, { text: string; colour: Colour }> = {
  draft: { text: '尚未开放', colour: 'yellow' },
  waiting: { text: '尚未开始', colour: 'grey' },
  applicants: { text: '个人申报中', colour: 'green' },
  units: { text: '单位上报中', colour: 'blue' },
  over: { text: '已截止', colour: 'grey' },
};
const changeTexts: Record<string, string> = {
  create: '建立',
  edit: '修改',
  publish: '开放申报',
  window: '调整截止时间',
  extend: '个别延期',
  revoke: '取消个别延期',
};

const listCrumb: Crumb = { text: '申报批次', href: paths.batches() };
const nameOf = (b: Pick<Batch, 'year' | 'seriesName' | 'levelText'>): string => `${b.year}年度${b.seriesName}${b.levelText}`;
const crumbsOf = (b: Batch, ...rest: Crumb[]): Crumb[] => [
  homeCrumb,
  listCrumb,
  { text: nameOf(b), ...(rest.length > 0 ? { href: paths.batch(b.id) } : {}) },
  ...rest,
];

const doneTexts: Readonly<Record<string, string>> = {
  created: '批次已建立，核对无误后请点击「开放申报」',
  saved: '修改已保存',
  opened: '批次已开放，申报人和单位按时间办理',
  window: '截止时间已调整',
  extended: '个别延期已生效',
  revoked: '个别延期已取消',
};
const noticeOf = (visit: Visit): Pick<PageMeta, 'notice'> => {
  const text = doneTexts[visit.query.one('done')];
  return text === undefined ? {} : { notice: { kind: 'success', text } };
};

interface Extension {
  batchId: number;
  personId: number;
  personName: string;
  applicantUntil: string;
  unitUntil: string;
  reason: string;
}

function leadOf(b: Batch, d: BatchDetail): string {
  switch (d.state) {
    case 'draft':
      return '尚未开放，申报人和单位看不到本批次';
    case 'waiting':
      return `${showMoment(b.applicantOpensAt)} 开始申报`;
    case 'applicants':
      return `距个人申报截止${timeLeft(d.now, b.applicantClosesAt)}，距单位上报截止${timeLeft(d.now, b.unitClosesAt)}`;
    case 'units':
      return `个人申报已截止，距单位上报截止${timeLeft(d.now, b.unitClosesAt)}`;
    case 'over':
      return '个人申报和单位上报都已截止';
  }
}

/** K2, K3 「申报批次」: of the system administrator; an office reads those of its own committee. */
export function batchesRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  const list = async (visit: Visit): Promise<Reply> => {
    const { actor } = visit;
    const asked = visit.query.one('state');
    const year = wholeNumber(visit.query.one('year'), 4);
    const seriesId = wholeNumber(visit.query.one('series'), 4);
    const state = Object.hasOwn(states, asked) ? (asked as BatchState) : undefined;
    const committee = normaliseLine(visit.query.one('committee')).slice(0, 50);
    const filter = {
      committee,
      ...(year === undefined ? {} : { year }),
      ...(seriesId === undefined ? {} : { seriesId }),
      ...(state === undefined ? {} : { state }),
      ...(actor.role === 'office' ? { committeeId: actor.committeeId ?? 0 } : {}),
    };
    const [total, choices] = await Promise.all([countBatches(db, filter), findBatchChoices(db)]);
    const paging = pagingOf(visit.query.one('page'), total);
    const rows = await listBatches(db, filter, paging.limit, paging.offset);
    const isAdmin = can(actor, 'batches.manage').ok;
    return page(
      'admin/list',
      { title: '申报批次', breadcrumbs: [homeCrumb, { text: '申报批次' }] },
      {
        ...(isAdmin ? { create: { text: '新增批次', href: paths.newBatch() } } : {}),
        filter: {
          action: paths.batches(),
          resetHref: paths.batches(),
          controls: [
            choiceFilter('year', '申报年度', anyOr(choices.years.map((y) => ({ value: String(y), text: String(y) }))), year),
            choiceFilter('series', '职称系列', anyOr(seriesOptions(choices.series)), seriesId, 'm'),
            choiceFilter('state', '状态', anyOr(Object.entries(states).map(([value, { text }]) => ({ value, text }))), state),
            ...(isAdmin ? [textFilter('committee', '评审委员会', committee, 'm')] : []),
          ],
        },
        table: {
          caption: '申报批次',
          emptyText: '没有符合条件的批次',
          columns: ['年度、系列和级别', '评审委员会', '状态', '个人申报截止时间', '单位上报截止时间'].map((text) => ({ key: text, text })),
          rows: rows.map((b) => ({
            cells: [
              { text: nameOf({ ...b, levelText: levelText(b.level) }), href: paths.batch(b.id) },
              { text: b.committeeName },
              { tag: states[b.state] },
              { text: showMoment(b.closesAt), ...(b.state === 'applicants' ? { sub: timeLeft(b.now, b.closesAt) } : {}) },
              {
                text: showMoment(b.unitClosesAt),
                ...(b.state === 'applicants' || b.state === 'units' ? { sub: timeLeft(b.now, b.unitClosesAt) } : {}),
              },
            ],
          })),
        },
        paging: pagingLinks(paging, paths.batches(), {
          year: String(year ?? ''),
          series: String(seriesId ?? ''),
          state: state ?? '',
          committee,
        }),
      },
    );
  };

  const demand = async (visit: Visit): Promise<Batch> => {
    const found = await findBatch(db, batchOf(visit).id);
    if (!found) throw new Error('the batch vanished between guard and handler');
    return found;
  };

  const show = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const detail = await findBatchDetail(db, batch.id);
    if (!detail) return notFound;
    const canManage = can(visit.actor, 'batch.manage', batchOf(visit)).ok;
    const main = { text: '开放申报', href: paths.openBatch(batch.id) };
    return page(
      'batches/batch',
      { title: nameOf(batch), breadcrumbs: crumbsOf(batch), ...noticeOf(visit) },
      {
        state: states[detail.state],
        lead: `${batch.committeeName}。${leadOf(batch, detail)}。`,
        canManage,
        buttons: canManage
          ? [
              ...(batch.isPublished ? [] : [main]),
              { text: '修改', href: paths.editBatch(batch.id), kind: 'secondary' },
              ...(batch.isPublished ? [{ text: '调整截止时间', href: paths.batchWindow(batch.id), kind: 'secondary' }] : []),
            ]
          : [],
        facts: batchFacts(batch),
        numbers: [
          { label: '已开始填写', text: `${detail.begun} 人` },
          { label: '其中尚未提交', text: `${detail.drafts} 人` },
          { label: '在单位等待审核或者上报', text: `${detail.atUnits} 人` },
        ],
        extendHref: canManage && batch.isPublished ? paths.newExtension(batch.id) : undefined,
        extensions: {
          caption: '个别延期',
          emptyText: '没有个别延期',
          columns: [
            { key: 'who', text: '申报人' },
            { key: 'until', text: '个人申报延长至' },
            { key: 'unit', text: '单位上报延长至' },
            { key: 'why', text: '原因' },
            { key: 'by', text: '经办人' },
            { key: 'act', text: '操作', hidden: true },
          ],
          rows: detail.extensions.map((e) => ({
            cells: [
              { text: e.personName },
              { text: showMoment(e.applicantUntil) },
              { text: showMoment(e.unitUntil) },
              { text: e.reason },
              { text: e.by },
              e.isLive
                ? canManage
                  ? { text: '取消', href: paths.endExtension(batch.id, e.id), hiddenText: `：${e.personName}的延期` }
                  : { text: '' }
                : { tag: { text: '已取消', colour: 'grey' } },
            ],
          })),
        },
        commitments: detail.commitments.map((c) => ({ ...c, lines: c.text.split('\n').filter((l) => l.trim() !== '') })),
        changes: canManage && {
          caption: '修改记录',
          emptyText: '没有修改记录',
          columns: ['时间', '经办人', '事项', '内容', '原因'].map((text) => ({ key: text, text })),
          rows: detail.changes.map((c) => ({
            cells: [
              { text: showMoment(c.at) },
              { text: c.by },
              { text: changeTexts[c.kind] ?? c.kind },
              { text: c.changes.map((x) => `${x.label}：${x.before} → ${x.after}`).join('；') },
              { text: c.reason },
            ],
          })),
        },
      },
    );
  };

  // ---- making and changing

  const blank = async (): Promise<RawSection> => {
    const { today } = await databaseNow(db);
    return {
      groups: {
        [PART]: {
          year: today.slice(0, 4),
          rankBy: 'applicant',
          entrustedBy: 'applicant',
          maxResults: '15',
          unitPublicity: 'no',
          unitPublicityDays: '5',
          publicityDays: '5',
          correctionDays: '10',
          appealDays: '10',
          commitment: DEFAULT_COMMITMENT,
        },
      },
      rows: {},
    };
  };
  const rawOf = (b: Batch): RawSection => ({ groups: { [PART]: batchRaw(b) }, rows: {} });
  const contextOf = async (batch: Batch | undefined) => {
    const [{ today }, committees, detail] = await Promise.all([
      databaseNow(db),
      listCommitteeChoices(db),
      batch ? findBatchDetail(db, batch.id) : undefined,
    ]);
    const locked = (detail?.begun ?? 0) > 0;
    return { locked, ctx: batchContext(today, committees, { locked, published: batch?.isPublished ?? false, isNew: batch === undefined }) };
  };
  const flowOf = (id: number | undefined) => formFlow(deps, 'admin-form', batchForm, `batch-${id ?? 'new'}`);

  const edit = async (visit: Visit, batch: Batch | undefined): Promise<Reply> => {
    const typed = await flowOf(batch?.id).shown(visit, batch ? rawOf(batch) : await blank(), batch?.version);
    const { ctx, locked } = await contextOf(batch);
    const title = batch ? '修改批次' : '新增批次';
    return page(
      'admin/form',
      {
        title,
        breadcrumbs: batch ? crumbsOf(batch, { text: '修改' }) : [homeCrumb, listCrumb, { text: title }],
        errors: problemLinks(typed.problems),
      },
      {
        ...(batch ? {} : { lead: '建立之后先核对，点击「开放申报」之前申报人和单位看不到。' }),
        ...(batch && locked
          ? {
              facts: batchFacts(batch).filter((f) => ['year', 'committee', 'series', 'level', 'rankBy', 'entrustedBy'].includes(f.key)),
              factsTitle: '不能修改的内容',
            }
          : {}),
        warnings: [
          ...(locked
            ? ['已有申报人在本批次填写：上面的内容不能再修改，代表性成果数量不能减少，不能增加单位公示的要求，个人申报开始时间不能推迟']
            : []),
          ...(batch?.isPublished ? ['批次已经开放，截止时间请在「调整截止时间」中修改'] : []),
        ],
        form: smallForm({
          section: batchForm,
          raw: typed.raw,
          ctx,
          problems: typed.problems,
          action: batch ? paths.editBatch(batch.id) : paths.newBatch(),
          ...(typed.version === undefined ? {} : { version: typed.version }),
          buttons: [{ value: 'save', text: batch ? '保存' : '建立', kind: 'primary' }],
        }),
        backHref: batch ? paths.batch(batch.id) : paths.batches(),
      },
    );
  };

  const save = async (visit: Visit, batch: Batch | undefined): Promise<Reply> => {
    const flow = flowOf(batch?.id);
    const typed = flow.posted(visit, batch ? rawOf(batch) : undefined);
    const { ctx } = await contextOf(batch);
    const to = batch ? paths.editBatch(batch.id) : paths.newBatch();
    const again = (problems: readonly Problem[], version = typed.version): Promise<Reply> =>
      flow.again(visit, to, { ...typed, version }, problems);
    const complaint = (field: string, text: string): Problem => ({ part: PART, field, severity: 'rule', text });
    if (visit.body.one('do') === 'refresh') return again([]);
    const checked = checkSection(batchForm, typed.raw, ctx);
    if (checked.problems.length > 0) return again(checked.problems);
    const input = batchInput(checked, ctx, batch);
    const exists = complaint('level', '该年度、评审委员会、系列和级别的批次已经有了，请修改原来的批次');
    if (!batch) {
      const outcome = await createBatches(deps, visit.actor, input, visit.requestId);
      if (outcome.kind === 'exists') return again([exists]);
      return outcome.ids.length === 1
        ? seeOther(addressOf(paths.batch(outcome.ids[0] ?? 0), { done: 'created' }))
        : seeOther(addressOf(paths.batches(), { year: String(input.year), state: 'draft' }));
    }
    const outcome = await saveBatch(deps, visit.actor, batch.id, typed.version ?? 0, input, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(batch.id), { done: 'saved' }));
      case 'exists':
        return again([exists]);
      case 'in-use':
        return again([complaint('maxResults', outcome.text)]);
      case 'stale':
        return again(
          [complaint('commitment', '其他管理员刚刚修改过本批次。您填写的内容仍在下面，请对照批次现在的内容，确认后再次保存')],
          outcome.saved.version,
        );
    }
  };

  const confirmOpen = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    if (batch.isPublished) return seeOther(paths.batch(batch.id));
    return page(
      'admin/confirm',
      { title: '开放申报', breadcrumbs: crumbsOf(batch, { text: '开放申报' }) },
      {
        action: paths.openBatch(batch.id),
        title: nameOf(batch),
        rows: batchFacts(batch),
        warning: '开放后申报人可以看到本批次，并在申报时间内填写提交。有人开始填写之后，年度、评审委员会、系列、级别和排序方式不能再修改。',
        confirmText: '开放申报',
        backHref: paths.batch(batch.id),
      },
    );
  };
  const open = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const outcome = await openBatch(deps, visit.actor, id, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(id), { done: 'opened' }));
      case 'open':
        return refusal(409, '该批次已经开放', { text: '返回该批次', href: paths.batch(id) });
      case 'over':
        return refusal(422, '个人申报截止时间已经过去，请先修改批次的时间', { text: '修改批次', href: paths.editBatch(id) });
    }
  };

  // ---- ends of the windows

  const windowFlow = (id: number) => formFlow(deps, 'admin-form', windowForm, `window-${id}`);
  const windowContext = async () => smallFormContext((await databaseNow(db)).today);
  const windowPage = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const detail = await findBatchDetail(db, batch.id);
    const ends = { closesAt: typedMoment(batch.applicantClosesAt), unitClosesAt: typedMoment(batch.unitClosesAt) };
    const typed = await windowFlow(batch.id).shown(visit, { groups: { [PART]: { what: 'set', ...ends } }, rows: {} }, batch.version);
    return page(
      'admin/form',
      { title: '调整截止时间', breadcrumbs: crumbsOf(batch, { text: '调整截止时间' }), errors: problemLinks(typed.problems) },
      {
        factsTitle: '现在的时间',
        facts: [
          {
            label: '个人申报截止时间',
            text: `${showMoment(batch.applicantClosesAt)}，${detail ? timeLeft(detail.now, batch.applicantClosesAt) : ''}`,
          },
          {
            label: '单位上报截止时间',
            text: `${showMoment(batch.unitClosesAt)}，${detail ? timeLeft(detail.now, batch.unitClosesAt) : ''}`,
          },
          { label: '尚未提交的申报人', text: `${detail?.drafts ?? 0} 人` },
          { label: '在单位等待审核或者上报', text: `${detail?.atUnits ?? 0} 人` },
        ],
        warnings: ['提前截止后，尚未提交的申报人不能再提交，已填写的内容保留。截止之前已经发出的提交仍然有效。'],
        form: smallForm({
          section: windowForm,
          raw: typed.raw,
          ctx: await windowContext(),
          problems: typed.problems,
          action: paths.batchWindow(batch.id),
          ...(typed.version === undefined ? {} : { version: typed.version }),
          buttons: [{ value: 'save', text: '确认调整', kind: 'primary' }],
        }),
        backHref: paths.batch(batch.id),
      },
    );
  };
  const saveWindow = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const flow = windowFlow(batch.id);
    const typed = flow.posted(visit);
    const to = paths.batchWindow(batch.id);
    if (visit.body.one('do') === 'refresh') return flow.again(visit, to, typed, []);
    const checked = checkSection(windowForm, typed.raw, await windowContext());
    if (checked.problems.length > 0) return flow.again(visit, to, typed, checked.problems);
    const outcome = await changeWindow(deps, visit.actor, batch.id, typed.version ?? 0, windowInput(checked), visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.batch(batch.id), { done: 'window' }));
      case 'stale':
        return flow.again(visit, to, { ...typed, version: batch.version }, [
          { part: PART, field: 'reason', severity: 'rule', text: '其他管理员刚刚修改过本批次，请核对上面现在的时间，确认后再次提交' },
        ]);
      case 'refused':
        return flow.again(visit, to, typed, [{ part: PART, field: outcome.field, severity: 'rule', text: outcome.text }]);
    }
  };

  // ---- one case

  const extensionFlow = (id: number) => formFlow(deps, 'admin-form', extensionForm, `extension-${id}`);
  const extensionPage = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const typed = await extensionFlow(batch.id).shown(visit, { groups: { [PART]: {} }, rows: {} });
    return page(
      'admin/form',
      { title: '新增个别延期', breadcrumbs: crumbsOf(batch, { text: '个别延期' }), errors: problemLinks(typed.problems) },
      {
        lead: '只对这一名申报人延长本批次的申报和上报时间，其他人不受影响。原来有延期的，以新的为准。',
        factsTitle: '本批次的时间',
        facts: batchFacts(batch).filter((f) => ['closesAt', 'unitClosesAt'].includes(f.key)),
        form: smallForm({
          section: extensionForm,
          raw: typed.raw,
          ctx: await windowContext(),
          problems: typed.problems,
          action: paths.newExtension(batch.id),
          buttons: [{ value: 'save', text: '下一步', kind: 'primary' }],
        }),
        backHref: paths.batch(batch.id),
      },
    );
  };
  const checkExtension = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const flow = extensionFlow(batch.id);
    const typed = flow.posted(visit);
    const to = paths.newExtension(batch.id);
    const checked = checkSection(extensionForm, typed.raw, await windowContext());
    if (checked.problems.length > 0) return flow.again(visit, to, typed, checked.problems);
    const { closesAt, unitClosesAt, reason } = windowInput(checked);
    const { now } = await databaseNow(db);
    const refuse = (field: string, text: string): Promise<Reply> =>
      flow.again(visit, to, typed, [{ part: PART, field, severity: 'rule', text }]);
    if (!closesAt || !unitClosesAt || closesAt <= now) return refuse('closesAt', '「个人申报延长至」应当在现在之后');
    const person = await findPersonBySignInName(db, signInNameIndex(cipher, typed.raw.groups[PART]?.account ?? ''));
    if (!person) return refuse('account', '没有这个申报人，请核对用户名或者证件号码');
    const draft: Extension = {
      batchId: batch.id,
      personId: person.id,
      personName: person.name,
      applicantUntil: closesAt.toISOString(),
      unitUntil: unitClosesAt.toISOString(),
      reason,
    };
    return seeOther(addressOf(paths.confirmExtension(batch.id), { draft: await keepDraft(db, cipher, 'extension', visit.owner, draft) }));
  };
  const findExtensionDraft = async (visit: Visit, id: string): Promise<Extension | undefined> => {
    const draft = await findDraft<Extension>(db, cipher, 'extension', visit.owner, id);
    return draft?.batchId === batchOf(visit).id ? draft : undefined;
  };
  const expired = (id: number): Reply => refusal(410, '页面已过期，请重新填写', { text: '新增个别延期', href: paths.newExtension(id) });
  const confirmExtension = async (visit: Visit): Promise<Reply> => {
    const batch = await demand(visit);
    const key = visit.query.one('draft');
    const e = await findExtensionDraft(visit, key);
    if (!e) return expired(batch.id);
    return page(
      'admin/confirm',
      { title: '确认个别延期', breadcrumbs: crumbsOf(batch, { text: '个别延期' }) },
      {
        action: paths.confirmExtension(batch.id),
        fields: { draft: key },
        rows: [
          { label: '申报人', text: e.personName },
          { label: '批次', text: nameOf(batch) },
          { label: '个人申报延长至', text: showMoment(e.applicantUntil) },
          { label: '单位上报延长至', text: showMoment(e.unitUntil) },
          { label: '原因', text: e.reason },
        ],
        confirmText: '确认延期',
        backHref: paths.newExtension(batch.id),
      },
    );
  };
  const extend = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const key = visit.body.one('draft');
    const e = await findExtensionDraft(visit, key);
    if (!e) return expired(id);
    const shown = [
      { label: `${e.personName}个人申报`, before: '按批次时间', after: showMoment(e.applicantUntil) },
      { label: `${e.personName}单位上报`, before: '按批次时间', after: showMoment(e.unitUntil) },
    ];
    await extendCase(
      deps,
      visit.actor,
      { batchId: id, personId: e.personId, applicantUntil: new Date(e.applicantUntil), unitUntil: new Date(e.unitUntil), reason: e.reason },
      shown,
      visit.requestId,
    );
    await removeDraft(db, key);
    return seeOther(addressOf(paths.batch(id), { done: 'extended' }));
  };

  const END_REASON = 'reason';
  const endPage = async (visit: Visit, problem?: string): Promise<Reply> => {
    const batch = await demand(visit);
    const extension = await findExtension(db, batch.id, wholeNumber(visit.param('extension')) ?? 0);
    if (!extension) return notFound;
    if (!extension.isLive) return refusal(409, '该延期已经取消', { text: '返回该批次', href: paths.batch(batch.id) });
    return page(
      'batches/end-extension',
      {
        title: '取消个别延期',
        breadcrumbs: crumbsOf(batch, { text: '取消个别延期' }),
        ...(problem === undefined ? {} : { errors: [{ text: problem, href: '#reason' }] }),
      },
      {
        action: paths.endExtension(batch.id, visit.param('extension')),
        personName: extension.personName,
        reason: {
          type: 'longText',
          id: 'reason',
          name: END_REASON,
          label: '原因',
          required: true,
          value: visit.body.one(END_REASON),
          rows: 3,
          ...(problem === undefined ? {} : { problem }),
        },
        backHref: paths.batch(batch.id),
      },
      problem === undefined ? 200 : 422,
    );
  };
  const end = async (visit: Visit): Promise<Reply> => {
    const { id } = batchOf(visit);
    const extensionId = wholeNumber(visit.param('extension')) ?? 0;
    const extension = await findExtension(db, id, extensionId);
    if (!extension) return notFound;
    const reason = normaliseText(visit.body.one(END_REASON)).slice(0, 300);
    if (reason === '') return endPage(visit, '请填写「原因」');
    if (!(await endExtension(deps, visit.actor, id, { id: extensionId, personName: extension.personName, reason }, visit.requestId)))
      return refusal(409, '该延期已经取消', { text: '返回该批次', href: paths.batch(id) });
    return seeOther(addressOf(paths.batch(id), { done: 'revoked' }));
  };

  return [
    { method: 'get', path: paths.batches(), access: 'batches.read', audit: null, handle: list },
    { method: 'get', path: paths.newBatch(), access: 'batches.manage', audit: null, handle: (visit) => edit(visit, undefined) },
    { method: 'post', path: paths.newBatch(), access: 'batches.manage', audit: 'batch.create', handle: (visit) => save(visit, undefined) },
    { method: 'get', path: paths.batch(':batch'), access: 'batch.read', audit: null, handle: show },
    {
      method: 'get',
      path: paths.editBatch(':batch'),
      access: 'batch.manage',
      audit: null,
      handle: async (visit) => edit(visit, await demand(visit)),
    },
    {
      method: 'post',
      path: paths.editBatch(':batch'),
      access: 'batch.manage',
      audit: 'batch.edit',
      handle: async (visit) => save(visit, await demand(visit)),
    },
    { method: 'get', path: paths.openBatch(':batch'), access: 'batch.manage', audit: null, handle: confirmOpen },
    { method: 'post', path: paths.openBatch(':batch'), access: 'batch.manage', audit: 'batch.publish', handle: open },
    { method: 'get', path: paths.batchWindow(':batch'), access: 'batch.manage', audit: null, handle: windowPage },
    { method: 'post', path: paths.batchWindow(':batch'), access: 'batch.manage', audit: 'batch.window', handle: saveWindow },
    { method: 'get', path: paths.newExtension(':batch'), access: 'batch.manage', audit: null, handle: extensionPage },
    { method: 'post', path: paths.newExtension(':batch'), access: 'batch.manage', audit: null, handle: checkExtension },
    { method: 'get', path: paths.confirmExtension(':batch'), access: 'batch.manage', audit: null, handle: confirmExtension },
    { method: 'post', path: paths.confirmExtension(':batch'), access: 'batch.manage', audit: 'batch.extend', handle: extend },
    {
      method: 'get',
      path: paths.endExtension(':batch', ':extension'),
      access: 'batch.manage',
      audit: null,
      handle: (visit) => endPage(visit),
    },
    { method: 'post', path: paths.endExtension(':batch', ':extension'), access: 'batch.manage', audit: 'batch.revoke', handle: end },
  ];
}
