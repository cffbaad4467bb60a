import type { Handle } from '../../db/db';
import type { Deps } from '../../deps';
import { textFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { FormInput } from '../../http/form-input';
import { addressOf, countText } from '../../http/paging';
import { paths } from '../../http/paths';
import { showDate } from '../../lib/dates';
import { showEnd } from '../../lib/moment';
import { page, seeOther, type PageError, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { normaliseLine } from '../../lib/text';
import { moves } from '../../policy/declaration-moves';
import { scope } from '../../policy/policy';
import type { Catalogue } from '../catalogue';
import {
  BULK_LIMIT,
  conditionControls,
  conditionEntries,
  countOf,
  countQueue,
  listYears,
  rankText,
  readCondition,
  tickedIds,
  titleCell,
  unitCell,
  type QueueCondition,
  type Reason,
} from '../review';
import { entrustedRoutes } from './entrusted.routes';
import { rosterRoutes } from './roster.routes';
import { sendBackRoutes } from './send-back.routes';
import { keepRanks, typedRank, type KeptRanks } from './keep-ranks';
import { reportUpward, type ReportOutcome } from './report-upward';
import {
  listFixedRanks,
  listReportable,
  listUpstreams,
  reportSorts,
  type Destination,
  type ReportOrder,
  type ReportRow,
  type ReportSort,
  type UpstreamRow,
} from './reporting.read';

/** What a click of 「数据上报」 or 「保存排序」 leaves for the page that follows. */
interface Attempt {
  ticked: string[];
  ranks: Record<string, string>;
  outcome: ReportOutcome | ({ kind: 'ranks' } & KeptRanks);
}

/** 「职称申报数据上报」 (R2; guide of 2022, part 4, paragraph 8, and guide of 2023, part 4, paragraph 8). */
export function reportingRoutes(deps: Deps): Route[] {
  return [
    ...entrustedRoutes(deps),
    { method: 'get', path: paths.report(), access: 'report.queue', audit: null, handle: (visit) => list(deps, visit) },
    {
      method: 'post',
      path: paths.report(),
      access: 'report.queue',
      audit: 'declaration.report declaration.rank',
      handle: (visit) => report(deps, visit),
    },
    ...rosterRoutes(deps),
    ...sendBackRoutes(deps),
  ];
}

/** What is not understood counts as not asked for. */
const readOrder = (query: FormInput): ReportOrder => ({
  sort: reportSorts.find((s) => s === query.one('sort')) ?? 'title',
  descending: query.one('dir') === 'desc',
});

const orderEntries = (o: ReportOrder): [string, string][] => [
  ...(o.sort === 'title' ? [] : [['sort', o.sort] satisfies [string, string]]),
  ...(o.descending ? [['dir', 'desc'] satisfies [string, string]] : []),
];

/** Whoever puts people in order has them before the eyes in the order of their ranks, group by group. */
const isByRank = (o: ReportOrder): boolean => o.sort === 'title' || o.sort === 'unit' || (o.sort === 'rank' && !o.descending);

/** The heads that sort: where each leads, and which way the list is sorted by it now. */
const headsOf = (condition: QueueCondition, order: ReportOrder): Record<ReportSort, { href: string; sorted?: 'asc' | 'desc' }> => {
  const head = (sort: ReportSort): { href: string; sorted?: 'asc' | 'desc' } => {
    const isSorted = order.sort === sort;
    const next = { sort, descending: isSorted && !order.descending };
    return {
      href: addressOf(paths.report(), new URLSearchParams([...conditionEntries(condition), ...orderEntries(next)]).toString()),
      ...(isSorted ? { sorted: order.descending ? ('desc' as const) : ('asc' as const) } : {}),
    };
  };
  return { title: head('title'), name: head('name'), rank: head('rank'), unit: head('unit'), closes: head('closes') };
};

async function list(deps: Deps, visit: Visit): Promise<Reply> {
  const { unitId } = visit.actor;
  if (unitId === undefined) throw new Error('a unit account without a unit');
  const condition = readCondition(visit.query);
  const order = readOrder(visit.query);
  const catalogue = await deps.catalogue.get();
  const found = await listReportable(deps.db, unitId, condition, order, BULK_LIMIT + 1);
  const rows = found.slice(0, BULK_LIMIT);
  // more than one report can hold, or looked for by name: how many wait in all
  const isWhole = found.length <= BULK_LIMIT && condition.name === '';
  const waiting = isWhole
    ? { n: rows.length, isOpen: false }
    : countOf(await countQueue(deps.db, scope(visit.actor), { ...condition, name: '', unit: '' }, ['unit_passed']), 'unit_passed');
  const upstreams = await listUpstreams(deps.db, unitId);
  const years = await listYears(deps.db);
  const rankGroups = await rankGroupsOf(deps, rows);
  const attempt = visit.query.has('draft')
    ? await findDraft<Attempt>(deps.db, deps.cipher, 'report-attempt', visit.owner, visit.query.one('draft'))
    : undefined;
  const meta: PageMeta = {
    title: '职称申报数据上报',
    breadcrumbs: [homeCrumb, { text: '职称申报数据上报' }],
    ...answerTo(attempt, rows),
  };
  const problems = attempt && 'problems' in attempt.outcome ? attempt.outcome.problems : [];
  const reasonsOf = new Map(problems.map((p) => [p.id, p.reasons] as const));
  const isNarrowed = conditionEntries(condition).length > 0;
  return page('reporting/queue', meta, {
    filter: {
      action: paths.report(),
      controls: [
        ...conditionControls(condition, catalogue, years),
        textFilter('name', '姓名', condition.name),
        textFilter('unit', '申报单位', condition.unit, 'm'),
      ],
      hidden: Object.fromEntries(orderEntries(order)),
      resetHref: paths.report(),
    },
    heads: headsOf(condition, order),
    groups: groupsOf(rows, condition, upstreams, catalogue),
    rows: rows.map((r) => ({
      id: r.id,
      name: r.name,
      href: paths.declaration(r.id),
      title: titleCell(r, catalogue),
      speciality: r.speciality,
      unit: unitCell(r),
      entrusted: r.isEntrusted ? '是' : '否',
      evidence: r.takesEvidence
        ? { href: paths.entrustedEvidence(r.id), text: r.hasEvidence ? '材料已上传' : '上传委托评审材料' }
        : undefined,
      rank: rankText(r),
      rankGroup: r.takesRank ? rankGroups.get(`${r.unitId}:${r.batchId}`) : undefined,
      typed: r.takesRank ? (attempt?.ranks[r.id] ?? typedRank(r)) : undefined,
      was: typedRank(r),
      publicity: publicityCell(r),
      closes: r.hasBeenAtOffice ? '评委会退回，不受截止时间限制' : showEnd(r.unitClosesAt),
      isTicked: attempt?.ticked.includes(r.id) ?? false,
      reasons: reasonsOf.get(r.id) ?? [],
    })),
    // places by order need everybody of a declaring unit on the page, in the order of their places
    takesRanks: isWhole && rows.some((r) => r.takesRank),
    isByRank: isByRank(order),
    byRankHref: addressOf(paths.report(), new URLSearchParams(conditionEntries(condition)).toString()),
    savesRanks: rows.some((r) => r.takesRank),
    total: rows.length,
    waiting: isWhole ? undefined : countText(waiting, '人'),
    limit: found.length > BULK_LIMIT ? BULK_LIMIT : undefined,
    action: paths.report(),
    back: new URLSearchParams([...conditionEntries(condition), ...orderEntries(order)]).toString(),
    explanation: moves.report.confirm,
    empty: isNarrowed
      ? { text: '没有符合条件的待上报申报', detail: '请调整查询条件后再试。', actionText: '清除查询条件', actionHref: paths.report() }
      : {
          text: '没有等待上报的申报',
          detail: '在「职称申报数据审核」中点击「通过」的申报会出现在这里。',
          actionText: '职称申报数据审核',
          actionHref: paths.review(),
        },
  });
}

/** R5: how far the unit's publicity of one row is, and where to go on. */
function publicityCell(r: ReportRow): { text: string; sub?: string; href?: string } {
  if (r.publicityId === null) return r.demandsPublicity ? { text: '尚未公示', href: paths.unitPublicities() } : { text: '不需要' };
  const href = paths.unitPublicity(r.publicityId);
  if (r.isPublicityOver !== true) return { text: '公示中', sub: `到 ${showDate(r.publicityEndsOn ?? '')}`, href };
  return r.openObjections > 0 ? { text: `${r.openObjections} 项异议待处理`, href } : { text: '已期满', href };
}

/** What the ranks of one declaring unit in one batch go by: places that were reported already, the total they named, and whether several on the page are ranked against each other. */
async function rankGroupsOf(
  deps: Deps,
  rows: readonly ReportRow[],
): Promise<Map<string, { key: string; taken: string; total: number | undefined; isShared: boolean }>> {
  const ranked = rows.filter((r) => r.takesRank);
  const fixed = await listFixedRanks(
    deps.db,
    ranked.map((r) => r.unitId),
    ranked.map((r) => r.batchId),
  );
  return new Map(
    ranked.map((r) => {
      const key = `${r.unitId}:${r.batchId}`;
      const own = fixed.filter((f) => f.unitId === r.unitId && f.batchId === r.batchId);
      const isShared = ranked.filter((x) => x.unitId === r.unitId && x.batchId === r.batchId).length > 1;
      return [key, { key, taken: own.map((f) => f.n).join(','), total: own[0]?.of, isShared }];
    }),
  );
}

/** Series, level and year of what is shown or asked for, each with where it goes (P5). */
function groupsOf(rows: readonly ReportRow[], c: QueueCondition, upstreams: readonly UpstreamRow[], catalogue: Catalogue): object[] {
  const groups = new Map<string, { seriesId: number; level: string; year: number }>();
  if (c.seriesId !== undefined && c.level !== undefined && c.year !== undefined) {
    groups.set(`${c.year}:${c.seriesId}:${c.level}`, { seriesId: c.seriesId, level: c.level, year: c.year });
  }
  for (const { seriesId, level, year } of rows) groups.set(`${year}:${seriesId}:${level}`, { seriesId, level, year });
  return [...groups.values()].map((g) => {
    const path = upstreams.find((u) => u.seriesId === g.seriesId && u.level === g.level && u.year === g.year);
    const text = `${g.year}年度，${catalogue.seriesName(g.seriesId)}，${catalogue.levelText(g.level)}`;
    if (path?.state === 'approved') return { text, upstream: path.upstreamName };
    return path
      ? {
          text,
          problem: `上报路径（${path.upstreamName}）尚未审核通过，暂时不能上报。请联系上一级单位，联系人和电话见`,
          href: paths.unitPaths(),
        }
      : { text, problem: '还没有上报路径，不能上报，请先办理', href: paths.newPath() };
  });
}

function answerTo(attempt: Attempt | undefined, rows: readonly ReportRow[]): Pick<PageMeta, 'errors' | 'notice'> {
  if (!attempt) return {};
  switch (attempt.outcome.kind) {
    case 'done':
      return { notice: reportedNotice(attempt.outcome.count, attempt.outcome.to) };
    case 'ranks': {
      const { kept, problems } = attempt.outcome;
      return problems.length === 0
        ? {
            notice: {
              kind: 'success',
              text: kept > 0 ? `已保存 ${kept} 人的「单位推荐排序」，上报之前可以修改` : '「单位推荐排序」没有变化',
            },
          }
        : {
            errors: [
              { text: `${kept > 0 ? `已保存 ${kept} 人的排序，` : ''}下列排序没有保存，请修改后重新保存`, href: '#list' },
              ...errorsOf(problems, rows),
            ],
          };
    }
    case 'nothing-ticked':
      return { errors: [{ text: '请先勾选需要上报的人员', href: '#list' }] };
    case 'too-many':
      return { errors: [{ text: `一次最多上报 ${BULK_LIMIT} 人，请分次勾选`, href: '#list' }] };
    case 'refused':
      return {
        errors: [
          { text: '本次没有上报任何人员，请按下列说明处理后重新点击「数据上报」', href: '#list' },
          ...errorsOf(attempt.outcome.problems, rows),
        ],
      };
  }
}

/** To whom it went, what happens there, and where it can be followed. `to` is missing in what an earlier version of the program has kept. */
const reportedNotice = (count: number, to: readonly Destination[] = []): NonNullable<PageMeta['notice']> => ({
  kind: 'success',
  text: `已上报 ${count} 人`,
  lines: [
    ...to.map((d) => `${d.name} ${d.n} 人，等待${d.isCommittee ? '评委会办事机构受理' : '该单位审核'}。`),
    '接收单位的联系电话见首页；需要修改的，请联系接收单位退回。',
  ],
  href: addressOf(paths.review(), 'state=reported'),
  linkText: '查看已上报的申报',
});

/** So many names stand in one line of the summary; each row says its reason itself. */
const NAMED = 10;
const someOf = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join('、')}等 ${names.length} 人` : names.join('、');

/** One line for each reason, however many rows it concerns. */
function errorsOf(problems: readonly { id: string; name: string; reasons: Reason[] }[], rows: readonly ReportRow[]): PageError[] {
  const lines = new Map<string, { names: string[]; href: string }>();
  for (const p of problems) {
    const row = rows.find((r) => r.id === p.id);
    for (const r of p.reasons) {
      const line = lines.get(r.text) ?? { names: [], href: r.href ?? (row ? `#${row.takesRank ? 'rank' : 'row'}-${row.id}` : '#list') };
      if (p.name !== '' && !r.text.includes(p.name)) line.names.push(p.name);
      lines.set(r.text, line);
    }
  }
  return [...lines].map(([text, { names, href }]) => ({ text: names.length > 0 ? `${someOf(names)}：${text}` : text, href }));
}

async function report(deps: Deps, visit: Visit): Promise<Reply> {
  const back = new FormInput(new URLSearchParams(visit.body.one('back')));
  const shown = [...conditionEntries(readCondition(back)), ...orderEntries(readOrder(back))];
  const ticked = tickedIds(visit.body);
  const typed = new Map(
    visit.body
      .names()
      .filter((n) => n.startsWith('rank.'))
      .map((n) => [n.slice('rank.'.length), normaliseLine(visit.body.one(n)).slice(0, 40)] as const),
  );
  const over = new Map(
    [...typed].map(([id, text]) => [id, { typed: text, ...(visit.body.has(`was.${id}`) ? { was: visit.body.one(`was.${id}`) } : {}) }]),
  );
  const changed = new Set([...over].filter(([, e]) => e.typed !== e.was).map(([id]) => id));
  const keep = async (h: Handle, outcome: Attempt['outcome']): Promise<string> => {
    const isDone = outcome.kind === 'done';
    const attempt: Attempt = {
      ticked: isDone ? [] : ticked,
      ranks: Object.fromEntries([...typed].filter(([id]) => changed.has(id) && !(isDone && ticked.includes(id)))),
      outcome,
    };
    const draft = await keepDraft(h, deps.cipher, 'report-attempt', visit.owner, attempt);
    return addressOf(paths.report(), new URLSearchParams([...shown, ['draft', draft]]).toString());
  };
  if (visit.body.one('do') === 'save')
    return seeOther(await keep(deps.db, { kind: 'ranks', ...(await keepRanks(deps, visit.actor, over, visit.requestId)) }));
  let to: string | undefined;
  const outcome = await reportUpward(deps, visit.actor, ticked, typed, visit.requestId, async (trx, done) => {
    to = await keep(trx, done);
    await visit.settle(trx, to);
  });
  // what was typed and not reported is there again tomorrow; what is wrong with it is said when it is reported
  for (const id of outcome.kind === 'done' ? ticked : []) over.delete(id);
  await keepRanks(deps, visit.actor, over, visit.requestId);
  return seeOther(to ?? (await keep(deps.db, outcome)));
}
