import type { ControlModel } from '../../form/control';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import type { Slice } from '../../db/keyset';
import type { Count } from '../../db/keyset';
import { addressOf, countText, stepLinks, type StepLinks } from '../../http/paging';
import { showMoment } from '../../lib/moment';
import { showDate } from '../../lib/dates';
import { states } from '../../policy/declaration-moves';
import { levelOptions, seriesOptions, type Catalogue } from '../catalogue';
import { atFirst, filterQuery, type FilterRules, type QueueFilter } from './queue-filter';
import { namesakeTexts } from './namesakes';
import { countOf, type QueueCondition, type QueueCounts, type QueueRow, type Show, type SortKey } from './queue.read';

/** 年度, 职称系列, 职称级别: the same three on every list. */
export function conditionControls(c: QueueCondition, catalogue: Catalogue, years: readonly number[]): ControlModel[] {
  return [
    choiceFilter('year', '年度', anyOr(years.map((y) => ({ value: String(y), text: String(y) }))), c.year),
    choiceFilter('series', '职称系列', anyOr(seriesOptions(catalogue.series)), c.seriesId, 'm'),
    choiceFilter('level', '职称级别', anyOr(levelOptions()), c.level),
  ];
}

export interface ShowOption {
  value: Show;
  text: string;
}

/** The filter of a list; the states carry how many there are of each. */
export function filterControls(
  f: QueueFilter,
  catalogue: Catalogue,
  years: readonly number[],
  shows: readonly ShowOption[],
  counts: QueueCounts,
): ControlModel[] {
  // the first one is what the list opens with: it needs no word in the address
  const state = shows.map((s, i) => ({
    value: i === 0 ? '' : s.value,
    text: `${s.text}（${countText(countOf(counts, s.value))}）`,
  }));
  return [
    ...conditionControls(f, catalogue, years),
    choiceFilter('state', '状态', state, f.show === shows[0]?.value ? '' : f.show, 'm'),
    textFilter('name', '姓名', f.name),
    textFilter('unit', '申报单位', f.unit, 'm'),
  ];
}

export type ColumnKey = 'name' | 'title' | 'speciality' | 'unit' | 'rank' | 'state' | 'arrived' | 'ends';

export interface Cell {
  text?: string;
  href?: string;
  sub?: string;
  tag?: { text: string; colour: string };
}

const heads: Record<ColumnKey, { text: string; sort?: SortKey; width?: 's' | 'm' | 'l' | 'title'; nowrap?: true }> = {
  name: { text: '姓名', sort: 'name', width: 's' },
  title: { text: '申报职称', width: 'title' },
  speciality: { text: '现从事专业', width: 's' },
  unit: { text: '申报单位', sort: 'unit', width: 'l' },
  rank: { text: '单位推荐排序', sort: 'rank', nowrap: true },
  state: { text: '状态', sort: 'state', nowrap: true },
  arrived: { text: '到达时间', sort: 'arrived', nowrap: true },
  ends: { text: '公示期', sort: 'ends', nowrap: true },
};

/** 「3/5」, or that there is none yet */
export const rankText = (r: { rankN: number | null; rankOf: number | null }): string =>
  r.rankN === null || r.rankOf === null ? '未填写' : `${r.rankN}/${r.rankOf}`;

/** 「馆员（群众文化）」 and under it year, series and level. */
export function titleCell(r: { titleId: number | null; seriesId: number; level: string; year: number }, catalogue: Catalogue): Cell {
  const group = `${r.year}年度，${catalogue.seriesName(r.seriesId)}，${catalogue.levelText(r.level)}`;
  return { text: (r.titleId === null ? '' : catalogue.titleText(r.titleId)) || '未填写', sub: group };
}

export const unitCell = (r: { unitName: string; workUnit: string }): Cell =>
  r.workUnit === '' ? { text: r.unitName } : { text: r.unitName, sub: `工作单位：${r.workUnit}` };

function cellOf(key: ColumnKey, r: QueueRow, catalogue: Catalogue, hrefOf: (row: QueueRow) => string, namesake: string | undefined): Cell {
  switch (key) {
    case 'name':
      return { text: r.name, href: hrefOf(r), ...(namesake === undefined ? {} : { sub: namesake }) };
    case 'title':
      return titleCell(r, catalogue);
    case 'speciality':
      return { text: r.speciality };
    case 'unit':
      return unitCell(r);
    case 'rank':
      return { text: rankText(r) };
    case 'state':
      return {
        tag: { text: states[r.state].text, colour: states[r.state].colour },
        ...(r.round > 1 ? { sub: `第 ${r.round} 次提交` } : {}),
      };
    case 'arrived':
      return { text: showMoment(r.arrivedAt) };
    case 'ends':
      return r.publicity
        ? { text: `${showDate(r.publicity.startsOn)}至${showDate(r.publicity.endsOn)}`, sub: r.publicity.isOver ? '公示期满' : '公示中' }
        : {};
  }
}

/** The table of a list, for the component queueTable. */
export function queueTable(input: {
  caption: string;
  columns: readonly ColumnKey[];
  rows: readonly QueueRow[];
  catalogue: Catalogue;
  filter: QueueFilter;
  rules: FilterRules;
  address: string;
  canTick: (row: QueueRow) => boolean;
  /** what the name leads to */
  hrefOf: (row: QueueRow) => string;
}): object {
  const { filter, rules } = input;
  const ticks = input.rows.map(input.canTick);
  const namesakes = namesakeTexts(input.rows);
  return {
    caption: input.caption,
    selectable: ticks.includes(true),
    columns: input.columns.map((key) => {
      const { sort, ...head } = heads[key];
      if (sort === undefined || !rules.sorts.includes(sort)) return { key, ...head };
      const isSorted = filter.sort === sort;
      const href = addressOf(input.address, filterQuery({ ...atFirst(filter), sort, descending: isSorted && !filter.descending }, rules));
      return { key, ...head, href, ...(isSorted ? { sorted: filter.descending ? 'desc' : 'asc' } : {}) };
    }),
    rows: input.rows.map((r, i) => ({
      id: r.id,
      name: r.name,
      locked: !ticks[i],
      cells: input.columns.map((key) => cellOf(key, r, input.catalogue, input.hrefOf, namesakes.get(r.id))),
    })),
  };
}

/** Links from one page of a list to those beside it. */
export const queuePages = (slice: Slice<QueueRow>, filter: QueueFilter, rules: FilterRules, address: string, count: Count): StepLinks =>
  stepLinks(slice, count, (place) => addressOf(address, filterQuery({ ...atFirst(filter), place }, rules)));
