import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { addressOf, countOrNone } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, unitOf, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { levelText } from '../catalogue';
import { BULK_LIMIT } from '../review';
import { findUnit } from '../units';
import { countHeldGroups } from './held.read';
import { sendBackHeld } from './send-back-held';

/** C3: what stands with a unit whose permission was taken back goes on. */
export function sendBackRoutes(deps: Deps): Route[] {
  const { db } = deps;

  const show = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const [unit, groups, catalogue] = await Promise.all([findUnit(db, id), countHeldGroups(db, id), deps.catalogue.get()]);
    if (!unit) throw new Error(`no unit ${id}`);
    const [first, reported] = [groups.reduce((n, g) => n + g.first, 0), groups.reduce((n, g) => n + g.reported, 0)];
    const all = first + reported;
    const notice: PageMeta['notice'] = visit.query.has('more')
      ? { kind: 'success', text: `已退回一部分，还有 ${all} 份，请继续点击「退回」` }
      : undefined;
    return page(
      'units/send-back',
      {
        title: '退回正在该单位的申报',
        breadcrumbs: [
          homeCrumb,
          { text: '单位信息维护', href: paths.bureauUnits() },
          { text: unit.name, href: paths.bureauUnit(id) },
          { text: '退回申报' },
        ],
        ...(notice ? { notice } : {}),
      },
      {
        table: {
          caption: '正在该单位的申报',
          emptyText: '该单位没有需要退回的申报',
          columns: [
            { key: 'year', text: '年度' },
            { key: 'series', text: '职称系列' },
            { key: 'level', text: '职称级别' },
            { key: 'first', text: '退回申报人' },
            { key: 'reported', text: '退回下级单位' },
          ],
          rows: groups.map((g) => ({
            cells: [
              { text: String(g.year) },
              { text: catalogue.seriesName(g.seriesId) },
              { text: levelText(g.level) },
              { text: countOrNone(g.first, '份') },
              { text: countOrNone(g.reported, '份') },
            ],
          })),
        },
        all,
        items: [
          ...(first > 0
            ? [
                '申报人直接提交的，退回申报人。申报人收到短信，在「申报信息」中重新选择申报单位，其他内容保留，重新提交不受申报截止时间限制。',
              ]
            : []),
          ...(reported > 0 ? ['下级单位上报的，退回下级单位，由下级单位按新的路径重新上报。'] : []),
          ...(all > BULK_LIMIT ? [`每次退回 ${BULK_LIMIT} 份，请分次退回。`] : []),
        ],
        action: paths.sendBackHeld(id),
        backHref: paths.bureauUnit(id),
      },
    );
  };

  const sendBack = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const back = { text: '返回该单位', href: paths.bureauUnit(id) };
    let to = '';
    const outcome = await sendBackHeld(deps, visit.actor, { unitId: id, requestId: visit.requestId }, async (h) => {
      const isMore = (await countHeldGroups(h, id)).length > 0;
      to = isMore ? addressOf(paths.sendBackHeld(id), { more: '1' }) : addressOf(paths.bureauUnit(id), { done: 'send-back' });
      await visit.settle(h, to);
    });
    return outcome ? seeOther(to) : refusal(409, '该单位刚刚重新取得「职称评审」权限，申报由该单位处理，没有退回', back);
  };

  const access = 'unit.send-back';
  const path = paths.sendBackHeld(':unit');
  return [
    { method: 'get', path, access, audit: null, handle: show },
    { method: 'post', path, access, audit: 'declaration.send-back', handle: sendBack },
  ];
}
