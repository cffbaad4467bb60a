import type { Knex } from 'knex';
import type { Handle } from '../../db/db';
import { COUNTED, fromPlace, readSlice, type KeyOrder, type Place, type Slice } from '../../db/keyset';
import { gramsOf } from '../../lib/grams';
import { stateNames, type StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject } from '../../policy/policy';
import { SUBJECT_COLUMNS, toSubject, type SubjectRow } from '../declarations';
import { matchCondition } from '../units';
import { LINE_COLUMNS, type DeclarationLine } from './declaration-line.read';
import type { QueueCondition } from './queue.read';

export interface RegionRow extends DeclarationLine {
  id: string;
  state: StateName;
  movedAt: Date;
  /** for the policy */
  subject: DeclarationSubject;
}

/** A bureau's region: its own division, and the first and last code of what lies below it. */
export interface Region {
  code: string;
  range: readonly [string, string];
}

const submitted = stateNames.filter((s) => s !== 'draft');
const isProvince = ({ code }: Region): boolean => code.endsWith('0000');

/** Whether a search goes by the grams of names (few of a province) or along the order of the list, looking at each name: few lie in one city. */
const byGrams = (region: Region, c: QueueCondition, isMany: boolean): boolean => c.name !== '' && isProvince(region) && !isMany;

/** Submitted declarations `d` under these conditions, wherever they are. */
function narrowed(q: Knex.QueryBuilder, c: QueueCondition, isByGrams: boolean): Knex.QueryBuilder {
  q.whereNull('d.deleted_at').whereNot('d.state', 'draft');
  if (c.seriesId !== undefined) q.where('d.series_id', c.seriesId);
  if (c.level !== undefined) q.where('d.level', c.level);
  if (c.name !== '') {
    const name = c.name.replace(/[A-Z]+/g, (s) => s.toLowerCase());
    if (isByGrams) q.whereRaw("short_grams('', d.applicant_name) @> ?::text[]", [gramsOf(name)]);
    // one or two characters are grams themselves; of longer ones grams do not know the order
    if (!isByGrams || [...name].length > 2) q.whereRaw('strpos(lower(d.applicant_name), ?) > 0', [name]);
  }
  if (c.unit !== '') {
    const match = matchCondition({ line: c.unit, words: [c.unit.toLowerCase()], grams: gramsOf(c.unit.toLowerCase()) });
    q.whereRaw(`d.unit_id IN (SELECT u.id FROM units u WHERE ${match.sql})`, match.bindings as string[]);
  }
  return q;
}

export interface RegionCounts {
  of: ReadonlyMap<StateName, number>;
  /** a search found more than COUNTED */
  isOpen: boolean;
}

/** How many there are in each state: exact at any size, because counts by year, series and level are kept; a search counts COUNTED at most. One query. */
export async function countRegion(h: Handle, region: Region, c: QueueCondition): Promise<RegionCounts> {
  const isSearch = c.name !== '' || c.unit !== '';
  const q: Knex.QueryBuilder = isSearch
    ? h
        .from(
          narrowed(h('declarations as d'), c, byGrams(region, c, false))
            .whereRaw('d.region_code IN (SELECT code FROM divisions WHERE code BETWEEN ? AND ?)', [...region.range])
            .whereIn('d.state', [...submitted])
            .modify((x) => void (c.year !== undefined && x.where('d.year', c.year)))
            .select('d.state as state')
            .limit(COUNTED + 1)
            .as('x'),
        )
        .select('state', h.raw('count(*)::int AS n'))
    : h('queue_counts')
        .where({ reader_kind: 'region', reader_id: Number(region.code) })
        .where({
          ...(c.year === undefined ? {} : { year: c.year }),
          ...(c.seriesId === undefined ? {} : { series_id: c.seriesId }),
          ...(c.level === undefined ? {} : { level: c.level }),
        })
        .select('bucket as state', h.raw('sum(n)::int AS n'));
  const rows = (await q.groupByRaw('1')) as { state: StateName; n: number }[];
  const found = rows.reduce((sum, r) => sum + r.n, 0);
  return { of: new Map(rows.map((r) => [r.state, r.n])), isOpen: isSearch && found > COUNTED };
}

const order: KeyOrder = { columns: ['d.moved_at', 'd.id'], way: 'DESC' };

/**
 * One page of the declarations, those moved last first. `years`: all there are. The index knows the order within a division, a year and a state (for a province
 * within a year and a state), so the list is put together from the first rows of each. `isMany`: a search has found more than COUNTED. One query, seldom two.
 */
export function listRegion(
  h: Handle,
  region: Region,
  c: QueueCondition,
  o: { state: StateName | undefined; place: Place; limit: number; years: readonly number[]; isMany: boolean },
): Promise<Slice<RegionRow>> {
  return readSlice(o.place, o.limit, async (place, limit) => {
    const from = fromPlace(order, place, { from: 'declarations x WHERE x.id = ?' });
    const isByGrams = byGrams(region, c, o.isMany);
    const part = (q: Knex.QueryBuilder): Knex.QueryBuilder =>
      narrowed(q, c, isByGrams).whereRaw(from.condition, from.bindings).select('d.id', 'd.moved_at').orderByRaw(from.orderBy).limit(limit);
    const years = c.year === undefined ? [...o.years] : [c.year];
    const states = o.state === undefined ? [...submitted] : [o.state];
    let ids: Knex.QueryBuilder;
    if (!isByGrams && c.unit === '') {
      const runs = h
        .from(h.raw('unnest(?::int[]) AS y(year)', [years]))
        .crossJoin(h.raw('unnest(?::text[]) AS s(state)', [states]) as never)
        .select('y.year', 's.state')
        .modify((q) => {
          if (!isProvince(region))
            void q
              .crossJoin(h.raw('(SELECT code FROM divisions WHERE code BETWEEN ? AND ?) AS v', [...region.range]) as never)
              .select('v.code');
        });
      const run = part(h('declarations as d')).whereRaw('d.year = r.year AND d.state = r.state');
      if (isProvince(region)) void run.whereBetween('d.region_code', [...region.range]);
      else void run.whereRaw('d.region_code = r.code');
      ids = h
        .from(runs.as('r'))
        .joinRaw('CROSS JOIN LATERAL ? AS d', [run as never])
        .select('d.id', 'd.moved_at')
        .orderByRaw(from.orderBy)
        .limit(limit);
    } else {
      ids = part(h('declarations as d'))
        .whereBetween('d.region_code', [...region.range])
        .whereIn('d.year', years)
        .whereIn('d.state', states);
    }
    const rows = (await h
      .from(ids.as('f'))
      .join('declarations as d', 'd.id', 'f.id')
      .join('units as u', 'u.id', 'd.unit_id')
      .join('batches as b', 'b.id', 'd.batch_id')
      .join('committees as c', 'c.id', 'b.committee_id')
      .select(h.raw(`${LINE_COLUMNS}, ${SUBJECT_COLUMNS}, d.moved_at AS "movedAt"`))
      .orderByRaw('d.moved_at DESC, d.id DESC')) as (SubjectRow & Omit<RegionRow, 'subject'>)[];
    return rows.map((r) => ({ ...r, subject: toSubject(r) }));
  });
}
