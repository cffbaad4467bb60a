import { listSms, type SmsState } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { notFound, page, type Route } from '../../http/route';
import { maskMobile } from '../../lib/mask';
import { showMoment } from '../../lib/moment';

const MOST = 100;
const stateTexts: Record<SmsState, { text: string; colour: string }> = {
  waiting: { text: '待发送', colour: 'yellow' },
  sent: { text: '已发送', colour: 'green' },
  refused: { text: '未能发出', colour: 'red' },
  expired: { text: '已过期', colour: 'grey' },
};

/** 「短信记录」: what a development or demonstration site would have sent. In production there is no such page: nobody but the receiver reads a code there. */
export function smsLogRoutes(deps: Deps): Route[] {
  return [
    {
      method: 'get',
      path: paths.smsLog(),
      access: 'sms.read',
      audit: null,
      async handle({ actor, requestId }) {
        if (deps.config.production) return notFound;
        const messages = await listSms(deps.db, deps.cipher, MOST);
        await appendAudit(deps.db, { actorId: actor.accountId, actorName: actor.name, action: 'sms.read', requestId });
        return page(
          'accounts/sms-log',
          { title: '短信记录', breadcrumbs: [homeCrumb, { text: '短信记录' }] },
          {
            table: {
              caption: '短信记录',
              columns: [
                { key: 'at', text: '时间', nowrap: true },
                { key: 'mobile', text: '手机号码', nowrap: true },
                { key: 'text', text: '短信内容', width: 'l' },
                { key: 'state', text: '状态' },
              ],
              rows: messages.map((m) => ({
                id: m.id,
                cells: [{ text: showMoment(m.at) }, { text: maskMobile(m.mobile) }, { text: m.text }, { tag: stateTexts[m.state] }],
              })),
              emptyText: '最近一天没有发送短信',
            },
          },
        );
      },
    },
  ];
}
