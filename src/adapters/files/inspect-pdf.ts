import { nameOf, PdfError, PdfRef, readPdfStructure, type PdfDict, type PdfStructure, type PdfValue } from './pdf-structure';

export const MAX_PDF_PAGES = 200;

const REPRINT = '请用阅读软件打开它，用「打印」功能另存为新的 PDF 后重新上传';

/** Keys and values of dictionaries that make a reader run, open, send or fetch something (ISO 32000-1 §12.6, §7.11, §13). */
const ACTIVE_KEYS = new Set(['JS', 'JavaScript', 'XFA', 'EF', 'EmbeddedFiles', 'RichMediaContent', 'RichMediaSettings']);
const ACTIVE_TYPES = new Set([
  'JavaScript',
  'Launch',
  'EmbeddedFile',
  'FileAttachment',
  'RichMedia',
  'Rendition',
  'Movie',
  'Sound',
  'SubmitForm',
  'ImportData',
  'GoToE',
  'GoToR',
]);
/** Also looked for in the bytes themselves: a reader that follows a forged offset may see objects inside of stream data. */
const ACTIVE_BYTES = ['/JavaScript', '/Launch', '/EmbeddedFile', '/RichMedia'];
/** What a reader does on opening. Office programs write the page to begin with there (LibreOffice in every PDF): it is made void where that can be done. */
const AT_OPENING = 'OpenAction';
const MEANINGLESS = 'OpenedOnce';

/** content: the PDF without what it would do on opening; undefined when it is kept as it came */
export type PdfVerdict = { kind: 'ok'; pages: number; content?: Uint8Array } | { kind: 'refused'; problem: string };

const refused = (problem: string): PdfVerdict => ({ kind: 'refused', problem });

function isActive(dict: PdfDict): boolean {
  for (const key of dict.keys()) if (ACTIVE_KEYS.has(key)) return true;
  return ['S', 'Type', 'Subtype'].some((key) => ACTIVE_TYPES.has(nameOf(dict.get(key)) ?? ''));
}

const opens = (dict: PdfDict): boolean => dict.has(AT_OPENING);

/** Whether this is so of a dictionary in the value, however deep. */
function holds(value: PdfValue, isSo: (dict: PdfDict) => boolean): boolean {
  if (Array.isArray(value)) return value.some((v) => holds(v, isSo));
  return value instanceof Map && (isSo(value) || [...value.values()].some((v) => holds(v, isSo)));
}

/**
 * The PDF with a name of the same length, which means nothing to readers, in the place of each `OpenAction`: every object stays where it was. Undefined when none stands in the bytes, or the
 * PDF is signed: a signature is about the bytes as they came.
 */
function withoutOpening(content: Buffer): Buffer | undefined {
  if (content.includes('/ByteRange', 0, 'latin1')) return undefined;
  const copy = Buffer.from(content);
  let at = copy.indexOf(`/${AT_OPENING}`, 0, 'latin1');
  if (at < 0) return undefined;
  for (; at >= 0; at = copy.indexOf(`/${AT_OPENING}`, at, 'latin1')) copy.write(`/${MEANINGLESS}`, at, 'latin1');
  return copy;
}

function resolve(structure: PdfStructure, value: PdfValue | undefined): PdfValue | undefined {
  let found = value;
  for (let hops = 0; found instanceof PdfRef && hops < 8; hops++) found = structure.objects.get(found.number);
  return found;
}

/** Counts the leaves of the page tree; stops just above the limit. */
function countPages(structure: PdfStructure): number {
  const rootRef = structure.trailers.findLast((trailer) => trailer.has('Root'))?.get('Root');
  const catalog = resolve(structure, rootRef);
  if (!(catalog instanceof Map)) throw new PdfError('damaged', 'no catalogue');
  const visited = new Set<PdfDict>();
  const waiting: (PdfValue | undefined)[] = [catalog.get('Pages')];
  let pages = 0;
  while (waiting.length > 0 && pages <= MAX_PDF_PAGES) {
    const node = resolve(structure, waiting.pop());
    if (!(node instanceof Map) || visited.has(node)) throw new PdfError('damaged', 'broken page tree');
    visited.add(node);
    const kids = resolve(structure, node.get('Kids'));
    if (Array.isArray(kids)) waiting.push(...kids);
    else pages++;
  }
  return pages;
}

/** After the end mark only blanks may follow; a second file hidden behind it is not a document. */
function endsProperly(content: Buffer): boolean {
  const end = content.lastIndexOf('%%EOF', undefined, 'latin1');
  if (end < 0) return false;
  for (let at = end + 5; at < content.length; at++) {
    const c = content[at];
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9 && c !== 0 && c !== 26) return false;
  }
  return true;
}

const ACTS = `这个 PDF 里带有附件或者自动运行的内容，为了安全不能上传。${REPRINT}`;

/**
 * Decides whether a PDF may be kept: whole, not locked, nothing in it that acts by itself, at most 200 pages and 20,000 objects. One that would only do something on opening is kept
 * without that.
 */
export async function inspectPdf(content: Buffer): Promise<PdfVerdict> {
  const found = await lookAt(content);
  if (found.kind !== 'opens') return found;
  const plain = withoutOpening(content);
  const again = plain && (await lookAt(plain));
  if (!again || again.kind === 'opens') return refused(ACTS);
  return again.kind === 'ok' ? { ...again, content: plain } : again;
}

async function lookAt(content: Buffer): Promise<PdfVerdict | { kind: 'opens' }> {
  if (!/^%PDF-[12]\.\d/.test(content.toString('latin1', 0, 16)) || !endsProperly(content)) {
    return refused(`这个 PDF 文件不完整，或者开头、末尾有多余的内容。${REPRINT}`);
  }
  let active = ACTIVE_BYTES.some((mark) => content.includes(mark, 0, 'latin1'));
  let opening = content.includes(`/${AT_OPENING}`, 0, 'latin1');
  try {
    const structure = await readPdfStructure(content, (value) => {
      active ||= holds(value, isActive);
      opening ||= holds(value, opens);
    });
    if (structure.encrypted) {
      return refused(`这个 PDF 设置了密码或权限保护，审核人员无法查看。${REPRINT}，或者截图后上传图片`);
    }
    if (active) return refused(ACTS);
    const pages = countPages(structure);
    if (pages === 0) return refused('这个 PDF 里没有页面。请打开原文件检查后重新导出');
    if (pages > MAX_PDF_PAGES) return refused(`这个 PDF 超过 ${MAX_PDF_PAGES} 页。请只保留需要审核的页面，或者拆成几个文件后上传`);
    return opening ? { kind: 'opens' } : { kind: 'ok', pages };
  } catch (e) {
    if (!(e instanceof PdfError)) throw e;
    if (e.fault === 'too-complex') return refused(`这个 PDF 的内容过于复杂，无法检查。${REPRINT}`);
    return refused(`这个 PDF 文件已经损坏，无法打开。${REPRINT}`);
  }
}
