import pg from 'pg';
import { queueSms } from '../../src/adapters/sms';
import { createJobs, type JobHandlers } from '../../src/jobs/jobs';
import { createLivingWorkers } from '../../src/jobs/living-workers';
import { databaseUrlOf, end, endAll, startProcess, until } from '../support/process';
import { openGateway, type TestGateway } from '../support/sms-gateway';
import { openSite, type Site } from '../support/site';

let site: Site;
let gateway: TestGateway;
beforeAll(async () => {
  site = await openSite();
  gateway = await openGateway();
});
afterAll(async () => {
  await endAll();
  await gateway.close();
  await site.close();
});

const lockedBy = async (): Promise<(string | null)[]> =>
  ((await site.db('graphile_worker.jobs').orderBy('id').select('locked_by')) as { locked_by: string | null }[]).map((j) => j.locked_by);

describe('F01, F18 a worker is killed', () => {
  test('F01 in the middle of sending a message: another one sends it within a minute, and it is delivered once', async () => {
    const settings = { SMS_GATEWAY_URL: gateway.url, SMS_GATEWAY_KEY: gateway.key, SMS_GATEWAY_ACCOUNT: gateway.account };
    gateway.fault = 'lost';
    const one = await startProcess(site, settings, 'worker');
    const id = await site.db.transaction((trx) =>
      queueSms(site.deps, trx, { mobile: '13900000000', text: '验证码 004217', purpose: 'recover', minutes: 5 }),
    );
    await until('the gateway has taken it', () => gateway.taken.has(id));
    await end(one.child, 'SIGKILL');
    const state = async (): Promise<string> => ((await site.db('sms_outbox').where({ id }).first('state')) as { state: string }).state;
    expect(await state()).toBe('waiting');
    expect((await lockedBy()).filter((l) => l !== null)).not.toEqual([]);

    gateway.fault = 'none';
    const two = await startProcess(site, settings, 'worker');
    await until('it is sent', async () => (await state()) === 'sent');
    expect([...gateway.taken.keys()]).toEqual([id]);
    expect(gateway.posts).toBe(2);
    expect(gateway.complaints).toEqual([]);
    expect(two.output()).toContain('their jobs are given back');
    // who ends in order signs off, and whoever was killed is forgotten
    expect(await end(two.child)).toBe(0);
    expect(await site.db('job_workers')).toEqual([]);
  });

  test('F01 only who is registered and has lost its lock is taken for dead', async () => {
    await site.db.raw('DELETE FROM graphile_worker._private_jobs');
    for (const pool of ['alive', 'dead', 'of an older program']) {
      await site.deps.jobs.add(site.db, 'ballot:sweep', {});
      await site.db.raw('UPDATE graphile_worker._private_jobs SET locked_by = ?, locked_at = now() WHERE locked_by IS NULL', [pool]);
    }
    await site.db('job_workers').insert([{ pool: 'alive' }, { pool: 'dead' }]);
    const alive = new pg.Client({ connectionString: databaseUrlOf(site) });
    await alive.connect();
    await alive.query("SELECT pg_advisory_lock(hashtextextended('job worker alive', 0))");
    const looking = createLivingWorkers(databaseUrlOf(site), site.deps.log, { every: 20, gone: 100 });
    try {
      await looking.begin('the one that looks');
      await until('the dead one’s job is free', async () => (await lockedBy()).includes(null));
      expect(await lockedBy()).toEqual(['alive', null, 'of an older program']);
      await alive.end();
      await until('the other one’s too', async () => (await lockedBy()).filter((l) => l === null).length === 2);
      expect(await lockedBy()).toEqual([null, null, 'of an older program']);
      // the looking one loses its own connection: it comes back, still itself, and is not taken for dead
      await site.db.raw(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'title-declaration worker'",
      );
      await until('it holds its lock again', async () => {
        const { rows } = await site.db.raw<{ rows: unknown[] }>(
          "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND a.datname = current_database() AND a.application_name = 'title-declaration worker'",
        );
        return rows.length > 0;
      });
      expect(await site.db('job_workers').pluck('pool')).toEqual(['the one that looks']);
    } finally {
      await looking.stop();
    }
    expect(await site.db('job_workers')).toEqual([]);
  });

  test('F01 a worker that ends just after its connection was lost signs off all the same', async () => {
    const worker = createLivingWorkers(databaseUrlOf(site), site.deps.log);
    await worker.begin('about to end');
    expect(await site.db('job_workers').pluck('pool')).toEqual(['about to end']);
    const ofWorkers = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'title-declaration worker'";
    await site.db.raw(`SELECT pg_terminate_backend(pid) ${ofWorkers}`);
    await until('its connection is gone', async () => {
      const { rows } = await site.db.raw<{ rows: unknown[] }>(`SELECT 1 ${ofWorkers}`);
      return rows.length === 0;
    });
    await worker.stop();
    expect(await site.db('job_workers')).toEqual([]);
  });

  test('F01 no job is taken by a worker that is not registered: killed then, it would keep it for hours', async () => {
    await site.db.raw('DELETE FROM graphile_worker._private_jobs');
    await site.deps.jobs.add(site.db, 'ballot:sweep', {});
    const done: string[] = [];
    const doing = { 'ballot:sweep': () => Promise.resolve(void done.push('swept')) };
    const jobs = createJobs(databaseUrlOf(site), site.deps.log);
    let started: Promise<void> | undefined;
    try {
      await site.db.transaction(async (trx) => {
        await trx.raw('LOCK TABLE job_workers IN EXCLUSIVE MODE');
        started = jobs.start(doing as unknown as JobHandlers);
        await until('it asks to be registered', async () => {
          const { rows } = await site.db.raw<{ rows: unknown[] }>(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'job_workers'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
          );
          return rows.length > 0;
        });
        // its other connections are there by now as well: one that takes jobs at once would have
        for (let n = 0; n < 20; n++) {
          expect([(await lockedBy()).filter((l) => l !== null), done]).toEqual([[], []]);
          await new Promise((r) => setTimeout(r, 10));
        }
      });
      await until('it is done', () => done.length > 0);
    } finally {
      await started;
      await jobs.stop();
    }
    expect(await site.db('job_workers')).toEqual([]);
  });
});
