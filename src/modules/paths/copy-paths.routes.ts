import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, unitActor, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { copyPaths, type CopyAnswer } from './copy-paths';
import { listCopyable, type CopyablePath } from './path.read';
import { pathTitle } from './path.view';

const reasons: Record<Extract<CopyAnswer, { kind: 'refused' }>['why'], string> = {
  'already-live': '已经有待审核或者已通过的路径',
  ring: '会形成循环，请先核对上一级单位的路径',
  self: '上一级不能是本单位',
  'upstream-not-permitted': '上一级单位现在没有「职称评审」权限，请与其联系',
  'committee-not-fit': '评审委员会任期已满或者不再受理该系列、该级别，请选择其他评审委员会',
};

interface Answered {
  year: number;
  rows: { title: string; upstream: string; text: string; isDone: boolean }[];
}

interface Chosen {
  fromYear: number;
  ids: number[];
}

/** P3 「复制上年度路径」: choose, confirm, an answer for each. */
export function copyPathsRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const title = '复制上年度路径';
  const crumbs = [homeCrumb, { text: '单位路径申请', href: paths.unitPaths() }, { text: title }];

  /** from the last year to this one; towards the end of the year also on to the next */
  async function yearOf(asked: string): Promise<number> {
    const { today } = await databaseNow(db);
    const present = Number(today.slice(0, 4));
    return wholeNumber(asked, 4) === present ? present : present - 1;
  }
  const note = (p: CopyablePath): string =>
    p.isLive ? '已经申请' : p.isFit ? '' : p.upstreamUnitId === null ? reasons['committee-not-fit'] : reasons['upstream-not-permitted'];

  async function choose(visit: Visit, errors: PageError[] = []): Promise<Reply> {
    const { unitId } = unitActor(visit);
    const fromYear = await yearOf(visit.query.one('from') || visit.body.one('from'));
    const catalogue = await deps.catalogue.get();
    const rows = await listCopyable(db, unitId, fromYear);
    const view = (p: CopyablePath) => ({
      id: p.id,
      title: pathTitle({ ...p, year: fromYear + 1 }, catalogue),
      upstream: p.upstreamName,
      note: note(p),
      can: !p.isLive && p.isFit,
    });
    const { today } = await databaseNow(db);
    const present = Number(today.slice(0, 4));
    return page(
      'paths/copy',
      { title, breadcrumbs: crumbs, errors },
      {
        rows: rows.map(view),
        fromYear,
        toYear: fromYear + 1,
        action: paths.copyPaths(),
        other:
          fromYear === present
            ? { text: `复制到 ${present} 年度`, href: paths.copyPaths() }
            : { text: `复制到 ${present + 1} 年度`, href: `${paths.copyPaths()}?from=${present}` },
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  /** What will be asked for, before it is. */
  async function confirm(visit: Visit): Promise<Reply> {
    const chosen = await findDraft<Chosen>(db, deps.cipher, 'chosen-paths', visit.owner, visit.query.one('confirm'));
    if (!chosen) return refusal(410, '本次选择已经过期，请重新勾选', { text: title, href: paths.copyPaths() });
    const { fromYear, ids } = chosen;
    const catalogue = await deps.catalogue.get();
    const rows = (await listCopyable(db, unitActor(visit).unitId, fromYear)).filter((p) => ids.includes(p.id));
    if (rows.length === 0) return seeOther(paths.copyPaths());
    return page(
      'paths/copy-confirm',
      { title: '确认复制路径', breadcrumbs: [...crumbs.slice(0, -1), { text: title, href: paths.copyPaths() }, { text: '确认' }] },
      {
        rows: rows.map((p) => ({ label: pathTitle({ ...p, year: fromYear + 1 }, catalogue), text: `上报至 ${p.upstreamName}` })),
        toYear: fromYear + 1,
        fields: { from: fromYear, ids: rows.map((p) => p.id) },
        action: paths.copyPaths(),
        backHref: `${paths.copyPaths()}?from=${fromYear}`,
      },
    );
  }

  async function show(visit: Visit): Promise<Reply> {
    if (visit.query.has('confirm')) return confirm(visit);
    if (!visit.query.has('result')) return choose(visit);
    const done = await findDraft<Answered>(db, deps.cipher, 'copied-paths', visit.owner, visit.query.one('result'));
    if (!done) return refusal(410, '本次操作的结果已经过期，请在「单位路径申请」中查看', { text: '单位路径申请', href: paths.unitPaths() });
    const count = done.rows.filter((r) => r.isDone).length;
    const rest = done.rows.length - count;
    return page(
      'paths/copied',
      {
        title,
        breadcrumbs: crumbs,
        notice: {
          kind: rest === 0 ? 'success' : 'warning',
          text: `已申请 ${count} 条 ${done.year} 年度路径，等待上一级审核${rest > 0 ? `；另有 ${rest} 条没有申请` : ''}`,
        },
      },
      {
        table: {
          caption: '申请结果',
          columns: [
            { key: 'path', text: '路径', width: 'l' },
            { key: 'up', text: '上一级', width: 'l' },
            { key: 'state', text: '结果', nowrap: true },
            { key: 'why', text: '说明', width: 'm' },
          ],
          rows: done.rows.map((r) => ({
            cells: [
              { text: r.title },
              { text: r.upstream },
              { tag: r.isDone ? { text: '已申请', colour: 'green' } : { text: '未申请', colour: 'red' } },
              { text: r.text },
            ],
          })),
        },
      },
    );
  }

  async function copy(visit: Visit): Promise<Reply> {
    const ids = visit.body.all('ids').flatMap((x) => wholeNumber(x) ?? []);
    if (ids.length === 0) return choose(visit, [{ text: '请勾选需要复制的路径', href: '#list' }]);
    const fromYear = await yearOf(visit.body.one('from'));
    const catalogue = await deps.catalogue.get();
    if (visit.body.one('do') !== 'copy') {
      const chosen: Chosen = { fromYear, ids };
      return seeOther(`${paths.copyPaths()}?confirm=${await keepDraft(db, deps.cipher, 'chosen-paths', visit.owner, chosen)}`);
    }
    const answers = await copyPaths(deps, unitActor(visit), { fromYear, ids, requestId: visit.requestId });
    const kept: Answered = {
      year: fromYear + 1,
      rows: answers.map((a) => ({
        title: pathTitle({ ...a.path, year: fromYear + 1 }, catalogue),
        upstream: a.path.upstreamName,
        isDone: a.kind === 'done',
        text: a.kind === 'done' ? '' : reasons[a.why],
      })),
    };
    return seeOther(`${paths.copyPaths()}?result=${await keepDraft(db, deps.cipher, 'copied-paths', visit.owner, kept)}`);
  }

  return [
    { method: 'get', path: paths.copyPaths(), access: 'paths.own', audit: null, handle: show },
    { method: 'post', path: paths.copyPaths(), access: 'paths.own', audit: 'path.request', handle: copy },
  ];
}
