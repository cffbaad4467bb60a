import fs from 'node:fs';
import path from 'node:path';

export interface TestServer {
  base: string;
  template: string;
}
export const infoFile = path.join(__dirname, '..', '..', 'node_modules', '.cache', 'test-database.json');
export const testServer = (): TestServer => JSON.parse(fs.readFileSync(infoFile, 'utf8')) as TestServer;

export function withDatabase(url: string, name: string): string {
  const u = new URL(url);
  u.pathname = `/${name}`;
  return u.href;
}
