import path from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { Semaphore } from '../../lib/semaphore';

/** The longer side of a drawn page in pixels: an A4 page with 150 dots to the inch. */
const SIDE = 1754;
const PATIENCE_MS = 10_000;
/** A thread that nobody needs gives its memory back. */
const IDLE_MS = 60_000;
const MAX_WAITING = 40;
const CACHE_BYTES = 24 * 1024 * 1024;

export type PdfPage = { kind: 'ok'; content: Buffer } | { kind: 'missing' } | { kind: 'unreadable' } | { kind: 'busy' };

export interface PdfPages {
  /** Page `page` (from 1) as a JPEG. `key` names the content: what was drawn before is not drawn again for a while. */
  draw: (key: string, page: number, load: () => Promise<Buffer>) => Promise<PdfPage>;
  close: () => Promise<void>;
}

interface Answer {
  id: number;
  data?: Uint8Array;
  width?: number;
  height?: number;
  missing?: true;
  fault?: string;
}

/** Draws pages of PDFs in a thread, one at a time; a page that takes longer than ten seconds costs that thread only. */
export function createPdfPages(log: (line: string) => void): PdfPages {
  const line = new Semaphore(1);
  const cache = new Map<string, Buffer>();
  let cached = 0;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const dismiss = async (): Promise<void> => {
    const old = worker;
    worker = undefined;
    clearTimeout(idle);
    await old?.terminate();
  };

  function ask(content: Buffer, page: number): Promise<Answer> {
    clearTimeout(idle);
    worker ??= new Worker(path.join(__dirname, 'pdf-page-worker.mjs'), { resourceLimits: { maxOldGenerationSizeMb: 128 } });
    const at = worker;
    const id = ++lastId;
    return new Promise<Answer>((resolve) => {
      const end = (answer: Answer): void => {
        clearTimeout(timer);
        at.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(answer);
      };
      const onMessage = (answer: Answer): void => {
        if (answer.id === id) end(answer);
      };
      const onError = (e: unknown): void => end({ id, fault: String(e) });
      const onExit = (code: number): void => end({ id, fault: `the thread ended with ${code}` });
      const timer = setTimeout(() => end({ id, fault: 'too slow' }), PATIENCE_MS);
      at.on('message', onMessage).on('error', onError).on('exit', onExit);
      const own = Uint8Array.from(content);
      at.postMessage({ id, content: own, page, side: SIDE }, [own.buffer]);
    });
  }

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
    const known = cache.get(name);
    if (known) return { kind: 'ok', content: known };
    const answer = await ask(await load(), page);
    idle = setTimeout(() => void dismiss(), IDLE_MS).unref();
    if (answer.missing) return { kind: 'missing' };
    if (!answer.data || !answer.width || !answer.height) {
      log(`a page of a PDF cannot be drawn: ${answer.fault ?? ''}`);
      await dismiss();
      return { kind: 'unreadable' };
    }
    const content = await sharp(answer.data, { raw: { width: answer.width, height: answer.height, channels: 4 } })
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
      if (line.waiting >= MAX_WAITING) return { kind: 'busy' };
      return line.run(() => drawNew(name, page, load));
    },
    close: dismiss,
  };
}
