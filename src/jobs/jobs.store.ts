import type { Db, Handle } from '../db/db';

/** graphile-worker's SQL interface: the job row is part of the caller's transaction. */
export async function addJob(h: Handle, name: string, payload: object, key: string | undefined): Promise<void> {
  await h.raw('SELECT graphile_worker.add_job(?, payload := ?::json, job_key := ?)', [name, JSON.stringify(payload), key ?? null]);
}

/** The same for many jobs of one name, one for each payload, by one statement. */
export async function addJobs(h: Handle, name: string, payloads: readonly object[]): Promise<void> {
  if (payloads.length === 0) return;
  await h.raw('SELECT count(graphile_worker.add_job(?, payload := x.payload)) FROM json_array_elements(?::json) AS x(payload)', [
    name,
    JSON.stringify(payloads),
  ]);
}

/** The last of graphile-worker's own migrations, of the version this program is built with; a test holds it against the library. */
export const QUEUE_MIGRATION = 19;

/** Whether the queue's tables are those that this program's library makes, or newer ones. */
export async function isQueueThere(db: Db): Promise<boolean> {
  const table = await db.raw<{ rows: { there: boolean }[] }>("SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS there");
  if (!table.rows[0]?.there) return false;
  const { rows } = await db.raw<{ rows: { last: number | null }[] }>('SELECT max(id) AS last FROM graphile_worker.migrations');
  return (rows[0]?.last ?? 0) >= QUEUE_MIGRATION;
}
