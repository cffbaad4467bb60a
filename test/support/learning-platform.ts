/** A platform of continuing education on this machine, by the protocol of docs/continuing-education.md, with the faults that real ones have. */
import http from 'node:http';
import type { LearningQuery, LearningRecord } from '../../src/adapters/continuing-education';
import { signatureOf } from '../../src/adapters/request-signature';

export type PlatformFault = 'none' | 'down' | 'silent' | 'cut' | 'refuse' | 'garbage' | 'wrong-shape' | 'huge' | 'redirect';

export interface TestPlatform {
  readonly url: string;
  readonly key: string;
  readonly account: string;
  fault: PlatformFault;
  /** by ID number */
  readonly records: Map<string, LearningRecord[]>;
  questions: LearningQuery[];
  /** what was wrong with questions */
  readonly complaints: string[];
  close: () => Promise<void>;
}

export async function openPlatform(): Promise<TestPlatform> {
  const server = http.createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (part: string) => (body += part));
    req.on('end', () => answer(req, res, body));
  });
  const reply = (res: http.ServerResponse, status: number, content: string, headers: http.OutgoingHttpHeaders = {}): void => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(content);
  };
  function answer(req: http.IncomingMessage, res: http.ServerResponse, body: string): void {
    const query = JSON.parse(body) as LearningQuery;
    platform.questions.push(query);
    const timestamp = String(req.headers['x-edu-timestamp']);
    const expected: [string, unknown, unknown][] = [
      ['method', req.method, 'POST'],
      ['account', req.headers['x-edu-account'], platform.account],
      ['signature', req.headers['x-edu-signature'], `sha256=${signatureOf(platform.key, timestamp, body)}`],
      ['time', Math.abs(Date.now() / 1000 - Number(timestamp)) < 60, true],
    ];
    for (const [what, is, should] of expected) if (is !== should) platform.complaints.push(`${what}: ${String(is)}`);
    switch (platform.fault) {
      case 'down':
        return reply(res, 500, '{}');
      case 'silent':
        return undefined;
      case 'cut':
        return void req.socket.destroy();
      case 'refuse':
        return reply(res, 422, '{}');
      case 'garbage':
        return reply(res, 200, '<html>维护中</html>');
      case 'wrong-shape':
        return reply(res, 200, '{"records":[{"id":"1","hours":"90"}]}');
      case 'huge':
        return reply(res, 200, `{"records":[],"more":"${'x'.repeat(3 * 1024 * 1024)}"}`);
      case 'redirect':
        return reply(res, 302, '', { location: 'http://127.0.0.1:9/' });
      case 'none': {
        const found = platform.records.get(query.idNumber);
        return found ? reply(res, 200, JSON.stringify({ records: found })) : reply(res, 404, '{}');
      }
    }
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const platform: TestPlatform = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/records`,
    key: 'a key of the tests, long enough',
    account: 'title-declaration',
    fault: 'none',
    records: new Map(),
    questions: [],
    complaints: [],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return platform;
}
