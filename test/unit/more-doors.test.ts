import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { openMoreDoors } from '../../src/more-doors';

const COMERS = 160;
/** Handles that listen on one socket. */
const HANDLES = 16;

describe('F20 a rush of connections to a process that has much to do', () => {
  test('F20 many are taken in one turn of the event loop; all are answered, nobody beyond the limit; when it ends, whoever is inside is answered first', async () => {
    const held: http.ServerResponse[] = [];
    const server = http.createServer((req, res) => {
      if (req.url === '/held') held.push(res);
      else res.end('ok');
    });
    server.maxConnections = COMERS;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const doors = openMoreDoors(server);
    await doors.ready;

    let [turn, isCounting] = [0, true];
    const next = (): void => {
      turn++;
      if (isCounting) setImmediate(next);
    };
    next();
    const takenIn = new Map<number, number>();
    server.on('connection', () => takenIn.set(turn, (takenIn.get(turn) ?? 0) + 1));
    const sockets = Array.from({ length: COMERS }, () => net.connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((s) => once(s, 'connect')));
    const firstLine = async (s: net.Socket, address: string): Promise<string | undefined> => {
      s.write(`GET ${address} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return String((await once(s, 'data'))[0]).split('\r\n')[0];
    };
    expect(new Set(await Promise.all(sockets.map((s) => firstLine(s, '/'))))).toEqual(new Set(['HTTP/1.1 200 OK']));
    isCounting = false;
    expect([...takenIn.values()].reduce((a, b) => a + b, 0)).toBe(COMERS);
    expect(Math.max(...takenIn.values())).toBe(HANDLES);

    const tooMany = net.connect(port, '127.0.0.1');
    await once(tooMany, 'close');

    const [inside, ...others] = sockets;
    if (!inside) throw new Error('nobody has come');
    inside.write('GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n');
    while (held.length === 0) await new Promise((next) => setImmediate(next));
    const gone = Promise.all(others.map((s) => once(s, 'close')));
    let isClosed = false;
    const closed = doors.close().then(() => (isClosed = true));
    await gone;
    expect(isClosed).toBe(false);
    const refused = net.connect(port, '127.0.0.1');
    await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED');
    held[0]?.end('late');
    const [answer] = (await once(inside, 'data')) as [Buffer];
    expect(String(answer)).toContain('200 OK');
    inside.destroy();
    await closed;
  });
});
