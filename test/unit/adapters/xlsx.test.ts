import { xlsx, type Cells } from '../../../src/adapters/spreadsheet';
import { readZip } from '../../support/read-zip';

/** The body of a sheet of one column. */
async function sheetOf(holds: 'dates' | 'numbers' | undefined, cells: readonly (string | number)[]): Promise<string> {
  const rows = async function* (): AsyncGenerator<Iterable<Cells>> {
    yield await Promise.resolve(cells.map((c) => [c]));
  };
  const parts: Uint8Array[] = [];
  for await (const part of xlsx({
    name: '表',
    title: '表',
    columns: [{ head: '列', width: 10, ...(holds ? { holds } : {}) }],
    rows: rows(),
  }))
    parts.push(part);
  return readZip(Buffer.concat(parts)).get('xl/worksheets/sheet1.xml')?.toString() ?? '';
}
/** Style and value of each cell that is a value; of others their text. */
const valuesIn = (sheet: string): string[] =>
  [...sheet.matchAll(/<c r="A\d+" s="(\d+)"(?:><v>([^<]*)<\/v>| t="inlineStr"><is><t[^>]*>([^<]*))/g)]
    .slice(2)
    .map((m) => (m[2] === undefined ? (m[3] ?? '') : `${m[1]}:${m[2]}`));

describe('R4, J1 cells of a spreadsheet', () => {
  it('days, months and moments are dates that sort; what reads otherwise stays as it is', async () => {
    expect(
      valuesIn(
        await sheetOf('dates', ['1995年2月', '2026年11月23日', '2026年11月23日 09:05', '1900年1月', '无', '至今', '2026.11', '=2026年1月']),
      ),
    ).toEqual(['7:34731', '8:46349', '9:46349.378472', '1900年1月', '无', '至今', '2026.11', '=2026年1月']);
  });

  it('numbers and years are numbers; what reads otherwise stays as it is', async () => {
    expect(valuesIn(await sheetOf('numbers', ['270', '13.5', '8 年', 3, '无', '3/5', '12345678901234567890', '-1']))).toEqual([
      '5:270',
      '5:13.5',
      '6:8',
      '5:3',
      '无',
      '3/5',
      '12345678901234567890',
      '-1',
    ]);
  });

  it('a column that holds texts makes nothing of them', async () => {
    expect(valuesIn(await sheetOf(undefined, ['2026年11月', '270', '0012']))).toEqual(['2026年11月', '270', '0012']);
  });
});
