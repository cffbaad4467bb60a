import http from 'node:http';
import type { AddressInfo } from 'node:net';

const body = Buffer.alloc(Number(process.env.BODY_BYTES ?? 1000), 'x');

/** The floor of turning away: 503 with so many bytes and nothing else. */
const server = http.createServer((_req, res) => {
  res.writeHead(503, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length, 'Retry-After': '10' });
  res.end(body);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`));
