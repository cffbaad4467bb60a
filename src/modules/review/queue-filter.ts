import type { Place } from '../../db/keyset';
import type { FormInput } from '../../http/form-input';
import { placeEntries, readPlace } from '../../http/paging';
import { isUuid, wholeNumber } from '../../lib/ids';
import { normaliseLine } from '../../lib/text';
import { tidyPersonName } from '../accounts';
import { isLevel } from '../catalogue';
import type { QueueCondition, QueueOrder, Show, SortKey } from './queue.read';

/** What a list shows, as it stands in the address (R6). */
export interface QueueFilter extends QueueCondition, QueueOrder {
  place: Place;
  /** an address of the time when pages had numbers */
  page?: number;
}

/** The same list from its beginning. */
export function atFirst(f: QueueFilter): QueueFilter {
  const { page: _page, ...rest } = f;
  return { ...rest, place: { kind: 'first' } };
}

export interface FilterRules {
  /** the first one is shown when the address says nothing */
  shows: readonly Show[];
  sorts: readonly SortKey[];
}

/** The conditions common to all lists. What is not understood counts as not asked for. */
export function readCondition(query: FormInput): QueueCondition {
  const year = wholeNumber(query.one('year'), 4);
  const seriesId = wholeNumber(query.one('series'), 4);
  const level = query.one('level');
  return {
    ...(year === undefined ? {} : { year }),
    ...(seriesId === undefined ? {} : { seriesId }),
    ...(isLevel(level) ? { level } : {}),
    // as names are kept: lists in print put blanks into names of two characters, keyboards have many middle dots (B5)
    name: tidyPersonName(normaliseLine(query.one('name'))).slice(0, 50),
    unit: normaliseLine(query.one('unit')).slice(0, 100),
  };
}

export function readFilter(query: FormInput, rules: FilterRules): QueueFilter {
  const [firstShow, firstSort] = [rules.shows[0], rules.sorts[0]];
  if (firstShow === undefined || firstSort === undefined) throw new Error('a list needs something to show and to sort by');
  const page = wholeNumber(query.one('page'), 6);
  return {
    ...readCondition(query),
    show: rules.shows.find((s) => s === query.one('state')) ?? firstShow,
    sort: rules.sorts.find((s) => s === query.one('sort')) ?? firstSort,
    descending: query.one('dir') === 'desc',
    place: readPlace(query, isUuid),
    ...(page === undefined ? {} : { page }),
  };
}

export function conditionEntries(c: QueueCondition): [string, string][] {
  const entries: [string, string | number | undefined][] = [
    ['year', c.year],
    ['series', c.seriesId],
    ['level', c.level],
    ['name', c.name],
    ['unit', c.unit],
  ];
  return entries.flatMap(([k, v]): [string, string][] => (v === undefined || v === '' ? [] : [[k, String(v)]]));
}

/** The order of a list as it stands in the address; nothing for the one it opens with. */
export const orderFields = (f: Pick<QueueFilter, 'sort' | 'descending'>, rules: FilterRules): Record<string, string> => ({
  ...(f.sort === rules.sorts[0] ? {} : { sort: f.sort }),
  ...(f.descending ? { dir: 'desc' } : {}),
});

/** The query part of the address that shows this list again; '' for the list as it opens. The place comes last. */
export function filterQuery(f: QueueFilter, rules: FilterRules): string {
  const entries = conditionEntries(f);
  if (f.show !== rules.shows[0]) entries.push(['state', f.show]);
  entries.push(...Object.entries(orderFields(f, rules)));
  entries.push(...placeEntries(f.place));
  return new URLSearchParams(entries).toString();
}
