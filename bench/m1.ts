import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sealAudit } from '../src/audit/audit.store';
import type { Site } from '../test/support/site';
import { compare, round } from './compare';
import { Client, Ledger, urlencoded } from './load/client';
import { cpuOf, postmasterOf } from './load/cpu';
import { lostSaves, makeSavers, rssOf } from './load/savers';
import { startFloor, startSite } from './load/site-process';
import { none, throughput, type Measured } from './measures';

const AT_ONCE = 8;
const SAVES = 25;
const PAIRS = 9;

/** Each of them does it so often, all at once. */
const together = (workers: readonly (() => Promise<unknown>)[], times: number): Promise<unknown> =>
  Promise.all(
    workers.map(async (work) => {
      for (let i = 0; i < times; i++) await work();
    }),
  );

/**
 * M1, M11: people save 学历 over HTTP (session, form token, one-time token, policy, version, audit row) against a bare program that upserts the same fields; one process each. The memory of
 * both afterwards, and after as much again.
 */
export async function m1(site: Site): Promise<Measured> {
  const uploads = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-floor-'));
  const [server, floor] = [await startSite(site), await startFloor(site, uploads)];
  const bare = Array.from({ length: AT_ONCE }, () => new Client([floor.base], new Ledger()));
  try {
    const { savers, fields } = await makeSavers(site, server.base, AT_ONCE);
    const form = urlencoded(fields);
    const upsert = async (client: Client, n: number): Promise<void> => {
      const answer = await client.request('save', 'POST', `/save?id=${n}`, form);
      if (answer.status !== 303) throw new Error(`floor: ${answer.status}`);
    };
    const ours = () =>
      together(
        savers.map((s) => s.save),
        SAVES,
      );
    const floors = () =>
      together(
        bare.map((c, n) => () => upsert(c, n)),
        SAVES,
      );
    const found = await compare(ours, floors, PAIRS);
    const database = await postmasterOf(site);
    const cpu = {
      ours: await cpuOf(ours, AT_ONCE * SAVES, { program: server.child.pid, database }),
      floor: await cpuOf(floors, AT_ONCE * SAVES, { program: floor.child.pid, database }),
    };
    const rss = (): [number, number] => [rssOf(server.child.pid), rssOf(floor.child.pid)];
    const first = rss();
    for (let i = 0; i < PAIRS; i++) {
      await ours();
      await floors();
    }
    const [second, lost] = [rss(), await lostSaves(site, savers)];
    const inTimes = ([ours, bare]: [number, number]): number => round(ours / bare);
    const perSecond = (ms: number): number => Math.round((1000 * AT_ONCE * SAVES) / ms);
    return {
      ...found,
      measures: [
        throughput('saves a second', found, 0.5),
        none('acknowledged saves lost', lost),
        {
          what: 'memory afterwards',
          value: inTimes(first),
          sides: { ours: first[0], floor: first[1], unit: 'MB' },
          goal: { atMost: 1.25 },
        },
        {
          what: 'memory after as much again',
          value: inTimes(second),
          sides: { ours: second[0], floor: second[1], unit: 'MB' },
          goal: { atMost: 1.25 },
        },
      ],
      savesPerSecond: [perSecond(found.ours), perSecond(found.floor)],
      cpuMsPerSave: cpu,
      fields: fields.length,
    };
  } finally {
    for (const c of bare) c.close();
    await Promise.all([server.end(), floor.end()]);
    fs.rmSync(uploads, { recursive: true, force: true });
  }
}

/** M15: the same saves with the operation log kept and sealed meanwhile, against saves whose rows of the log the database throws away. */
export async function m15(site: Site): Promise<Measured> {
  const server = await startSite(site);
  try {
    const { savers } = await makeSavers(site, server.base, AT_ONCE);
    await site.db.raw(`CREATE FUNCTION bench_no_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER aaa_bench_no_log BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION bench_no_log()`);
    const keep = (isKept: boolean) => site.db.raw(`ALTER TABLE audit_log ${isKept ? 'DISABLE' : 'ENABLE'} TRIGGER aaa_bench_no_log`);
    const run = async (isKept: boolean): Promise<void> => {
      await keep(isKept);
      const saving = together(
        savers.map((s) => s.save),
        SAVES,
      );
      const sealing = isKept ? sealAudit(site.db) : Promise.resolve(0);
      await Promise.all([saving, sealing]);
    };
    const found = await compare(
      () => run(true),
      () => run(false),
      PAIRS,
    );
    await keep(true);
    const measures = [throughput('saves a second, log kept', found, 0.95), none('acknowledged saves lost', await lostSaves(site, savers))];
    return { measures, ...found };
  } finally {
    await server.end();
  }
}
