import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { countCharacters, normaliseText } from '../../lib/text';
import { handlingList } from '../committee';
import type { Appeal } from '../declarations';
import { answerAppeal, decideAppeal, type AnswerOutcome } from './answer-appeal';
import { appealRows, appealTexts, evidenceLinks } from './appeals.view';
import { countAppeals, findAppealFor, listAppeals } from './appeals.store';
import { listEvidence } from './evidence';

const WORDS = 500;
const crumb = { text: '复查申请', href: paths.rechecks() };

type Answer = 'kept' | 'proposed';
type Decision = 'granted' | 'refused';
const answers: Record<Answer, { text: string; hint: string }> = {
  kept: { text: '维持原评审结果', hint: '本次申报按原评审结果结束' },
  proposed: { text: '建议重新评审', hint: '报人社局审核，人社局同意的，由评审委员会重新评审、重新表决' },
};
const decisions: Record<Decision, { text: string; hint: string }> = {
  granted: { text: '同意重新评审', hint: '该申报回到「已受理」，可以列入评审会议；原表决结果保留在办理记录中' },
  refused: { text: '不同意，维持原评审结果', hint: '本次申报按原评审结果结束' },
};

/** 「复查申请」 (J4): the office answers, the bureau decides where the committee is to review anew. */
export function appealHandlingRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function list(visit: Visit): Promise<Reply> {
    const { all } = await countAppeals(db, visit.actor);
    return handlingList(visit, {
      title: '复查申请',
      lead: '评审未通过的申报人对结果有疑问的，可以在期限内申请复查。由评委会办事机构复查并答复；建议重新评审的，由人社局审核。',
      address: paths.rechecks(),
      emptyText: '没有收到复查申请',
      done: { answered: '已登记处理结果' },
      count: all,
      rows: (limit, offset) => listAppeals(db, visit.actor, limit, offset),
      columns: [
        { key: 'name', text: '申请人', width: 's' },
        { key: 'committee', text: '评审委员会', width: 'l' },
        { key: 'at', text: '申请时间', nowrap: true },
        { key: 'state', text: '状态', nowrap: true },
      ],
      cells: (a) => [
        { text: a.applicantName, href: paths.handleRecheck(a.id) },
        { text: a.committeeName },
        { text: showMoment(a.askedAt) },
        { tag: appealTexts[a.state] },
      ],
    });
  }

  async function find(visit: Visit): Promise<Appeal | undefined> {
    const id = wholeNumber(visit.param('appeal'));
    return id === undefined ? undefined : findAppealFor(db, visit.actor, id);
  }

  /** What this visitor is to decide now. */
  function formOf(visit: Visit, a: Appeal, typed: FormInput | undefined, errors: readonly PageError[]) {
    const problem = (field: string): string | undefined => errors.find((e) => e.href === `#${field}`)?.text;
    const choice = (options: Record<string, { text: string; hint: string }>, legend: string) => ({
      name: 'outcome',
      legend,
      options: Object.entries(options).map(([value, x]) => ({ value, ...x, chosen: typed?.one('outcome') === value })),
      problem: problem('outcome'),
    });
    const words = (label: string) => ({
      name: 'words',
      label,
      hint: `申报人能够看到，最多 ${WORDS} 个字`,
      value: typed?.one('words') ?? '',
      problem: problem('words'),
    });
    if (visit.actor.role === 'office' && a.state === 'asked')
      return { action: paths.handleRecheck(a.id), choice: choice(answers, '答复'), words: words('复查情况'), submitText: '提交答复' };
    if (visit.actor.role === 'bureau' && a.state === 'proposed')
      return { action: paths.decideRecheck(a.id), choice: choice(decisions, '审核'), words: words('意见'), submitText: '提交审核结果' };
    return undefined;
  }

  async function show(visit: Visit, typed?: FormInput, errors: PageError[] = [], status: 200 | 409 | 422 = 200): Promise<Reply> {
    const a = await find(visit);
    if (!a) return notFound;
    return page(
      'appeals/one',
      { title: `复查申请：${a.applicantName}`, breadcrumbs: [homeCrumb, crumb, { text: a.applicantName }], errors },
      {
        tag: appealTexts[a.state],
        rows: [
          { label: '申请人', text: a.applicantName, href: paths.declaration(a.declarationId) },
          { label: '评审委员会', text: a.committeeName },
          ...appealRows(a),
        ],
        files: a.state === 'withdrawn' ? [] : evidenceLinks(a.declarationId, await listEvidence(db, a.declarationId, a.resultEventId)),
        declarationHref: paths.declaration(a.declarationId),
        backHref: paths.rechecks(),
        form: formOf(visit, a, typed, errors),
      },
      status,
    );
  }

  /** Reads the form of `show` and has it acted upon. */
  const decide =
    <K extends string>(
      options: Record<K, unknown>,
      labels: { choice: string; words: string },
      act: (a: Appeal, k: K, words: string, v: Visit) => Promise<AnswerOutcome>,
    ) =>
    async (visit: Visit): Promise<Reply> => {
      const a = await find(visit);
      if (!a) return notFound;
      const { body } = visit;
      const errors: PageError[] = [];
      const chosen = body.one('outcome');
      const words = normaliseText(body.one('words'));
      if (!Object.hasOwn(options, chosen)) errors.push({ text: `请选择${labels.choice}`, href: '#outcome' });
      if (words === '') errors.push({ text: `请填写「${labels.words}」`, href: '#words' });
      else if (countCharacters(words) > WORDS) errors.push({ text: `「${labels.words}」最多 ${WORDS} 个字`, href: '#words' });
      if (errors.length > 0) return show(visit, body, errors, 422);
      const done = await act(a, chosen as K, words, visit);
      if (done.kind === 'not-now') return show(visit, body, [{ text: done.reason, href: '#outcome' }], 409);
      return seeOther(addressOf(paths.rechecks(), { done: 'answered' }));
    };

  const base = '/results/rechecks';
  return [
    { method: 'get', path: base, access: 'appeals.read', audit: null, handle: list },
    { method: 'get', path: `${base}/:appeal`, access: 'appeals.read', audit: null, handle: (visit) => show(visit) },
    {
      method: 'post',
      path: `${base}/:appeal`,
      access: 'appeals.answer',
      audit: 'appeal.answer',
      handle: decide(answers, { choice: '答复', words: '复查情况' }, (a, state, finding, v) =>
        answerAppeal(deps, v.actor, a, { state, finding, requestId: v.requestId }),
      ),
    },
    {
      method: 'post',
      path: `${base}/:appeal/decision`,
      access: 'appeals.decide',
      audit: 'appeal.decide, declaration.reopen',
      handle: decide(decisions, { choice: '审核结果', words: '意见' }, (a, state, opinion, v) =>
        decideAppeal(deps, v.actor, a, { state, opinion, requestId: v.requestId }),
      ),
    },
  ];
}
