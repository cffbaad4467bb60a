import type { AddressInfo, Server } from 'node:net';
import { ConfigError, type Config } from './config';

/**
 * Connections that the system holds until this process looks at them, as many as a process may have (src/http/http-server.ts). Node's own 511 are full within a moment of a rush,
 * and whoever comes beyond is not refused but silently tried again after 1, 3 and 7 s (F20). The system may allow fewer (net.core.somaxconn).
 */
const BACKLOG = 4096;

/** What a start is refused with whose port cannot be had. `setting`: the name of the setting that says which. */
export const portRefused = (setting: 'PORT' | 'METRICS_PORT', host: string, port: number, e: NodeJS.ErrnoException): ConfigError =>
  new ConfigError(
    `${setting}: ${e.code === 'EADDRINUSE' ? `somebody else listens on ${host}:${port}` : `${host}:${port} cannot be listened on (${e.code ?? e.message})`}`,
  );

/** Where a site is to be reached: the settings of that name. */
export type Place = Pick<Config, 'host' | 'port' | 'production'>;

/**
 * Listens on the wished port. When somebody else has it: in production nobody would look for the site on another one, so that the start is refused; else a free one is taken.
 * @throws ConfigError when it cannot be had
 */
export function listenOn(server: Server, { host, port, production }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = () => resolve((server.address() as AddressInfo).port);
    server.once('error', (e: NodeJS.ErrnoException) => {
      if (e.code !== 'EADDRINUSE' || port === 0 || production) return reject(portRefused('PORT', host, port, e));
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
