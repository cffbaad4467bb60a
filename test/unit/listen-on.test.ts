import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../../src/config';
import { listenOn } from '../../src/listen-on';
import { serveMetrics } from '../../src/serve-metrics';

describe('operations: a port that somebody else has', () => {
  const host = '127.0.0.1';
  let other: http.Server;
  let port: number;
  const server = http.createServer();
  beforeAll(async () => {
    other = http.createServer();
    await new Promise<void>((resolve) => other.listen(0, host, resolve));
    port = (other.address() as AddressInfo).port;
  });
  afterAll(() => {
    other.close();
    server.close();
  });

  test('in production the start is refused and says which setting it is: nobody looks for the site elsewhere', async () => {
    const refused = listenOn(http.createServer(), { host, port, production: true });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(`PORT: somebody else listens on 127.0.0.1:${port}`);
  });

  test('X6 else a free one is taken', async () => {
    const taken = await listenOn(server, { host, port, production: false });
    expect(taken).not.toBe(port);
    expect(taken).toBeGreaterThan(0);
  });

  test('an address that is not this machine’s is named', async () => {
    await expect(listenOn(http.createServer(), { host: '192.0.2.1', port, production: false })).rejects.toThrow(
      `PORT: 192.0.2.1:${port} cannot be listened on (EADDRNOTAVAIL)`,
    );
  });

  test('the port of the metrics is never another one', async () => {
    const refused = serveMetrics({ host, port }, () => Promise.resolve(''));
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(`METRICS_PORT: somebody else listens on 127.0.0.1:${port}`);
  });
});
