import { importReport, NAMED_PROBLEMS, readCsv, type CsvColumn } from '../../../src/lib/csv';

const columns: readonly CsvColumn<'name' | 'hours' | 'note'>[] = [
  { name: 'name', header: '姓名' },
  { name: 'hours', header: '学时', aliases: ['总学时'] },
  { name: 'note', header: '备注', optional: true },
];
const read = (content: Buffer | string, most = 1000) => readCsv(Buffer.from(content as string), columns, most);
/** 「姓名,学时\r\n张三,90」 as a Chinese spreadsheet program saves it */
const GB18030 = Buffer.from([0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0xd1, 0xa7, 0xca, 0xb1, 0x0d, 0x0a, 0xd5, 0xc5, 0xc8, 0xfd, 0x2c, 0x39, 0x30]);

describe('CSV files of the bureaus (C2, D8)', () => {
  test.each([
    ['UTF-8', Buffer.from('姓名,学时\n张三,90\n')],
    ['UTF-8', Buffer.from('\ufeff姓名,学时\r\n张三,90\r\n')],
    ['UTF-8', Buffer.from('学时;其他;姓名\n90;x;张三')],
    ['UTF-8', Buffer.from('姓名\t总学时\n"张三"\t"90"')],
    ['GB18030', GB18030],
  ])('reads %s however it was saved', async (encoding, content) => {
    const table = await readCsv(content, columns, 10);
    expect(table).toEqual({
      kind: 'table',
      encoding,
      rows: [{ line: 2, values: { name: '张三', hours: '90', note: '' }, isTooLong: false }],
    });
  });

  test('counts lines as a spreadsheet does, also after empty lines and quoted line breaks', async () => {
    const table = await read('姓名,学时,备注\n甲,1,"两\n行"\n\n乙,2,\n , ,\n丙,3,x,多\n');
    expect(table.kind === 'table' && table.rows.map((r) => [r.line, r.values.name, r.isTooLong])).toEqual([
      [2, '甲', false],
      [5, '乙', false],
      [7, '丙', true],
    ]);
  });

  test.each([
    ['', '文件是空的'],
    ['姓名,学时\n', '只有表头'],
    ['姓名,分数\n甲,1\n', '「学时」'],
    ['PK\u0003\u0004whatever', 'Excel'],
    ['姓名,学时\0\n甲,1', '不是文本'],
    ['姓名,学时\n"甲,1\n乙,2\n', '引号不成对'],
    ['姓名,学时\n甲,1\n乙,2\n丙,3\n', '最多导入 2 行'],
  ])('refuses %j as a whole and says why', async (content, words) => {
    const table = await read(content, 2);
    expect(table.kind === 'refused' ? table.reason : table).toContain(words);
  });

  test('reads a hundred thousand rows', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `人${i},${i % 100}`);
    const table = await readCsv(Buffer.from(`姓名,学时\n${rows.join('\n')}\n`), columns, 100_000);
    expect(table.kind === 'table' && [table.rows.length, table.rows.at(-1)?.line]).toEqual([100_000, 100_001]);
  });

  test('the report names the first refused rows and counts all', () => {
    const refused = Array.from({ length: NAMED_PROBLEMS + 3 }, (_, i) => ({ line: 600 - i, text: '学时有误' }));
    const r = importReport('a.csv', { added: 2, changed: 1, unchanged: 0 }, refused);
    expect([r.total, r.refused, r.problems.length, r.problems[0]?.line]).toEqual([
      refused.length + 3,
      refused.length,
      NAMED_PROBLEMS,
      600 - refused.length + 1,
    ]);
  });
});
