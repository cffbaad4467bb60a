import type http from 'node:http';
import net from 'node:net';
import { CONNECTION_LIMITS, createHttpServer, type ConnectionLimits } from '../../../src/http/http-server';

/** quick ones, so that the test needs not wait for minutes */
const quick = {
  ...CONNECTION_LIMITS,
  requestTimeout: 400,
  headersTimeout: 200,
  connectionsCheckingInterval: 50,
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
    await listen({ silence: 200 });
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

  it('beyond the most connections nobody is let in, and those inside go on', async () => {
    await listen({ headersTimeout: 20_000, requestTimeout: 20_000 });
    const inside = [0, 1, 2].map(() => send('GET / HTTP/1.1\r\nHost: x\r\n'));
    await Promise.all(inside.map(({ socket }) => new Promise((r) => (socket.connecting ? socket.once('connect', r) : r(undefined)))));
    expect(await send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').over).toBe('');
    for (const { socket } of inside) socket.write('Connection: close\r\n\r\n');
    for (const { over } of inside) expect(await over).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('the limits of the site: looked at often, an idle connection kept longer than by the proxy, silence longer than a request may take', () => {
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
    expect(limits.silence).toBeGreaterThan(limits.requestTimeout);
    expect(limits.keepAliveTimeout).toBeGreaterThan(5000);
    made.close();
  });
});
