import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import type { Route } from '../../http/route';
import { states, type StateName } from '../../policy/declaration-moves';
import { queueRoutes, type ShowOption } from '../review';
import { openCommonPublicity } from './publish-results';

export const officeStates = [
  'office_review',
  'correction',
  'accepted',
  'voted_passed',
  'voted_failed',
  'publicity',
  'certified',
  'refused',
  'abandoned',
] as const satisfies readonly StateName[];

/** What the office's list can show; the first is what it opens with. */
export const officeShows: readonly ShowOption[] = [
  ...officeStates.map((value) => ({ value, text: states[value].text })),
  { value: 'all', text: '全部' },
];

/** The committee office's list (J1, J4). */
export function officeRoutes(deps: Deps): Route[] {
  return queueRoutes(deps, {
    title: '申报受理与评审',
    checks: true,
    access: 'office.queue',
    address: paths.office(),
    bulkAddress: paths.officeBulk(),
    lead: '点击姓名查看申报内容后，可以受理、退回补正、不予受理、登记表决结果；也可以勾选多项，一次「受理」「不予受理」或者「公示」。',
    shows: officeShows,
    sorts: ['arrived', 'name', 'unit', 'rank', 'state'],
    exportTo: { action: paths.officeExport(), hint: '按年度、职称系列、职称级别和状态导出，证件号码只显示首尾' },
    columns: ['name', 'title', 'speciality', 'unit', 'rank', 'state', 'arrived'],
    moves: ['accept', 'refuse', 'publish'],
    together: { publish: openCommonPublicity },
    whole: ['publish'],
    empty: {
      text: '没有等待受理的申报',
      detail: '单位上报到本评审委员会的申报会出现在这里。单位须先取得通往本评审委员会的上报路径。',
      actionText: '评委会路径审核',
      actionHref: paths.pathReview(),
    },
    next: { publish: { text: '查看「结果公示」', href: paths.publicities() } },
  });
}

/** So many results are confirmed while the reader waits; more are a long task. */
export const CONFIRMED_AT_ONCE = 20;

/** The bureau's list of results to confirm (J4). */
export function resultsRoutes(deps: Deps): Route[] {
  return queueRoutes(deps, {
    title: '评审结果确认',
    access: 'results.confirm',
    address: paths.results(),
    bulkAddress: paths.resultsBulk(),
    lead: '公示期满且没有需要处理的异议后，由人社局确认评审结果。确认后生成电子证书。',
    shows: [
      { value: 'publicity', text: '全部公示' },
      { value: 'publicity_over', text: '公示期满待确认' },
      { value: 'publicity_running', text: '公示中' },
      { value: 'certified', text: '已确认发证' },
    ],
    sorts: ['ends', 'name', 'unit', 'arrived'],
    columns: ['name', 'title', 'speciality', 'unit', 'ends', 'state'],
    moves: ['confirm'],
    together: {},
    whole: ['confirm'],
    long: { confirm: { kind: 'results:confirm', above: CONFIRMED_AT_ONCE } },
    empty: {
      text: '没有等待确认的评审结果',
      detail: '本区域评审委员会公示的评审结果会出现在这里，公示期满后可以确认。',
      actionText: '查看「结果公示」',
      actionHref: paths.publicities(),
    },
    next: {},
  });
}
