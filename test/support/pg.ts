export interface TestServer {
  base: string;
  template: string;
}

/** Set by global-setup, inherited by every worker of this run. */
const VARIABLE = 'TEST_SERVER';
export const publishTestServer = (server: TestServer): void => void (process.env[VARIABLE] = JSON.stringify(server));
export const testServer = (): TestServer => JSON.parse(process.env[VARIABLE] ?? 'null') as TestServer;

export function withDatabase(url: string, name: string): string {
  const u = new URL(url);
  u.pathname = `/${name}`;
  return u.href;
}
