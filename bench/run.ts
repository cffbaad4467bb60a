import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeDb } from '../src/db/db';
import { migrate } from '../src/db/migrate';
import { openDatabase } from '../src/db/open-database';
import { migrateJobs } from '../src/jobs/jobs';
import setup from '../test/support/global-setup';
import teardown from '../test/support/global-teardown';
import { openSite, type Site } from '../test/support/site';
import { evening } from './evening';
import { f20 } from './f20';
import { m1, m15 } from './m1';
import { m12 } from './m12';
import { m2 } from './m2';
import { m3 } from './m3';
import { m4 } from './m4';
import { m5 } from './m5';
import { m6 } from './m6';
import { m7 } from './m7';
import { m8 } from './m8';
import { m9 } from './m9';
import { m10 } from './m10';
import { m13 } from './m13';
import { m14 } from './m14';
import { isMet, tableOf, type Measured } from './measures';
import { overload } from './overload';
import { plans } from './plans';
import { s04 } from './s04';

interface Sizes {
  /** M3: of the large province */
  declarations: number;
  /** M13: on the last evening */
  applicants: number;
}

/** What can be measured, by name: each against a floor that does the same work without what makes it a service. */
const benches: Record<string, (site: Site, sizes: Sizes) => Promise<Measured>> = {
  M1: m1,
  M2: m2,
  M3: (site, { declarations }) => m3(site, declarations),
  M4: m4,
  M5: m5,
  M6: m6,
  M7: m7,
  M8: m8,
  M9: m9,
  M10: m10,
  M12: m12,
  M13: (site, { applicants }) => m13(site, applicants),
  M14: m14,
  M15: m15,
  S04: s04,
  F20: f20,
  evening,
  overload,
  plans,
};

/**
 * `npm run bench -- M4 S04`, `npm run bench -- M3 --declarations 200000`: runs these (all but plans without names) on a database of their own; prints a table of them at the end
 * and each result whole as JSON on standard error as soon as it is there, and keeps it in bench/results. `--data <folder>`: M3 and plans in a province that `seed:large` has made there (DATA_DIR), which takes minutes; `--database <address>` besides when it lies
 * in another server than the folder's own. Its schema is brought up to date first, and everything else of the run lies in the same cluster.
 */
async function main(): Promise<void> {
  const { values, positionals: asked } = parseArgs({
    allowPositionals: true,
    options: {
      declarations: { type: 'string', default: '1000000' },
      applicants: { type: 'string', default: '150' },
      database: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const sizes: Sizes = { declarations: Number(values.declarations), applicants: Number(values.applicants) };
  if (!Number.isInteger(sizes.declarations) || sizes.declarations < 1000) throw new Error('--declarations takes a number from 1000 on');
  if (!Number.isInteger(sizes.applicants) || sizes.applicants < 10) throw new Error('--applicants takes a number from 10 on');
  const names = asked.length > 0 ? asked : Object.keys(benches).filter((n) => n !== 'plans');
  const { data } = values;
  const opened =
    values.database === undefined && data !== undefined ? await openDatabase({ databaseUrl: undefined, dataDir: data }) : undefined;
  const made = values.database ?? opened?.url;
  const open = (): Promise<Site> =>
    made === undefined ? openSite() : openSite({ ...(data === undefined ? {} : { DATA_DIR: data }) }, () => Promise.resolve(made));
  if (made !== undefined) {
    process.env.TEST_DATABASE_URL = made;
    const db = makeDb(made, 2, '0');
    await migrate(db);
    await migrateJobs(made);
    await db.destroy();
  }
  if (names.includes('plans') && made === undefined) throw new Error('plans needs --data: a province that seed:large has made');

  const unknown = names.filter((n) => !benches[n]);
  if (unknown.length > 0) throw new Error(`no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  const results: { name: string; measures: Measured['measures'] }[] = [];
  await setup();
  try {
    for (const name of names) {
      const site = await open();
      try {
        const bench = benches[name];
        if (!bench) continue;
        const { measures, ...details } = await bench(site, sizes);
        const result = { name, node: process.version, measures: measures.map((m) => ({ ...m, isMet: isMet(m) })), ...details };
        results.push(result);
        process.stderr.write(`${JSON.stringify(result)}\n`);
        const dir = path.join(__dirname, 'results');
        fs.mkdirSync(dir, { recursive: true });
        fs.writeFileSync(path.join(dir, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      } finally {
        await site.close();
      }
    }
  } finally {
    if (results.length > 0) process.stdout.write(`\n${tableOf(results).join('\n')}\n`);
    await teardown();
    await opened?.stop();
  }
}

main().catch((e: unknown) => {
  process.stderr.write(`${String((e as Error).stack ?? e)}\n`);
  process.exitCode = 1;
});
