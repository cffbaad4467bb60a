import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { showMoment } from '../../lib/moment';
import { endSessions, listSessions } from './password.store';

/** S20 「我的登录」: where the account is signed in, and the way out of everywhere else. */
export function ownSessionsRoutes(deps: Deps): Route[] {
  const show = async (visit: Visit): Promise<Reply> => {
    const sessions = await listSessions(deps.db, visit.actor.accountId);
    return page(
      'accounts/own-sessions',
      {
        title: '我的登录',
        breadcrumbs: [homeCrumb, { text: '我的登录' }],
        ...(visit.query.has('ended') ? { notice: { kind: 'success', text: '在其他地方的登录已全部退出' } } : {}),
      },
      {
        others: sessions.filter((s) => s.name !== visit.owner).length,
        table: {
          caption: '我的登录',
          columns: [
            { key: 'in', text: '登录时间' },
            { key: 'seen', text: '最近使用' },
            { key: 'which', text: '说明' },
          ],
          rows: sessions.map((s) => ({
            cells: [
              { text: showMoment(s.signedInAt) },
              { text: showMoment(s.seenAt) },
              s.name === visit.owner ? { tag: { text: '本次登录', colour: 'green' } } : { text: '其他登录' },
            ],
          })),
        },
      },
    );
  };

  const end = async (visit: Visit): Promise<Reply> => {
    const { actor } = visit;
    await inTransaction(deps.db, async (trx) => {
      const ended = await endSessions(trx, actor.accountId, visit.owner);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'account.end-sessions',
        subjectKind: 'account',
        subjectId: String(actor.accountId),
        detail: { ended },
        requestId: visit.requestId,
      });
    });
    return seeOther(`${paths.ownSessions()}?ended=1`);
  };

  return [
    { method: 'get', path: paths.ownSessions(), access: 'account.own', audit: null, handle: show },
    { method: 'post', path: paths.endOtherSessions(), access: 'account.own', audit: 'account.end-sessions', handle: end },
  ];
}
