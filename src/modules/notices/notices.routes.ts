import type { Deps } from '../../deps';
import type { ControlModel } from '../../form/control';
import { paths } from '../../http/paths';
import { notFound, page, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { normaliseLine } from '../../lib/text';
import { isLevel, levels, levelText } from '../catalogue';
import { listCommittees, listCommitteeSeries } from './committee.read';
import { listFaqs } from './faq.read';
import { findNotice, listNotices } from './notice.read';

const PAGE_SIZE = 20;
/** More words than that narrow nothing down any more. */
const MAX_WORDS = 5;

const numberOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

const crumbs = (visit: Visit, ...rest: Crumb[]): Crumb[] => [
  { text: '首页', href: visit.visitor ? paths.home() : paths.signIn() },
  ...rest,
];

const select = (name: string, label: string, value: string, options: { value: string; text: string }[]): ControlModel => ({
  type: 'choice',
  style: 'select',
  id: `f-${name}`,
  name,
  label,
  required: false,
  value,
  width: 'm',
  items: [{ value: '', text: '全部' }, ...options].map((o) => ({ ...o, selected: o.value === value })),
});

/** Public pages: 「通知公告」, 「常见问题」, 「评审委员会」. */
export function noticesRoutes(deps: Deps): Route[] {
  const notices = async (visit: Visit): Promise<Reply> => {
    const list = await listNotices(deps.db, numberOf(visit.query.one('page')) ?? 1, PAGE_SIZE);
    return page(
      'notices/notices',
      { title: '通知公告', breadcrumbs: crumbs(visit, { text: '通知公告' }) },
      { list, pages: { ...list, base: `${paths.notices()}?page=` } },
    );
  };

  const notice = async (visit: Visit): Promise<Reply> => {
    const id = numberOf(visit.param('notice'));
    const found = id === undefined ? undefined : await findNotice(deps.db, id);
    if (!found) return notFound;
    return page(
      'notices/notice',
      { title: found.title, breadcrumbs: crumbs(visit, { text: '通知公告', href: paths.notices() }, { text: found.title }) },
      { notice: found },
    );
  };

  const faq = async (visit: Visit): Promise<Reply> => {
    const q = normaliseLine(visit.query.one('q')).slice(0, 50);
    const categories = await listFaqs(deps.db, q === '' ? [] : q.split(' ').slice(0, MAX_WORDS));
    const control: ControlModel = { type: 'text', id: 'f-q', name: 'q', label: '关键词', required: false, value: q, width: 'm' };
    return page(
      'notices/faq',
      { title: '常见问题', breadcrumbs: crumbs(visit, { text: '常见问题' }) },
      { categories, q, action: paths.faq(), controls: [control] },
    );
  };

  const committees = async (visit: Visit): Promise<Reply> => {
    const seriesId = numberOf(visit.query.one('series'));
    const level = isLevel(visit.query.one('level')) ? visit.query.one('level') : '';
    const [lines, series] = await Promise.all([
      listCommittees(deps.db, { ...(seriesId === undefined ? {} : { seriesId }), ...(level === '' ? {} : { level }) }),
      listCommitteeSeries(deps.db),
    ]);
    const rows = lines.map((c) => ({
      cells: [
        { text: c.seriesName },
        { text: c.levels.map(levelText).join('、') },
        { text: c.committee, sub: c.divisionName },
        { text: c.foundedBy },
        { text: c.phone },
        { text: showDate(c.validUntil) },
      ],
    }));
    return page(
      'notices/committees',
      { title: '评审委员会', breadcrumbs: crumbs(visit, { text: '评审委员会' }) },
      {
        action: paths.committees(),
        controls: [
          select(
            'series',
            '职称系列',
            seriesId === undefined ? '' : String(seriesId),
            series.map((s) => ({ value: String(s.id), text: s.name })),
          ),
          select(
            'level',
            '职称级别',
            level,
            levels.map((l) => ({ value: l.code, text: l.text })),
          ),
        ],
        table: {
          caption: '评审委员会',
          emptyText: '没有符合条件的评审委员会',
          columns: ['职称系列', '职称级别', '评审委员会', '组建单位', '联系电话', '有效期至'].map((text) => ({ key: text, text })),
          rows,
        },
        total: rows.length,
      },
    );
  };

  return [
    { method: 'get', path: paths.notices(), access: 'public', audit: null, handle: notices },
    { method: 'get', path: '/notices/:notice', access: 'public', audit: null, handle: notice },
    { method: 'get', path: paths.faq(), access: 'public', audit: null, handle: faq },
    { method: 'get', path: paths.committees(), access: 'public', audit: null, handle: committees },
  ];
}
