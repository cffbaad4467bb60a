import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import type { Actor } from '../../policy/actor';
import { wantsReminders, writeReminders } from './reminders.store';

const whoOf = (actor: Actor): { personId: number } | { unitId: number } =>
  actor.unitId === undefined ? { personId: actor.accountId } : { unitId: actor.unitId };

/** 「提醒短信」: R7's reminders can be switched off by whom they are sent to. */
export function remindersRoutes(deps: Deps): Route[] {
  const show = async (visit: Visit): Promise<Reply> => {
    const isUnit = visit.actor.unitId !== undefined;
    const done = visit.query.one('done');
    const isOn = await wantsReminders(deps.db, whoOf(visit.actor));
    return page(
      'batches/reminders',
      {
        title: '提醒短信',
        breadcrumbs: [homeCrumb, ...(isUnit ? [] : [{ text: '基本信息', href: paths.profile() }]), { text: '提醒短信' }],
        ...(done === 'on' || done === 'off'
          ? { notice: { kind: 'success' as const, text: done === 'on' ? '提醒短信已开启' : '提醒短信已关闭' } }
          : {}),
      },
      {
        isOn,
        tag: isOn ? { text: '已开启', colour: 'green' } : { text: '已关闭' },
        text: isUnit
          ? '单位上报截止前 3 天和前 1 天，如有申报等待本单位审核或者上报，系统向联系人手机号码发送短信提醒。'
          : '个人申报截止前 3 天和前 1 天，如有尚未提交的申报，系统向您的手机号码发送短信提醒。',
        action: paths.reminders(),
      },
    );
  };
  const choose = async (visit: Visit): Promise<Reply> => {
    const to = visit.body.one('do');
    if (to !== 'on' && to !== 'off')
      return refusal(400, '没有这样的操作，请返回上一页重新操作', { text: '提醒短信', href: paths.reminders() });
    await inTransaction(deps.db, async (trx) => {
      if (!(await writeReminders(trx, whoOf(visit.actor), to === 'on'))) return;
      await appendAudit(trx, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'reminders.choose',
        subjectKind: 'account',
        subjectId: String(visit.actor.accountId),
        detail: { wanted: to === 'on' },
        requestId: visit.requestId,
      });
    });
    return seeOther(`${paths.reminders()}?done=${to}`);
  };
  return [
    { method: 'get', path: paths.reminders(), access: 'reminders.choose', audit: null, handle: show },
    { method: 'post', path: paths.reminders(), access: 'reminders.choose', audit: 'reminders.choose', handle: choose },
  ];
}
