/** Signatures of PDFs as poppler's `pdfsig` finds them. Tests that need it say in their name when it is missing. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const hasPdfSig = spawnSync('pdfsig', ['-v']).error === undefined;
export const withPdfSig = hasPdfSig
  ? it
  : (name: string, ..._rest: unknown[]): void =>
      it.skip(`${name} (pdfsig of poppler-utils is not installed: NOT VERIFIED)`, () => undefined);

/** What pdfsig says; whether the certificate is trusted is not asked, since a demonstration's is its own. */
export function pdfSig(pdf: Buffer): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-pdfsig-'));
  try {
    const file = path.join(dir, 'paper.pdf');
    fs.writeFileSync(file, pdf);
    const { stdout, stderr } = spawnSync('pdfsig', ['-nocert', file], { encoding: 'utf8', env: { ...process.env, HOME: dir } });
    return stdout + stderr;
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
