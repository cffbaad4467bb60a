import type { Deps } from '../../deps';
import { textFilter } from '../../form/filter-controls';
import { startCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, type Reply, type Route, type Visit } from '../../http/route';
import { normaliseLine } from '../../lib/text';
import { bureauName } from '../catalogue';
import { listBureaus } from './bureaus.read';

/** On one page; more words narrow it down. */
const MOST = 100;

/** P4 「人社局联系电话」: where every bureau is reached, for everybody: who cannot sign in has nowhere else to look. */
export function bureausRoutes({ db, settings }: Deps): Route[] {
  const list = async (visit: Visit): Promise<Reply> => {
    const q = normaliseLine(visit.query.one('q')).replaceAll(' ', '').slice(0, 50);
    const { servicePhone } = await settings.get();
    const found = await listBureaus(db, q, MOST + 1);
    const columns = [
      { key: 'division', text: '地区' },
      { key: 'bureau', text: '人社局' },
      { key: 'phone', text: '联系电话' },
    ];
    const emptyText = q === '' ? '请填写所在地区的名称，点击「查询」' : `没有找到「${q}」，请填写省、市、区（县）的名称，例如「环翠区」`;
    return page(
      'contacts/bureaus',
      { title: '人社局联系电话', breadcrumbs: [startCrumb(visit), { text: '人社局联系电话' }] },
      {
        action: paths.bureaus(),
        servicePhone,
        isMore: found.length > MOST,
        most: MOST,
        controls: [textFilter('q', '地区', q, 'm')],
        table: {
          caption: '人社局联系电话',
          emptyText,
          columns,
          rows: found.slice(0, MOST).map((b) => ({
            cells: [
              { text: b.division },
              { text: bureauName(b.division) },
              b.phone === null
                ? { phone: servicePhone, sub: '人社服务电话' }
                : { phone: b.phone, ...(b.isOwn ? {} : { sub: '上级人社局的电话' }) },
            ],
          })),
        },
      },
    );
  };
  return [{ method: 'get', path: paths.bureaus(), access: 'public', onlyShows: true, audit: null, handle: list }];
}
