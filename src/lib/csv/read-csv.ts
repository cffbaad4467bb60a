import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { normaliseLine } from '../text';

export interface CsvColumn<N extends string> {
  name: N;
  /** the words at the head of the column */
  header: string;
  /** other words that mean the same */
  aliases?: readonly string[];
  /** a file without this column may still be read; its values are '' */
  optional?: true;
}

export interface CsvRow<N extends string> {
  /** line of the file where the row begins, as a spreadsheet counts: the head is line 1 */
  line: number;
  /** tidied: one line, without invisible marks */
  values: Record<N, string>;
  /** the row has more cells than the head has columns */
  isTooLong: boolean;
}

export type CsvTable<N extends string> =
  | { kind: 'table'; encoding: CsvEncoding; rows: CsvRow<N>[] }
  /** why the file as a whole can't be read, and what to do */
  | { kind: 'refused'; reason: string };

export type CsvEncoding = 'UTF-8' | 'GB18030';

const CHUNK = 256 * 1024;

const codeOf = (e: unknown): string => {
  const { code } = (e ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** Spreadsheets save as UTF-8 or, on Chinese systems, as GB18030; what is no valid UTF-8 is taken for the latter. */
function decode(content: Buffer): { text: string; encoding: CsvEncoding } | undefined {
  for (const encoding of ['UTF-8', 'GB18030'] as const) {
    try {
      return { text: new TextDecoder(encoding, { fatal: true }).decode(content), encoding };
    } catch (e) {
      if (codeOf(e) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw e;
    }
  }
  return undefined;
}

/** Commas, semicolons or tabs: whichever the head holds most of. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const head = end < 0 ? text : text.slice(0, end);
  const counted = [',', ';', '\t'].map((d) => ({ d, n: head.split(d).length }));
  return counted.reduce((a, b) => (b.n > a.n ? b : a)).d;
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += CHUNK) yield text.slice(at, at + CHUNK);
}

/**
 * Reads a CSV file (RFC 4180; UTF-8 with or without its mark, or GB18030) whose first line names the columns, in any order; further columns are ignored.
 * Parses piece by piece, so that a large file does not hold up other requests.
 */
export async function readCsv<N extends string>(content: Buffer, columns: readonly CsvColumn<N>[], maxRows: number): Promise<CsvTable<N>> {
  if (content.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1')))
    return { kind: 'refused', reason: '这是 Excel 工作簿，请在 Excel 中另存为「CSV（逗号分隔）」格式后再导入' };
  const decoded = decode(content);
  if (!decoded || decoded.text.includes('\0'))
    return { kind: 'refused', reason: '文件不是文本格式，请在电子表格软件中另存为 CSV 格式后再导入' };
  const parser = Readable.from(pieces(decoded.text)).pipe(
    parse({ delimiter: delimiterOf(decoded.text), info: true, relax_column_count: true, bom: true }),
  );
  const rows: CsvRow<N>[] = [];
  let places: { name: N; at: number }[] | undefined;
  let width = 0;
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const begins = line;
      line = info.lines + 1;
      if (record.every((cell) => cell.trim() === '')) continue;
      if (!places) {
        const heads = record.map((h) => normaliseLine(h));
        const found = columns.map((c) => ({ c, at: heads.findIndex((h) => h === c.header || (c.aliases ?? []).includes(h)) }));
        const missing = found.filter((f) => f.at < 0 && !f.c.optional).map((f) => `「${f.c.header}」`);
        if (missing.length > 0)
          return { kind: 'refused', reason: `第一行应当是表头，文件中没有${missing.join('')}一列，请按模板的表头填写` };
        places = found.filter((f) => f.at >= 0).map((f) => ({ name: f.c.name, at: f.at }));
        width = record.length;
        continue;
      }
      if (rows.length === maxRows) return { kind: 'refused', reason: `一次最多导入 ${maxRows} 行，请分成几个文件导入` };
      const values = Object.fromEntries(columns.map((c) => [c.name, ''])) as Record<N, string>;
      for (const p of places) values[p.name] = normaliseLine(record[p.at] ?? '');
      rows.push({ line: begins, values, isTooLong: record.slice(width).some((cell) => cell.trim() !== '') });
    }
  } catch (e) {
    const at = (e as { lines?: number }).lines;
    if (!codeOf(e).startsWith('CSV_')) throw e;
    return {
      kind: 'refused',
      reason: `${at === undefined ? '文件' : `第 ${at} 行附近`}的引号不成对，请在电子表格软件中打开核对后重新另存为 CSV 格式`,
    };
  } finally {
    parser.destroy();
  }
  if (!places) return { kind: 'refused', reason: '文件是空的' };
  return rows.length === 0 ? { kind: 'refused', reason: '文件中只有表头，没有数据' } : { kind: 'table', encoding: decoded.encoding, rows };
}
