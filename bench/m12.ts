import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { newToken } from '../src/lib/new-token';
import type { Site } from '../test/support/site';
import { compare, startStolen } from './compare';
import { Client, hiddenFields, Ledger, multipart } from './load/client';
import { makeSavers, type Saver } from './load/savers';
import { startFloor, startSite } from './load/site-process';
import { none, throughput, type Measured } from './measures';

const AT_ONCE = 8;
const UPLOADS = 4;
const LARGE = 64;
const FIELD = 'files:fullTime.diploma';

/** A PDF of one page and this many bytes, never the same twice. */
function pdfOf(bytes: number): Buffer {
  const head =
    '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n';
  const tail = '\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n';
  const length = bytes - head.length - tail.length - 60;
  return Buffer.concat([Buffer.from(`${head}4 0 obj\n<</Length ${length}>>\nstream\n`), randomBytes(length), Buffer.from(tail)]);
}

interface Uploader {
  saver: Saver;
  csrf: string;
  typed: [string, string][];
}

/** One upload into the item for the diploma, as its button sends it; says what the server answered. */
async function upload({ saver, csrf, typed }: Uploader, content: Buffer): Promise<number> {
  // the same words as are stored: nobody is in anybody's way
  const fields: [string, string][] = [
    ['_csrf', csrf],
    ['_token', newToken()],
    ['version', '1'],
    ...typed,
    ['do', 'upload:fullTime.diploma'],
  ];
  const body = multipart(fields, [{ field: FIELD, name: '2020年7月毕业证书.pdf', type: 'application/pdf', content }]);
  return (await saver.person.post('upload', `/declarations/${saver.declaration}/sections/education`, body)).status;
}

/** Signed-in people and the form token of each. */
async function uploaders(site: Site, base: string, n: number): Promise<Uploader[]> {
  const { savers, fields: typed } = await makeSavers(site, base, n);
  const ready: Uploader[] = [];
  for (const saver of savers) {
    await saver.save();
    const page = await saver.person.get('page', `/declarations/${saver.declaration}/sections/education`);
    ready.push({ saver, typed, csrf: new Map(hiddenFields(page.html)).get('_csrf') ?? '' });
  }
  return ready;
}
const kept = async (site: Site): Promise<number> => Number((await site.db('attachments').count('* AS n'))[0]?.n);

/** M12: PDFs of 500 KB (inspected, hashed, stored, a row and a log row in the transaction that saves the section) against a bare program that hashes, stores and writes a row; then 64 of 5 MB at once, and how long the event loop was held up by them. */
export async function m12(site: Site): Promise<Measured> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-floor-'));
  const delayFile = path.join(folder, 'delay.json');
  const server = await startSite(site, {
    NODE_OPTIONS: `--import=${path.join(__dirname, 'load', 'delay-probe.mjs')}`,
    DELAY_FILE: delayFile,
  });
  const floor = await startFloor(site, folder);
  const bare = Array.from({ length: AT_ONCE }, () => new Client([floor.base], new Ledger()));
  const delay = async (): Promise<{ p99: number }> => {
    fs.rmSync(delayFile, { force: true });
    server.child.kill('SIGUSR2');
    for (let i = 0; i < 200 && !fs.existsSync(delayFile); i++) await wait(25);
    return JSON.parse(fs.readFileSync(delayFile, 'utf8')) as { p99: number };
  };
  try {
    const people = await uploaders(site, server.base, AT_ONCE);
    const contents = (): Buffer[][] => people.map(() => Array.from({ length: UPLOADS }, () => pdfOf(500_000)));
    const ours = async (made: Buffer[][]): Promise<void> => {
      await Promise.all(
        people.map(async (one, i) => {
          for (const content of made[i] ?? []) {
            const status = await upload(one, content);
            if (status !== 303) throw new Error(`upload: ${status}`);
          }
        }),
      );
      if ((await kept(site)) !== AT_ONCE * UPLOADS) throw new Error('not all uploads are kept');
    };
    const floors = (made: Buffer[][]) =>
      Promise.all(
        bare.map(async (client, i) => {
          for (const content of made[i] ?? []) {
            const answer = await client.request(
              'f',
              'POST',
              '/upload',
              multipart([], [{ field: 'file', name: 'a.pdf', type: 'application/pdf', content }]),
            );
            if (answer.status !== 303) throw new Error(`floor ${answer.status}`);
          }
        }),
      );
    let next = contents();
    const found = await compare(
      async () => {
        await ours(next);
        next = contents();
        await site.db('attachments').delete(); // an item holds ten
      },
      () => floors(next),
    );
    await delay();
    const stolen = startStolen();
    const large = Array.from({ length: LARGE }, () => pdfOf(5 * 1024 * 1024));
    const began = performance.now();
    const statuses = await Promise.all(large.map((content, i) => upload(people[i % AT_ONCE] as Uploader, content)));
    const seconds = (performance.now() - began) / 1000;
    const [heldUp, rows] = [await delay(), await kept(site)];
    return {
      ...found,
      measures: [
        throughput('PDFs of 500 KB a second', found, 0.7),
        { what: `event loop held up by ${LARGE} of 5 MB, p99`, value: heldUp.p99, unit: 'ms', goal: { atMost: 20 } },
        none('of these not kept', LARGE - rows),
      ],
      large: {
        uploads: LARGE,
        seconds: Math.round(seconds * 10) / 10,
        turnedAway: statuses.filter((s) => s === 503).length,
        delayMs: heldUp,
        stealPercent: stolen(),
      },
    };
  } finally {
    for (const c of bare) c.close();
    await Promise.all([server.end(), floor.end()]);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
