import { hashPassword } from '../../src/adapters/passwords';
import { inTransaction, type Db, type Trx } from '../../src/db/db';
import type { Deps } from '../../src/deps';
import { seedContent } from '../content';
import { planAftermath } from './aftermath';
import { accountsText, DEMO_PASSWORD } from './accounts';
import { extendCalendar } from './calendar';
import { createPlan } from './clock';
import { makeCommittees } from './committees';
import { planDesk } from './desk';
import { planLearning } from './learning';
import { planMeeting } from './meeting';
import { addNotice } from './notice';
import { planPeople } from './people';
import { planPublicities } from './publicities';
import { drawAllScans, planCases } from './run-cases';
import { makeStaff } from './staff';
import { planPaths, planUnits } from './units';
import type { World } from './world';

export { DEMO_PASSWORD, demoAccounts, type DemoAccount } from './accounts';

type Marker = 'empty' | 'demo' | 'other';

/** The demonstration's own mark is the account `admin`; a database with other accounts is left alone. */
async function look(h: Db | Trx): Promise<Marker> {
  const { rows } = await h.raw<{ rows: { any: boolean; admin: boolean }[] }>(
    "SELECT EXISTS (SELECT 1 FROM accounts) AS any, EXISTS (SELECT 1 FROM accounts WHERE lower(login_name) = 'admin') AS admin",
  );
  return rows[0]?.admin ? 'demo' : rows[0]?.any ? 'other' : 'empty';
}

/**
 * Fills a database without accounts with a small invented part of a province, and gives the Chinese lines that tell whom to sign in as. All of it is one
 * transaction, so it is there entirely or not at all, also when two processes start together.
 */
export async function startDemo(deps: Deps): Promise<string> {
  const found = await look(deps.db);
  const marker = found === 'empty' ? await fill(deps) : found;
  return marker === 'other' ? '\n数据库中已有账号，没有写入演示数据。' : accountsText();
}

async function takeTurn(trx: Trx): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { isMine: boolean }[] }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('start-demo', 0)) AS "isMine"`,
  );
  return rows[0]?.isMine === true;
}

async function fill(deps: Deps): Promise<Marker> {
  const { rows } = await deps.db.raw<{ rows: { year: number }[] }>(
    "SELECT extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::int AS year",
  );
  const year = rows[0]?.year;
  if (year === undefined) throw new Error('the database tells no year');
  const [scans, passwordHash] = await Promise.all([drawAllScans(year), hashPassword(DEMO_PASSWORD)]);
  return inTransaction(deps.db, async (trx): Promise<Marker> => {
    await trx.raw('SET LOCAL statement_timeout = 0');
    // asked for again and again: a connection on which nothing comes back for half a minute counts as broken (F17)
    while (!(await takeTurn(trx))) await trx.raw('SELECT pg_sleep(1)');
    const marker = await look(trx);
    if (marker !== 'empty') return marker;
    const world: World = {
      deps: { ...deps, db: trx },
      trx,
      year,
      passwordHash,
      accounts: new Map(),
      units: new Map(),
      committees: new Map(),
      batches: new Map(),
    };
    const plan = createPlan(trx);
    plan.add(60, '09:00', async () => {
      await extendCalendar(trx);
      await seedContent(trx);
      await makeStaff(world);
    });
    plan.add(59, '14:00', () => makeCommittees(world));
    await planUnits(plan, world);
    planPaths(plan, world);
    plan.add(41, '09:00', () => addNotice(world));
    planPeople(plan, world);
    planLearning(plan, world);
    planCases(plan, world, scans);
    planPublicities(plan, world);
    planMeeting(plan, world);
    planAftermath(plan, world);
    planDesk(plan, world);
    await plan.run();
    return 'demo';
  });
}
