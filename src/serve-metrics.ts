import http from 'node:http';
import { portRefused } from './listen-on';

/**
 * Serves `/metrics` on a port of its own, for the monitoring only. Gives the port it got.
 * @throws ConfigError when it cannot be had
 */
export function serveMetrics(
  at: { host: string; port: number },
  text: () => Promise<string>,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = http.createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    text().then(
      (body) => res.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body),
      () => res.writeHead(503).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', (e) => reject(portRefused('METRICS_PORT', at.host, at.port, e)));
    server.listen(at.port, at.host, () =>
      resolve({
        port: (server.address() as { port: number }).port,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });
}
