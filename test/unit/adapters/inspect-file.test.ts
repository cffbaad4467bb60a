import { createCipheriv } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PDFDocument, PDFName, PDFString, StandardFonts } from 'pdf-lib';
import sharp from 'sharp';
import {
  cleanFileName,
  createFileInspector,
  makePhoto,
  makeThumbnail,
  MAX_INPUT_BYTES,
  MAX_STORED_BYTES,
  type FileVerdict,
} from '../../../src/adapters/files/inspect-file';
import { inspectPdf } from '../../../src/adapters/files/inspect-pdf';

const inspector = createFileInspector(() => undefined);
afterAll(() => inspector.close());

/** Noise does not compress, so a picture of it is large. */
function noise(width: number, height: number): sharp.Sharp {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const pixels = cipher.update(Buffer.alloc(width * height * 3));
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const flat = (width: number, height: number, background = '#4488cc'): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background }, limitInputPixels: false });

async function pdfOf(
  pages: number,
  change: (document: PDFDocument) => void | Promise<void> = () => undefined,
  useObjectStreams = true,
): Promise<Buffer> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let i = 0; i < pages; i++) document.addPage([200, 200]).drawText(`page ${i + 1}`, { font, size: 12 });
  await change(document);
  return Buffer.from(await document.save({ useObjectStreams }));
}

/** A PDF written by hand: `1 0 obj` is the catalogue, `2 0 obj` the page tree, `3 0 obj` the page. */
function rawPdf(parts: { catalogue?: string; more?: string; trailer?: string; after?: string; before?: string } = {}): Buffer {
  return Buffer.from(
    `${parts.before ?? ''}%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R ${parts.catalogue ?? ''}>>\nendobj\n` +
      `2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n${parts.more ?? ''}` +
      `xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R ${parts.trailer ?? ''}>>\nstartxref\n9\n%%EOF${parts.after ?? '\n'}`,
    'latin1',
  );
}

/** An object stream with one object in it. */
function objectStream(body: string, options: { filter?: string; data?: Buffer; n?: number } = {}): string {
  const plain = Buffer.from(`9 0 ${body}`, 'latin1');
  const data = options.data ?? deflateSync(plain);
  return `8 0 obj\n<</Type/ObjStm/N ${options.n ?? 1}/First 4/Filter ${options.filter ?? '/FlateDecode'}/Length ${data.length}>>\nstream\n${data.toString('latin1')}\nendstream\nendobj\n`;
}

/** An animated GIF of 1 × 1 pixel, written by hand. */
function gifOf(frames: number): Buffer {
  const frame = Buffer.from('2c000000000100010000' + '02024401' + '00', 'hex');
  return Buffer.concat([
    Buffer.from('474946383961' + '01000100' + '800000' + '000000ffffff', 'hex'),
    ...Array.from({ length: frames }, () => frame),
    Buffer.from('3b', 'hex'),
  ]);
}

/** A PNG whose header claims a size that its data does not have. */
async function pngClaiming(width: number, height: number): Promise<Buffer> {
  const png = await flat(8, 8).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  const table = Array.from({ length: 256 }, (_, i) => {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of png.subarray(12, 29)) crc = (table[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  png.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 29);
  return png;
}

async function accepted(content: Buffer, name: string): Promise<Extract<FileVerdict, { kind: 'ok' }>> {
  const verdict = await inspector.inspect({ content, name });
  if (verdict.kind !== 'ok') throw new Error(verdict.problem);
  return verdict;
}

async function problemOf(content: Buffer, name: string): Promise<string> {
  const verdict = await inspector.inspect({ content, name });
  return verdict.kind === 'refused' ? verdict.problem : `accepted as ${verdict.mediaType}`;
}

describe('S46 files that are taken', () => {
  it.each([
    ['jpeg', '照片.JPG', 'image/jpeg', 'jpg'],
    ['jpeg', '照片.jpeg', 'image/jpeg', 'jpg'],
    ['png', '扫描件.png', 'image/png', 'png'],
    ['gif', '图.GIF', 'image/gif', 'gif'],
  ] as const)('a %s named %s', async (format, name, mediaType, extension) => {
    const verdict = await accepted(await flat(320, 200).toFormat(format).toBuffer(), name);
    expect(verdict).toMatchObject({ mediaType, extension, width: 320, height: 200, scaled: false });
    expect((await sharp(verdict.content).metadata()).format).toBe(mediaType.slice(6));
  });

  it('a GIF keeps its first frame', async () => {
    const frames = await Promise.all(['#ff0000', '#00ff00'].map((colour) => flat(20, 20, colour).png().toBuffer()));
    const animated = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(animated).metadata()).pages).toBe(2);
    const verdict = await accepted(animated, 'a.gif');
    expect((await sharp(verdict.content).metadata()).pages ?? 1).toBe(1);
    expect([...(await sharp(verdict.content).removeAlpha().raw().toBuffer()).subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it('a GIF of a thousand frames', async () => {
    expect(await accepted(gifOf(1000), 'a.gif')).toMatchObject({ mediaType: 'image/gif', width: 1, height: 1 });
  });

  it('S46 where a PDF begins is looked at by what reads it, too', async () => {
    for (const before of ['\n', '<html>\n', '%', ' '.repeat(1000)])
      expect(await inspectPdf(rawPdf({ before }))).toEqual({
        kind: 'refused',
        problem: expect.stringContaining('开头、末尾有多余') as string,
      });
    expect(await inspectPdf(rawPdf())).toEqual({ kind: 'ok', pages: 1 });
  });

  it.each([true, false])('a PDF, with object streams: %s, as it is', async (useObjectStreams) => {
    const content = await pdfOf(3, undefined, useObjectStreams);
    const verdict = await accepted(content, '论文.pdf');
    expect(verdict).toMatchObject({ mediaType: 'application/pdf', extension: 'pdf', pages: 3, scaled: false });
    expect(verdict.content.equals(content)).toBe(true);
  });

  it('a PDF with revisions, ordinary links, a form and a length that stands elsewhere', async () => {
    const more =
      '4 0 obj\n<</Length 5 0 R>>\nstream\nBT (endobj) Tj ET\nendstream\nendobj\n5 0 obj\n17\nendobj\n' +
      '6 0 obj\n<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.com/a\\(b\\))>>>>\nendobj\n3 0 obj\n<</Type/Page/Annots[6 0 R]/Contents 4 0 R>>\nendobj\n';
    expect(await accepted(rawPdf({ more, catalogue: '/AcroForm<</Fields[]>>' }), 'a.pdf')).toMatchObject({ pages: 1 });
  });

  it.each([
    ['a page to begin with, as LibreOffice writes it', '/OpenAction[3 0 R /XYZ null null 0]', ''],
    ['a page to begin with, as an action', '/OpenAction<</Type/Action/S/GoTo/D[3 0 R/FitH 9]>>', ''],
    ['an action that stands elsewhere', '/OpenAction 9 0 R', '9 0 obj\n<</S/GoTo/D[3 0 R/Fit]>>\nendobj\n'],
    ['an address to open, which is opened no more', '/OpenAction<</S/URI/URI(http://example.com)>>', ''],
    ['an opening action in the bytes of a stream', '', '9 0 obj\n<</Length 11>>\nstream\n/OpenAction\nendstream\nendobj\n'],
  ])('S48 a PDF with %s: kept, and nothing of it happens on opening', async (_what, catalogue, more) => {
    const content = rawPdf({ catalogue, more });
    const verdict = await accepted(content, '论文.pdf');
    expect(verdict).toMatchObject({ mediaType: 'application/pdf', pages: 1, scaled: false });
    expect(verdict.content).toHaveLength(content.length);
    expect(verdict.content.toString('latin1')).toBe(content.toString('latin1').replace('/OpenAction', '/OpenedOnce'));
    expect(await inspectPdf(verdict.content)).toEqual({ kind: 'ok', pages: 1 });
  });

  it('S47 a photo of 50 million pixels, as telephones take it', async () => {
    const verdict = await accepted(await flat(8192, 6144).jpeg().toBuffer(), 'a.jpg');
    expect(verdict).toMatchObject({ mediaType: 'image/jpeg', width: 8192, height: 6144 });
  });

  it('a PDF of 200 pages', async () => {
    expect(await accepted(await pdfOf(200), 'a.pdf')).toMatchObject({ pages: 200 });
  });

  it('a large photo is made smaller instead of being refused', async () => {
    const content = await noise(3000, 2400).jpeg({ quality: 95 }).toBuffer();
    expect(content.length).toBeGreaterThan(MAX_STORED_BYTES);
    const verdict = await accepted(content, 'a.jpg');
    expect(verdict).toMatchObject({ mediaType: 'image/jpeg', scaled: true });
    expect(verdict.content.length).toBeLessThanOrEqual(MAX_STORED_BYTES);
    expect((verdict.width ?? 0) / (verdict.height ?? 1)).toBeCloseTo(1.25, 1);
  });

  it('a large PNG becomes a JPEG', async () => {
    const content = await noise(1800, 1500).png().toBuffer();
    expect(content.length).toBeGreaterThan(MAX_STORED_BYTES);
    const verdict = await accepted(content, 'a.png');
    expect(verdict).toMatchObject({ mediaType: 'image/jpeg', extension: 'jpg', scaled: true, width: 1800 });
  });
});

describe('S48 what is dropped from pictures', () => {
  it('turns by EXIF and then drops EXIF, GPS and comments', async () => {
    const exif = { IFD0: { Copyright: '<?php system($_GET[0]); ?>' }, IFD3: { GPSLatitudeRef: 'N' } };
    const content = await flat(300, 100).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
    expect(content.includes('<?php')).toBe(true);
    const verdict = await accepted(content, 'a.jpg');
    expect(verdict).toMatchObject({ width: 100, height: 300 });
    expect(verdict.content.includes('php')).toBe(false);
    const meta = await sharp(verdict.content).metadata();
    expect([meta.exif, meta.icc, meta.xmp, meta.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['gif', Buffer.from('*/=1;alert(1)//')],
    ['png', Buffer.from('<html><script>alert(1)</script>')],
    ['jpeg', Buffer.from('PK\x03\x04 hidden archive')],
  ] as const)('what hangs behind a %s', async (format, tail) => {
    const verdict = await accepted(Buffer.concat([await flat(9, 9).toFormat(format).toBuffer(), tail]), `a.${format}`);
    expect(verdict.content.includes(tail)).toBe(false);
  });
});

describe('S46 S47 S48 files that are refused', () => {
  const jpeg = flat(64, 64).jpeg().toBuffer();
  const png = flat(64, 64).png().toBuffer();
  const zip = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(60)]);

  type Hostile = [string, string, () => Promise<Buffer> | Buffer, RegExp];
  const hostile: Hostile[] = [
    ['an empty file', 'a.jpg', () => Buffer.alloc(0), /空的/],
    ['more than 30 MB', 'a.jpg', () => Buffer.alloc(MAX_INPUT_BYTES + 1), /30 MB/],
    ['a name without extension', '毕业证书', () => Buffer.from('abc'), /只能上传 JPG、PNG、GIF 图片或 PDF/],
    ['a JPEG without extension', '毕业证书', () => jpeg, /JPG 图片.*文件名末尾/],
    ['a Word document', '申报表.docx', () => zip, /Word.*PDF/],
    ['a WPS document', '申报表.wps', () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), /WPS.*PDF/],
    ['a table', '名单.xlsx', () => zip, /电子表格/],
    ['an archive', '材料.zip', () => zip, /压缩包.*解压/],
    ['an OFD', '证书.ofd', () => zip, /OFD/],
    ['a HEIC photo', 'IMG_0001.HEIC', () => Buffer.from('00000018667479706865696300000000', 'hex'), /HEIC.*兼容性最佳/],
    ['a HEIC photo renamed to jpg', 'IMG_0001.jpg', () => Buffer.from('00000018667479706865696300000000', 'hex'), /「\.jpg」.*HEIC/],
    ['an SVG', 'a.svg', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
    ['an SVG renamed to png', 'a.png', () => Buffer.from('<?xml version="1.0"?><svg onload="alert(1)"/>'), /SVG/],
    ['a web page renamed to jpg', 'a.jpg', () => Buffer.from('<!DOCTYPE html><script>alert(1)</script>'), /网页/],
    ['a web page renamed to pdf', 'a.pdf', () => Buffer.from('<html><body>'), /网页/],
    ['a program renamed to pdf', 'a.pdf', () => Buffer.from('MZ\x90\x00'), /程序/],
    ['a program', 'setup.exe', () => Buffer.from('MZ\x90\x00'), /程序/],
    ['an archive renamed to jpg', 'a.jpg', () => zip, /压缩包/],
    ['a document renamed to pdf', 'a.pdf', () => Buffer.concat([zip, Buffer.from('[Content_Types].xml')]), /「\.pdf」.*WPS 文档/],
    ['a PNG named jpg', 'a.jpg', () => png, /PNG 图片.*改为「\.png」/],
    ['a JPEG named pdf', 'a.pdf', () => jpeg, /JPG 图片.*改为「\.jpg」/],
    ['a double extension', 'a.jpg.exe', () => jpeg, /程序/],
    ['a hidden extension turned by a bidi mark', 'a\u202Egpj.exe', () => jpeg, /程序/],
    ['rubbish named jpg', 'a.jpg', () => Buffer.from('你好'), /不是 JPG 图片/],
    ['only the first bytes of a JPEG', 'a.jpg', () => Buffer.from('ffd8ffe000104a464946', 'hex'), /损坏/],
    ['half of a JPEG', 'a.jpg', async () => (await noise(400, 400).jpeg().toBuffer()).subarray(0, 30_000), /损坏/],
    ['half of a PNG', 'a.png', async () => (await noise(200, 200).png().toBuffer()).subarray(0, 30_000), /损坏/],
    ['GIF/JS that is no picture', 'a.gif', () => Buffer.from('GIF89a/*\x01\x00\x00*/=1;alert(1)'), /损坏/],
    ['a PNG of 100 million flat pixels', 'a.png', () => flat(10_000, 10_000).png().toBuffer(), /5000 万像素/],
    ['a screenshot that is too long', 'a.png', () => flat(300, 30_001).png().toBuffer(), /太长.*分成几张/],
    ['a PNG header that claims 2 billion pixels', 'a.png', () => pngClaiming(46_000, 46_000), /像素/],
    [
      'a GIF header that claims 65535 × 65535',
      'a.gif',
      () => Buffer.from('474946383961ffffffff800000000000ffffff2c00000000ffffffff0002024401003b', 'hex'),
      /像素|损坏/,
    ],
    ['a GIF of 1001 frames', 'a.gif', () => gifOf(1001), /动图.*1000 幅/],
    ['a PDF above 5 MB', 'a.pdf', () => Buffer.concat([rawPdf(), Buffer.alloc(MAX_STORED_BYTES)]), /5 MB/],
    ['a PDF behind a web page', 'a.pdf', () => rawPdf({ before: '<html>\n' }), /里面却不是 PDF 文件。这是网页文件/],
    ['a PDF behind an empty line', 'a.pdf', () => rawPdf({ before: '\n' }), /里面却不是 PDF 文件，可能已经损坏/],
    [
      'a PDF of a version that there is not',
      'a.pdf',
      () => Buffer.from(rawPdf().toString('latin1').replace('1.4', '9.4')),
      /开头、末尾有多余/,
    ],
    ['a PDF with a page behind its end', 'a.pdf', () => rawPdf({ after: '\n<script>alert(1)</script>' }), /末尾有多余/],
    ['a PDF with an archive behind its end', 'a.pdf', () => rawPdf({ after: '\nPK\x03\x04' }), /末尾有多余/],
    ['half of a PDF', 'a.pdf', async () => (await pdfOf(3)).subarray(0, 700), /不完整/],
    ['a PDF without catalogue', 'a.pdf', () => Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF'), /损坏/],
    ['a PDF with a password', 'a.pdf', () => rawPdf({ trailer: '/Encrypt<</Filter/Standard/V 2>>' }), /密码/],
    ['a script at opening', 'a.pdf', () => pdfOf(1, (d) => d.addJavaScript('x', 'app.alert(1)')), /自动运行/],
    ['a script in an object stream', 'a.pdf', () => rawPdf({ more: objectStream('<</S/JavaScript/JS(app.alert(1))>>') }), /自动运行/],
    [
      'a script whose names are written with escapes',
      'a.pdf',
      () => rawPdf({ more: '9 0 obj\n<</S/Java#53cript/J#53(1)>>\nendobj\n' }),
      /自动运行/,
    ],
    [
      'a script that a later revision hides',
      'a.pdf',
      () => rawPdf({ more: '9 0 obj\n<</JS(1)>>\nendobj\n9 0 obj\n<<>>\nendobj\n' }),
      /自动运行/,
    ],
    ['a script in an array in a dictionary', 'a.pdf', () => rawPdf({ catalogue: '/A[<</B[<</S/JavaScript>>]>>]' }), /自动运行/],
    ...['JS', 'JavaScript', 'OpenAction', 'XFA', 'EF', 'EmbeddedFiles', 'RichMediaContent', 'RichMediaSettings'].map((key): Hostile => [
      `the key ${key}, where the bytes do not show it`,
      'a.pdf',
      () => rawPdf({ more: objectStream(`<</${key}[3 0 R/Fit]>>`) }),
      /自动运行/,
    ]),
    ...['JavaScript', 'Launch', 'EmbeddedFile', 'RichMedia'].map((mark): Hostile => [
      `/${mark} in the bytes of a stream, where no object shows it`,
      'a.pdf',
      () => rawPdf({ more: `9 0 obj\n<</Length ${mark.length + 1}>>\nstream\n/${mark}\nendstream\nendobj\n` }),
      /自动运行/,
    ]),
    ['a script run by an opening action', 'a.pdf', () => rawPdf({ catalogue: '/OpenAction<</S/JavaScript/JS(1)>>' }), /自动运行/],
    [
      'an opening action whose name is written with an escape',
      'a.pdf',
      () => rawPdf({ catalogue: '/Open#41ction[3 0 R/Fit]' }),
      /自动运行/,
    ],
    [
      'an opening action of a signed PDF',
      'a.pdf',
      () => rawPdf({ catalogue: '/OpenAction[3 0 R/Fit]', more: '9 0 obj\n<</Type/Sig/ByteRange[0 1 2 3]>>\nendobj\n' }),
      /自动运行/,
    ],
    ['a launch action', 'a.pdf', () => rawPdf({ more: '9 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj\n' }), /自动运行/],
    ['an embedded file', 'a.pdf', () => pdfOf(1, (d) => d.attach(Buffer.from('MZ'), 'a.exe')), /附件/],
    ['an XFA form', 'a.pdf', () => rawPdf({ catalogue: '/AcroForm<</XFA(x)>>' }), /自动运行/],
    ['rich media', 'a.pdf', () => rawPdf({ more: '9 0 obj\n<</Type/Annot/Subtype/RichMedia>>\nendobj\n' }), /自动运行/],
    ['a form that sends itself', 'a.pdf', () => rawPdf({ more: '9 0 obj\n<</S/SubmitForm/F(http://example.com)>>\nendobj\n' }), /自动运行/],
    [
      'an action in the bytes of a stream',
      'a.pdf',
      () => rawPdf({ more: '9 0 obj\n<</Length 40>>\nstream\n7 0 obj <</S/Launch/F(calc.exe)>> endobj\nendstream\nendobj\n' }),
      /自动运行/,
    ],
    ['a PDF of 201 pages', 'a.pdf', () => pdfOf(201), /200 页/],
    ['a PDF without pages', 'a.pdf', () => Buffer.from(rawPdf().toString('latin1').replace('[3 0 R]', '[]       '), 'latin1'), /没有页面/],
    [
      'a page tree that bites its tail',
      'a.pdf',
      () => Buffer.from(rawPdf().toString('latin1').replace('[3 0 R]', '[2 0 R]'), 'latin1'),
      /损坏/,
    ],
    [
      '20,001 objects',
      'a.pdf',
      () => rawPdf({ more: Array.from({ length: 20_001 }, (_, i) => `${i + 10} 0 obj\n1\nendobj\n`).join('') }),
      /复杂/,
    ],
    ['an object stream that claims a billion objects', 'a.pdf', () => rawPdf({ more: objectStream('1', { n: 1e9 }) }), /复杂/],
    [
      'an object stream of 60 MB',
      'a.pdf',
      () => rawPdf({ more: objectStream('', { data: deflateSync(Buffer.alloc(60 << 20, 32)) }) }),
      /复杂/,
    ],
    [
      'an object stream compressed twice',
      'a.pdf',
      () => rawPdf({ more: objectStream('', { filter: '[/FlateDecode/FlateDecode]' }) }),
      /复杂/,
    ],
    ['arrays nested 100,000 deep', 'a.pdf', () => rawPdf({ more: `9 0 obj\n${'['.repeat(100_000)}` }), /复杂/],
    ['dictionaries without end', 'a.pdf', () => rawPdf({ more: `9 0 obj\n${'<</A 1'.repeat(20)}` }), /损坏/],
    ['4 MB of blanks', 'a.pdf', () => rawPdf({ more: `x${' '.repeat(4 << 20)}9 0 obj\n<</A` }), /损坏/],
    ['4 MB of digits', 'a.pdf', () => rawPdf({ more: '1'.repeat(4 << 20) }), /损坏/],
    ['4 MB of rubbish words', 'a.pdf', () => rawPdf({ more: 'ab '.repeat(1_400_000) }), /损坏/],
    ['a string without end', 'a.pdf', () => rawPdf({ more: '9 0 obj\n(abc\nendobj\n' }), /损坏/],
  ];

  it.each(hostile)('%s (%s)', async (_what, name, make, expected) => {
    expect(await problemOf(await make(), name)).toMatch(expected);
  });

  it('says in plain Chinese what to do, without a full stop at the end', async () => {
    for (const [, name, make] of hostile) {
      const problem = await problemOf(await make(), name);
      expect(problem).toMatch(/请/);
      expect(problem).not.toMatch(/。$|undefined|null|Error/);
    }
  });

  it('sees through dictionaries that pdf-lib writes into object streams', async () => {
    const content = await pdfOf(1, (document) => {
      const action = document.context.obj({ Type: 'Action', S: 'JavaScript', JS: PDFString.of('app.alert(1)') });
      document.catalog.set(PDFName.of('Names'), document.context.register(action));
    });
    expect(content.includes('JavaScript')).toBe(false);
    expect(await problemOf(content, 'a.pdf')).toMatch(/自动运行/);
  });

  it('twenty bombs at once do not fill the memory', async () => {
    const bomb = await flat(12_000, 12_000).png().toBuffer();
    const before = process.memoryUsage().rss;
    const problems = await Promise.all(Array.from({ length: 20 }, () => problemOf(bomb, 'a.png')));
    expect(problems.every((problem) => problem.includes('像素'))).toBe(true);
    // one of them decoded takes 412 MB
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(200);
  });
});

describe('names of files', () => {
  it.each([
    ['C:\\Users\\张伟\\毕业证书.jpg', '毕业证书.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['a\u202Egpj.exe', 'agpj.exe'],
    ['\u0000\r\n证书\t.pdf', '证书.pdf'],
    ['a"b<c>:d|e?f*.png', 'abcdef.png'],
    ['.htaccess', 'htaccess'],
    ['名字. ', '名字'],
    ['', '未命名'],
    ['/', '未命名'],
    ['张㛃䶮𬀩.jpg', '张㛃䶮𬀩.jpg'],
    ['\ud800a.jpg', 'a.jpg'],
    ['  多   空格  .pdf', '多 空格.pdf'],
  ])('%j becomes %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it('keeps the extension of a long name and never cuts a character in two', () => {
    const clean = cleanFileName(`${'𬀩'.repeat(300)}.jpeg`);
    expect(Array.from(clean)).toHaveLength(120);
    expect(clean.endsWith('𬀩.jpeg')).toBe(true);
    expect(Array.from(cleanFileName('字'.repeat(500)))).toHaveLength(120);
  });
});

describe('thumbnails and photos', () => {
  it('makes a thumbnail of pictures and none of PDFs', async () => {
    const thumbnail = await makeThumbnail(await flat(1200, 600).png().toBuffer(), 'image/png');
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 240, height: 120 });
    expect(await makeThumbnail(await pdfOf(1), 'application/pdf')).toBeUndefined();
  });

  it.each([
    [600, 840],
    [1200, 800],
    [400, 1600],
  ])('cuts %d × %d to the one-inch photo', async (width, height) => {
    const photo = await makePhoto(await noise(width, height).jpeg().toBuffer());
    if (!photo.ok) throw new Error(photo.problem);
    expect(await sharp(photo.content).metadata()).toMatchObject({ format: 'jpeg', width: 295, height: 413 });
  });

  it('refuses photos that are too small or no pictures', async () => {
    expect(await makePhoto(await flat(100, 140).jpeg().toBuffer())).toMatchObject({
      ok: false,
      problem: expect.stringContaining('照片太小') as string,
    });
    expect(await makePhoto(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="700"/>'))).toMatchObject({ ok: false });
    expect(await makePhoto(await pdfOf(1))).toMatchObject({ ok: false });
  });
});
