import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { sealAudit } from '../../src/audit/audit.store';
import { makeDb } from '../../src/db/db';
import { makeRoles, roleKinds, roleName, type RoleKind } from '../../src/db/roles';
import { makeBatch, makeCommittee, makePerson, makeStaff, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

// roles belong to the whole server: names of this run alone
const prefix = `t${randomBytes(4).toString('hex')}`;
const addresses = new Map<RoleKind, string>();
let ownerUrl: string;
let site: Site;

beforeAll(async () => {
  site = await openSite({}, async (owner) => {
    ownerUrl = owner;
    const db = makeDb(owner, 1);
    const made = await makeRoles(db, prefix);
    await db.destroy();
    for (const kind of roleKinds) {
      const address = new URL(owner);
      address.username = roleName(prefix, kind);
      address.password = made.find((m) => m.name === roleName(prefix, kind))?.password ?? '';
      addresses.set(kind, address.href);
    }
    return addresses.get('app') ?? '';
  });
});
afterAll(async () => {
  const db = makeDb(ownerUrl, 1);
  for (const kind of roleKinds) await db.raw(`DROP OWNED BY ${roleName(prefix, kind)} CASCADE`);
  for (const kind of roleKinds) await db.raw(`DROP ROLE ${roleName(prefix, kind)}`);
  await db.destroy();
  await site.close();
});

/** What this role gets for a statement, which is undone: 'ok' or the code of the refusal. */
async function ask(kind: RoleKind, sql: string): Promise<string> {
  const client = new Client({ connectionString: addresses.get(kind) ?? '' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(sql);
    return 'ok';
  } catch (e) {
    return (e as { code?: string }).code ?? String(e);
  } finally {
    await client.end();
  }
}
const REFUSED = '42501';

describe('S57 roles of the database', () => {
  it('the site works as the app role: signing in, declaring, jobs and the chain of the log', async () => {
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    const person = await signInAs(site, await makePerson(site));
    const started = await person.submit(await person.get(`/declarations/new/${batch.id}`));
    expect([started.status, started.location]).toEqual([303, expect.stringContaining('/sections/application')]);
    await person.send(await person.get(started.location), { 'main.speciality': '' }, { button: 'do=save' });
    await site.db.transaction((trx) => site.deps.jobs.add(trx, 'audit:seal', {}));
    await site.drainJobs();
    const { rows } = await site.db.raw<{ rows: { n: number }[] }>('SELECT count(*)::int AS n FROM audit_seals');
    expect(rows[0]?.n).toBeGreaterThan(0);
    expect(await sealAudit(site.db)).toBe(0);
    const admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
    expect((await admin.get('/batches')).status).toBe(200);
  });

  it.each<[RoleKind, string, string]>([
    ['app', "INSERT INTO audit_log (actor_name, action) VALUES ('x', 'y')", 'ok'],
    ['app', "UPDATE audit_log SET action = 'x'", REFUSED],
    ['app', 'DELETE FROM audit_log', REFUSED],
    ['app', 'TRUNCATE audit_log', REFUSED],
    ['app', 'DELETE FROM audit_seals', REFUSED],
    ['app', 'DELETE FROM declaration_events', REFUSED],
    ['app', "UPDATE declaration_versions SET sha256 = ''", REFUSED],
    ['app', 'DELETE FROM batch_changes', REFUSED],
    ['app', 'ALTER TABLE audit_log DISABLE TRIGGER ALL', REFUSED],
    ['app', 'CREATE TABLE mine (x int)', REFUSED],
    ['app', 'DROP TABLE faqs', REFUSED],
    ['app', 'CREATE ROLE somebody', REFUSED],
    ['app', "UPDATE clock SET shift = '1 day'", REFUSED],
    ['app', 'DELETE FROM knex_migrations', REFUSED],
    ['app', "COPY (SELECT 1) TO PROGRAM 'true'", REFUSED],
    ['app', 'UPDATE faqs SET position = position', 'ok'],
    ['migrate', 'CREATE TABLE mine (x int)', 'ok'],
    ['migrate', 'ALTER TABLE faqs ADD extra int', 'ok'],
    ['migrate', 'CREATE ROLE somebody', REFUSED],
    ['audit', 'SELECT count(*) FROM audit_log', 'ok'],
    ['audit', 'SELECT count(*) FROM audit_seals', 'ok'],
    ['audit', 'SELECT count(*) FROM persons', REFUSED],
    ['audit', 'SELECT count(*) FROM declarations', REFUSED],
    ['audit', "INSERT INTO audit_log (actor_name, action) VALUES ('x', 'y')", REFUSED],
    ['backup', 'SELECT count(*) FROM persons', 'ok'],
    ['backup', 'LOCK TABLE declarations IN ACCESS SHARE MODE', 'ok'],
    ['backup', 'UPDATE faqs SET position = position', REFUSED],
    ['backup', 'DELETE FROM persons', REFUSED],
  ])('%s: %s gives %s', async (kind, sql, expected) => expect(await ask(kind, sql)).toBe(expected));

  it('lets nobody else in, and may be repeated', async () => {
    const db = makeDb(ownerUrl, 1);
    const again = await makeRoles(db, prefix);
    expect(again.map((r) => r.password)).toEqual([undefined, undefined, undefined, undefined]);
    const { rows } = await db.raw<{ rows: { acl: boolean }[] }>(
      "SELECT has_database_privilege('public', current_database(), 'CONNECT') AS acl",
    );
    await db.destroy();
    expect(rows[0]?.acl).toBe(false);
    expect(await ask('app', 'SELECT 1')).toBe('ok');
    await expect(async () => makeRoles(site.db, 'x; DROP')).rejects.toThrow(RangeError);
  });
});
