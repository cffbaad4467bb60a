import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { takeHanded, type ChildProcessEnd } from '../../../src/shared-port';

/** A child of several processes, and a parent that hands it whatever comes. */
async function makeChild(options: http.ServerOptions, maxConnections?: number) {
  const said: object[] = [];
  const self = Object.assign(new EventEmitter(), { send: (m: object) => said.push(m) });
  const server = http.createServer(options, (_req, res) => res.end('answered'));
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  const handed = takeHanded(server, self as unknown as ChildProcessEnd);
  let n = 0;
  const parent = net.createServer((socket) => self.emit('message', { kind: 'connection', n: ++n }, socket));
  await new Promise<void>((resolve) => parent.listen(0, '127.0.0.1', resolve));
  return { said, self, handed, parent, port: (parent.address() as AddressInfo).port };
}

/** Everything that comes on a connection until it is closed. */
const hear = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
  });

describe('F01, F19 connections that a parent hands over', () => {
  test('S43 whoever sends a head too slowly is cut off as by a server that listens itself', async () => {
    const child = await makeChild({ headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 });
    expect(await hear(child.port, 'GET / HTTP/1.1\r\nHost: x')).toContain('408 Request Timeout');
    child.parent.close();
  });

  test('S43 more connections than a process may have are closed; when one is over, the next is taken', async () => {
    const child = await makeChild({}, 1);
    const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const first = net.connect(child.port, '127.0.0.1', () => first.write('GET / HTTP/1.1\r\n'));
    const isOver = once(first, 'close');
    await once(child.self, 'message');
    const heard = await hear(child.port, request);
    const said = child.said.length;
    first.end('Host: x\r\nConnection: close\r\n\r\n');
    first.resume();
    await isOver;
    const heardAfter = await hear(child.port, request);
    child.parent.close();
    expect([heard, said]).toEqual(['', 2]); // the parent need not keep either of them
    expect(heardAfter).toContain('answered');
  });

  test('F19 a child that ends says so, answers what it still has been handed, and is over when all is answered', async () => {
    const child = await makeChild({});
    const order: string[] = [];
    const over = child.handed.close().then(() => order.push('over'));
    expect(child.said).toEqual([{ kind: 'closing' }]);
    const late = hear(child.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').then((text) => {
      order.push('answered');
      return text;
    });
    expect(await late).toContain('answered');
    expect(order).toEqual(['answered']); // until it is told that nothing more comes, more may come
    expect(child.said).toContainEqual({ kind: 'taken', n: 1 });
    child.self.emit('message', { kind: 'no-more' });
    await over;
    child.parent.close();
  });
});
