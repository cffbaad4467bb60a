import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { countCharacters, normaliseText } from '../../lib/text';
import { standardReasons } from './reasons';
import { deskOf, insertReason, listReasons, MAX_REASONS, removeReason } from './review-notes.store';

const LIMIT = 200;
const said: Record<string, string> = { added: '已保存', there: '该意见已经保存过，不需要重复添加', removed: '已删除' };

/** 「常用退回意见」: what a desk writes again and again, kept once (R1). */
export function reasonsRoutes(deps: Deps): Route[] {
  async function list(visit: Visit, problem?: { text: string; typed: string }): Promise<Reply> {
    const own = await listReasons(deps.db, deskOf(visit.actor));
    const text = said[visit.query.one('done')];
    return page(
      'review/reasons',
      {
        title: '常用退回意见',
        breadcrumbs: [
          homeCrumb,
          {
            text: visit.actor.role === 'unit' ? '职称申报数据审核' : '申报受理与评审',
            href: visit.actor.role === 'unit' ? paths.review() : paths.office(),
          },
          { text: '常用退回意见' },
        ],
        ...(problem ? { errors: [{ text: problem.text, href: '#text' }] } : {}),
        ...(text ? { notice: { kind: 'success' as const, text } } : {}),
      },
      {
        standard: standardReasons,
        own,
        action: paths.returnReasons(),
        typed: problem?.typed ?? '',
        problem: problem?.text,
        limit: LIMIT,
        isFull: own.length >= MAX_REASONS,
      },
      problem ? 422 : 200,
    );
  }

  async function change(visit: Visit): Promise<Reply> {
    const desk = deskOf(visit.actor);
    const [act, id = ''] = visit.body.one('do').split(':');
    if (act === 'remove') {
      await inTransaction(deps.db, (trx) => removeReason(trx, desk, wholeNumber(id) ?? 0));
      return seeOther(addressOf(paths.returnReasons(), { done: 'removed' }));
    }
    const typed = normaliseText(visit.body.one('text'));
    if (typed === '') return list(visit, { text: '请填写意见', typed });
    if (countCharacters(typed) > LIMIT) return list(visit, { text: `意见最多 ${LIMIT} 个字，现有 ${countCharacters(typed)} 个字`, typed });
    if ((await listReasons(deps.db, desk)).length >= MAX_REASONS)
      return list(visit, { text: `最多保存 ${MAX_REASONS} 条，请先删除不再使用的`, typed });
    const isNew =
      !standardReasons.includes(typed) && (await inTransaction(deps.db, (trx) => insertReason(trx, desk, typed, visit.actor.accountId)));
    return seeOther(addressOf(paths.returnReasons(), { done: isNew ? 'added' : 'there' }));
  }

  return [
    { method: 'get', path: paths.returnReasons(), access: 'review.reasons', audit: null, handle: (visit) => list(visit) },
    { method: 'post', path: paths.returnReasons(), access: 'review.reasons', audit: null, handle: change },
  ];
}
