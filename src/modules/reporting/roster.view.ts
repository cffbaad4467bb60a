import type { Holding } from '../../adapters/spreadsheet';
import { states } from '../../policy/declaration-moves';
import type { Catalogue } from '../catalogue';
import { rankText } from '../review';
import type { RosterRow } from './roster.read';

interface RosterColumn {
  head: string;
  /** width on paper in millimetres; all together fit an A3 sheet lying */
  width: number;
  /** whole sentences: on the screen, where there is room to the side, the column is wide enough for a row to stay a few lines high */
  isLong?: true;
  /** what a spreadsheet can sort and add up */
  holds?: Holding;
  text: (row: RosterRow, catalogue: Catalogue, number: number) => string | number;
}

const fact =
  (name: keyof RosterRow['facts']) =>
  (r: RosterRow): string =>
    r.facts[name];

/** The columns of 「专业技术人员申报评审职称情况一览表」: screen, paper and spreadsheet are made of this list. */
export const rosterColumns: readonly RosterColumn[] = [
  { head: '序号', width: 10, text: (_r, _c, n) => n },
  { head: '单位推荐排序', width: 13, text: (r) => rankText(r) },
  { head: '工作单位', width: 28, text: (r) => r.workUnit || r.unitName },
  { head: '姓名', width: 15, text: (r) => r.name },
  { head: '性别', width: 9, text: fact('sex') },
  { head: '出生年月', width: 16, holds: 'dates', text: fact('bornOn') },
  { head: '参加工作时间', width: 16, holds: 'dates', text: fact('startedOn') },
  { head: '专业工作年限', width: 12, holds: 'numbers', text: fact('years') },
  { head: '全日制学历', width: 28, text: fact('fullTime') },
  { head: '评审依据学历', width: 28, text: fact('basis') },
  { head: '现职称及取得时间', width: 20, text: fact('current') },
  { head: '聘任时间/年限', width: 17, text: fact('appointed') },
  { head: '行政职务', width: 15, text: fact('post') },
  { head: '近年考核', width: 20, isLong: true, text: fact('assessments') },
  { head: '继续教育学时', width: 12, holds: 'numbers', text: fact('hours') },
  { head: '申报系列、专业', width: 19, text: (r, c) => `${c.seriesName(r.seriesId)}、${r.speciality}` },
  { head: '申报级别、职称', width: 19, text: (r, c) => `${c.levelText(r.level)}、${r.titleId === null ? '' : c.titleText(r.titleId)}` },
  { head: '申报方式', width: 13, text: fact('way') },
  { head: '成果及受奖', width: 36, isLong: true, text: fact('results') },
  { head: '论文著作', width: 32, isLong: true, text: fact('papers') },
  // put up in the unit, and filled in by hand when that is over
  { head: '公示情况', width: 12, text: () => '' },
  { head: '审核意见', width: 13, text: (r) => (r.isPassed ? '审核通过' : states[r.state].text) },
  { head: '备注', width: 12, text: (r) => (r.isEntrusted ? '委托评审' : '') },
];

export const ROSTER_TITLE = '专业技术人员申报评审职称情况一览表';

/** The cells of a row, in the order of the columns. */
export const rosterCells = (row: RosterRow, catalogue: Catalogue, number: number): (string | number)[] =>
  rosterColumns.map((c) => c.text(row, catalogue, number));

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const NEEDS_ESCAPE = /[&<>"']/;
const html = (text: string): string => (NEEDS_ESCAPE.test(text) ? text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c) : text);

/** A row as HTML: a thousand of them are sent as they come, which templates cannot do. */
export function rosterRowHtml(cells: readonly (string | number)[]): string {
  let text = '<tr>';
  for (const cell of cells) text += `<td>${typeof cell === 'number' ? cell : html(cell)}</td>`;
  return `${text}</tr>\n`;
}
