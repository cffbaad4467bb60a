import { inTransaction, type Handle, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, takeDraft } from '../../http/form-drafts.store';
import { FormInput } from '../../http/form-input';
import { addressOf, PAGE_ROWS, rowsAt } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type PageError, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { isUuid } from '../../lib/ids';
import type { Actor } from '../../policy/actor';
import { moves, refusalReasons, states, type MoveName } from '../../policy/declaration-moves';
import { scope, type Action } from '../../policy/policy';
import { MAX_OPEN, readTaskAnswer, startTask } from '../tasks';
import { loadMoveDays, noInput, readMoveInput, type MoveInput } from '../declarations';
import { checkRoutes } from './check.routes';
import { doneText } from './check.view';
import { findOwnAct } from './own-act.read';
import {
  BULK_LIMIT,
  chooseRows,
  itemsOf,
  moveEach,
  moveTogether,
  obstacle,
  type Answer,
  type BulkChoice,
  type BulkItem,
  type BulkResult,
  type Reason,
} from './bulk';
import { bornText, namesakeTexts } from './namesakes';
import { atFirst, filterQuery, orderFields, readFilter, type FilterRules, type QueueFilter } from './queue-filter';
import { countOf, countQueue, findQueueRows, listQueue, listYears, type QueueRow, type SortKey } from './queue.read';
import { filterControls, queuePages, queueTable, titleCell, unitCell, type ColumnKey, type ShowOption } from './queue.view';

/** What the rows of one bulk move share when they stand or fall together; runs first in their transaction. */
export type Prepare = (trx: Trx, actor: Actor, rows: readonly QueueRow[]) => Promise<Partial<MoveInput> | { complaint: Reason }>;

/** One list of declarations with its bulk moves, as data. */
export interface QueuePage {
  title: string;
  access: Action;
  address: string;
  bulkAddress: string;
  lead?: string;
  /** the first one is what the list opens with */
  shows: readonly ShowOption[];
  /** the first one is the order it opens with */
  sorts: readonly SortKey[];
  columns: readonly ColumnKey[];
  /** moves offered for ticked rows */
  moves: readonly MoveName[];
  /** moves that go for all ticked rows or for none */
  together: Partial<Record<MoveName, Prepare>>;
  /** moves that become a long task, each row in a transaction of its own, when more than so many rows are ticked */
  long?: Partial<Record<MoveName, { kind: 'results:confirm'; above: number }>>;
  /** when the list as it opens is empty */
  empty: { text: string; detail: string; actionText: string; actionHref: string };
  /** each row opens the page on which it is checked (R1); without it, the page of the declaration */
  checks?: true;
  /** where a file of the list is asked for, and what it holds */
  exportTo?: { action: string; hint: string };
  /** moves that may take every row of a list that has several pages: what was decided together is published, and confirmed, together (J4) */
  whole?: readonly MoveName[];
  /** where the reader goes on after a move */
  next: Partial<Record<MoveName, { text: string; href: string }>>;
}

/** The choice was used up by a click before this one: what was begun is rolled back. */
class ChoiceGoneError extends Error {}

/** The ticked declarations; what is no id of one is no tick. */
export const tickedIds = (form: FormInput): string[] => [...new Set(form.all('ids'))].filter((id) => isUuid(id));

/** The routes of one list: the list itself, and for its bulk moves one address with choice, confirm page and answer. */
export function queueRoutes(deps: Deps, queue: QueuePage): Route[] {
  const rules: FilterRules = { shows: queue.shows.map((s) => s.value), sorts: queue.sorts };
  const crumbs = [homeCrumb, { text: queue.title, href: queue.address }];
  const backTo = (choice: { back: string }): string => addressOf(queue.address, choice.back);
  const longOf = ({ move, chosen }: Pick<BulkChoice, 'move' | 'chosen'>) => {
    const long = queue.long?.[move];
    return long && chosen.length > long.above ? long : undefined;
  };
  const gone = refusal(410, '本次操作已经完成或者已经过期，请回到列表重新勾选', { text: '返回列表', href: queue.address });

  async function list(visit: Visit): Promise<Reply> {
    const filter = readFilter(visit.query, rules);
    const seen = scope(visit.actor);
    const catalogue = await deps.catalogue.get();
    const counts = await countQueue(deps.db, seen, filter, rules.shows);
    const count = countOf(counts, filter.show);
    if (filter.page !== undefined && filter.place.kind === 'first') {
      // an address with a page number: the last page and those beyond it are still the last one, any other is the beginning
      if (filter.page > 1 && filter.page * PAGE_ROWS >= count.n) filter.place = { kind: 'last' };
    }
    const slice = await listQueue(deps.db, seen, filter, filter, filter.place, rowsAt(filter.place, count), counts.isOpen);
    const { rows } = slice;
    const years = await listYears(deps.db);
    const possible = (row: QueueRow): MoveName[] => queue.moves.filter((m) => obstacle(visit.actor, m, row) === undefined);
    const offered = queue.moves.filter((m) => rows.some((r) => possible(r).includes(m)));
    const mayTakeWhole = offered.length > 0 && offered.every((m) => queue.whole?.includes(m));
    const isAsItOpens = filterQuery({ ...atFirst(filter), sort: rules.sorts[0] as SortKey, descending: false }, rules) === '';
    const query = filterQuery(filter, rules);
    const meta: PageMeta = { title: queue.title, breadcrumbs: [homeCrumb, { text: queue.title }] };
    const after = queue.checks ? visit.query.one('after') : '';
    const act = isUuid(after) ? await findOwnAct(deps.db, visit.actor, after) : undefined;
    if (act) {
      const onward = queue.next[act.move];
      meta.notice = {
        kind: 'success',
        text: doneText(act),
        ...(rows.length === 0 ? { lines: ['本列表中没有其他申报了。'] } : {}),
        ...(onward ? { href: onward.href, linkText: onward.text } : {}),
      };
    }
    if (visit.query.one('ticked') === 'none') meta.errors = [{ text: '请先勾选需要处理的申报', href: '#list' }];
    if (visit.query.one('ticked') === 'many') meta.errors = [{ text: `一次最多处理 ${BULK_LIMIT} 项申报，请分次勾选`, href: '#list' }];
    return page('review/queue', meta, {
      lead: queue.lead,
      filter: {
        action: queue.address,
        controls: filterControls(filter, catalogue, years, queue.shows, counts),
        // whoever looks for something else goes on in the order chosen
        hidden: orderFields(filter, rules),
        resetHref: queue.address,
      },
      table: queueTable({
        caption: queue.title,
        columns: queue.columns,
        rows,
        catalogue,
        filter,
        rules,
        address: queue.address,
        canTick: (row) => possible(row).length > 0,
        hrefOf: (row) => (queue.checks ? addressOf(`${queue.address}/${row.id}`, query) : paths.declaration(row.id)),
      }),
      pages: queuePages(slice, filter, rules, queue.address, count),
      exports: queue.exportTo && {
        ...queue.exportTo,
        fields: {
          year: String(filter.year ?? ''),
          series: String(filter.seriesId ?? ''),
          level: filter.level ?? '',
          state: filter.show,
        },
      },
      bulk:
        offered.length === 0
          ? undefined
          : {
              action: queue.bulkAddress,
              back: filterQuery(filter, rules),
              whole: mayTakeWhole && !count.isOpen && count.n > rows.length && count.n <= BULK_LIMIT ? count.n : undefined,
              buttons: offered.map((m) => ({ value: `confirm:${m}`, text: moves[m].text })),
            },
      empty: isAsItOpens
        ? queue.empty
        : { text: '没有符合条件的申报', detail: '请调整查询条件后再试。', actionText: '清除查询条件', actionHref: queue.address },
    });
  }

  async function bulkPage(visit: Visit, typed?: { draft: string; entries: Record<string, string>; errors: PageError[] }): Promise<Reply> {
    const owner = visit.owner;
    if (!typed && visit.query.has('result')) {
      const result = await findDraft<BulkResult>(deps.db, deps.cipher, 'bulk-result', owner, visit.query.one('result'));
      return result ? resultPage(visit, result) : gone;
    }
    const task = typed ? '' : visit.query.one('task');
    if (task !== '') {
      for (const long of Object.values(queue.long ?? {})) {
        const result = /^[0-9]{1,15}$/.test(task) && (await readTaskAnswer<BulkResult>(deps, visit.actor, long.kind, Number(task)));
        if (result) return resultPage(visit, result);
      }
      return notFound;
    }
    const id = typed?.draft ?? visit.query.one('draft');
    const choice = await findDraft<BulkChoice>(deps.db, deps.cipher, 'bulk-choice', owner, id);
    if (!choice || !queue.moves.includes(choice.move)) return gone;
    if (choice.task !== undefined) return seeOther(paths.task(choice.task));
    const rows = await rowsOf(visit.actor, [...choice.chosen, ...choice.left]);
    const text = moves[choice.move].text;
    const title = `批量${text}`;
    return page(
      'review/bulk-confirm',
      { title, breadcrumbs: [...crumbs, { text: title }], ...(typed ? { errors: typed.errors } : {}) },
      {
        text,
        kind: moves[choice.move].kind === 'danger' ? 'warning' : 'primary',
        needs: { reason: moves[choice.move].needs.includes('reason'), opinion: moves[choice.move].needs.includes('opinion') },
        reasons: refusalReasons,
        typed: typed?.entries ?? {},
        action: queue.bulkAddress,
        draft: id,
        explanation: moves[choice.move].confirm,
        isLong: longOf(choice) !== undefined,
        isTogether: queue.together[choice.move] !== undefined,
        chosen: choice.chosen.map(({ id: d }) => describe(rows, d)),
        left: choice.left.map((l) => ({ ...describe(rows, l.id), reason: l.reason })),
        backHref: backTo(choice),
      },
      typed ? 422 : 200,
    );
  }

  async function resultPage(visit: Visit, result: BulkResult): Promise<Reply> {
    const rows = await rowsOf(visit.actor, result.answers);
    const text = moves[result.move].text;
    const title = `批量${text}结果`;
    const moved = result.answers.filter((a) => a.kind === 'moved').length;
    const notMoved = result.answers.length - moved;
    const summary = result.isUndone
      ? `本次「${text}」没有进行：有申报不能处理，其余申报也未改动`
      : notMoved === 0
        ? `已对 ${moved} 项申报进行「${text}」`
        : `已对 ${moved} 项申报进行「${text}」，另有 ${notMoved} 项没有处理`;
    const meta: PageMeta = {
      title,
      breadcrumbs: [...crumbs, { text: title }],
      notice: { kind: notMoved === 0 && !result.isUndone ? 'success' : 'warning', text: summary },
    };
    return page('review/bulk-result', meta, {
      general: result.general,
      rows: result.answers.map((a) => ({
        ...describe(rows, a.id),
        tag: a.kind === 'moved' ? states[a.to] : { text: '未处理', colour: 'red' },
        reasons: a.kind === 'moved' ? [] : a.reasons,
      })),
      backHref: backTo(result),
      next: moved > 0 ? queue.next[result.move] : undefined,
    });
  }

  /** The rows as the pages before and after a bulk act show them: with everything that two people of one name can differ in. */
  async function rowsOf(actor: Actor, items: readonly { id: string }[]) {
    const catalogue = await deps.catalogue.get();
    const found = await findQueueRows(
      deps.db,
      scope(actor),
      items.map((i) => i.id),
    );
    const namesakes = namesakeTexts(found);
    return new Map(
      found.map((r) => [
        r.id,
        {
          name: r.name,
          born: namesakes.get(r.id) ?? bornText(r.bornOn),
          title: titleCell(r, catalogue),
          speciality: r.speciality,
          unit: unitCell(r),
        },
      ]),
    );
  }
  const describe = (rows: Awaited<ReturnType<typeof rowsOf>>, id: string) => ({
    href: rows.has(id) ? paths.declaration(id) : undefined,
    ...(rows.get(id) ?? { name: '（已不在列表中）', born: '', title: {}, speciality: '', unit: {} }),
  });

  /** The ids of the list on all its pages, one more than can be moved at most. */
  const wholeList = async (actor: Actor, filter: QueueFilter): Promise<string[]> =>
    (await listQueue(deps.db, scope(actor), filter, filter, { kind: 'first' }, BULK_LIMIT + 1)).rows.map((r) => r.id);

  async function choose(visit: Visit, asked: string): Promise<Reply> {
    const move = asked === '' ? queue.moves[0] : queue.moves.find((m) => m === asked);
    if (!move) return refusal(400, '提交的内容格式不正确，请返回上一页重新操作', { text: '返回列表', href: queue.address });
    // read and written anew: nothing typed into this field can lead anywhere else
    const shown = readFilter(new FormInput(new URLSearchParams(visit.body.one('back'))), rules);
    const back = filterQuery(shown, rules);
    const isWhole = visit.body.one('whole') === 'yes' && queue.whole?.includes(move) === true;
    const ids = isWhole ? await wholeList(visit.actor, shown) : tickedIds(visit.body);
    if (ids.length === 0 || ids.length > BULK_LIMIT) {
      return seeOther(addressOf(queue.address, [back, `ticked=${ids.length === 0 ? 'none' : 'many'}`].filter((x) => x !== '').join('&')));
    }
    const rows = await findQueueRows(deps.db, scope(visit.actor), ids);
    const choice: BulkChoice = { move, back, ...chooseRows(visit.actor, move, ids, rows) };
    const draft = await keepDraft(deps.db, deps.cipher, 'bulk-choice', visit.owner, choice);
    return seeOther(`${queue.bulkAddress}?draft=${draft}`);
  }

  /** What the move asks for, given once for all ticked rows. */
  async function readShared(visit: Visit, move: MoveName): Promise<MoveInput | { errors: PageError[] }> {
    if (moves[move].needs.length === 0) return noInput;
    const { input, complaints } = readMoveInput(move, visit.body, [], await loadMoveDays(deps.db));
    if (complaints.length > 0) return { errors: complaints.map((c) => ({ text: c.text, href: c.href ?? '#main' })) };
    return { ...noInput, ...input };
  }

  async function run(visit: Visit): Promise<Reply> {
    const owner = visit.owner;
    const draft = visit.body.one('draft');
    const kept = await findDraft<BulkChoice>(deps.db, deps.cipher, 'bulk-choice', owner, draft);
    if (!kept || !queue.moves.includes(kept.move) || kept.chosen.length === 0) return gone;
    if (kept.task !== undefined) return seeOther(paths.task(kept.task));
    const shared = await readShared(visit, kept.move);
    if ('errors' in shared) return bulkPage(visit, { draft, entries: Object.fromEntries(visit.body.entries()), errors: shared.errors });
    const long = longOf(kept);
    if (long) return startLong(visit, kept, draft, long.kind);
    const prepare = queue.together[kept.move];
    return prepare ? runTogether(visit, kept, draft, itemsOf(kept, shared), prepare) : runEach(visit, draft, shared);
  }

  const choiceOnce = (h: Handle, owner: string, draft: string) => takeDraft<BulkChoice>(h, deps.cipher, 'bulk-choice', owner, draft);
  const keepResult = async (h: Handle, owner: string, result: BulkResult): Promise<string> =>
    `${queue.bulkAddress}?result=${await keepDraft(h, deps.cipher, 'bulk-result', owner, result)}`;

  /** Puts it in line; the choice leads to the task from then on. Clicks at once come one after the other (the account is held) and lead to the same task. */
  async function startLong(visit: Visit, choice: BulkChoice, draft: string, kind: 'results:confirm'): Promise<Reply> {
    try {
      return await inTransaction(deps.db, async (trx) => {
        const outcome = await startTask(deps, trx, {
          kind,
          owner: visit.actor,
          input: { items: choice.chosen.map((c) => [c.id, c.version]) },
          title: `${queue.title}（${choice.chosen.length} 项）`,
          requestId: visit.requestId,
          detail: { count: choice.chosen.length },
        });
        if (outcome.kind === 'too-many')
          return refusal(409, `已有 ${MAX_OPEN} 项任务正在排队或者处理，请等待其中一项完成后再操作`, {
            text: '返回列表',
            href: backTo(choice),
          });
        if (outcome.kind === 'started') {
          const taken = await choiceOnce(trx, visit.owner, draft);
          if (!taken || taken.task !== undefined) throw new ChoiceGoneError();
          const begun: BulkChoice = { ...taken, task: outcome.id };
          await keepDraft(trx, deps.cipher, 'bulk-choice', visit.owner, begun, 60, draft);
        }
        const to = paths.task(outcome.id);
        await visit.settle(trx, to);
        return seeOther(to);
      });
    } catch (e) {
      if (!(e instanceof ChoiceGoneError)) throw e;
      const begun = await findDraft<BulkChoice>(deps.db, deps.cipher, 'bulk-choice', visit.owner, draft);
      return begun?.task === undefined ? gone : seeOther(paths.task(begun.task));
    }
  }

  async function runEach(visit: Visit, draft: string, shared: MoveInput): Promise<Reply> {
    const choice = await choiceOnce(deps.db, visit.owner, draft);
    if (!choice) return gone;
    const { move, back } = choice;
    const answers = await moveEach(deps, visit.actor, move, itemsOf(choice, shared), visit.requestId);
    return seeOther(await keepResult(deps.db, visit.owner, { move, back, isUndone: false, general: [], answers }));
  }

  /** The choice is used up, the result kept and the form answered in the transaction of the moves: either everything of it is there or nothing. */
  async function runTogether(
    visit: Visit,
    { move, back }: BulkChoice,
    draft: string,
    items: readonly BulkItem[],
    prepare: Prepare,
  ): Promise<Reply> {
    const { owner } = visit;
    const rows = await findQueueRows(
      deps.db,
      scope(visit.actor),
      items.map((i) => i.id),
    );
    let isGone = false;
    let to: string | undefined;
    const outcome = await moveTogether(deps, visit.actor, move, items, visit.requestId, {
      async prepare(trx) {
        isGone = !(await choiceOnce(trx, owner, draft));
        return isGone ? { complaint: { text: '' } } : prepare(trx, visit.actor, rows);
      },
      async conclude(trx) {
        const answers: Answer[] = items.map(({ id }) => ({ id, kind: 'moved', to: moves[move].to[0] as keyof typeof states }));
        to = await keepResult(trx, owner, { move, back, isUndone: false, general: [], answers });
        await visit.settle(trx, to);
      },
    });
    if (isGone) return gone;
    if (outcome.kind === 'refused')
      to = await keepResult(deps.db, owner, { move, back, isUndone: true, general: outcome.general, answers: outcome.answers });
    if (to === undefined) throw new Error('moved together without a result');
    return seeOther(to);
  }

  // S14: asked for with the confirm page, so that the password comes before the last look and not after it
  const needsProof = queue.moves.some((m) => moves[m].proof);
  const proofOf = (isAct: (asked: FormInput) => boolean): Pick<Route, 'reauth'> => (needsProof ? { reauth: isAct } : {});
  return [
    { method: 'get', path: queue.address, access: queue.access, audit: null, handle: list },
    {
      method: 'get',
      path: queue.bulkAddress,
      access: queue.access,
      audit: null,
      ...proofOf((query) => query.has('draft')),
      handle: (visit) => bulkPage(visit),
    },
    {
      method: 'post',
      path: queue.bulkAddress,
      access: queue.access,
      audit: [...queue.moves.map((m) => `declaration.${m}`), ...(queue.long ? ['task.start'] : [])].join(' '),
      ...proofOf((body) => body.one('do') === 'run'),
      handle: (visit) => {
        const [act, move = ''] = visit.body.one('do').split(':');
        return act === 'run' ? run(visit) : choose(visit, act === 'confirm' ? move : '?');
      },
    },
    ...(queue.checks ? checkRoutes(deps, queue, rules) : []),
  ];
}
