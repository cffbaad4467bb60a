/**
 * A sender as cheap as can be, in a process of its own: it writes finished requests to sockets and reads no more of an answer than its status and where it ends, for it shares
 * the processors with what it measures. Takes one task at a time from its parent (`Flood`), and tells what became of it.
 */
import net from 'node:net';

export interface Stream {
  /** the ports of the processes that are asked in turn */
  ports: readonly number[];
  address: string;
  /** one for each reader */
  cookies: readonly string[];
  /** open: so many requests a second, whatever has become of the earlier ones */
  perSecond?: number;
  /** closed: so many at once, each followed by the next */
  atOnce?: number;
  /** connections at most; who finds none counts as not sent */
  connections: number;
  /** a reader who has waited for so long closes the connection, ms */
  patience: number;
}
export interface Task {
  streams: readonly Stream[];
  seconds: number;
}
export interface Spread {
  n: number;
  p50: number;
  p95: number;
  max: number;
}
export interface Flow {
  sent: number;
  /** there was no connection left: the sender was at its end, not the site */
  unsent: number;
  /** good answers (2xx, 3xx) that came before the end */
  good: number;
  /** connections that were opened */
  opened: number;
  /** connections that ended without an answer */
  failed: number;
  gaveUp: number;
  answers: Record<string, number>;
  times: Record<string, Spread>;
  /** ms from the end until the last one that was sent had its answer */
  lastAnswer: number;
}
export interface TaskResult {
  flows: Flow[];
  /** how long the sending took, ms */
  took: number;
  /** processor time of the sender until then, ms */
  cpuMs: number;
}

/** ended: nothing more is sent · result: whoever waited has an answer or has given up */
export type Said = { kind: 'ended' } | { kind: 'result'; result: TaskResult };

const TICK_MS = 4;
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

interface Line {
  socket: net.Socket;
  /** when the present request was sent; 0: none is under way */
  since: number;
  /** what has come of an answer whose head is not complete */
  head: Buffer | undefined;
  status: number;
  /** bytes of the body still to come; -1: it ends with the last chunk */
  left: number;
  tail: Buffer;
  closes: boolean;
}

class Sender {
  readonly flow: Flow = { sent: 0, unsent: 0, good: 0, opened: 0, failed: 0, gaveUp: 0, answers: {}, times: {}, lastAnswer: 0 };
  readonly #heads: Buffer[];
  readonly #idle: Line[][];
  readonly #busy = new Set<Line>();
  readonly #took: Record<string, number[]> = {};
  #open = 0;
  #turn = 0;
  ended = 0;
  constructor(private readonly stream: Stream) {
    this.#heads = stream.cookies.map((cookie) =>
      Buffer.from(
        `GET ${stream.address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate\r\n` +
          `Accept-Language: zh-CN,zh;q=0.9\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\r\nCookie: ${cookie}\r\n\r\n`,
      ),
    );
    this.#idle = stream.ports.map(() => []);
  }
  get underWay(): number {
    return this.#busy.size;
  }
  /** the next of the readers asks the next of the processes */
  ask(): void {
    const turn = this.#turn++;
    const at = turn % this.stream.ports.length;
    const line = this.#idle[at]?.pop() ?? this.#connect(at);
    if (!line) {
      this.flow.unsent++;
      return;
    }
    this.flow.sent++;
    line.since = performance.now();
    this.#busy.add(line);
    line.socket.write(this.#heads[Math.floor(turn / this.stream.ports.length) % this.#heads.length] as Buffer);
  }
  /** closes the connections of those who have waited for too long */
  giveUp(): void {
    const now = performance.now();
    for (const line of this.#busy) {
      if (now - line.since < this.stream.patience) return; // in the order they were sent
      this.flow.gaveUp++;
      this.#busy.delete(line);
      line.socket.destroy();
    }
  }
  end(): Flow {
    for (const line of this.#idle.flat()) line.socket.destroy();
    for (const [status, list] of Object.entries(this.#took)) {
      list.sort((a, b) => a - b);
      const part = (share: number): number =>
        Math.round(10 * (list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? NaN)) / 10;
      this.flow.times[status] = { n: list.length, p50: part(0.5), p95: part(0.95), max: part(1) };
    }
    return this.flow;
  }

  #connect(at: number): Line | undefined {
    if (this.#open >= this.stream.connections) return undefined;
    this.#open++;
    this.flow.opened++;
    const socket = net.connect({ port: this.stream.ports[at] ?? 0, host: '127.0.0.1', noDelay: true });
    const line: Line = { socket, since: 0, head: undefined, status: 0, left: 0, tail: Buffer.alloc(0), closes: false };
    socket.on('data', (chunk) => this.#read(line, chunk, at));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#open--;
      if (this.#busy.delete(line)) this.flow.failed++;
      const idle = this.#idle[at]?.indexOf(line) ?? -1;
      if (idle >= 0) this.#idle[at]?.splice(idle, 1);
    });
    return line;
  }
  #read(line: Line, chunk: Buffer, at: number): void {
    let body = chunk;
    if (line.status === 0) {
      const all = line.head ? Buffer.concat([line.head, chunk]) : chunk;
      const end = all.indexOf(HEAD_END);
      if (end < 0) {
        line.head = all;
        return;
      }
      const head = all.toString('latin1', 0, end);
      line.head = undefined;
      line.status = Number(head.slice(9, 12));
      line.closes = /\r\nconnection: close/i.test(head);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      line.left = length === undefined ? -1 : Number(length);
      body = all.subarray(end + HEAD_END.length);
    }
    if (line.left >= 0) {
      line.left -= body.length;
      if (line.left > 0) return;
    } else {
      line.tail = Buffer.concat([line.tail, body]).subarray(-LAST_CHUNK.length);
      if (!line.tail.equals(LAST_CHUNK)) return;
    }
    this.#answered(line, at);
  }
  #answered(line: Line, at: number): void {
    const now = performance.now();
    const status = String(line.status);
    this.flow.answers[status] = (this.flow.answers[status] ?? 0) + 1;
    (this.#took[status] ??= []).push(now - line.since);
    if (this.ended > 0) this.flow.lastAnswer = now - this.ended;
    else if (line.status >= 200 && line.status < 400) this.flow.good++;
    this.#busy.delete(line);
    line.status = 0;
    line.tail = Buffer.alloc(0);
    if (line.closes) line.socket.end();
    else this.#idle[at]?.push(line);
    if (this.ended === 0 && this.stream.atOnce !== undefined) this.ask();
  }
}

async function run({ streams, seconds }: Task): Promise<TaskResult> {
  const senders = streams.map((s) => new Sender(s));
  const cpu = process.cpuUsage();
  const began = performance.now();
  senders.forEach((s, i) => {
    for (let n = 0; n < (streams[i]?.atOnce ?? 0); n++) s.ask();
  });
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const now = performance.now() - began;
      if (now >= seconds * 1000) {
        clearInterval(timer);
        return resolve();
      }
      senders.forEach((s, i) => {
        const due = Math.floor(((streams[i]?.perSecond ?? 0) * now) / 1000);
        while (s.flow.sent + s.flow.unsent < due && streams[i]?.perSecond !== undefined) s.ask();
        s.giveUp();
      });
    };
    const timer = setInterval(tick, TICK_MS);
  });
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  for (const s of senders) s.ended = performance.now();
  process.send?.({ kind: 'ended' } satisfies Said);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      for (const s of senders) s.giveUp();
      if (senders.some((s) => s.underWay > 0)) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  return { flows: senders.map((s) => s.end()), took, cpuMs: (user + system) / 1000 };
}

process.on('message', (task: Task) => {
  void run(task).then((result) => process.send?.({ kind: 'result', result } satisfies Said));
});
process.on('disconnect', () => process.exit());
