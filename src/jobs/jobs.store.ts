import type { Handle } from '../db/db';

/** graphile-worker's SQL interface: the job row is part of the caller's transaction. */
export async function addJob(h: Handle, name: string, payload: object, key: string | undefined): Promise<void> {
  await h.raw('SELECT graphile_worker.add_job(?, payload := ?::json, job_key := ?)', [name, JSON.stringify(payload), key ?? null]);
}
