/**
 * The case of the 2022 guide: 威海市环翠区, 群众文化, 初级职称, 助理馆员, 舞蹈 — with an invented person. One description (case.json, all seventeen sections), typed
 * into the pages by the http and the browser journeys alike.
 */
import fs from 'node:fs';
import path from 'node:path';
import { makeScan } from '../../seeds/demo/scans';

export const SERIES = 91; // 群众文化
export const LEVEL = 'junior';

interface ScanCase {
  kind: Parameters<typeof makeScan>[0];
  format: 'jpg' | 'png' | 'pdf';
  lines: string[];
  date: string;
}

/** Field values by section, as they are typed, choices by value or by their words; `unit` is chosen in the unit search. Row parts: one record for each row. */
export interface SectionCase {
  section: string;
  /** may stay empty at 「确定申报」 */
  optional?: boolean;
  groups?: Record<string, Record<string, string>>;
  rows?: Record<string, Record<string, string>[]>;
  /** item `<part>.<field>` or `<part>.<row number>.<field>` → scan */
  files?: Record<string, ScanCase>;
}

interface Case {
  applicant: { name: string; idNumber: string; mobile: string; loginName: string; password: string };
  sections: SectionCase[];
}

const written = fs.readFileSync(path.join(__dirname, 'case.json'), 'utf8');
export const { applicant } = JSON.parse(written) as Case;

/** All sections with everything in them; `{year}`, `{year-1}` and `{rank}` of the file stand for the batch's. */
export function fullCase(year: number, rank = '1/1'): SectionCase[] {
  const filled = written.replace(/\{year(?:-(\d+))?\}/g, (_, back?: string) => String(year - Number(back ?? 0))).replace('{rank}', rank);
  return (JSON.parse(filled) as Case).sections;
}

/** The sections without which nothing can be submitted. */
export const caseSections = (year: number, rank = '1/1'): SectionCase[] => fullCase(year, rank).filter((s) => !s.optional);

const drawn = new Map<string, ReturnType<typeof makeScan>>();

/** The scan as a file; each is drawn once. */
export async function scanOf(f: ScanCase): Promise<{ fileName: string; content: Buffer }> {
  const key = JSON.stringify(f);
  const scan = drawn.get(key) ?? makeScan(f.kind, { name: applicant.name, lines: f.lines, date: f.date, seal: '演示专用章' }, f.format);
  drawn.set(key, scan);
  return scan;
}
