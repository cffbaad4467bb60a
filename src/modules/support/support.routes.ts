import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { auditFilterForm, auditLinks, auditTable, chainState, readAuditQuery, type AuditWords } from './audit-log.view';
import { findLastVerification, listAuditLog } from './audit-log.read';
import { supportAccountsRoutes } from './accounts.routes';
import { correctionsRoutes } from './corrections.routes';
import { readClock } from './clock.store';
import { isClockChange, setClock } from './set-clock';
import { verifyLog } from './verify-log';

const crumbs = (text: string): NonNullable<PageMeta['breadcrumbs']> => [{ text: '首页', href: paths.home() }, { text }];

/** Pages of technical support, and of the system administrator: 「操作日志」 and 「演示时钟」. */
export function supportRoutes(deps: Deps, words: AuditWords): Route[] {
  const clock = async (visit: Visit): Promise<Reply> => {
    if (!deps.config.demo) return notFound;
    const state = await readClock(deps.db);
    return page(
      'support/clock',
      {
        title: '演示时钟',
        breadcrumbs: crumbs('演示时钟'),
        ...(visit.query.has('saved') ? { notice: { kind: 'success' as const, text: '演示时钟已调整。' } } : {}),
      },
      { clock: state },
    );
  };

  const moveClock = async (visit: Visit): Promise<Reply> => {
    const change = visit.body.one('do');
    if (!isClockChange(change)) return refusal(400, '没有这样的操作，请返回上一页重新操作', { text: '返回演示时钟', href: paths.clock() });
    const outcome = await setClock(deps, visit.actor, change, visit.requestId);
    return outcome.kind === 'done' ? seeOther(`${paths.clock()}?saved=1`) : notFound;
  };

  const audit = async (visit: Visit): Promise<Reply> => {
    const query = readAuditQuery(visit.query);
    const [shown, last] = await Promise.all([listAuditLog(deps.db, query.filter, query.before), findLastVerification(deps.db)]);
    return page(
      'support/audit',
      { title: '操作日志', breadcrumbs: crumbs('操作日志'), errors: query.errors },
      { filter: auditFilterForm(query), table: auditTable(shown, words), links: auditLinks(query, shown), chain: chainState(last) },
    );
  };

  const verify = async (visit: Visit): Promise<Reply> => {
    await verifyLog(deps, visit.actor, visit.requestId);
    return seeOther(paths.audit());
  };

  return [
    ...supportAccountsRoutes(deps),
    ...correctionsRoutes(deps),
    { method: 'get', path: paths.clock(), access: 'clock.set', audit: null, handle: clock },
    { method: 'post', path: paths.clock(), access: 'clock.set', audit: 'clock.set', handle: moveClock },
    { method: 'get', path: paths.audit(), access: 'audit.read', audit: null, handle: audit },
    { method: 'post', path: paths.auditVerify(), access: 'audit.read', audit: 'audit.verify', handle: verify },
  ];
}
