import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import type { Route } from '../../http/route';
import { queueRoutes } from './queue.routes';
import { regionRoutes } from './region.routes';
import { reasonsRoutes } from './reasons.routes';

/** 「职称申报数据审核」 (R1; guide of 2022, part 4, paragraph 8). */
export function reviewRoutes(deps: Deps): Route[] {
  const list = queueRoutes(deps, {
    checks: true,
    title: '职称申报数据审核',
    access: 'review.queue',
    address: paths.review(),
    bulkAddress: paths.reviewBulk(),
    lead: '点击姓名逐项审核，「通过」或者「退回」之后自动打开下一项；也可以勾选多项，一次「通过」。',
    shows: [
      { value: 'waiting', text: '待处理' },
      { value: 'unit_review', text: '待审核' },
      { value: 'returned_here', text: '上级单位退回' },
      { value: 'returned_to_unit', text: '退回单位' },
      { value: 'unit_passed', text: '审核通过，待上报' },
      { value: 'returned_to_applicant', text: '已退回申报人' },
      { value: 'reported', text: '已上报' },
      { value: 'all', text: '全部' },
    ],
    sorts: ['arrived', 'name', 'unit', 'rank', 'state'],
    columns: ['name', 'title', 'speciality', 'unit', 'rank', 'state', 'arrived'],
    moves: ['pass'],
    together: {},
    empty: {
      text: '没有等待审核的申报',
      detail: '申报人点击「确定申报」或者下级单位上报后，申报数据会出现在这里。审核通过的申报，请在「职称申报数据上报」中上报。',
      actionText: '职称申报数据上报',
      actionHref: paths.report(),
    },
    next: { pass: { text: '职称申报数据上报', href: paths.report() } },
  });
  return [...list, ...regionRoutes(deps), ...reasonsRoutes(deps)];
}
