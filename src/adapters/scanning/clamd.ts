import net from 'node:net';
import { Semaphore } from '../../lib/semaphore';
import { ScannerAwayError, type ScanVerdict, type VirusScanner } from './scanner';

export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

const CHUNK = 64 * 1024;
const PATIENCE_MS = 30_000;
/** clamd answers in one short line. */
const LONGEST_ANSWER = 4096;
/** clamd has ten threads unless configured otherwise; other programs may need some. */
const AT_ONCE = 4;

/** `host:port`, or the path of a local socket. Undefined when it is neither. */
export function readClamdAddress(text: string): ClamdAddress | undefined {
  if (text.startsWith('/')) return { path: text };
  const found = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  return found?.[1] && port >= 1 && port <= 65_535 ? { host: found[1].replace(/^\[|\]$/g, ''), port } : undefined;
}

function verdictOf(answer: string): ScanVerdict {
  if (answer === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.+) FOUND$/.exec(answer);
  if (found?.[1]) return { kind: 'infected', name: found[1] };
  throw new ScannerAwayError(answer === '' ? 'closed the connection without an answer' : answer.slice(0, 200));
}

function ask(address: ClamdAddress, content: Buffer, patience: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    let answer = '';
    const fail = (why: string): void => {
      reject(new ScannerAwayError(why));
      socket.destroy();
    };
    const timer = setTimeout(() => fail(`no answer within ${patience / 1000} s`), patience);
    socket.setNoDelay(true);
    socket.on('error', (e) => {
      // it may close while we still send, having said why (size limit): the answer counts
      if (answer.includes('\0')) return;
      fail(e.message);
    });
    socket.on('data', (part: Buffer) => {
      answer += part.toString('latin1');
      if (answer.length > LONGEST_ANSWER) fail('an endless answer');
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer.split('\0')[0]?.trim() ?? '');
    });
    socket.on('connect', () => {
      socket.write('zINSTREAM\0');
      for (let at = 0; at < content.length; at += CHUNK) {
        const part = content.subarray(at, at + CHUNK);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        socket.write(length);
        socket.write(part);
      }
      socket.write(Buffer.alloc(4));
    });
  });
}

/**
 * The scanner of a clamd (ClamAV): its command INSTREAM, `z` form (clamd(8)): chunks of a 4-byte length in network order and that many bytes, ended by a length of 0.
 * One connection for each file, at most four at once. `patience`: ms until a verdict must be there.
 */
export function clamdScanner(address: ClamdAddress, patience = PATIENCE_MS): VirusScanner {
  const line = new Semaphore(AT_ONCE);
  return { scan: (content) => line.run(async () => verdictOf(await ask(address, content, patience))) };
}
