import http from 'node:http';

export interface Answer {
  status: number;
  location: string;
  html: string;
  /** ms until the last byte */
  took: number;
}

/** What all clients of a load met, by the kind of thing that was asked: status and time of every answer. */
export class Ledger {
  readonly #rows: { kind: string; status: number; took: number; at: number }[] = [];
  note(kind: string, status: number, took: number): void {
    this.#rows.push({ kind, status, took, at: performance.now() });
  }
  clear(): this {
    this.#rows.length = 0;
    return this;
  }
  /** answers by status class; 0: none came */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const r of this.#rows) counts[String(r.status)] = (counts[String(r.status)] ?? 0) + 1;
    return counts;
  }
  /** good answers (2xx, 3xx) between two moments of performance.now(), of these kinds or of all */
  good(from: number, to: number, kinds?: readonly string[]): number {
    return this.#rows.filter((r) => r.status >= 200 && r.status < 400 && r.at >= from && r.at < to && (!kinds || kinds.includes(r.kind)))
      .length;
  }
  table(): { kind: string; answers: number; p50: number; p95: number; p99: number; max: number }[] {
    return [...new Set(this.#rows.map((r) => r.kind))].sort().map((kind) => {
      const times = this.#rows
        .filter((r) => r.kind === kind)
        .map((r) => r.took)
        .sort((a, b) => a - b);
      const at = (share: number): number => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN);
      return { kind, answers: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
    });
  }
  p95(): number {
    const times = this.#rows.map((r) => r.took).sort((a, b) => a - b);
    return Math.round(times[Math.floor(times.length * 0.95)] ?? NaN);
  }
}

export interface FilePart {
  field: string;
  name: string;
  type: string;
  content: Buffer;
}

const BOUNDARY = '----bench-4f1c0a7e9d2b';
export function multipart(fields: readonly (readonly [string, string])[], files: readonly FilePart[]): { type: string; body: Buffer } {
  const parts: Buffer[] = [];
  for (const [name, value] of fields)
    parts.push(Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  for (const f of files)
    parts.push(
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${f.field}"; filename="${f.name}"\r\nContent-Type: ${f.type}\r\n\r\n`,
      ),
      f.content,
      Buffer.from('\r\n'),
    );
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]) };
}
export const urlencoded = (fields: readonly (readonly [string, string])[]): { type: string; body: Buffer } => ({
  type: 'application/x-www-form-urlencoded',
  body: Buffer.from(new URLSearchParams(fields.map(([k, v]): [string, string] => [k, v])).toString()),
});

/** One browser of a load: keeps its cookies, reads whole answers, notes each in the ledger. Cheap: it shares the machine with what it measures. */
export class Client {
  readonly #cookies = new Map<string, string>();
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  #turn = 0;
  /** `bases`: the processes of one site, asked in turn */
  constructor(
    private readonly bases: readonly string[],
    private readonly ledger: Ledger,
    private readonly timeout = 60_000,
  ) {}

  request(kind: string, method: 'GET' | 'POST', address: string, body?: { type: string; body: Buffer }): Promise<Answer> {
    const began = performance.now();
    return new Promise((resolve) => {
      const done = (status: number, location: string, html: string): void => {
        const took = performance.now() - began;
        this.ledger.note(kind, status, took);
        resolve({ status, location, html, took });
      };
      const req = http.request(
        (this.bases[this.#turn++ % this.bases.length] ?? '') + address,
        {
          method,
          agent: this.#agent,
          headers: {
            ...(this.#cookies.size > 0 ? { cookie: this.cookieHeader } : {}),
            ...(body ? { 'content-type': body.type, 'content-length': body.body.length } : {}),
          },
        },
        (res) => {
          for (const line of res.headers['set-cookie'] ?? []) {
            const pair = line.split(';')[0] ?? '';
            const at = pair.indexOf('=');
            if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(pair.slice(0, at));
            else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
          }
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => void chunks.push(chunk));
          res.once('end', () => done(res.statusCode ?? 0, res.headers.location ?? '', Buffer.concat(chunks).toString()));
          res.once('error', () => done(0, '', ''));
        },
      );
      req.setTimeout(this.timeout, () => void req.destroy(new Error('no answer in time')));
      req.once('error', () => done(0, '', ''));
      req.end(body?.body);
    });
  }
  get cookieHeader(): string {
    return [...this.#cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  }
  /** as if the session had ended */
  forget(): void {
    this.#cookies.clear();
  }
  close(): void {
    this.#agent.destroy();
  }
}

/** The first form by POST inside main: where it goes and its hidden fields, as a browser would send them. */
export function mainForm(html: string): { action: string; hidden: [string, string][] } {
  const main = html.slice(Math.max(0, html.indexOf('<main')));
  const form = /<form[^>]*method="post"[\s\S]*?<\/form>/.exec(main)?.[0] ?? '';
  return {
    action: decode(/action="([^"]*)"/.exec(form)?.[1] ?? ''),
    hidden: [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map((m) => [m[1] ?? '', decode(m[2] ?? '')]),
  };
}
export const hiddenFields = (html: string): [string, string][] => mainForm(html).hidden;
const decode = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
