/** A gateway for short messages on this machine, by the protocol of docs/sms-gateway.md, with the faults that real ones have. */
import http from 'node:http';
import { signatureOf } from '../../src/adapters/request-signature';

/** lost: takes the message over and never answers · slow: answers after the sender has given up · cut: closes the connection */
export type GatewayFault = 'none' | 'down' | 'slow' | 'lost' | 'cut' | 'refuse' | 'wrong-key' | 'busy' | 'redirect';

export interface TakenMessage {
  id: string;
  mobile: string;
  text: string;
  purpose: string;
}

export interface TestGateway {
  readonly url: string;
  readonly key: string;
  readonly account: string;
  fault: GatewayFault;
  /** taken over, each id once */
  readonly taken: Map<string, TakenMessage>;
  /** posts that came, of whatever kind */
  posts: number;
  /** what was wrong with posts */
  readonly complaints: string[];
  close: () => Promise<void>;
}

export async function openGateway(): Promise<TestGateway> {
  const taken = new Map<string, TakenMessage>();
  const complaints: string[] = [];
  const waiting = new Set<http.ServerResponse>();
  const server = http.createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (part: string) => (body += part));
    req.on('end', () => answer(req, res, body));
  });
  const reply = (res: http.ServerResponse, status: number, content: object, headers: http.OutgoingHttpHeaders = {}): void => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
  };
  function answer(req: http.IncomingMessage, res: http.ServerResponse, body: string): void {
    gateway.posts++;
    switch (gateway.fault) {
      case 'down':
        return reply(res, 500, { reason: 'out of order' });
      case 'busy':
        return reply(res, 429, {});
      case 'wrong-key':
        return reply(res, 401, {});
      case 'cut':
        return void req.socket.destroy();
      case 'redirect':
        return reply(res, 302, {}, { location: 'http://127.0.0.1:9/' });
      case 'refuse':
        return reply(res, 422, { reason: `号码 ${(JSON.parse(body) as TakenMessage).mobile} 是空号\r\n{"level":60}` });
      case 'slow':
        return void setTimeout(() => take(req, res, body), 3000).unref();
      case 'lost':
        take(req, undefined, body);
        return void waiting.add(res);
      case 'none':
        return take(req, res, body);
    }
  }
  function take(req: http.IncomingMessage, res: http.ServerResponse | undefined, body: string): void {
    const timestamp = String(req.headers['x-sms-timestamp']);
    const message = JSON.parse(body) as TakenMessage;
    const expected: [string, unknown, unknown][] = [
      ['method', req.method, 'POST'],
      ['account', req.headers['x-sms-account'], gateway.account],
      ['signature', req.headers['x-sms-signature'], `sha256=${signatureOf(gateway.key, timestamp, body)}`],
      ['key', req.headers['idempotency-key'], message.id],
      ['time', Math.abs(Date.now() / 1000 - Number(timestamp)) < 60, true],
    ];
    for (const [what, is, should] of expected) if (is !== should) complaints.push(`${what}: ${String(is)}`);
    const isRepeat = taken.has(message.id);
    taken.set(message.id, message);
    if (res) reply(res, isRepeat ? 409 : 202, {});
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const gateway: TestGateway = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/messages`,
    key: 'a key of the tests, long enough',
    account: 'title-declaration',
    fault: 'none',
    taken,
    posts: 0,
    complaints,
    close: () =>
      new Promise((done) => {
        for (const res of waiting) res.destroy();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return gateway;
}
