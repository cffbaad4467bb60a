import type { Deps } from '../../deps';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { batchOf, notFound, page, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showEnd, showMoment, timeLeft } from '../../lib/moment';
import { normaliseLine } from '../../lib/text';
import type { Colour } from '../../policy/declaration-moves';
import { can } from '../../policy/policy';
import { levelText, seriesOptions } from '../catalogue';
import type { Batch } from './batch';
import { countBatches, findBatchChoices, findBatchDetail, listBatches, type BatchDetail, type BatchState } from './batch-admin.read';
import { batchFacts } from './batch-form';

import { crumbsOf, demandBatch, nameOf, noticeOf } from './batch.view';
import { batchFormRoutes } from './batch-form.routes';
import { extensionRoutes } from './extensions.routes';
import { windowRoutes } from './window.routes';

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
  const { db } = deps;

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
              { text: showEnd(b.closesAt), ...(b.state === 'applicants' ? { sub: timeLeft(b.now, b.closesAt) } : {}) },
              {
                text: showEnd(b.unitClosesAt),
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

  const demand = (visit: Visit) => demandBatch(db, visit);

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
        tag: states[detail.state],
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
              { text: showEnd(e.applicantUntil) },
              { text: showEnd(e.unitUntil) },
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

  return [
    { method: 'get', path: paths.batches(), access: 'batches.read', audit: null, handle: list },
    ...batchFormRoutes(deps),
    { method: 'get', path: paths.batch(':batch'), access: 'batch.read', audit: null, handle: show },
    ...windowRoutes(deps),
    ...extensionRoutes(deps),
  ];
}
