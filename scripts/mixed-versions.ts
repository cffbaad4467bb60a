/**
 * F15: an older release and this program over one database, under load (docs/operations.md):
 *
 *   npm run try:upgrade -- <commit> [<commit> …]     # each is built in a folder of its own; one from before the latest migrations says most
 *
 * The older one serves people who save, upload, report and read. This program starts beside it and changes the schema; both serve, every page at one of them and its form at either; the
 * older one is asked to end; this one serves alone. Every answer is counted, and what was acknowledged is looked for in the database. Ends with 1 when anything failed or is missing.
 * Needs the history of the repository, which a shallow clone has not: that is why it is no test.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import sharp from 'sharp';
import { missingMigrations } from '../src/db/migrate';
import { makeDb } from '../src/db/db';
import { proveChain } from '../src/audit/prove-chain';
import { makeReportable } from '../test/support/declarations';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInVia } from '../test/support/factories';
import setup from '../test/support/global-setup';
import teardown from '../test/support/global-teardown';
import { testServer, withDatabase } from '../test/support/pg';
import { databaseUrlOf, end, endAll, startProcess, until, visitorAt, type Started } from '../test/support/process';
import { openSite, Visitor, type Page, type Site } from '../test/support/site';

const root = path.resolve(__dirname, '..');
const SAVERS = 6;
const UPLOADERS = 2;
const REPORTABLE = 1000;
const MOST_OF_AN_ITEM = 10;
/** Acts of each person in each stretch. */
const ACTS = 6;

/** The program of that commit, built, in a new folder. */
function buildOld(commit: string): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-old-'));
  const run = (program: string, args: string[], input?: Buffer): Buffer =>
    execFileSync(program, args, { cwd: dir, input, stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 2 ** 30 });
  run('tar', ['-x'], execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 }));
  const lock = (at: string): string => fs.readFileSync(path.join(at, 'package-lock.json'), 'utf8');
  if (lock(dir) === lock(root)) fs.symlinkSync(fs.realpathSync(path.join(root, 'node_modules')), path.join(dir, 'node_modules'));
  else run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']);
  run(process.execPath, ['scripts/build.mjs']);
  return dir;
}

/** One person, whose browser reaches whichever process there is. */
class Person {
  acts = 0;
  readonly failures: string[] = [];
  constructor(
    private readonly signedIn: Visitor,
    private readonly live: () => readonly Started[],
    /** one act: gives what went wrong, or nothing */
    private readonly act: (at: () => Visitor, n: number) => Promise<string | undefined>,
  ) {}
  private at(): Visitor {
    const up = this.live();
    const one = up[Math.floor(Math.random() * up.length)];
    if (!one) throw new Error('nobody serves');
    return visitorAt(one, this.signedIn);
  }
  async go(isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const wrong = await this.act(() => this.at(), n).catch((e: unknown) => `no answer: ${String((e as Error).cause ?? e)}`);
      if (wrong !== undefined) this.failures.push(wrong);
      this.acts++;
    }
  }
}

const told = (page: Page): string => `${page.address.split('?')[0]} ${page.status} ${page.errors().join('; ')}`;

async function tryUpgrade(commit: string): Promise<boolean> {
  const name = execFileSync('git', ['log', '-1', '--format=%h %s', commit], { cwd: root }).toString().trim();
  console.log(`${name}\n  is built`);
  const dir = buildOld(commit);
  const database = `old_${process.pid}_${commit.slice(0, 8)}`.replace(/\W/g, '_');
  const url = withDatabase(testServer().base, database);
  const admin = new Client({ connectionString: testServer().base });
  await admin.connect();
  let site: Site | undefined;
  try {
    await admin.query(`CREATE DATABASE ${database}`);
    const prepared = spawnSync(
      process.execPath,
      ['-e', 'require(process.argv[1]).prepareDatabase(process.argv[2]).catch((e) => { console.error(e); process.exit(1); })', `${dir}/dist/src/prepare-database.js`, url], // prettier-ignore
      { cwd: dir, encoding: 'utf8', env: { PATH: process.env.PATH, NODE_ENV: 'test' } },
    );
    if (prepared.status !== 0) throw new Error(`the older program cannot make its database:\n${prepared.stderr}`);
    site = await openSite({}, () => Promise.resolve(url));
    const coming = await missingMigrations(site.db);
    console.log(`  the newer program brings ${coming.length} migrations: ${coming.join(', ')}`);
    return await underLoad(site, dir);
  } finally {
    await endAll();
    await site?.close();
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await admin.end();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function underLoad(site: Site, dir: string): Promise<boolean> {
  const env = { RUN_JOBS: '1', DRAIN_SECONDS: '2', LOG_LEVEL: 'warn' };
  const old = await startProcess(site, env, 'main', path.join(dir, 'dist', 'src'));
  let live: readonly Started[] = [old];
  let isOver = false;

  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
  await makeReportable(site, batch, unit, REPORTABLE);
  // those people have no number: nothing is to be reckoned from it
  await site
    .db('persons')
    .whereNull('mobile_index')
    .update({ mobile_index: Buffer.alloc(1) });
  const enter = async (loginName: string): Promise<Visitor> => {
    const visitor = new Visitor(old.address);
    const answer = await signInVia(site, visitor, loginName);
    if (answer.status !== 303) throw new Error(`sign-in: ${told(answer)}`);
    return visitor;
  };
  const begin = async (): Promise<{ visitor: Visitor; section: string; id: string }> => {
    const visitor = await enter((await makePerson(site)).loginName);
    const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
    const id = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
    return { visitor, id, section: `/declarations/${id}/sections/education` };
  };
  const people: Person[] = [];
  const add = (visitor: Visitor, act: ConstructorParameters<typeof Person>[2]): void =>
    void people.push(new Person(visitor, () => live, act));

  const saved = new Map<string, { acts: number; last: string }>();
  for (let i = 0; i < SAVERS; i++) {
    const { visitor, id, section } = await begin();
    const mine = { acts: 0, last: '' };
    saved.set(id, mine);
    add(visitor, async (at, n) => {
      const page = await at().get(section);
      if (page.status !== 200) return told(page);
      const shown = page.find('[name="fullTime.school"]')?.getAttribute('value') ?? '';
      if (shown !== mine.last) return `lost: 「${mine.last}」 was acknowledged, 「${shown}」 is shown`;
      const answer = await at().submit(page, { 'fullTime.school': `山东大学${n}` }, { button: 'do=save' });
      if (answer.status !== 303) return told(answer);
      mine.acts++;
      mine.last = `山东大学${n}`;
      return undefined;
    });
  }
  const uploaded = new Map<string, number>();
  for (let i = 0; i < UPLOADERS; i++) {
    const { visitor, id, section } = await begin();
    uploaded.set(id, 0);
    add(visitor, async (at, n) => {
      // a file that is like none before it; longer than a form of words may be
      const content = await sharp({
        create: { width: 700, height: 900, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
      })
        .jpeg()
        .toBuffer();
      const answer = await at().submit(
        await at().get(section),
        {},
        {
          button: 'do=upload:fullTime.diploma',
          files: [{ field: 'files:fullTime.diploma', name: `毕业证书${n}.jpg`, content }],
        },
      );
      if (answer.status !== 303) return told(answer);
      // ten of an item are kept; whoever sends an eleventh is told so
      const shown = (await at().get(section)).all('.field .files__name').length;
      const acknowledged = Math.min((uploaded.get(id) ?? 0) + 1, MOST_OF_AN_ITEM);
      uploaded.set(id, acknowledged);
      return shown === acknowledged ? undefined : `lost: ${acknowledged} files were acknowledged, ${shown} are shown`;
    });
  }
  let reported = 0;
  add(await enter(unit.loginName), async (at) => {
    const page = await at().get('/unit/report');
    const first = page.find('form[method="post"] input[name="ids"]')?.getAttribute('value');
    if (page.status !== 200 || first === undefined) return told(page);
    const answer = await at().submit(page, { ids: first }, { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' });
    if (answer.status !== 303) return told(answer);
    reported++;
    return undefined;
  });
  const reader = await begin();
  add(reader.visitor, async (at) => {
    for (const to of [reader.section, '/declarations', '/home', '/faq', '/notices']) {
      const page = await at().get(to);
      if (page.status !== 200) return told(page);
    }
    return undefined;
  });

  const watch = makeDb(databaseUrlOf(site), 1, '0');
  let longest = 0;
  const watching = (async () => {
    while (!isOver) {
      const { rows } = await watch.raw<{ rows: { ms: number }[] }>(
        `SELECT extract(epoch FROM clock_timestamp() - coalesce(l.waitstart, clock_timestamp())) * 1000 AS ms FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE NOT l.granted AND l.locktype = 'relation' AND a.datname = current_database() AND a.query NOT LIKE '%CONCURRENTLY%'`,
      );
      for (const { ms } of rows) longest = Math.max(longest, Number(ms));
      await new Promise((r) => setTimeout(r, 10));
    }
  })();
  const working = people.map((person) => person.go(() => isOver));
  const stretch = async (what: string, during: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    const before = people.map((p) => p.acts);
    const failed = people.map((p) => p.failures.length);
    await during();
    await until(what, () => people.every((p, i) => p.acts >= (before[i] ?? 0) + ACTS));
    const acts = people.reduce((sum, p, i) => sum + p.acts - (before[i] ?? 0), 0);
    const failures = people.flatMap((p, i) => p.failures.slice(failed[i]));
    console.log(`  ${what}: ${acts} acts, ${failures.length} failed`);
    for (const text of new Set(failures)) console.log(`    ${text}`);
  };
  try {
    await stretch('the older one alone');
    let young: Started | undefined;
    await stretch('the newer one starts and changes the schema, the older one serves', async () => {
      young = await startProcess(site, env);
    });
    if (!young) throw new Error('it has not started');
    const newer = young;
    live = [old, newer];
    await stretch('both serve');
    live = [newer];
    await stretch('the older one ends', async () => {
      const code = await end(old.child);
      if (code !== 0) throw new Error(`the older one ended with ${String(code)}:\n${old.output().slice(-2000)}`);
    });
  } finally {
    isOver = true;
    await Promise.all([...working, watching]);
    await watch.destroy();
  }

  const missing: string[] = [];
  for (const [id, { acts }] of saved) {
    const row = (await site.db('declaration_sections').where({ declaration_id: id, section: 'education' }).first('version')) as
      { version: number } | undefined;
    if ((row?.version ?? 0) !== acts) missing.push(`${acts} saves were acknowledged, version ${row?.version ?? 0}`);
  }
  for (const [id, acts] of uploaded) {
    const there = (await site.db('attachments').where({ declaration_id: id })).length;
    if (there !== acts) missing.push(`${acts} uploads were acknowledged, ${there} are there`);
  }
  const moved = (await site.db('declaration_events').where({ move: 'report' })).length;
  if (moved !== reported) missing.push(`${reported} reports were acknowledged, ${moved} are recorded`);
  const { verdict, sentence } = await proveChain(site.db);
  if (verdict.kind !== 'whole') missing.push(sentence);
  const failures = people.reduce((sum, p) => sum + p.failures.length, 0);
  const saves = [...saved.values()].reduce((sum, s) => sum + s.acts, 0);
  const uploads = [...uploaded.values()].reduce((sum, n) => sum + n, 0);
  console.log(`  ${saves} saves, ${uploads} uploads, ${reported} reports acknowledged; ${missing.length} not as told; longest wait for a lock on a table seen ${Math.round(longest)} ms`); // prettier-ignore
  for (const text of missing) console.log(`    ${text}`);
  return failures === 0 && missing.length === 0;
}

async function main(): Promise<void> {
  const commits = process.argv.slice(2);
  if (commits.length === 0) throw new Error('which release? npm run try:upgrade -- <commit>');
  await setup();
  try {
    let isWell = true;
    for (const commit of commits) isWell = (await tryUpgrade(commit)) && isWell;
    process.exitCode = isWell ? 0 : 1;
  } finally {
    await teardown();
  }
}

main().catch((e: unknown) => {
  console.error(e);
  process.exitCode = 2;
});
