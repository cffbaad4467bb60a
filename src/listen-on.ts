import type { AddressInfo, Server } from 'node:net';

/**
 * Connections that the system holds until this process looks at them, as many as a process may have (src/http/http-server.ts). Node's own 511 are full within a moment of a rush,
 * and whoever comes beyond is not refused but silently tried again after 1, 3 and 7 s (F20). The system may allow fewer (net.core.somaxconn).
 */
const BACKLOG = 4096;

/** Listens on the wished port or, when somebody else has it, on a free one. */
export function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = () => resolve((server.address() as AddressInfo).port);
    server.once('error', (e: NodeJS.ErrnoException) => {
      if (e.code !== 'EADDRINUSE' || port === 0) return reject(e);
      server.once('error', reject).listen(0, host, BACKLOG, done);
    });
    server.listen(port, host, BACKLOG, done);
  });
}

export const addressOf = (host: string, port: number): string => `http://${host === '0.0.0.0' ? 'localhost' : host}:${port}`;

/** What stands on the screen when the site can be used: where it is, and that the wished port was not to be had. */
export function greetingOf(host: string, wished: number, port: number): string {
  const taken = port !== wished && wished !== 0 ? `端口 ${wished} 已被占用，改用 ${port}。\n` : '';
  return `${taken}\n职称申报系统已启动：${addressOf(host, port)}`;
}
