import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import puppeteer from 'puppeteer';
import { findBrowser } from '../src/adapters/printing';
import { paths } from '../src/http/paths';
import { layOutForm } from '../src/modules/printing/render-review-form';
import { attachFile } from '../test/support/declarations';
import { signInAs } from '../test/support/factories';
import { declare, makeWorld, type Declared } from '../test/print/certificate-fixture';
import type { Site } from '../test/support/site';
import { compare } from './compare';
import { slower, type Measured } from './measures';

const PAIRS = 15;

/**
 * M6: 「评审表」 over HTTP, signed in, never printed before, against a warm Chromium that is given the same HTML by hand; and the same form asked for again, against a bare
 * server that sends the same file from the disk, and against an attachment of the same size, which goes through session, policy and record as the form does.
 */
export async function m6(site: Site): Promise<Measured> {
  const world = await makeWorld(site);
  const people: Declared[] = [];
  for (let i = 0; i <= PAIRS; i++) people.push(await declare(site, world, { name: `申报人${i}`, photo: false }));
  const visitor = await signInAs(site, world.office);
  const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const documents: string[] = [];
  for (const p of people) {
    const document = await layOutForm(site.deps, p.id, 'other');
    if (!document) throw new Error('no form');
    documents.push(document.html);
  }
  const fetchAll = async (address: string, headers: Record<string, string> = { cookie }): Promise<Buffer> => {
    const answer = await fetch(address, { headers });
    const body = Buffer.from(await answer.arrayBuffer());
    if (answer.status !== 200) throw new Error(`${address}: ${answer.status}`);
    return body;
  };
  await site.deps.printer.warm();
  const { executablePath, headless, env, args } = await findBrowser({ cacheDir: path.join(site.deps.config.dataDir, 'browser') });
  const browser = await puppeteer.launch({ executablePath, headless, env, pipe: true, args: [...args, '--no-sandbox'] });
  const counts = { ours: 0, raw: 0 };
  const raw = async (): Promise<void> => {
    const page = await browser.newPage();
    await page.setContent(documents[counts.raw++] ?? '', { waitUntil: 'load' });
    await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true });
    await page.close();
  };
  await (async () => {
    const page = await browser.newPage();
    await page.setContent(documents[0] ?? '');
    await page.pdf();
    await page.close();
  })();
  const uncached = await compare(
    async () => void (await fetchAll(site.base + paths.reviewForm(people[counts.ours++]?.id ?? ''))),
    raw,
    PAIRS,
  );
  await browser.close();

  const first = people[0]?.id ?? '';
  const again = site.base + paths.reviewForm(first);
  const body = await fetchAll(again);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-m6-'));
  const file = path.join(dir, 'form.pdf');
  fs.writeFileSync(file, body);
  const bare = http.createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'application/pdf', 'content-length': body.length });
    pipeline(fs.createReadStream(file), res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const floor = `http://127.0.0.1:${(bare.address() as { port: number }).port}/`;
  const attachment = site.base + paths.attachment(first, await attachFile(site, first, '对照.pdf', body, 'application/pdf'));
  const cached = await compare(
    () => fetchAll(again),
    () => fetchAll(floor),
    60,
  );
  const guarded = await compare(
    () => fetchAll(again),
    () => fetchAll(attachment),
    60,
  );
  await new Promise<void>((resolve) => bare.close(() => resolve()));
  fs.rmSync(dir, { recursive: true });
  return {
    measures: [
      slower('printed, to a warm Chromium', uncached, 1.05),
      slower('again, to a bare static file', cached, 1.2),
      slower('again, to a stored file through the policy', guarded),
    ],
    bytes: body.length,
    uncachedToRawChromium: uncached,
    againToBareStaticFile: cached,
    againToStoredFileThroughPolicy: guarded,
  };
}
