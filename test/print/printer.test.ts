import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PDFDocument, PDFName, PDFRawStream } from 'pdf-lib';
import sharp from 'sharp';
import { createFileInspector } from '../../src/adapters/files/inspect-file';
import { createPrinter, fontFiles, PrintTimeoutError, PrintTooLargeError, type Printer } from '../../src/adapters/printing';
import { fontsOf, hasPdfToText, skipped, textOf, withPdfToText } from './read-pdf';

const inspector = createFileInspector(() => undefined);
afterAll(() => inspector.close());

const RARE = '㛃䶮𬀩𫖯';
const page = (body: string, style = ''): string =>
  `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>表</title><style>@page{size:A4;margin:20mm} ${style}</style></head><body>${body}</body></html>`;

const isAlive = (pid: number): boolean =>
  fs.existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return !isAlive(pid);
}

/** Processes that hold pages of the given browser; it leads the process group they are in. */
function renderersOf(browser: number): number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const group = Number(
          fs
            .readFileSync(`/proc/${pid}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[2],
        );
        return group === browser && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
      } catch {
        return false; // ended while we were looking
      }
    });
}

/** One of our fonts under another name, in which a glyph stands for this character of Extension B. */
function otherFont(character: string): Buffer {
  const file = fontFiles().find((name) => name.includes('noto-sans-sc') && name.includes('400Regular')) ?? '';
  const font = fs.readFileSync(file);
  for (const [from, to, code] of [
    ['Noto', 'Xoto', 'latin1'],
    ['Noto', 'Xoto', 'utf16le'],
  ] as const) {
    const bytes = (text: string): Buffer => (code === 'latin1' ? Buffer.from(text, code) : Buffer.from(text, code).swap16());
    for (let at = font.indexOf(bytes(from)); at >= 0; at = font.indexOf(bytes(from), at)) bytes(to).copy(font, at);
  }
  const table = (tag: string): number => {
    for (let i = 0; i < font.readUInt16BE(4); i++) {
      const record = 12 + 16 * i;
      if (font.toString('latin1', record, record + 4) === tag) return font.readUInt32BE(record + 8);
    }
    throw new Error(`no table ${tag}`);
  };
  const cmap = table('cmap');
  const wanted = character.codePointAt(0) ?? 0;
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const sub = cmap + font.readUInt32BE(cmap + 8 + 8 * i);
    if (font.readUInt16BE(sub) !== 12) continue;
    // groups stand in the order of their characters: the last one before the wanted one gives its place
    let last = -1;
    for (let g = 0; g < font.readUInt32BE(sub + 12); g++) if (font.readUInt32BE(sub + 16 + 12 * g) < wanted) last = g;
    font.writeUInt32BE(wanted, sub + 16 + 12 * last);
    font.writeUInt32BE(wanted, sub + 20 + 12 * last);
  }
  return font;
}

describe('printing', () => {
  const cacheDir = path.resolve('node_modules/.cache/printer'); // kept between runs: unpacking takes 5 s
  let printer: Printer;
  const lines: string[] = [];

  beforeAll(async () => {
    printer = createPrinter({ cacheDir, log: (line) => lines.push(line) });
    await printer.warm();
  });
  afterAll(() => printer.close());

  it('prints A4 and A3, upright and lying', async () => {
    const sizes = await Promise.all(
      [{}, { landscape: true }, { format: 'A3' as const, landscape: true }].map(async (options) => {
        const pdf = await printer.pdf('<!DOCTYPE html><p>表', options);
        const { width, height } = (await PDFDocument.load(pdf)).getPage(0).getSize();
        return [width, height].map((points) => Math.round((points / 72) * 25.4)); // in millimetres
      }),
    );
    expect(sizes).toEqual([
      [210, 297],
      [297, 210],
      [420, 297],
    ]);
  });

  it('embeds every font, and only fonts that come with the program', async () => {
    const families = ['宋体', '仿宋', '楷体', '黑体', 'SimSun', 'Times New Roman', 'sans-serif', 'monospace', '没有这个字体'];
    const body = families.map((family) => `<p style="font-family:'${family}'">${RARE} 正文 <b>粗体</b> Abc 123</p>`).join('');
    const { names, notEmbedded } = await fontsOf(await printer.pdf(page(body)));
    expect(names.length).toBeGreaterThan(2);
    expect(notEmbedded).toEqual([]);
    expect(names.filter((name) => !/Noto(Serif|Sans)SC/.test(name))).toEqual([]);
  });

  withPdfToText(`B5 takes a character that these lack from the fonts of the operator${skipped}`, async () => {
    const RARER = '\u{20bb7}'; // 𠮷
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-fonts-'));
    const extraFonts = path.join(dir, 'fonts');
    fs.mkdirSync(extraFonts);
    fs.writeFileSync(path.join(extraFonts, 'other.ttf'), otherFont(RARER));
    for (const name of fs.readdirSync(cacheDir).filter((n) => n.startsWith('chromium-')))
      fs.symlinkSync(path.join(cacheDir, name), path.join(dir, name));
    const other = createPrinter({ cacheDir: dir, extraFonts, log: (line) => lines.push(line) });
    try {
      const body = `<p style="font-family:宋体">姓名：${RARER}${RARE}</p>`;
      const pdf = await other.pdf(page(body));
      expect((await fontsOf(pdf)).notEmbedded).toEqual([]);
      expect((await fontsOf(pdf)).names.some((name) => name.includes('Xoto'))).toBe(true);
      expect((await fontsOf(await printer.pdf(page(body)))).names.some((name) => name.includes('Xoto'))).toBe(false);
      expect(textOf(pdf)).toContain(`姓名：${RARER}${RARE}`);
    } finally {
      await other.close();
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });

  withPdfToText(`text can be taken out again, rare characters too${skipped}`, async () => {
    const footer = '@page{@bottom-center{content:"第 " counter(page) " 页 共 " counter(pages) " 页"}}';
    const pdf = await printer.pdf(page(`<p style="font-family:宋体">姓名：张${RARE}</p><p style="break-before:page">二</p>`, footer));
    const text = textOf(pdf, 'layout');
    expect(text).toContain(`姓名：张${RARE}`);
    expect(text).toContain('第1页共2页');
    expect(text).toContain('第2页共2页');
  });

  it('prints files that the site itself would take', async () => {
    const pdf = await printer.pdf(page('<h1>表</h1><p>一</p><p style="break-before:page"><a href="https://example.com/">二</a></p>'));
    expect(await inspector.inspect({ content: pdf, name: '申报表.pdf' })).toMatchObject({ kind: 'ok', pages: 2 });
  });

  it('loads the files it was given and nothing from any network', async () => {
    const red = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ff0000' } })
      .png()
      .toBuffer();
    const before = printer.stats().blocked;
    const body =
      '<img src="/photo.png"><img src="http://example.com/x.png"><img src="https://127.0.0.1:1/x.png"><img src="/other.png">' +
      '<img src="file:///etc/hostname"><iframe src="http://127.0.0.1/"></iframe><link rel="stylesheet" href="http://example.com/x.css">';
    const pdf = await printer.pdf(page(body), { files: { '/photo.png': { body: red, contentType: 'image/png' } } });
    expect(printer.stats().blocked - before).toBeGreaterThanOrEqual(5);
    const { context } = await PDFDocument.load(pdf);
    const images = context
      .enumerateIndirectObjects()
      .filter(([, object]) => object instanceof PDFRawStream && object.dict.lookup(PDFName.of('Subtype')) === PDFName.of('Image'));
    expect(images.length).toBeGreaterThanOrEqual(1);
  });

  it('S39 hostile texts reach no file and no server of this machine', async () => {
    let hits = 0;
    const canary = http.createServer((_req, res) => {
      hits += 1;
      res.end('CANARY');
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-canary-'));
    fs.writeFileSync(path.join(dir, 'secret.html'), '<p>CANARYFILE</p>');
    try {
      const { port } = canary.address() as AddressInfo;
      const targets = [
        `http://127.0.0.1:${port}/x`,
        `http://localhost:${port}/x`,
        `http://[::1]:${port}/x`,
        `file://${dir}/secret.html`,
        'http://169.254.169.254/latest/',
      ];
      const hostile = targets.flatMap((t) => [
        `<iframe src="${t}"></iframe>`,
        `<iframe srcdoc="&lt;img src='${t}'&gt;"></iframe>`,
        `<img src="${t}" srcset="${t} 2x">`,
        `<object data="${t}"></object><embed src="${t}">`,
        `<link rel="stylesheet" href="${t}"><link rel="preload" as="font" href="${t}"><link rel="prefetch" href="${t}"><link rel="preconnect" href="${t}">`,
        `<style>@import url("${t}"); @font-face { font-family: evil; src: url("${t}") } p { font-family: evil; background: url("${t}") }</style>`,
        `<svg><use href="${t}#a"/><image href="${t}"/></svg>`,
        `<video src="${t}" poster="${t}"></video><audio src="${t}" autoplay></audio>`,
        `<script src="${t}"></script><form action="${t}"><input type="image" src="${t}"></form>`,
      ]);
      const texts = [...hostile, ...targets.map((t) => `<meta http-equiv="refresh" content="0;url=${t}">`)];
      for (const body of [hostile.join(''), ...texts.slice(-targets.length)]) {
        const pdf = await printer.pdf(page(`<p>正文</p>${body}<p>末尾</p>`)).catch((e: Error) => e);
        // a page that leads away may be refused, but never prints what it led to
        if (Buffer.isBuffer(pdf) && hasPdfToText) expect(textOf(pdf, 'layout')).not.toContain('CANARY');
      }
      expect(hits).toBe(0);
      // the same server can be reached by whoever may
      expect(await (await fetch(targets[0] ?? '')).text()).toBe('CANARY');
    } finally {
      await new Promise<void>((resolve) => canary.close(() => resolve()));
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }, 60_000);

  withPdfToText('runs no script', async () => {
    const pdf = await printer.pdf(
      page('<p>原文</p><script>document.body.textContent="改写"</script><img src=x onerror="document.body.textContent=1">'),
    );
    expect(textOf(pdf, 'layout')).toBe('原文');
  });

  it('never prints more than two at once', async () => {
    const prints = Array.from({ length: 6 }, () => printer.pdf(page('<p>并发</p>')));
    expect(printer.stats()).toMatchObject({ active: 2, waiting: 4 });
    for (const pdf of await Promise.all(prints)) expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(printer.stats()).toMatchObject({ active: 0, waiting: 0 });
  });

  it('F10 prints all the same when the browser is killed, idle or at work', async () => {
    const idle = printer.stats().pid ?? 0;
    process.kill(idle, 'SIGKILL');
    expect((await printer.pdf(page('<p>一</p>'))).length).toBeGreaterThan(1000);
    const busy = printer.stats().pid ?? 0;
    expect(busy).not.toBe(idle);
    const print = printer.pdf(page(`<table>${'<tr><td>行<td>行'.repeat(4000)}</table>`));
    await new Promise((resolve) => setTimeout(resolve, 60));
    process.kill(busy, 'SIGKILL');
    expect((await print).length).toBeGreaterThan(1000);
    expect(await gone(idle)).toBe(true);
    expect(await gone(busy)).toBe(true);
  });

  it('F10 waits for nothing from a browser that was killed, whatever it was doing then', async () => {
    const before = printer.stats();
    const long = page(`<p>${'一二三四五'.repeat(4000)}</p>`);
    for (let moment = 0; moment < 10; moment++) {
      await printer.warm(); // a browser that lives
      const { pid = 0 } = printer.stats();
      const prints = [printer.pdf(long), printer.pdf(long), printer.pdf(long)];
      await new Promise((resolve) => setTimeout(resolve, moment * 30));
      process.kill(pid, 'SIGKILL');
      for (const pdf of await Promise.all(prints)) expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(await gone(pid)).toBe(true);
    }
    expect(printer.stats()).toMatchObject({ failures: before.failures, timeouts: before.timeouts });
  }, 120_000);

  it('F10 prints all the same when only the process of the page is killed', async () => {
    await printer.warm(); // a browser that lives, whatever was killed before
    const before = printer.stats();
    const print = printer.pdf(page(`<table>${'<tr><td>行<td>行'.repeat(6000)}</table>`));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const pids = renderersOf(printer.stats().pid ?? 0);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect((await print).length).toBeGreaterThan(1000);
    expect(printer.stats()).toMatchObject({ retries: before.retries + 1, failures: before.failures });
    for (const pid of pids) expect(await gone(pid)).toBe(true);
  });

  it('F10 gives up on a browser that hangs, ends it, and prints the next page in a fresh one', async () => {
    const hasty = createPrinter({ cacheDir, timeoutMs: 6000 });
    try {
      await hasty.warm();
      const pid = hasty.stats().pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      await expect(hasty.pdf(page('<p>一</p>'))).rejects.toThrow(PrintTimeoutError);
      expect(await gone(pid)).toBe(true);
      expect((await hasty.pdf(page('<p>二</p>'))).length).toBeGreaterThan(1000);
      expect(hasty.stats()).toMatchObject({ timeouts: 1, failures: 1, launches: 2 });
    } finally {
      await hasty.close();
    }
  });

  it('F10 gives up on an endless page at the limit, leaves no process of it, and prints the next one', async () => {
    const short = createPrinter({ cacheDir, timeoutMs: 4000 });
    try {
      await short.warm();
      const endless = `<div style="height:33554400px;break-after:page">页</div>`.repeat(4000);
      const pid = short.stats().pid ?? 0;
      await expect(short.pdf(endless)).rejects.toThrow(PrintTimeoutError);
      expect(await gone(pid)).toBe(true);
      expect((await short.pdf('<p>下一页</p>')).subarray(0, 4).toString()).toBe('%PDF');
      expect(short.stats()).toMatchObject({ timeouts: 1, retries: 0, active: 0 });
    } finally {
      await short.close();
    }
  }, 60_000);

  it('F10 gives up on a document and on a print larger than the limit, without a second try; the browser goes on', async () => {
    const small = createPrinter({ cacheDir, maxBytes: 200_000 });
    try {
      await small.warm();
      await expect(small.pdf('字'.repeat(100_000))).rejects.toThrow(PrintTooLargeError);
      const picture = await sharp({
        create: { width: 900, height: 900, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
      })
        .png()
        .toBuffer();
      const files = { '/large.png': { body: picture, contentType: 'image/png' } };
      await expect(small.pdf('<img src="/large.png">', { files })).rejects.toThrow(PrintTooLargeError);
      expect((await small.pdf('<p>下一页</p>')).subarray(0, 4).toString()).toBe('%PDF');
      expect(small.stats()).toMatchObject({ retries: 0, timeouts: 0, active: 0 });
    } finally {
      await small.close();
    }
  }, 60_000);

  it('takes a fresh browser after so many prints, without losing one that is under way', async () => {
    const short = createPrinter({ cacheDir, recycleAfter: 3 });
    const pids = new Set<number>();
    try {
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          await short.pdf(page('<p>轮换</p>'));
          pids.add(short.stats().pid ?? 0);
        }),
      );
      expect(short.stats()).toMatchObject({ prints: 8, failures: 0 });
      expect(short.stats().launches).toBeGreaterThanOrEqual(2);
    } finally {
      await short.close();
    }
    for (const pid of pids) expect(pid === 0 || (await gone(pid))).toBe(true);
    await expect(short.pdf(page('x'))).rejects.toThrow('closed');
  });

  it('says which browser prints', () => {
    expect(lines[0]).toMatch(/^printing with .+, .+\/\d+/);
  });
});
