import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { scope } from '../../policy/policy';
import { listYears } from '../review';
import { MAX_OPEN, startTask } from '../tasks';
import { readRosterCondition, rosterControls, rosterInput, rosterScopeText } from './roster-filter';
import { firstOfRoster } from './roster.read';
import { ROSTER_TITLE, rosterCells, rosterColumns, rosterRowHtml } from './roster.view';

/** Rows shown on the screen; more are exported. */
export const MAX_SHOWN = 1000;
/** Rows that are sent together: the next ones are made while these are compressed. */
const PIECE = 500;
const taskTitles = { 'roster:pdf': '一览表 PDF', 'roster:xlsx': '一览表 Excel', 'forms:zip': '评审表 ZIP' } as const;

/** R4 「一览表」: on the screen, and as a file that is made in the background. */
export function rosterRoutes(deps: Deps): Route[] {
  return [
    { method: 'get', path: paths.roster(), access: 'roster.read', audit: null, handle: (visit) => show(deps, visit) },
    { method: 'post', path: paths.roster(), access: 'roster.read', audit: 'task.start', handle: (visit) => start(deps, visit) },
  ];
}

async function show(deps: Deps, visit: Visit): Promise<Reply> {
  const condition = readRosterCondition(visit.actor, visit.query);
  const catalogue = await deps.catalogue.get();
  const years = await listYears(deps.db);
  const seen = scope(visit.actor);
  const rows = async function* (): AsyncGenerator<string> {
    const found = await firstOfRoster(deps.db, seen, condition, MAX_SHOWN + 1);
    const isMore = found.length > MAX_SHOWN;
    const n = Math.min(found.length, MAX_SHOWN);
    for (let from = 0; from < n; from += PIECE) {
      let piece = '';
      for (let i = from; i < Math.min(from + PIECE, n); i++) {
        const row = found[i];
        if (row) piece += rosterRowHtml(rosterCells(row, catalogue, i + 1));
      }
      yield piece;
    }
    const said =
      n === 0
        ? '没有符合条件的申报，请改选「范围」或者其他查询条件。'
        : isMore
          ? `本页只列出前 ${MAX_SHOWN} 人，全部人员请导出 Excel 表格。`
          : `共 ${n} 人`;
    yield `<tr><td class="roster__end" colspan="${rosterColumns.length}"><span class="roster__said">${said}</span></td></tr>`;
  };
  const meta: PageMeta = { title: '一览表', breadcrumbs: [homeCrumb, { text: '一览表' }] };
  const reply = page('reporting/roster', meta, {
    filter: {
      action: paths.roster(),
      controls: rosterControls(visit.actor, condition, catalogue, years),
      resetHref: paths.roster(),
    },
    heading: ROSTER_TITLE,
    unit: visit.actor.behalf,
    scopeText: rosterScopeText(visit.actor, condition, catalogue),
    columns: rosterColumns,
    action: paths.roster(),
    fields: rosterInput(condition),
  });
  return reply.kind === 'page' ? { ...reply, rows: rows() } : reply;
}

async function start(deps: Deps, visit: Visit): Promise<Reply> {
  const condition = readRosterCondition(visit.actor, visit.body);
  const input = rosterInput(condition);
  const back = { text: '返回「一览表」', href: addressOf(paths.roster(), { ...input }) };
  const act = visit.body.one('do');
  const kind = act === 'pdf' ? 'roster:pdf' : act === 'forms' ? 'forms:zip' : 'roster:xlsx';
  const scopeText = rosterScopeText(visit.actor, condition, await deps.catalogue.get());
  const outcome = await inTransaction(deps.db, (trx) =>
    startTask(deps, trx, {
      kind,
      owner: visit.actor,
      input,
      title: `${taskTitles[kind]}（${scopeText}）`,
      requestId: visit.requestId,
    }),
  );
  if (outcome.kind === 'too-many') return refusal(409, `已有 ${MAX_OPEN} 个文件正在排队或者生成，请等待其中一个完成后再导出`, back);
  return seeOther(paths.task(outcome.id));
}
