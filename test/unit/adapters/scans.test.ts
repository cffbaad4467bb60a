import sharp from 'sharp';
import { makeScan, type ScanFormat, type ScanKind } from '../../../seeds/demo/scans';
import { createFileInspector } from '../../../src/adapters/files/inspect-file';

const inspector = createFileInspector(() => undefined);
afterAll(() => inspector.close());

const KINDS: ScanKind[] = [
  'diploma',
  'degree',
  'registration-report',
  'title-certificate',
  'appointment',
  'award',
  'paper',
  'proof',
  'photo',
  'id-card',
];
const data = { name: '张㛃䶮', lines: ['学校：示例师范大学', '于2018年6月毕业，准予毕业。'], date: '2018年6月30日', seal: '示例师范大学' };

describe('demonstration scans', () => {
  it.each(KINDS.flatMap((kind) => (['jpg', 'png', 'pdf'] as ScanFormat[]).map((format) => [kind, format] as const)))(
    '%s as %s is a file that the site takes, and the same every time',
    async (kind, format) => {
      const first = await makeScan(kind, data, format);
      expect(first.fileName).toMatch(new RegExp(`-张㛃䶮\\.${format}$`));
      expect(first.content.length).toBeLessThan(800_000);
      expect(await inspector.inspect({ content: first.content, name: first.fileName })).toMatchObject({ kind: 'ok', scaled: false });
      expect((await makeScan(kind, data, format)).content.equals(first.content)).toBe(true);
    },
  );

  it('draws rare characters with their own shapes, not as boxes', async () => {
    const pictures = await Promise.all(
      ['䶮', '𬀩', '㛃', '\u{10FFFD}'].map(async (name) => {
        const { content } = await makeScan('paper', { name: '', lines: [name], date: '' }, 'png');
        // The title alone: the tone and the turn of the paper differ with the input, black ink does not.
        const title = sharp(content).extract({ left: 484, top: 230, width: 100, height: 80 }).greyscale().threshold(110).raw();
        return (await title.toBuffer()).filter((value) => value === 0).length;
      }),
    );
    const [a = 0, b = 0, c = 0, missing = 0] = pictures;
    expect(new Set([a, b, c, missing]).size).toBe(4);
    for (const ink of [a, b, c]) expect(ink).toBeGreaterThan(300);
  });
});
