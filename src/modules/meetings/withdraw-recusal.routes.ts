import type { Deps } from '../../deps';
import { addressOf } from '../../http/paging';
import { meetingOf, page, seeOther, type Crumb, type PageError, type Reply, type Visit } from '../../http/route';
import { isUuid, wholeNumber } from '../../lib/ids';
import { normaliseLine } from '../../lib/text';
import { listItems, listRecusals, listSeats, type MeetingHead } from './meeting.read';
import { findPartialJudges } from './meeting.store';
import { itemLine, mustStayRecused, namedAs, recusalText, reviewToReturn } from './meeting.view';
import { findReviewReturn, withdrawRecusal } from './review-items';

const withdrawalDone = { none: 'withdraw-recusal', back: 'recusal-withdrawn-back', stays: 'recusal-withdrawn-stays' } as const;
/** What is said on the page that a withdrawal leads to. */
export const withdrawalTexts: Record<(typeof withdrawalDone)[keyof typeof withdrawalDone], string> = {
  'withdraw-recusal': '回避已撤销，该评委可以对这份申报投票',
  'recusal-withdrawn-back': '回避已撤销，这份申报退回该评委评议',
  'recusal-withdrawn-stays': '回避已撤销，该评委可以对这份申报投票；接替的评委已经评分，评议不再退回',
};

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
    const [catalogue, items, seats, recusals] = await Promise.all([
      deps.catalogue.get(),
      listItems(deps.db, m.id),
      listSeats(deps.db, m.id),
      listRecusals(deps.db, m.id),
    ]);
    const nameOf = judgeId === undefined ? (id: number) => seats.find((s) => s.judgeId === id)?.name ?? '' : undefined;
    const found = namedAs(recusals, items, seats).find((r) => r.judgeId === judge && r.declarationId === asked.one('item'));
    const item = items.find((i) => i.id === found?.declarationId);
    const line = item && itemLine(item, catalogue);
    const partial = found && (await findPartialJudges(deps.db, m.id, found.declarationId)).get(found.judgeId);
    return page(
      'meetings/withdraw-recusal',
      { title: '撤销回避', breadcrumbs: crumbs, errors: reasons.map((text): PageError => ({ text, href: '#reason' })) },
      {
        rows: found && [
          { label: '评委', text: found.judge },
          { label: '申报人', text: found.applicant },
          ...(line ? [{ label: '申报', text: `${line.title}，${line.unit}` }] : []),
          { label: '回避原因', text: recusalText(found) },
          ...(line
            ? [
                {
                  label: '撤销以后',
                  text: partial
                    ? mustStayRecused(partial)
                    : reviewToReturn(await findReviewReturn(deps.db, m.id, found.judgeId, found.declarationId), nameOf),
                },
              ]
            : []),
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
    return outcome.kind === 'done'
      ? seeOther(addressOf(o.back(id), { done: withdrawalDone[outcome.review] }))
      : show(visit, outcome.reasons);
  }
  return { show: (visit) => show(visit), post };
}
