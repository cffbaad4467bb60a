import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

const known = new Map<string, Promise<string>>();

async function hashOf(dirs: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const dir of dirs) {
    const names = (await fs.readdir(dir, { recursive: true })).filter((n) => /\.(?:njk|[jt]s|css)$/.test(n)).sort();
    for (const name of names) {
      const file = path.join(dir, name);
      if (!(await fs.stat(file)).isFile()) continue;
      hash.update(`${name}\0`).update(await fs.readFile(file));
    }
  }
  return hash.digest('hex');
}

/**
 * Names the program that lays out review forms: its templates and all of its own code, since texts come from definitions all over it. Another program prints anew.
 * Read once in the life of a process.
 */
export function templateRevision(rootDir: string): Promise<string> {
  let found = known.get(rootDir);
  if (!found) {
    found = hashOf([path.join(rootDir, 'views', 'print'), path.join(__dirname, '..', '..')]);
    known.set(rootDir, found);
  }
  return found;
}
