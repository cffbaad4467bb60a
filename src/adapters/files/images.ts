import type { Metadata, Sharp } from 'sharp';
import { Semaphore } from '../../lib/semaphore';
import { sharp } from '../sharp';
import { jpegParts } from './jpeg-parts';
import { jpegQualityOf } from './jpeg-quality';

export type ImageMediaType = 'image/jpeg' | 'image/png' | 'image/gif';

/** 8192 × 6144: what cameras of telephones call 50 million. */
export const MAX_PIXELS = 8192 * 6144;
const MAX_SIDE = 30_000;
const MAX_GIF_FRAMES = 1000;

const PHOTO_WIDTH = 295;
const PHOTO_HEIGHT = 413;
const THUMBNAIL_SIDE = 240;

/** Pictures are decoded two at a time: each may need 150 MB for a moment. */
export const decoding = new Semaphore(2);

/** How well a JPEG is written anew: as well as it came, within these. Better would be larger than what came and show nothing more. */
const LEAST = 75;
const BEST = 88;

const FORMATS: Record<ImageMediaType, string> = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/gif': 'gif' };

/** A truncated or faulty picture fails instead of being filled up with grey; turned upright by its EXIF; first frame only. */
export const openPicture = (content: Buffer): Sharp =>
  sharp()(content, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1, autoOrient: true });

export type ImageVerdict =
  | {
      kind: 'ok';
      mediaType: ImageMediaType;
      content: Buffer;
      width: number;
      height: number;
      scaled: boolean;
      /** where looking at the picture has made one already */
      thumbnail?: Buffer;
    }
  | { kind: 'refused'; problem: string };

const DAMAGED = '这张图片已经损坏，无法打开。请打开原文件，另存为 JPG 后重新上传';

/** From largest to smallest; the last step always fits. Lengths in pixels. */
const STEPS = [
  { side: undefined, quality: 85 },
  { side: 4000, quality: 82 },
  { side: 3000, quality: 80 },
  { side: 2400, quality: 78 },
  { side: 1800, quality: 75 },
  { side: 1200, quality: 70 },
  { side: 800, quality: 60 },
] as const;

type Header = { kind: 'ok'; width: number; height: number; isUpright: boolean } | { kind: 'refused'; problem: string };

/** Reads only the header: a bomb is turned away before anything is decoded. */
async function checkHeader(content: Buffer, mediaType: ImageMediaType): Promise<Header> {
  let meta: Metadata;
  try {
    meta = await sharp()(content, { limitInputPixels: false, failOn: 'error' }).metadata();
  } catch {
    return { kind: 'refused', problem: DAMAGED }; // the library reports every fault of a picture by throwing
  }
  const height = meta.pageHeight ?? meta.height;
  if (meta.format !== FORMATS[mediaType]) return { kind: 'refused', problem: DAMAGED };
  if (meta.width * height > MAX_PIXELS) {
    return {
      kind: 'refused',
      problem: '这张图片的尺寸太大（超过 5000 万像素）。请把手机相机设置为普通像素后重新拍摄，或者用画图软件把图片缩小后重新上传',
    };
  }
  if (Math.max(meta.width, height) > MAX_SIDE)
    return { kind: 'refused', problem: `这张图片太长（超过 ${MAX_SIDE} 像素）。请分成几张截图，或者用画图软件把图片缩小后重新上传` };
  if ((meta.pages ?? 1) > MAX_GIF_FRAMES)
    return { kind: 'refused', problem: `这个动图的画面太多（超过 ${MAX_GIF_FRAMES} 幅）。请把需要的一幅另存为 JPG 后重新上传` };
  return { kind: 'ok', width: meta.width, height, isUpright: (meta.orientation ?? 1) === 1 };
}

function encode(image: Sharp, content: Buffer, mediaType: ImageMediaType): Sharp {
  if (mediaType === 'image/png') return image.png({ compressionLevel: 6 });
  if (mediaType === 'image/gif') return image.gif();
  // tables of codes made for each picture would save 4 to 14 % of its bytes and take more time than all the rest
  return image.jpeg({ quality: Math.min(Math.max(jpegQualityOf(content) ?? BEST, LEAST), BEST), optimiseCoding: false });
}

/** A larger JPEG is kept as it came only where writing it anew, as well as is of use, would hardly make it smaller. */
const KEPT_WHATEVER_QUALITY = 1024 * 1024;

const thumbnailOf = (image: Sharp): Promise<Buffer> =>
  image
    .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 76 })
    .toBuffer();

/**
 * A JPEG that needs nothing done to it: its picture to the bit and nothing else of the file, decoded to its end in the same pass that makes the thumbnail. Undefined where it has to be written
 * anew: turned, unusual, with a profile of colours, or with anything that the decoder as much as wonders at.
 */
async function keepAsItCame(content: Buffer, maxBytes: number): Promise<{ content: Buffer; thumbnail: Buffer } | undefined> {
  const kept = jpegParts(content);
  if (!kept || kept.length > maxBytes) return undefined;
  if (kept.length > KEPT_WHATEVER_QUALITY && (jpegQualityOf(kept) ?? 100) > BEST) return undefined;
  try {
    const thumbnail = await thumbnailOf(sharp()(kept, { limitInputPixels: MAX_PIXELS, failOn: 'warning' }));
    return { content: kept, thumbnail };
  } catch {
    return undefined; // whether it is damaged is for the decoder of the whole picture to say
  }
}

/**
 * A JPEG that needs nothing done to it keeps its picture to the bit (`keepAsItCame`). Any other picture is decoded completely and written anew: upright, without EXIF, GPS, comments or anything else that was in the file.
 * A GIF keeps its first frame. A result of more than `maxBytes` becomes a JPEG, made smaller as far as needed (`scaled`).
 */
export async function inspectImage(content: Buffer, mediaType: ImageMediaType, maxBytes: number): Promise<ImageVerdict> {
  return decoding.run(async () => {
    const header = await checkHeader(content, mediaType);
    if (header.kind === 'refused') return header;
    const asItCame = mediaType === 'image/jpeg' && header.isUpright ? await keepAsItCame(content, maxBytes) : undefined;
    if (asItCame) return { kind: 'ok', mediaType, ...asItCame, width: header.width, height: header.height, scaled: false };
    try {
      if (content.length <= maxBytes) {
        const { data, info } = await encode(openPicture(content), content, mediaType).toBuffer({ resolveWithObject: true });
        if (data.length <= maxBytes) {
          return { kind: 'ok', mediaType, content: data, width: info.width, height: info.height, scaled: false };
        }
      }
      for (const { side, quality } of STEPS) {
        const image = openPicture(content).flatten({ background: '#ffffff' });
        if (side !== undefined) image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
        const { data, info } = await image.jpeg({ quality }).toBuffer({ resolveWithObject: true });
        if (data.length <= maxBytes) {
          return { kind: 'ok', mediaType: 'image/jpeg', content: data, width: info.width, height: info.height, scaled: true };
        }
      }
    } catch {
      return { kind: 'refused', problem: DAMAGED };
    }
    return { kind: 'refused', problem: '这张图片太大，无法缩小到允许的大小。请用画图软件把图片缩小后重新上传' };
  });
}

/** A JPEG of at most 240 × 240 pixels for lists; undefined for what is not a picture. */
export async function makeThumbnail(content: Buffer, mediaType: string): Promise<Buffer | undefined> {
  if (!(mediaType in FORMATS)) return undefined;
  return decoding.run(() => thumbnailOf(openPicture(content)));
}

/**
 * A portrait of 295 × 413 pixels (the one-inch photo) as JPEG. A picture of about that shape is cut evenly,
 * any other one around what stands out in it.
 */
export async function makePhoto(content: Buffer): Promise<{ ok: true; content: Buffer } | { ok: false; problem: string }> {
  return decoding.run(async () => {
    try {
      const meta = await sharp()(content, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).metadata();
      if (!Object.values(FORMATS).includes(meta.format))
        return { ok: false, problem: '照片只能是 JPG、PNG 或 GIF 图片。请另存为 JPG 后重新上传' };
      const { width, height } = meta.autoOrient;
      if (width < 200 || height < 280) {
        return { ok: false, problem: `照片太小，打印出来会不清楚。请上传宽 ${PHOTO_WIDTH}、高 ${PHOTO_HEIGHT} 像素以上的证件照` };
      }
      const ratio = width / height / (PHOTO_WIDTH / PHOTO_HEIGHT);
      const position = ratio > 0.85 && ratio < 1.18 ? 'centre' : sharp().strategy.attention;
      const photo = await openPicture(content)
        .flatten({ background: '#ffffff' })
        .resize({ width: PHOTO_WIDTH, height: PHOTO_HEIGHT, fit: 'cover', position })
        .jpeg({ quality: 92 })
        .toBuffer();
      return { ok: true, content: photo };
    } catch {
      return { ok: false, problem: '这张照片已经损坏或尺寸太大，无法打开。请另存为 JPG 后重新上传' };
    }
  });
}
