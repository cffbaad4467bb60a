import { XLSX_TYPE, xlsx, type Cells } from '../../adapters/spreadsheet';
import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { FormInput } from '../../http/form-input';
import { showDate } from '../../lib/dates';
import { scope } from '../../policy/policy';
import type { TaskOutcome, TaskRun } from '../tasks';
import { readRosterCondition, rosterScopeText } from './roster-filter';
import { countRoster, eachRoster } from './roster.read';
import { ROSTER_TITLE, rosterCells, rosterColumns, rosterRowHtml } from './roster.view';

/** More than this is no paper to be put up; the browser that prints would need minutes for it. */
export const MAX_PRINTED = 2000;

type Run = TaskRun<'roster:xlsx'> | TaskRun<'roster:pdf'>;

async function prepare(deps: Deps, run: Run) {
  const condition = readRosterCondition(run.owner, new FormInput(new URLSearchParams({ ...run.input })));
  const seen = scope(run.owner);
  const catalogue = await deps.catalogue.get();
  const total = await countRoster(deps.db, seen, condition);
  const scopeText = rosterScopeText(run.owner, condition, catalogue);
  const cells = async function* (): AsyncGenerator<Iterable<Cells>> {
    let n = 0;
    for await (const rows of eachRoster(deps.db, seen, condition)) {
      const before = n;
      yield rows.map((row, i) => rosterCells(row, catalogue, before + i + 1));
      n += rows.length;
      await run.progress(n, total);
    }
  };
  return { total, scopeText, cells, name: `一览表（${scopeText.replace(/，/g, ' ')}）` };
}

const nothing: TaskOutcome = { kind: 'refused', problem: '没有符合条件的申报，没有生成文件，请调整查询条件后重新导出' };

/** 「一览表」 as a spreadsheet, of any length. */
export async function makeRosterXlsx(deps: Deps, run: Run): Promise<TaskOutcome> {
  const { total, scopeText, cells, name } = await prepare(deps, run);
  if (total === 0) return nothing;
  const content = xlsx({
    name: '一览表',
    title: `${ROSTER_TITLE}（${run.owner.behalf}，${scopeText}）`,
    columns: rosterColumns.map(({ head, width, holds }) => ({
      head,
      // a date has no second line
      width: holds === 'dates' ? 12 : Math.round(width * 0.6),
      ...(holds ? { holds } : {}),
    })),
    rows: cells(),
    landscapeA3: true,
  });
  return { kind: 'made', content, name: `${name}.xlsx`, contentType: XLSX_TYPE };
}

/** 「一览表」 to be put up: A3 lying, the head on every page, page x of y. */
export async function makeRosterPdf(deps: Deps, run: Run): Promise<TaskOutcome> {
  const { total, scopeText, cells, name } = await prepare(deps, run);
  if (total === 0) return nothing;
  if (total > MAX_PRINTED)
    return {
      kind: 'refused',
      problem: `共 ${total} 人，一次最多打印 ${MAX_PRINTED} 人，请按系列、级别分次导出 PDF，或者导出 Excel 表格`,
    };
  let rows = '';
  for await (const piece of cells()) for (const row of piece) rows += rosterRowHtml(row);
  const { today } = await databaseNow(deps.db);
  const html = deps.renderer.document('print/roster', {
    title: ROSTER_TITLE,
    unit: run.owner.behalf,
    scopeText,
    total,
    day: showDate(today),
    columns: rosterColumns,
    sum: rosterColumns.reduce((sum, c) => sum + c.width, 0),
  });
  await run.progress(total, total);
  const pdf = await deps.printer.pdf(
    html.replace('<!--rows-->', () => rows),
    { landscape: true, format: 'A3' },
  );
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(pdf);
  };
  return { kind: 'made', content: content(), name: `${name}.pdf`, contentType: 'application/pdf' };
}
