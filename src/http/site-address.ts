import type { Config } from '../config';

/** The address somebody else reaches this installation by, without a slash at its end; without BASE_URL the one it listens on. */
export function siteAddress({ baseUrl, host, port }: Pick<Config, 'baseUrl' | 'host' | 'port'>): string {
  return (baseUrl ?? `http://${host}:${port}`).replace(/\/+$/, '');
}
