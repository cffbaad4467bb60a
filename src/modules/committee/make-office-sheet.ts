import { XLSX_TYPE, xlsx, type Cells, type Holding } from '../../adapters/spreadsheet';
import type { Deps } from '../../deps';
import { FormInput } from '../../http/form-input';
import { showDate } from '../../lib/dates';
import { maskIdNumber } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { states } from '../../policy/declaration-moves';
import { scope } from '../../policy/policy';
import type { Catalogue } from '../catalogue';
import { rankText, readCondition, type QueueCondition, type Show } from '../review';
import type { OfficeQueueTaskInput, TaskOutcome, TaskRun } from '../tasks';
import { countOfficeSheet, eachOfficeSheet, type OfficeSheetRow } from './office-sheet.read';
import { officeShows } from './queues.routes';

type CellText = (row: OfficeSheetRow, catalogue: Catalogue, idNumber: string) => string;

const columns: readonly { head: string; width: number; holds?: Holding; text: CellText }[] = [
  { head: '年度', width: 8, holds: 'numbers', text: (r) => String(r.year) },
  { head: '职称系列', width: 16, text: (r, c) => c.seriesName(r.seriesId) },
  { head: '职称级别', width: 10, text: (r, c) => c.levelText(r.level) },
  { head: '申报职称', width: 18, text: (r, c) => (r.titleId === null ? '' : c.titleText(r.titleId)) },
  { head: '现从事专业', width: 16, text: (r) => r.speciality },
  { head: '姓名', width: 12, text: (r) => r.name },
  { head: '证件号码', width: 22, text: (_r, _c, id) => maskIdNumber(id) },
  { head: '申报单位', width: 32, text: (r) => r.unitName },
  { head: '工作单位', width: 32, text: (r) => r.workUnit },
  { head: '单位推荐排序', width: 12, text: (r) => rankText(r) },
  { head: '到达时间', width: 22, holds: 'dates', text: (r) => showMoment(r.arrivedAt) },
  { head: '状态', width: 12, text: (r) => states[r.state].text },
  { head: '补正期限', width: 16, holds: 'dates', text: (r) => (r.dueOn === null ? '' : showDate(r.dueOn)) },
  { head: '不予受理的原因', width: 28, text: (r) => r.refusal },
];

/** What is exported, from what was asked. What is not understood counts as not asked for. */
export function readSheetCondition(query: FormInput): { condition: QueueCondition; show: Show; input: OfficeQueueTaskInput } {
  const condition = { ...readCondition(query), name: '', unit: '' };
  const show = officeShows.find((s) => s.value === query.one('state'))?.value ?? 'all';
  return {
    condition,
    show,
    input: { year: String(condition.year ?? ''), series: String(condition.seriesId ?? ''), level: condition.level ?? '', state: show },
  };
}

/** 「2026年度，群众文化，中级，待受理」 */
export function sheetScopeText(condition: QueueCondition, show: Show, catalogue: Catalogue): string {
  return [
    condition.year === undefined ? '' : `${condition.year}年度`,
    condition.seriesId === undefined ? '' : catalogue.seriesName(condition.seriesId),
    condition.level === undefined ? '' : catalogue.levelText(condition.level),
    officeShows.find((s) => s.value === show)?.text ?? '',
  ]
    .filter((t) => t !== '')
    .join('，');
}

/** J1: the office's list as a spreadsheet, of any length. ID numbers leave masked. */
export async function makeOfficeSheet(deps: Deps, run: TaskRun<'office-queue:xlsx'>): Promise<TaskOutcome> {
  const { condition, show } = readSheetCondition(new FormInput(new URLSearchParams({ ...run.input })));
  const seen = scope(run.owner);
  const catalogue = await deps.catalogue.get();
  const total = await countOfficeSheet(deps.db, seen, condition, show);
  if (total === 0) return { kind: 'refused', problem: '没有符合条件的申报，没有生成文件，请调整查询条件后重新导出' };
  const scopeText = sheetScopeText(condition, show, catalogue);
  const rows = async function* (): AsyncGenerator<Iterable<Cells>> {
    let n = 0;
    for await (const piece of eachOfficeSheet(deps.db, seen, condition, show)) {
      const before = n;
      yield piece.map((row, i) => {
        const idNumber = deps.cipher.decrypt(row.idNumber, 'person.id-number');
        return [before + i + 1, ...columns.map((c) => c.text(row, catalogue, idNumber))];
      });
      n += piece.length;
      await run.progress(n, total);
    }
  };
  const content = xlsx({
    name: '申报受理情况',
    title: `申报受理情况（${run.owner.behalf}，${scopeText}）`,
    columns: [{ head: '序号', width: 7 }, ...columns],
    rows: rows(),
    landscapeA3: true,
  });
  return { kind: 'made', content, name: `申报受理情况（${scopeText.replace(/，/g, ' ')}）.xlsx`, contentType: XLSX_TYPE };
}
