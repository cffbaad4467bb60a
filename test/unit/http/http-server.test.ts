import type http from 'node:http';
import net from 'node:net';
import { CONNECTION_LIMITS, createHttpServer, type ConnectionLimits } from '../../../src/http/http-server';

/** quick ones, so that the test needs not wait for minutes */
const quick = {
  ...CONNECTION_LIMITS,
  requestTimeout: 400,
  headersTimeout: 200,
  connectionsCheckingInterval: 50,
  body: { ...CONNECTION_LIMITS.body, interval: 5 },
  silence: 60_000,
  maxConnections: 3,
};
const LONG = Buffer.alloc(32 * 1024 * 1024, 'x');
let server: http.Server;
const open = new Set<net.Socket>();

async function listen(limits: Partial<ConnectionLimits> = {}): Promise<void> {
  server = createHttpServer(
    (req, res) => {
      req.resume();
      req.once('end', () => res.end(req.url === '/long' ? LONG : 'ok'));
    },
    { ...quick, ...limits },
  );
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
}
afterEach(async () => {
  for (const socket of open) socket.destroy();
  open.clear();
  if (server.listening) await new Promise<void>((r) => server.close(() => r()));
  jest.restoreAllMocks();
});

/** Sends this and then nothing more; `over` gives what came until the server ended the connection. */
function send(text: string, { reads = true } = {}): { socket: net.Socket; over: Promise<string> } {
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  open.add(socket);
  let came = '';
  if (reads) socket.on('data', (chunk) => (came = (came + chunk.toString('latin1')).slice(0, 200)));
  const over = new Promise<string>((resolve) => socket.once('close', () => resolve(came)));
  socket.on('error', () => undefined); // a connection that is cut may say so
  socket.write(text);
  return { socket, over };
}

describe('S43 slow clients', () => {
  it('half a head, and half a body, are answered with 408 and cut off', async () => {
    await listen();
    for (const text of ['GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc'])
      expect(await send(text).over).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('who says nothing at all, and who takes nothing of an answer, is cut off', async () => {
    await listen({ silence: 200, headersTimeout: 60_000, requestTimeout: 60_000 });
    expect(await send('').over).toBe('');
    const given = new Promise<void>((resolve) =>
      server.once('request', (_req, res: http.ServerResponse) => res.once('close', () => resolve())),
    );
    const { socket, over } = send('GET /long HTTP/1.1\r\nHost: x\r\n\r\n', { reads: false });
    await given;
    let taken = 0;
    socket.on('data', (chunk) => (taken += chunk.length));
    await over;
    // what the system had in hand already, and no more
    expect(taken).toBeLessThan(LONG.length);
  });

  describe('bodies, by a clock that the test moves', () => {
    const { silence, stretch, least } = CONNECTION_LIMITS.body;
    let now: number;
    let looks: number;
    let arrived: number;
    let socket: net.Socket;
    let over: Promise<string>;
    /** what the sender was told, as soon as the connection has ended */
    let ended: string | undefined;
    const until = async (isSo: () => boolean): Promise<void> => {
      for (let n = 0; n < 2000 && !isSo(); n++) await new Promise((r) => setTimeout(r, 5));
      expect(isSo()).toBe(true);
    };
    /** The server has looked, after everything that had happened. */
    const looked = (): Promise<void> => {
      const before = looks;
      return until(() => ended !== undefined || looks >= before + 2);
    };
    /** So much comes, and then so much time goes by. */
    const come = async (bytes: number, then: number): Promise<void> => {
      const before = arrived;
      socket.write(Buffer.alloc(bytes));
      await until(() => ended !== undefined || arrived >= before + bytes);
      await looked();
      now += then;
      await looked();
    };
    beforeEach(async () => {
      [now, looks, arrived, ended] = [0, 0, 0, undefined];
      jest.spyOn(performance, 'now').mockImplementation(() => {
        looks++;
        return now;
      });
      await listen({ requestTimeout: 600_000 });
      server.on('request', (req: http.IncomingMessage) => req.on('data', (chunk: Buffer) => (arrived += chunk.length)));
      ({ socket, over } = send('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 60000000\r\n\r\n'));
      void over.then((came) => (ended = came));
      await looked();
    });

    afterEach(async () => {
      socket.destroy();
      await over; // so that `ended` says nothing of it to the next test
    });

    it('one that stands still for half a minute is answered with 408 and cut off, not before', async () => {
      await come(1_000_000, silence - 1);
      expect(ended).toBeUndefined();
      now += 1;
      expect(await over).toMatch(/^HTTP\/1\.1 408 /);
    });

    it('one that trickles, a byte every ten seconds, is cut off after a minute', async () => {
      for (let at = 0; at < stretch - 10_000; at += 10_000) await come(1, 10_000);
      expect(ended).toBeUndefined();
      await come(1, 10_000);
      expect(await over).toMatch(/^HTTP\/1\.1 408 /);
    });

    it('one that came quickly and trickles now is cut off as well', async () => {
      for (let n = 0; n < 3; n++) await come(least, stretch / 3);
      for (let at = 0; at < stretch - 10_000; at += 10_000) await come(1, 10_000);
      expect(ended).toBeUndefined();
      await come(1, 10_000);
      expect(await over).toMatch(/^HTTP\/1\.1 408 /);
    });

    it('where an answer has begun already, nothing is written into it', async () => {
      server.once('request', (_req, res: http.ServerResponse) => res.write('begun'));
      const other = send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
      await new Promise((r) => other.socket.once('data', r));
      await looked();
      now += silence;
      expect(await other.over).toMatch(/^HTTP\/1\.1 200 (?!.* 408 ).*begun/s);
    });

    it('60 MB at 1 Mbit/s, with pauses, come in whole', async () => {
      for (let left = 60_000_000; left > 0; left -= 2_500_000) await come(2_500_000, 20_000);
      expect(await over).toMatch(/^HTTP\/1\.1 200 /);
      expect(now).toBe(480_000);
    });

    it('while nobody reads it nobody is slow; when it is read again, the time begins anew', async () => {
      const asked = new Promise<http.IncomingMessage>((resolve) => server.once('request', resolve));
      const other = send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
      let told: string | undefined;
      void other.over.then((came) => (told = came));
      const req = await asked;
      req.pause();
      req.unshift('waits'); // as what has come stands in its buffer while a full process has no room for it
      for (let n = 0; n < 5; n++) {
        await come(least, silence - 1);
        expect(told).toBeUndefined();
      }
      req.resume();
      await come(least, silence - 1);
      expect(told).toBeUndefined();
      now += 1;
      expect(await other.over).toMatch(/^HTTP\/1\.1 408 /);
    });
  });

  it('beyond the most connections nobody is let in, and those inside go on', async () => {
    await listen({ headersTimeout: 20_000, requestTimeout: 20_000 });
    const inside = [0, 1, 2].map(() => send('GET / HTTP/1.1\r\nHost: x\r\n'));
    await Promise.all(inside.map(({ socket }) => new Promise((r) => (socket.connecting ? socket.once('connect', r) : r(undefined)))));
    expect(await send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').over).toBe('');
    for (const { socket } of inside) socket.write('Connection: close\r\n\r\n');
    for (const { over } of inside) expect(await over).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('the limits of the site: looked at often, an idle connection kept longer than by the proxy, half an hour for 60 MB', () => {
    const limits = CONNECTION_LIMITS;
    const made = createHttpServer(() => undefined);
    expect([made.requestTimeout, made.headersTimeout, made.keepAliveTimeout, made.timeout, made.maxConnections]).toEqual([
      limits.requestTimeout,
      limits.headersTimeout,
      limits.keepAliveTimeout,
      limits.silence,
      limits.maxConnections,
    ]);
    expect(limits.connectionsCheckingInterval).toBeLessThanOrEqual(limits.headersTimeout / 2);
    expect(limits.body.interval).toBeLessThanOrEqual(limits.body.silence / 2);
    expect(limits.silence).toBeGreaterThan(limits.body.silence);
    // ten files of 5 MB at 1 Mbit/s, three times over
    expect(limits.requestTimeout / 1000).toBeGreaterThanOrEqual(3 * 50 * 8 * 1.048576);
    // whoever comes as slowly as it is allowed to would take longer than a request may: both are needed
    expect((60 * 1024 * 1024 * limits.body.stretch) / limits.body.least).toBeGreaterThan(limits.requestTimeout);
    expect(limits.keepAliveTimeout).toBeGreaterThan(5000);
    made.close();
  });
});
