import { sharp } from '../sharp';
import { createThread } from '../thread';

/** The longer side of a drawn page in pixels: an A4 page with 150 dots to the inch. */
const SIDE = 1754;
const PATIENCE_MS = 10_000;
const MAX_WAITING = 40;
const CACHE_BYTES = 24 * 1024 * 1024;

export type PdfPage = { kind: 'ok'; content: Buffer } | { kind: 'missing' } | { kind: 'unreadable' } | { kind: 'busy' };

export interface PdfPages {
  /** Page `page` (from 1) as a JPEG. `key` names the content: what was drawn before is not drawn again for a while. */
  draw: (key: string, page: number, load: () => Promise<Buffer>) => Promise<PdfPage>;
  close: () => Promise<void>;
}

interface Question {
  content: Uint8Array;
  page: number;
  side: number;
}
/** RGBA, or that there is no such page. */
type Answer = { missing: true } | { missing?: never; data: Uint8Array; width: number; height: number };

/** Draws pages of PDFs in a thread, one at a time; a page that takes longer than ten seconds costs that thread only. */
export function createPdfPages(log: (line: string) => void): PdfPages {
  const thread = createThread<Question, Answer>({
    program: 'pdf-page-worker',
    dir: __dirname,
    isModule: true,
    patienceMs: PATIENCE_MS,
    heapMb: 128,
    maxWaiting: MAX_WAITING,
  });
  const cache = new Map<string, Buffer>();
  /** what is being drawn: who asks for the same page meanwhile gets the same answer */
  const drawing = new Map<string, Promise<PdfPage>>();
  let cached = 0;

  function remember(name: string, content: Buffer): void {
    cache.set(name, content);
    cached += content.length;
    for (const [old, bytes] of cache) {
      if (cached <= CACHE_BYTES) break;
      cache.delete(old);
      cached -= bytes.length;
    }
  }

  async function drawNew(name: string, page: number, load: () => Promise<Buffer>): Promise<PdfPage> {
    const drawn = await thread.ask(async () => {
      const content = new Uint8Array(await load());
      return { question: { content, page, side: SIDE }, give: [content.buffer] };
    });
    if (drawn.kind === 'busy') return drawn;
    if (drawn.kind === 'failed') {
      log(`a page of a PDF cannot be drawn: ${drawn.fault}`);
      return { kind: 'unreadable' };
    }
    const { answer } = drawn;
    if (answer.missing) return { kind: 'missing' };
    const content = await sharp()(answer.data, { raw: { width: answer.width, height: answer.height, channels: 4 } })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 80 })
      .toBuffer();
    remember(name, content);
    return { kind: 'ok', content };
  }

  return {
    async draw(key, page, load) {
      const name = `${key}/${page}`;
      const known = cache.get(name);
      if (known) return { kind: 'ok', content: known };
      const work = drawing.get(name) ?? drawNew(name, page, load).finally(() => drawing.delete(name));
      drawing.set(name, work);
      return work;
    },
    close: thread.close,
  };
}
