import { cleanFileName, extensionOf } from './file-name';
import { inspectImage, type ImageMediaType } from './images';
import type { PdfVerdict } from './inspect-pdf';
import { createThread } from '../thread';

export { cleanFileName } from './file-name';
export { makePhoto, makeThumbnail } from './images';

/** What is kept of one file, in bytes. */
export const MAX_STORED_BYTES = 5 * 1024 * 1024;
/** What is looked at at all: a large photo is made smaller, not refused. */
export const MAX_INPUT_BYTES = 30 * 1024 * 1024;

export type FileVerdict =
  | {
      kind: 'ok';
      mediaType: ImageMediaType | 'application/pdf';
      /** A picture written anew or without all that is no picture, or the PDF as it is. */
      content: Buffer;
      /** of pictures, where looking at them has made one already */
      thumbnail?: Buffer;
      /** The extension that belongs to `mediaType`, without dot; it may differ from the one of the upload. */
      extension: string;
      /** Pixels, of pictures. */
      width?: number;
      height?: number;
      /** Pages, of PDFs. */
      pages?: number;
      /** True when the picture was compressed or made smaller to fit. */
      scaled: boolean;
    }
  | { kind: 'refused'; problem: string };

type Kind = 'jpg' | 'png' | 'gif' | 'pdf';

const KIND_OF_EXTENSION: Record<string, Kind | undefined> = { jpg: 'jpg', jpeg: 'jpg', png: 'png', gif: 'gif', pdf: 'pdf' };
const KIND_NAME: Record<Kind, string> = { jpg: 'JPG 图片', png: 'PNG 图片', gif: 'GIF 图片', pdf: 'PDF 文件' };
const IMAGE_TYPE: Record<Exclude<Kind, 'pdf'>, ImageMediaType> = { jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif' };
const EXTENSION_OF_TYPE: Record<ImageMediaType, string> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/gif': 'gif' };

type Foreign = 'document' | 'sheet' | 'slides' | 'office' | 'ofd' | 'archive' | 'heic' | 'picture' | 'svg' | 'page' | 'program' | 'media';

/** Advice for what people really try to upload. */
const ADVICE: Record<Foreign, string> = {
  document: '不能上传 Word、WPS 文档。请打开文档，用「输出为 PDF」或「另存为」存成 PDF 后上传',
  sheet: '不能上传电子表格。请打开表格，用「输出为 PDF」或「另存为」存成 PDF 后上传',
  slides: '不能上传演示文稿。请打开文稿，用「输出为 PDF」或「另存为」存成 PDF 后上传',
  office: '不能上传 Office、WPS 文档。请打开文档，用「输出为 PDF」或「另存为」存成 PDF 后上传',
  ofd: '不能上传 OFD、CAJ 文件。请用阅读软件打开它，打印或导出为 PDF 后上传',
  archive: '不能上传压缩包。请先解压，再逐个上传里面的图片或 PDF 文件',
  heic: '这是手机的 HEIC 照片，不能直接上传。请在手机「设置」的「相机」「格式」中选择「兼容性最佳」后重新拍摄，或者截图后上传截图',
  picture: '这种格式的图片不能上传。请用画图软件打开它，另存为 JPG 后上传',
  svg: '不能上传 SVG 图形。请用画图软件打开它，另存为 JPG 或 PNG 后上传',
  page: '这是网页文件，不能上传。请用浏览器打开它，用「打印」功能另存为 PDF 后上传',
  program: '这是程序文件，不能上传。请上传 JPG、PNG、GIF 图片或 PDF 文件',
  media: '不能上传录音、录像。请上传 JPG、PNG、GIF 图片或 PDF 文件',
};

const FOREIGN_EXTENSIONS: Record<Foreign, string[]> = {
  document: ['doc', 'docx', 'docm', 'wps', 'wpt', 'rtf', 'txt', 'odt', 'pages'],
  sheet: ['xls', 'xlsx', 'xlsm', 'et', 'csv', 'ods', 'numbers'],
  slides: ['ppt', 'pptx', 'dps', 'odp', 'key'],
  office: [],
  ofd: ['ofd', 'caj'],
  archive: ['zip', 'rar', '7z', 'tar', 'gz', 'tgz', 'bz2', 'xz'],
  heic: ['heic', 'heif', 'hif', 'avif'],
  picture: ['bmp', 'tif', 'tiff', 'webp', 'jfif', 'jp2', 'psd', 'raw', 'dng', 'cr2', 'nef', 'ico'],
  svg: ['svg', 'svgz'],
  page: ['html', 'htm', 'mht', 'mhtml', 'xhtml', 'xml', 'php', 'js', 'css'],
  program: ['exe', 'dll', 'msi', 'bat', 'cmd', 'com', 'scr', 'sh', 'apk', 'jar', 'lnk', 'vbs', 'ps1'],
  media: ['mp3', 'wav', 'm4a', 'amr', 'mp4', 'mov', 'avi', 'mkv', 'wmv'],
};

const startsWith = (content: Buffer, hex: string, at = 0): boolean =>
  content.subarray(at, at + hex.length / 2).equals(Buffer.from(hex, 'hex'));

/** The kind that the first bytes prove. */
function kindOfBytes(content: Buffer): Kind | undefined {
  if (startsWith(content, 'ffd8ff')) return 'jpg';
  if (startsWith(content, '89504e470d0a1a0a')) return 'png';
  if (/^GIF8[79]a$/.test(content.toString('latin1', 0, 6))) return 'gif';
  if (content.toString('latin1', 0, 5) === '%PDF-') return 'pdf';
  return undefined;
}

/** Other formats that are often met, so that the advice fits. */
function foreignOfBytes(content: Buffer): Foreign | undefined {
  const start = content.toString('latin1', 0, 4096);
  if (startsWith(content, '504b0304') || startsWith(content, '504b0506')) {
    if (start.includes('OFD.xml')) return 'ofd';
    return start.includes('[Content_Types].xml') || start.includes('_rels/') || start.includes('mimetypeapplication/vnd')
      ? 'office'
      : 'archive';
  }
  if (startsWith(content, 'd0cf11e0')) return 'office';
  if (start.startsWith('Rar!') || startsWith(content, '377abcaf271c') || startsWith(content, '1f8b')) return 'archive';
  if (start.slice(4, 8) === 'ftyp') return /^(hei|hev|mif1|msf1|avi)/.test(start.slice(8, 12)) ? 'heic' : 'media';
  if (start.startsWith('RIFF')) return start.slice(8, 12) === 'WEBP' ? 'picture' : 'media';
  if (start.startsWith('BM') || startsWith(content, '49492a00') || startsWith(content, '4d4d002a')) return 'picture';
  if (start.startsWith('MZ') || start.startsWith('\x7fELF') || start.startsWith('#!')) return 'program';
  if (/<svg[\s>]/i.test(start)) return 'svg';
  if (/<(!doctype|html|head|body|script|\?xml|\?php)/i.test(start)) return 'page';
  return undefined;
}

function foreignOfExtension(extension: string): Foreign | undefined {
  return (Object.keys(FOREIGN_EXTENSIONS) as Foreign[]).find((foreign) => FOREIGN_EXTENSIONS[foreign].includes(extension));
}

const refused = (problem: string): FileVerdict => ({ kind: 'refused', problem });

const ONLY = '只能上传 JPG、PNG、GIF 图片或 PDF 文件。请把材料另存为其中一种格式后上传';

function mismatch(extension: string, expected: Kind, actual: Kind | undefined, content: Buffer): FileVerdict {
  const opening = `文件名末尾写的是「.${extension}」，里面却不是 ${KIND_NAME[expected]}`;
  if (actual) return refused(`${opening}，而是 ${KIND_NAME[actual]}。请把文件名末尾改为「.${actual}」后重新上传`);
  const foreign = foreignOfBytes(content);
  if (foreign) return refused(`${opening}。${ADVICE[foreign]}`);
  return refused(`${opening}，可能已经损坏，或者被改过名。请打开原文件，另存为 JPG 图片或 PDF 文件后重新上传`);
}

/**
 * Decides whether an uploaded file is kept, and in which form. The extension, the first bytes and a complete reading have to agree.
 * `name` is the name as it was uploaded. Refusals are sentences for the person who chose the file and say what to do.
 */
async function inspectFile(
  { content, name }: { content: Buffer; name: string },
  inspectPdf: (content: Buffer) => Promise<PdfVerdict>,
): Promise<FileVerdict> {
  if (content.length === 0) return refused('这个文件是空的，里面没有内容。请检查原文件后重新选择');
  if (content.length > MAX_INPUT_BYTES) return refused('文件超过 30 MB，无法上传。请压缩或拆分后重新选择');
  const extension = extensionOf(cleanFileName(name));
  const expected = KIND_OF_EXTENSION[extension];
  const actual = kindOfBytes(content);
  if (!expected) {
    const foreign = foreignOfExtension(extension) ?? (actual ? undefined : foreignOfBytes(content));
    if (foreign) return refused(ADVICE[foreign]);
    if (actual) return refused(`里面是 ${KIND_NAME[actual]}，文件名末尾却不是「.${actual}」。请改好文件名后重新上传`);
    return refused(ONLY);
  }
  if (actual !== expected) return mismatch(extension, expected, actual, content);

  if (expected === 'pdf') {
    if (content.length > MAX_STORED_BYTES) {
      return refused('PDF 文件超过 5 MB。请降低清晰度后重新扫描或导出，或者拆成几个文件后上传');
    }
    const verdict = await inspectPdf(content);
    if (verdict.kind === 'refused') return verdict;
    const kept = verdict.content ? Buffer.from(verdict.content) : content;
    return { kind: 'ok', mediaType: 'application/pdf', content: kept, extension: 'pdf', pages: verdict.pages, scaled: false };
  }
  const verdict = await inspectImage(content, IMAGE_TYPE[expected], MAX_STORED_BYTES);
  return verdict.kind === 'refused' ? verdict : { ...verdict, extension: EXTENSION_OF_TYPE[verdict.mediaType] };
}

export interface FileInspector {
  /** Throws only what is a fault of the site; what is wrong with a file is said in its verdict. */
  inspect: (file: { content: Buffer; name: string }) => Promise<FileVerdict>;
  close: () => Promise<void>;
}

/** A PDF of 5 MB at the limits of what is read takes about a second. */
const PATIENCE_MS = 10_000;
const MAX_WAITING = 100;

/** D14, S46–S48: pictures are judged by the image library's own threads, PDFs in one of ours: neither holds up other visitors. A thread that dies or hangs costs the one upload, which is told. */
export function createFileInspector(log: (line: string) => void): FileInspector {
  const thread = createThread<Uint8Array, PdfVerdict>({
    program: 'pdf-inspect-worker',
    dir: __dirname,
    isModule: false,
    patienceMs: PATIENCE_MS,
    heapMb: 160,
    maxWaiting: MAX_WAITING,
  });
  const inspectPdf = async (content: Buffer): Promise<PdfVerdict> => {
    const found = await thread.ask(() => {
      const question = new Uint8Array(content);
      return Promise.resolve({ question, give: [question.buffer] });
    });
    if (found.kind === 'answer') return found.answer;
    log(`a PDF cannot be inspected: ${found.kind === 'busy' ? 'too many are waiting' : found.fault}`);
    return {
      kind: 'refused',
      problem:
        found.kind === 'busy'
          ? '现在上传的人太多，这个 PDF 没有来得及检查。请稍候片刻重新上传'
          : '这个 PDF 没有检查完，没有保存。请重新上传一次；仍然不行的，请用阅读软件打开它，用「打印」功能另存为新的 PDF 后上传',
    };
  };
  return { inspect: (file) => inspectFile(file, inspectPdf), close: thread.close };
}
