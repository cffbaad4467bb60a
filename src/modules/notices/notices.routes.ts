import type { Deps } from '../../deps';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import { showSize } from '../../form/form-model';
import { startCrumb } from '../../http/crumbs';
import { pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { wholeNumber } from '../../lib/ids';
import { normaliseLine } from '../../lib/text';
import { isLevel, levelOptions, levelText, seriesOptions } from '../catalogue';
import { listCommittees, listCommitteeSeries } from './committee.read';
import { faqKind, noticeKind } from './content-kind';
import { contentRoutes } from './content.routes';
import { listFaqs } from './faq.read';
import { noticeFilesRoutes } from './notice-files.routes';
import { listNoticeFiles } from './notice-files.store';
import { countNotices, findNotice, listNotices } from './notice.read';

const PAGE_SIZE = 20;
/** More words than that narrow nothing down any more. */
const MAX_WORDS = 5;

const crumbs = (visit: Visit, ...rest: Crumb[]): Crumb[] => [startCrumb(visit), ...rest];

/** Public pages 「通知公告」, 「常见问题」, 「评审委员会」, and where technical support edits the first two. */
export function noticesRoutes(deps: Deps): Route[] {
  const notices = async (visit: Visit): Promise<Reply> => {
    const paging = pagingOf(visit.query.one('page'), await countNotices(deps.db), PAGE_SIZE);
    const rows = await listNotices(deps.db, paging.limit, paging.offset);
    return page(
      'notices/notices',
      { title: '通知公告', breadcrumbs: crumbs(visit, { text: '通知公告' }) },
      { list: { rows }, pages: pagingLinks(paging, paths.notices()) },
    );
  };

  const notice = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('notice'));
    const found = id === undefined ? undefined : await findNotice(deps.db, id);
    if (!found) return notFound;
    const files = await listNoticeFiles(deps.db, found.id);
    return page(
      'notices/notice',
      { title: found.title, breadcrumbs: crumbs(visit, { text: '通知公告', href: paths.notices() }, { text: found.title }) },
      { notice: found, files: files.map((f) => ({ name: f.name, size: showSize(f.size), href: paths.noticeFile(found.id, f.id) })) },
    );
  };

  const faq = async (visit: Visit): Promise<Reply> => {
    const q = normaliseLine(visit.query.one('q')).slice(0, 50);
    const categories = await listFaqs(deps.db, q === '' ? [] : q.split(' ').slice(0, MAX_WORDS));
    return page(
      'notices/faq',
      { title: '常见问题', breadcrumbs: crumbs(visit, { text: '常见问题' }) },
      { categories, q, action: paths.faq(), controls: [textFilter('q', '关键词', q, 'm')] },
    );
  };

  const committees = async (visit: Visit): Promise<Reply> => {
    const seriesId = wholeNumber(visit.query.one('series'), 4);
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
        { phone: c.phone },
        { text: showDate(c.validUntil) },
      ],
    }));
    return page(
      'notices/committees',
      { title: '评审委员会', breadcrumbs: crumbs(visit, { text: '评审委员会' }) },
      {
        action: paths.committees(),
        controls: [
          choiceFilter('series', '职称系列', anyOr(seriesOptions(series)), seriesId, 'm'),
          choiceFilter('level', '职称级别', anyOr(levelOptions()), level, 'm'),
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
    ...contentRoutes(deps, faqKind),
    ...contentRoutes(deps, noticeKind),
    ...noticeFilesRoutes(deps),
    { method: 'get', path: paths.notices(), access: 'public', onlyShows: true, audit: null, handle: notices },
    { method: 'get', path: '/notices/:notice', access: 'public', onlyShows: true, audit: null, handle: notice },
    { method: 'get', path: paths.faq(), access: 'public', onlyShows: true, audit: null, handle: faq },
    { method: 'get', path: paths.committees(), access: 'public', onlyShows: true, audit: null, handle: committees },
  ];
}
