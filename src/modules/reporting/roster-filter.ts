import type { FormInput } from '../../http/form-input';
import type { ControlModel } from '../../form/control';
import { choiceFilter } from '../../form/filter-controls';
import type { Actor } from '../../policy/actor';
import { levelOptions, type Catalogue } from '../catalogue';
import { conditionControls, readCondition } from '../review';
import type { RosterTaskInput } from '../tasks';
import type { RosterCondition, RosterShow } from './roster.read';

/** What each reader can choose from; the first one is shown when the address says nothing. */
const shows: Record<'unit' | 'office', readonly { value: RosterShow; text: string }[]> = {
  unit: [
    { value: 'to_report', text: '待上报' },
    { value: 'reported', text: '已上报' },
    { value: 'passed', text: '待上报和已上报' },
  ],
  office: [
    { value: 'arrived', text: '全部' },
    { value: 'office_review', text: '待受理' },
    { value: 'accepted', text: '已受理' },
  ],
};

const showsOf = (actor: Actor) => (actor.role === 'office' ? shows.office : shows.unit);

/** What is not understood counts as not asked for. */
export function readRosterCondition(actor: Actor, query: FormInput): RosterCondition {
  const { year, seriesId, level } = readCondition(query);
  const options = showsOf(actor);
  const show = options.find((o) => o.value === query.one('show')) ?? options[0];
  if (!show) throw new Error('a roster needs something to show');
  return {
    ...(year === undefined ? {} : { year }),
    ...(seriesId === undefined ? {} : { seriesId }),
    ...(level === undefined ? {} : { level }),
    show: show.value,
  };
}

export const rosterInput = (c: RosterCondition): RosterTaskInput => ({
  year: String(c.year ?? ''),
  series: String(c.seriesId ?? ''),
  level: c.level ?? '',
  show: c.show,
});

export function rosterControls(actor: Actor, c: RosterCondition, catalogue: Catalogue, years: readonly number[]): ControlModel[] {
  return [...conditionControls({ ...c, name: '', unit: '' }, catalogue, years), choiceFilter('show', '范围', showsOf(actor), c.show, 'm')];
}

/** 「2026年度，群众文化，初级，待上报」 */
export function rosterScopeText(actor: Actor, c: RosterCondition, catalogue: Catalogue): string {
  return [
    c.year === undefined ? '' : `${c.year}年度`,
    c.seriesId === undefined ? '' : catalogue.seriesName(c.seriesId),
    c.level === undefined ? '' : (levelOptions().find((l) => l.value === c.level)?.text ?? ''),
    showsOf(actor).find((s) => s.value === c.show)?.text ?? '',
  ]
    .filter((t) => t !== '')
    .join('，');
}
