import type { Option } from '../../form/field';
import { levels, levelText, type Level, type LevelName } from './levels';

export interface Series {
  id: number;
  /** two digits, part of certificate numbers */
  code: string;
  name: string;
  /** not offered any more; whoever has it keeps it */
  ended?: boolean;
}
export interface Title {
  id: number;
  seriesId: number;
  level: Level;
  /** 正高级, 副高级, 中级, 助理级, 员级: finer than the level where a series has both 助理级 and 员级 */
  rankName: string;
  name: string;
  /** the kind of work it belongs to, where a series holds several; '' otherwise */
  branch: string;
  code: string;
  ended?: boolean;
}
export interface Speciality {
  id: number;
  seriesId: number;
  name: string;
  ended?: boolean;
}

/** K1: what can be declared: series, their titles by level, their specialities. Plain values, loaded at once; all look-ups are in memory. */
export interface Catalogue {
  readonly series: readonly Series[];
  readonly levels: readonly LevelName[];
  /**
   * titles of a series at a level, in the order of the catalogue; none when there is no such series or level. `chosen`: the id of one that stays in the list although it
   * was ended, because it was chosen before
   */
  titlesOf(seriesId: number, level: string, chosen?: string): readonly Title[];
  /** specialities (现从事专业) of a series, in the order of the catalogue; `chosen`: the name of one that stays in the list although it was ended */
  specialitiesOf(seriesId: number, chosen?: string): readonly Speciality[];
  /** levels at which a series has titles, lowest first */
  levelsOf(seriesId: number): readonly LevelName[];
  /** the name of a series; '' when there is none of this id */
  seriesName(id: number): string;
  findSeries(id: number): Series | undefined;
  findTitle(id: number): Title | undefined;
  /** 「馆员（群众文化）」: the title with its branch where it has one; '' when there is none of this id */
  titleText(id: number): string;
  levelText(code: string): string;
}

function groupBy<T, K>(list: readonly T[], keyOf: (x: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const x of list) {
    const key = keyOf(x);
    const group = groups.get(key);
    if (group) group.push(x);
    else groups.set(key, [x]);
  }
  return groups;
}

/** Arranges rows, each list already in catalogue order, for looking up. */
export function createCatalogue(rows: {
  series: readonly Series[];
  titles: readonly Title[];
  specialities: readonly Speciality[];
}): Catalogue {
  const seriesById = new Map(rows.series.map((s) => [s.id, s]));
  const titleById = new Map(rows.titles.map((t) => [t.id, t]));
  const titles = groupBy(rows.titles, (t) => `${t.seriesId}:${t.level}`);
  const specialities = groupBy(rows.specialities, (s) => s.seriesId);
  const titlesOf = (seriesId: number, level: string, chosen = ''): readonly Title[] =>
    (titles.get(`${seriesId}:${level}`) ?? []).filter((t) => !t.ended || String(t.id) === chosen);
  return {
    series: rows.series.filter((s) => !s.ended),
    levels,
    titlesOf,
    specialitiesOf: (seriesId, chosen = '') => (specialities.get(seriesId) ?? []).filter((s) => !s.ended || s.name === chosen),
    levelsOf: (seriesId) => levels.filter((l) => titlesOf(seriesId, l.code).length > 0),
    seriesName: (id) => seriesById.get(id)?.name ?? '',
    findSeries: (id) => seriesById.get(id),
    findTitle: (id) => titleById.get(id),
    titleText: (id) => {
      const t = titleById.get(id);
      return t ? (t.branch ? `${t.name}（${t.branch}）` : t.name) : '';
    },
    levelText,
  };
}

/** The series as options of a list. */
export const seriesOptions = (of: readonly Pick<Series, 'id' | 'name'>[]): Option[] =>
  of.map((s) => ({ value: String(s.id), text: s.name }));
