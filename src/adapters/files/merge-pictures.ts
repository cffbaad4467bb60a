import type * as PdfLib from 'pdf-lib';
import { decoding, openPicture } from './images';

/** A4 in points, and the white margin around a picture. */
const SHORT = 595.28;
const LONG = 841.89;
const MARGIN = 20;
/** What a page needs beside its picture. */
const PAGE_BYTES = 2048;

/** From best to smallest; the last one still has 100 dots to the inch on A4. `side`: the longer one in pixels. */
const STEPS = [
  { side: 3000, quality: 85 },
  { side: 2480, quality: 80 },
  { side: 2000, quality: 76 },
  { side: 1650, quality: 72 },
  { side: 1400, quality: 66 },
  { side: 1200, quality: 60 },
] as const;

interface Picture {
  content: Buffer;
  width: number;
  height: number;
}

async function allAt(pictures: readonly Buffer[], step: (typeof STEPS)[number], maxBytes: number): Promise<Picture[] | undefined> {
  const done: Picture[] = [];
  let bytes = 0;
  for (const picture of pictures) {
    const { data, info } = await decoding.run(() =>
      openPicture(picture)
        .flatten({ background: '#ffffff' })
        .resize({ width: step.side, height: step.side, fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: step.quality })
        .toBuffer({ resolveWithObject: true }),
    );
    bytes += data.length + PAGE_BYTES;
    if (bytes > maxBytes) return undefined;
    done.push({ content: data, width: info.width, height: info.height });
  }
  return done;
}

/**
 * D14: pictures as one PDF in the order given: one A4 page each, upright or lying as the picture is, the picture as large as fits. At most `maxBytes`: all pictures are
 * made smaller alike as far as needed. Undefined when they would not be legible then.
 */
export async function mergePictures(pictures: readonly Buffer[], title: string, maxBytes: number): Promise<Buffer | undefined> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only a process that merges loads it
  const { PDFDocument } = require('pdf-lib') as typeof PdfLib;
  for (const step of STEPS) {
    const fitted = await allAt(pictures, step, maxBytes);
    if (!fitted) continue;
    const document = await PDFDocument.create();
    document.setTitle(title);
    for (const { content, width, height } of fitted) {
      const [pageWidth, pageHeight] = width > height ? [LONG, SHORT] : [SHORT, LONG];
      const scale = Math.min((pageWidth - 2 * MARGIN) / width, (pageHeight - 2 * MARGIN) / height);
      const [w, h] = [width * scale, height * scale];
      document
        .addPage([pageWidth, pageHeight])
        .drawImage(await document.embedJpg(content), { x: (pageWidth - w) / 2, y: (pageHeight - h) / 2, width: w, height: h });
    }
    const merged = Buffer.from(await document.save());
    if (merged.length <= maxBytes) return merged;
  }
  return undefined;
}
