import { choiceFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { page, type Reply, type Visit } from '../../http/route';
import { showMoment } from '../../lib/moment';

/** A bureau's list of what it is to approve: 「评委会审核」, 「评审计划审核」. */
export const reviewPage = (
  visit: Visit,
  o: {
    title: string;
    address: string;
    shows: readonly { value: string; text: string }[];
    show: string;
    done: Record<string, string>;
    table: object;
  },
): Reply =>
  page(
    'committee/review',
    { title: o.title, breadcrumbs: [homeCrumb, { text: o.title }], ...doneNotice(visit, o.done) },
    { filter: { action: o.address, controls: [choiceFilter('show', '状态', [...o.shows], o.show, 'm')] }, table: o.table },
  );

/** 「审核」 as a row of a summary; none while nobody has decided. */
export const decisionRows = (
  d: { decidedAt: Date | null; decidedBy: string | null; reason: string },
  isApproved: boolean,
  approvedText: string,
): { label: string; text: string }[] =>
  d.decidedAt
    ? [{ label: '审核', text: `${showMoment(d.decidedAt)}　${d.decidedBy ?? ''}：${isApproved ? approvedText : `不通过，${d.reason}`}` }]
    : [];
