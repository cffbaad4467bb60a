import type { Deps } from '../../deps';
import { addressOf } from '../../http/paging';
import { meetingOf, page, seeOther, type Crumb, type PageError, type Reply, type Visit } from '../../http/route';
import { isUuid, wholeNumber } from '../../lib/ids';
import { normaliseLine } from '../../lib/text';
import { listRecusals, type MeetingHead } from './meeting.read';
import { recusalText } from './meeting.view';
import { withdrawRecusal } from './review-items';

/** One page for the judge and for the office: which recusal, why it was wrong, and what follows. */
export function withdrawalPage(
  deps: Deps,
  o: {
    /** `judgeId`: whose recusals the page is about; undefined where the address says it */
    head: (visit: Visit) => Promise<{ m: MeetingHead; crumbs: Crumb[]; judgeId?: number }>;
    action: (meetingId: number) => string;
    back: (meetingId: number) => string;
  },
): { show: (visit: Visit) => Promise<Reply>; post: (visit: Visit) => Promise<Reply> } {
  async function show(visit: Visit, reasons: readonly string[] = []): Promise<Reply> {
    const { m, crumbs, judgeId } = await o.head(visit);
    const asked = visit.method === 'POST' ? visit.body : visit.query;
    const judge = judgeId ?? wholeNumber(asked.one('judge'));
    const found = (await listRecusals(deps.db, m.id)).find((r) => r.judgeId === judge && r.declarationId === asked.one('item'));
    return page(
      'meetings/withdraw-recusal',
      { title: '撤销回避', breadcrumbs: crumbs, errors: reasons.map((text): PageError => ({ text, href: '#reason' })) },
      {
        rows: found && [
          { label: '评委', text: found.judge },
          { label: '申报人', text: found.applicant },
          { label: '回避原因', text: recusalText(found) },
        ],
        action: o.action(m.id),
        fields: found && { item: found.declarationId, judge: found.judgeId },
        reason: visit.method === 'POST' ? visit.body.one('reason') : '',
        back: o.back(m.id),
      },
      reasons.length > 0 ? 422 : 200,
    );
  }
  async function post(visit: Visit): Promise<Reply> {
    const { id } = meetingOf(visit);
    const item = visit.body.one('item');
    const outcome = await withdrawRecusal(
      deps,
      visit.actor,
      id,
      {
        declarationId: isUuid(item) ? item : '00000000-0000-0000-0000-000000000000',
        judgeId: wholeNumber(visit.body.one('judge')) ?? 0,
        reason: normaliseLine(visit.body.one('reason')).slice(0, 200),
      },
      visit.requestId,
    );
    return outcome.kind === 'done' ? seeOther(addressOf(o.back(id), { done: 'withdraw-recusal' })) : show(visit, outcome.reasons);
  }
  return { show: (visit) => show(visit), post };
}
