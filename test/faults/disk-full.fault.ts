import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { isDatabaseAway } from '../../src/http/errors';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { isAlive } from '../support/kill-database';
import { publishTestServer } from '../support/pg';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import { makeTemplate } from '../support/template';

const DISK_MB = 640;
const WRITERS = 4;
let server: EmbeddedPg;
let site: Site;
/** No segment of the log is used a second time, as where an archive does not keep up: every new one needs room. */
const settings = { wal_keep_size: '4GB', min_wal_size: '32MB', autovacuum: 'off' };

/** A disk of the database's own, in memory; only root can have one. */
const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-disk-'));
const mountDisk = (): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0755`, 'tmpfs', disk], { stdio: 'ignore' }).status === 0;
const isMounted = mountDisk();
const onDisk = isMounted ? test : test.skip;
if (!isMounted) console.warn('F09 the database’s full disk is not tried: only root can mount a small one');

const ballast = (): string => path.join(disk, 'ballast');
/** Takes everything that is left. */
function fillDisk(): void {
  const file = fs.openSync(ballast(), 'a');
  try {
    for (const size of [1024 * 1024, 4096]) {
      const block = Buffer.alloc(size, 1);
      for (;;) {
        try {
          if (fs.writeSync(file, block) < size) break;
        } catch (e) {
          if ((e as NodeJS.ErrnoException).code !== 'ENOSPC') throw e;
          break;
        }
      }
    }
  } finally {
    fs.closeSync(file);
  }
}

interface Writer {
  visitor: Visitor;
  address: string;
  id: string;
  /** the last text whose save was acknowledged */
  acknowledged: string;
  /** sent after it, whose answer said neither */
  unsure: string[];
}
let writers: Writer[];

async function stored(id: string): Promise<string> {
  const row = (await site.db('declaration_sections').where({ declaration_id: id, section: 'performance' }).first('raw')) as
    { raw: { groups: { main?: { text?: string } } } } | undefined;
  return row?.raw.groups.main?.text ?? '';
}

beforeAll(async () => {
  if (!isMounted) return;
  server = await startEmbedded({ dataDir: path.join(disk, 'cluster'), settings });
  publishTestServer({ base: server.url(), template: await makeTemplate(server.url()) });
  site = await openSite();
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
  writers = await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      const visitor = await signInAs(site, await makePerson(site, { photo: false }));
      const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
      const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
      return { visitor, id, address: `/declarations/${id}/sections/performance`, acknowledged: '', unsure: [] };
    }),
  );
});
afterAll(async () => {
  // whatever a test found wrong, no server and no disk is left behind
  try {
    if (isMounted) await site.close();
  } finally {
    if (isMounted) {
      await server.stop();
      spawnSync('umount', [disk]);
    }
  }
  fs.rmSync(disk, { recursive: true, force: true });
});

describe('F09 the disk of the database is full', () => {
  onDisk(
    'no save is acknowledged that is not kept, nobody meets a fault of the program, what was typed stands in the page, and with room again everything goes on',
    async () => {
      const text = (n: number): string => `第${n}次保存。${'负责全市非物质文化遗产保护工作，'.repeat(60)}`;
      const forms: Page[] = await Promise.all(writers.map((w) => w.visitor.open(w.address)));
      const bad: string[] = [];
      const refused: Page[] = [];
      fillDisk();
      const isOver = (): boolean => refused.length >= 3 * WRITERS;
      /** everybody else's writes, which use up what the log has room for */
      const others = (async () => {
        while (!isOver())
          await site.db.raw("SELECT pg_logical_emit_message(true, 'others', repeat('x', 200000))").catch((e: unknown) => {
            if (!isDatabaseAway(e)) bad.push(String(e));
          });
      })();
      await Promise.all([
        others,
        ...writers.map(async (w, i) => {
          let page = forms[i] as Page;
          for (let n = 0; !isOver(); n++) {
            const typed = text(n);
            const answer = await w.visitor.submit(page, { 'main.text': typed }, { button: 'do=save' });
            if (answer.status === 303) {
              [w.acknowledged, w.unsure] = [typed, []];
              const next = await w.visitor.get(w.address);
              if (next.status === 200) page = next;
              else if (next.status !== 503) bad.push(`GET ${next.status} ${next.text().slice(0, 200)}`);
            } else if (answer.status === 503) {
              w.unsure.push(typed);
              refused.push(answer);
              if (!answer.html.includes(typed)) bad.push('503 without the typed text');
            } else bad.push(`POST ${answer.status} ${answer.text().slice(0, 200)}`);
          }
        }),
      ]);
      expect(bad).toEqual([]);
      for (const page of refused) expect(page.html).toContain('您刚才填写的内容仍保留在本页，没有丢失');

      fs.rmSync(ballast());
      // a database that has ended itself is what its supervisor starts again
      if (!isAlive(server.pid)) server = await startEmbedded({ dataDir: path.join(disk, 'cluster'), preferredPort: server.port, settings });
      await until('the site is back', async () => {
        const seen = await Promise.all(writers.map((w) => w.visitor.get(w.address)));
        return seen.every((p) => p.status === 200);
      });
      for (const w of writers) expect([w.acknowledged, ...w.unsure]).toContain(await stored(w.id));
      for (const w of writers) {
        const saved = await w.visitor.submit(await w.visitor.open(w.address), { 'main.text': '磁盘有了空间' }, { button: 'do=save' });
        expect([saved.status, await stored(w.id)]).toEqual([303, '磁盘有了空间']);
      }
      expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
      console.log(`F09: ${JSON.stringify({ refused: refused.length, unsure: writers.map((w) => w.unsure.length) })}`);
    },
  );
});
