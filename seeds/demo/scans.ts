import { createHash } from 'node:crypto';
import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';
import { fontFiles } from '../../src/adapters/printing/fonts';

/**
 * Pictures for demonstrations that look like scanned papers. Every one carries the words that it is no real document.
 * The same input gives the same bytes.
 */

export type ScanKind =
  'diploma' | 'degree' | 'registration-report' | 'title-certificate' | 'appointment' | 'award' | 'paper' | 'proof' | 'photo' | 'id-card';

export interface ScanData {
  /** The person. */
  name: string;
  /** What the paper says, a paragraph each; `标签：内容` where the paper is a table. The first line of a paper is its title. */
  lines: string[];
  /** As it is to be shown, such as 2015年6月30日. */
  date: string;
  /** Name on the round seal. */
  seal?: string;
}

export type ScanFormat = 'jpg' | 'png' | 'pdf';

const TITLES: Record<ScanKind, string> = {
  diploma: '毕业证书',
  degree: '学位证书',
  'registration-report': '教育部学历证书电子注册备案表',
  'title-certificate': '专业技术职务资格证书',
  appointment: '聘任书',
  award: '荣誉证书',
  paper: '论文',
  proof: '证明',
  photo: '证件照',
  'id-card': '身份证',
};

const NOTICE = '演示样张　非真实证件';
const SERIF = 'Noto Serif SC';
const SANS = 'Noto Sans SC';
const RED = '#c8202c';

let registered: Promise<void> | undefined;

/**
 * Makes the program's fonts known to the picture library: drawing any text with a font file adds that file to the fonts of the
 * process, from where the SVG renderer takes it too. A machine without Chinese fonts then draws the same picture.
 */
function registerFonts(): Promise<void> {
  registered ??= (async () => {
    for (const fontfile of fontFiles())
      await sharp({ text: { text: '字', font: `${SERIF} 8`, fontfile } })
        .png()
        .toBuffer();
  })();
  return registered;
}

/** Small numbers in [0, 1) that belong to the input: rotation, paper tone, faces. */
function numbersOf(kind: ScanKind, data: ScanData): (index: number) => number {
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, data.name, data.lines, data.date, data.seal ?? '']))
    .digest();
  return (index) => digest.readUInt8(index % digest.length) / 256;
}

const escapeXml = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

const n = (value: number): string => String(Math.round(value * 100) / 100);

interface TextStyle {
  size: number;
  family?: string;
  bold?: boolean;
  fill?: string;
  anchor?: 'start' | 'middle' | 'end';
  spacing?: number;
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  return (
    `<text x="${n(x)}" y="${n(y)}" font-size="${style.size}" font-family="${style.family ?? SERIF}" font-weight="${style.bold ? 700 : 400}"` +
    ` fill="${style.fill ?? '#1f1f1f'}" text-anchor="${style.anchor ?? 'start'}" letter-spacing="${style.spacing ?? 0}">${escapeXml(content)}</text>`
  );
}

/** Width in full characters; Latin letters and digits take about half of one. */
const advance = (content: string): number => Array.from(content).reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) < 0x2000 ? 0.56 : 1), 0);

/** Breaks a paragraph at a width in full characters. Numbers and words stay whole, closing marks never begin a line. */
function wrap(paragraph: string, width: number, indent = 0): string[] {
  const pieces = paragraph.match(/[\x21-\x7e]+|./gsu) ?? [];
  const lines: string[] = [];
  let line = '';
  let used = indent;
  for (const piece of pieces) {
    if (line !== '' && used + advance(piece) > width && !'，。；：、）」》！？'.includes(piece)) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += piece;
    used += advance(piece);
  }
  return line === '' ? lines : [...lines, line];
}

interface Block {
  svg: string;
  bottom: number;
}

/** Paragraphs with the first line set in by two characters. */
function paragraphs(lines: string[], x: number, y: number, width: number, size: number, leading: number): Block {
  let at = y;
  const out: string[] = [];
  for (const paragraph of lines) {
    for (const [i, line] of wrap(paragraph, width / size, 2).entries()) {
      out.push(text(i === 0 ? x + 2 * size : x, at, line, { size }));
      at += leading;
    }
  }
  return { svg: out.join(''), bottom: at };
}

/** A round red seal: star in the middle, the name on an arc from lower left over the top to lower right. */
function seal(cx: number, cy: number, radius: number, name: string, turn: number): string {
  const star = Array.from({ length: 10 }, (_, i) => {
    const r = (i % 2 === 0 ? 0.3 : 0.115) * radius;
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    return `${n(r * Math.cos(angle))},${n(r * Math.sin(angle))}`;
  }).join(' ');
  const characters = Array.from(name);
  const size = Math.min(radius * 0.3, (radius * 3.3) / Math.max(characters.length, 1));
  const span = Math.min(250, (characters.length - 1) * 30 + 60);
  const letters = characters.map((character, i) => {
    const angle = characters.length === 1 ? 0 : -span / 2 + (span * i) / (characters.length - 1);
    return `<g transform="rotate(${n(angle)})">${text(0, -radius * 0.66, character, { size: Math.round(size), bold: true, fill: RED, anchor: 'middle' })}</g>`;
  });
  return (
    `<g transform="translate(${n(cx)} ${n(cy)}) rotate(${n(turn)})" opacity="0.78"><circle r="${n(radius)}" fill="none" stroke="${RED}" stroke-width="${n(radius * 0.045)}"/>` +
    `<polygon points="${star}" fill="${RED}"/>${letters.join('')}</g>`
  );
}

/** Head and shoulders in plain colours; nobody in particular. Drawn in a field of 295 × 413. */
function portrait(random: (index: number) => number, background: string): string {
  const pick = <T>(items: readonly T[], index: number): T | undefined => items[Math.floor(random(index) * items.length)];
  const skin = pick(['#f2cfb1', '#eec4a2', '#f5d7be'], 1) ?? '';
  const shade = pick(['#e2b692', '#dcae8a', '#e6bd9d'], 1) ?? '';
  const hair = pick(['#2b2522', '#3a2e28', '#4a4645'], 2) ?? '';
  const coat = pick(['#2f3e55', '#3b4a46', '#4c4258', '#3d3d42'], 3) ?? '';
  const long = random(4) < 0.5;
  const back = long
    ? `<path d="M78 178 C70 70 225 70 217 178 C222 240 226 280 216 300 L79 300 C69 280 73 240 78 178Z" fill="${hair}"/>`
    : '';
  const fringe = long
    ? 'M88 182 C84 110 122 92 150 92 C180 92 212 112 207 182 C203 158 190 140 168 128 C150 148 108 150 88 182Z'
    : 'M88 172 C80 106 112 84 148 84 C186 84 216 106 207 172 C204 156 200 146 194 138 C160 146 124 140 104 132 C97 142 91 156 88 172Z';
  return (
    `<rect width="295" height="413" fill="${background}"/>${back}` +
    `<path d="M20 413 C22 336 70 312 118 298 L177 298 C225 312 273 336 275 413Z" fill="${coat}"/>` +
    `<path d="M113 300 L147 372 L182 300 L170 286 L125 286Z" fill="#fbfbfb"/><path d="M147 372 L113 300 L100 306 L130 413 L165 413 L195 306 L182 300Z" fill="${coat}" opacity="0.92"/>` +
    `<path d="M122 250 L122 292 C134 312 161 312 173 292 L173 250Z" fill="${shade}"/>` +
    `<ellipse cx="89" cy="192" rx="9" ry="17" fill="${shade}"/><ellipse cx="206" cy="192" rx="9" ry="17" fill="${shade}"/>` +
    `<path d="M90 172 C88 118 118 98 148 98 C178 98 208 118 205 172 C204 226 180 270 148 270 C116 270 92 226 90 172Z" fill="${skin}"/>` +
    `<path d="${fringe}" fill="${hair}"/>` +
    `<path d="M112 172 q12 -8 24 -1 M160 171 q12 -7 24 1" fill="none" stroke="${hair}" stroke-width="4" stroke-linecap="round"/>` +
    `<ellipse cx="125" cy="188" rx="5" ry="5.5" fill="#33302e"/><ellipse cx="171" cy="188" rx="5" ry="5.5" fill="#33302e"/>` +
    `<path d="M147 196 q-6 20 3 22" fill="none" stroke="${shade}" stroke-width="3.5" stroke-linecap="round"/>` +
    `<path d="M130 238 q18 12 36 0" fill="none" stroke="#b9655a" stroke-width="4.5" stroke-linecap="round"/>`
  );
}

const placedPortrait = (x: number, y: number, width: number, random: (index: number) => number, background: string): string =>
  `<svg x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n((width * 413) / 295)}" viewBox="0 0 295 413">${portrait(random, background)}</svg>`;

/** Two rules and corner squares, as on certificates. */
function frame(width: number, height: number, colour: string): string {
  const corners = [
    [40, 40],
    [width - 76, 40],
    [40, height - 76],
    [width - 76, height - 76],
  ].map(([x, y]) => `<rect x="${x}" y="${y}" width="36" height="36" fill="none" stroke="${colour}" stroke-width="3"/>`);
  const inner = Math.max(0, width - 116);
  return (
    `<rect x="40" y="40" width="${width - 80}" height="${height - 80}" fill="none" stroke="${colour}" stroke-width="7"/>` +
    `<rect x="58" y="58" width="${inner}" height="${height - 116}" fill="none" stroke="${colour}" stroke-width="2"/>` +
    `<rect x="66" y="66" width="${inner - 16}" height="${height - 132}" fill="none" stroke="${colour}" stroke-width="1" stroke-dasharray="2 5"/>${corners.join('')}`
  );
}

interface Sheet {
  width: number;
  height: number;
  paper: string;
  svg: string;
}

type Draw = (data: ScanData, random: (index: number) => number) => Sheet;

/** Lying certificate with a picture on the left. */
const certificate =
  (title: string, colour: string, background: string, paper: string): Draw =>
  (data, random) => {
    const width = 1360;
    const height = 960;
    const body = paragraphs(data.lines, 470, 320, 770, 33, 62);
    const photo =
      `<rect x="134" y="254" width="236" height="329" fill="#fff" stroke="#8d8d8d"/>` +
      placedPortrait(140, 260, 224, random, background) +
      text(252, 640, data.name, { size: 34, anchor: 'middle', spacing: 6 });
    const svg =
      frame(width, height, colour) +
      text(width / 2, 190, title, { size: 72, bold: true, fill: colour, anchor: 'middle', spacing: 22 }) +
      photo +
      body.svg +
      text(1210, 830, data.date, { size: 33, anchor: 'end' }) +
      (data.seal === undefined
        ? ''
        : text(1210, 768, data.seal, { size: 33, anchor: 'end' }) + seal(1080, 770, 104, data.seal, random(5) * 16 - 8)) +
      (data.seal === undefined ? '' : seal(366, 560, 60, data.seal, random(6) * 20 - 10));
    return { width, height, paper, svg };
  };

const award: Draw = (data, random) => {
  const width = 1360;
  const height = 960;
  const gold = '#b58a2a';
  const svg =
    `<rect width="${width}" height="26" fill="${RED}"/><rect y="${height - 26}" width="${width}" height="26" fill="${RED}"/>` +
    frame(width, height, gold) +
    text(width / 2, 230, TITLES.award, { size: 92, bold: true, fill: RED, anchor: 'middle', spacing: 36 }) +
    text(170, 370, `${data.name}：`, { size: 42, bold: true }) +
    paragraphs(data.lines, 170, 450, 1020, 40, 76).svg +
    text(1190, 830, data.date, { size: 36, anchor: 'end' }) +
    (data.seal === undefined
      ? ''
      : text(1190, 768, data.seal, { size: 36, anchor: 'end' }) + seal(1050, 766, 112, data.seal, random(5) * 16 - 8));
  return { width, height, paper: '#fdf6e6', svg };
};

/** Standing letter: 证明, 聘任书. */
const letter =
  (kind: 'proof' | 'appointment'): Draw =>
  (data, random) => {
    const width = 1000;
    const height = 1414;
    const body = paragraphs(data.lines, 130, kind === 'appointment' ? 440 : 360, 740, 34, 68);
    const foot = Math.min(Math.max(body.bottom + 110, 820), 1180);
    const svg =
      (kind === 'appointment' ? frame(width, height, '#a8322b') + text(130, 360, `${data.name} 同志：`, { size: 36, bold: true }) : '') +
      text(width / 2, 230, TITLES[kind], {
        size: 60,
        bold: true,
        anchor: 'middle',
        spacing: 24,
        fill: kind === 'appointment' ? RED : '#1f1f1f',
      }) +
      body.svg +
      (data.seal === undefined ? '' : text(870, foot, data.seal, { size: 34, anchor: 'end' })) +
      text(870, foot + 66, data.date, { size: 34, anchor: 'end' }) +
      (data.seal === undefined ? '' : seal(740, foot + 8, 112, data.seal, random(5) * 20 - 10));
    return { width, height, paper: '#fbfaf5', svg };
  };

/** A table of `label：value` with a pattern in place of the code to scan. */
const registrationReport: Draw = (data, random) => {
  const width = 1000;
  const height = 1414;
  const rows = data.lines.map((line, i) => {
    const split = line.indexOf('：');
    const y = 330 + i * 66;
    const label = split < 0 ? '' : line.slice(0, split);
    return (
      `<path d="M110 ${y} H890" stroke="#999"/>${text(140, y + 43, label, { size: 27, family: SANS, fill: '#555' })}` +
      text(380, y + 43, line.slice(split + 1), { size: 27, family: SANS })
    );
  });
  const end = 330 + data.lines.length * 66;
  const cells = Array.from({ length: 21 * 21 }, (_, i) => ({
    x: i % 21,
    y: Math.floor(i / 21),
    on: random(i * 7 + Math.floor(i / 32)) > 0.5,
  }))
    .filter((cell) => cell.on)
    .map((cell) => `<rect x="${720 + cell.x * 7}" y="${end + 60 + cell.y * 7}" width="7" height="7"/>`);
  const svg =
    text(width / 2, 190, TITLES['registration-report'], { size: 44, bold: true, family: SANS, anchor: 'middle' }) +
    text(110, 280, `更新日期：${data.date}`, { size: 24, family: SANS, fill: '#555' }) +
    rows.join('') +
    `<path d="M110 ${end} H890 M110 330 V${end} M890 330 V${end} M356 330 V${end}" stroke="#999"/>` +
    placedPortrait(712, 346, 160, random, '#7fb0df') +
    `<g fill="#222">${cells.join('')}</g>` +
    text(110, end + 100, '备注', { size: 26, family: SANS, bold: true }) +
    text(110, end + 146, '1．本表在有效期内可供核验。', { size: 24, family: SANS, fill: '#555' }) +
    text(110, end + 188, '2．内容如有修改，请以最新在线核验结果为准。', { size: 24, family: SANS, fill: '#555' });
  return { width, height, paper: '#fdfdfb', svg };
};

/** First page of a journal article. */
const paper: Draw = (data, random) => {
  const width = 1000;
  const height = 1414;
  const [title = TITLES.paper, ...lines] = data.lines;
  const heading = wrap(title, 18).map((line, i) => text(width / 2, 260 + i * 58, line, { size: 42, bold: true, anchor: 'middle' }));
  const top = 260 + heading.length * 58;
  const summary = paragraphs(lines.length > 0 ? lines : ['摘要：略。'], 130, top + 120, 740, 25, 44);
  const bars: string[] = [];
  for (let column = 0; column < 2; column++) {
    for (let y = summary.bottom + 40, i = 0; y < 1290; y += 30, i++) {
      const short = (i + column * 3) % 7 === 6 ? 120 + random(i) * 180 : 350;
      bars.push(`<rect x="${130 + column * 390}" y="${n(y)}" width="${n(short)}" height="11" rx="3"/>`);
    }
  }
  const svg =
    text(130, 120, data.date, { size: 22 }) +
    text(870, 120, data.seal ?? '学术期刊', { size: 22, anchor: 'end' }) +
    '<path d="M130 140 H870" stroke="#333" stroke-width="2"/>' +
    heading.join('') +
    text(width / 2, top + 40, data.name, { size: 30, anchor: 'middle' }) +
    summary.svg +
    `<g fill="#c9c9c6">${bars.join('')}</g>` +
    text(width / 2, 1350, '— 1 —', { size: 22, anchor: 'middle' });
  return { width, height, paper: '#fcfbf7', svg };
};

const idCard: Draw = (data, random) => {
  const width = 1000;
  const height = 700;
  const waves = Array.from(
    { length: 9 },
    (_, i) => `<path d="M70 ${150 + i * 52} q110 -60 215 0 t215 0 t215 0 t215 0" fill="none" stroke="#b9d8ea" stroke-width="2"/>`,
  );
  const rows = data.lines.flatMap((line) => wrap(line, 16)).map((line, i) => text(120, 244 + i * 60, line, { size: 30, family: SANS }));
  const svg =
    `<rect x="70" y="70" width="860" height="560" rx="32" fill="#e9f3f7" stroke="#a9bcc6" stroke-width="3"/>${waves.join('')}` +
    text(120, 180, `姓名　${data.name}`, { size: 36, family: SANS, bold: true }) +
    rows.join('') +
    placedPortrait(660, 150, 210, random, '#f7fafc') +
    text(765, 500, data.date, { size: 24, family: SANS, anchor: 'middle', fill: '#555' });
  return { width, height, paper: '#fafafa', svg };
};

const DRAWERS: Record<Exclude<ScanKind, 'photo'>, Draw> = {
  diploma: certificate('毕业证书', '#8a2f2b', '#6fa6dc', '#fbf5e4'),
  degree: certificate('学位证书', '#23447a', '#d64545', '#f5f7f2'),
  'title-certificate': certificate('专业技术职务资格证书', '#2c5d4f', '#f4f4f4', '#f8f6ea'),
  appointment: letter('appointment'),
  proof: letter('proof'),
  award,
  'registration-report': registrationReport,
  paper,
  'id-card': idCard,
};

/** The sheet as the scanner sees it: a little turned on a light ground, with a shadow, the paper's tone and the notice. */
function scanned(sheet: Sheet, random: (index: number) => number): string {
  const margin = 34;
  const width = sheet.width + 2 * margin;
  const height = sheet.height + 2 * margin;
  const turn = (random(7) < 0.5 ? -1 : 1) * (0.35 + random(8) * 0.8);
  const notice = text(0, 0, NOTICE, {
    size: Math.round(sheet.width / 17),
    family: SANS,
    bold: true,
    anchor: 'middle',
    fill: '#8a8a8a',
    spacing: 8,
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="light" x2="1" y2="1">` +
    `<stop offset="0" stop-color="#fff" stop-opacity="0.3"/><stop offset="0.6" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#6b5a3a" stop-opacity="0.1"/></linearGradient></defs>` +
    `<rect width="100%" height="100%" fill="#e3e3e1"/><g transform="rotate(${n(turn)} ${width / 2} ${height / 2}) translate(${margin} ${margin})">` +
    `<rect x="5" y="6" width="${sheet.width}" height="${sheet.height}" fill="#000" opacity="0.16"/>` +
    `<rect width="${sheet.width}" height="${sheet.height}" fill="${sheet.paper}"/>${sheet.svg}` +
    `<g transform="translate(${sheet.width / 2} ${sheet.height * 0.62}) rotate(-24)" opacity="0.2">${notice}</g>` +
    `<rect width="${sheet.width}" height="${sheet.height}" fill="url(#light)"/></g></svg>`
  );
}

const GRAIN_SIDE = 128;
let grain: Promise<Buffer> | undefined;

/** Fine grain of a scanner, the same in every process. */
function grainTile(): Promise<Buffer> {
  grain ??= (async () => {
    const pixels = Buffer.alloc(GRAIN_SIDE * GRAIN_SIDE * 4);
    let state = 20_240_501;
    for (let i = 0; i < pixels.length; i += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      pixels.fill(state >>> 31 === 1 ? 255 : 0, i, i + 3);
      pixels[i + 3] = (state >>> 24) % 14;
    }
    return sharp(pixels, { raw: { width: GRAIN_SIDE, height: GRAIN_SIDE, channels: 4 } })
      .png()
      .toBuffer();
  })();
  return grain;
}

const PHOTO_BACKGROUNDS = ['#6fa6dc', '#f6f6f6', '#d9534f'];

async function draw(kind: ScanKind, data: ScanData, grainy: boolean): Promise<sharp.Sharp> {
  const random = numbersOf(kind, data);
  if (kind === 'photo') {
    // The looks of a face belong to the person, whatever else is given.
    const face = numbersOf(kind, { name: data.name, lines: [], date: '' });
    const background = PHOTO_BACKGROUNDS[Math.floor(face(0) * PHOTO_BACKGROUNDS.length)] ?? '#6fa6dc';
    return sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="590" height="826" viewBox="0 0 295 413">${portrait(face, background)}</svg>`,
      ),
    ).flatten();
  }
  await registerFonts();
  const face = numbersOf('photo', { name: data.name, lines: [], date: '' });
  // Numbers 0–4 are the face's, the others the sheet's.
  const sheet = DRAWERS[kind](data, (index) => (index < 5 ? face(index) : random(index)));
  const picture = sharp(Buffer.from(scanned(sheet, random))).flatten({ background: '#e3e3e1' });
  return grainy ? picture.composite([{ input: await grainTile(), tile: true, blend: 'over' }]) : picture;
}

async function asPdf(jpeg: Buffer, title: string): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle(title);
  const picture = await document.embedJpg(jpeg);
  const lying = picture.width > picture.height;
  const [width, height] = lying ? [841.89, 595.28] : [595.28, 841.89];
  const page = document.addPage([width, height]);
  const scale = Math.min(width / picture.width, height / picture.height);
  const drawn = { width: picture.width * scale, height: picture.height * scale };
  page.drawImage(picture, { ...drawn, x: (width - drawn.width) / 2, y: (height - drawn.height) / 2 });
  return Buffer.from(await document.save());
}

/** Draws one paper. `fileName` is the title of the paper with the person's name, such as 毕业证书-张伟.jpg. */
export async function makeScan(kind: ScanKind, data: ScanData, format: ScanFormat): Promise<{ fileName: string; content: Buffer }> {
  const title = `${TITLES[kind]}-${data.name}`;
  const picture = await draw(kind, data, format !== 'png'); // grain would make a PNG several times larger and slower
  const fileName = `${title}.${format}`;
  if (format === 'png') return { fileName, content: await picture.png({ compressionLevel: 6 }).toBuffer() };
  const jpeg = await picture.jpeg({ quality: 78 }).toBuffer();
  return { fileName, content: format === 'jpg' ? jpeg : await asPdf(jpeg, title) };
}
