import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { sealStream, unsealStream } from '../../../src/lib/sealed-stream';

const key = randomBytes(32);
const run = async (content: Buffer, through: NodeJS.ReadWriteStream, chunk = 70_000): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for (let i = 0; i < content.length; i += chunk) pieces.push(content.subarray(i, i + chunk));
  const out: Buffer[] = [];
  const source = Readable.from(pieces);
  source.on('error', () => undefined);
  for await (const part of source.pipe(through)) out.push(part as Buffer);
  return Buffer.concat(out);
};
const FRAME = 256 * 1024;
const BOX = 4 + 12 + FRAME + 16;

describe('S58 sealed streams', () => {
  test.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 3 * FRAME + 17])(
    'S58 %d bytes come back, in pieces of any size',
    async (length) => {
      const plain = randomBytes(length);
      const sealed = await run(plain, sealStream(key, 'a'));
      expect(await run(sealed, unsealStream(key, 'a'))).toEqual(plain);
      expect(await run(sealed, unsealStream(key, 'a'), 997)).toEqual(plain);
    },
  );

  const plain = randomBytes(3 * FRAME + 17);
  const faults: [string, (sealed: Buffer) => Buffer, string][] = [
    ['one bit is changed', (s) => Buffer.concat([s.subarray(0, 5000), Buffer.from([s[5000]! ^ 1]), s.subarray(5001)]), 'changed'],
    ['it is cut off between two frames', (s) => s.subarray(0, 12 + 2 * BOX), 'cut off'],
    ['it is cut off within a frame', (s) => s.subarray(0, s.length - 1), 'cut off'],
    [
      'two frames are exchanged',
      (s) => Buffer.concat([s.subarray(0, 12), s.subarray(12 + BOX, 12 + 2 * BOX), s.subarray(12, 12 + BOX), s.subarray(12 + 2 * BOX)]),
      'changed',
    ],
    ['a frame is left out', (s) => Buffer.concat([s.subarray(0, 12), s.subarray(12 + BOX)]), 'changed'],
    ['something follows the end', (s) => Buffer.concat([s, s.subarray(12, 12 + BOX)]), 'bytes after the end'],
    ['nothing is there', () => Buffer.alloc(0), 'cut off'],
    ['it is something else', () => randomBytes(100), 'not a sealed stream'],
  ];
  test.each(faults)('S58 it is refused when %s', async (_name, change, why) => {
    await expect(run(change(await run(plain, sealStream(key, 'a'))), unsealStream(key, 'a'))).rejects.toThrow(why);
  });

  test('S58 it is refused under another name and with another key', async () => {
    const sealed = await run(plain, sealStream(key, 'a'));
    await expect(run(sealed, unsealStream(key, 'b'))).rejects.toThrow('under another name');
    await expect(run(sealed, unsealStream(randomBytes(32), 'a'))).rejects.toThrow('another key');
  });
});
