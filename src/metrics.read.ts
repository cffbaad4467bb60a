import type { Db } from './db/db';

export interface QueueState {
  job: string;
  /** may run now and does not yet */
  due: number;
  running: number;
  /** has failed for good: somebody must look */
  dead: number;
  /** seconds since the oldest due one could have run */
  oldestSeconds: number;
}
export interface OperationalState {
  jobs: QueueState[];
  smsWaiting: number;
  smsOldestSeconds: number;
  lockedAccounts: number;
}

/** What a scrape asks of the database: numbers only. Two short queries over partial indexes or the queue itself. */
export async function readOperationalState(db: Db): Promise<OperationalState> {
  const [jobs, rest] = await Promise.all([
    db.raw<{ rows: QueueState[] }>(
      `SELECT task_identifier AS job, count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now())::int AS due,
         count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running, count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::int AS dead,
         coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now())), 0)::float8 AS "oldestSeconds"
       FROM graphile_worker.jobs GROUP BY task_identifier`,
    ),
    db.raw<{ rows: Omit<OperationalState, 'jobs'>[] }>(
      `SELECT s.waiting AS "smsWaiting", s.oldest AS "smsOldestSeconds", a.locked AS "lockedAccounts"
       FROM (SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM app_now() - min(created_at)), 0)::float8 AS oldest FROM sms_outbox WHERE state = 'waiting') s,
         (SELECT count(*)::int AS locked FROM accounts WHERE locked_until > app_now()) a`,
    ),
  ]);
  const row = rest.rows[0];
  if (!row) throw new Error('a query without a table gave no row');
  return { jobs: jobs.rows, ...row };
}
