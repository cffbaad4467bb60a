import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type * as MakeCertificate from './make-certificate';

/** Makes the key of a demonstration or a development run once, readable by this account only; several processes end up with the same one. Gives its PEM text. */
export async function selfMadeKey(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'certificate-signing.pem');
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the libraries are loaded where one is made
  const { makeCertificate } = require('./make-certificate') as typeof MakeCertificate;
  fs.mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(draft, await makeCertificate(), { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
  } finally {
    fs.unlinkSync(draft);
  }
  return fs.readFileSync(file, 'utf8');
}
