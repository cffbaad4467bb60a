import type { Knex } from 'knex';

/**
 * Pools of workers that can be told from dead ones: each holds the advisory lock of its name as long as its process lives (src/jobs/living-workers.ts). What is not in here, such as the
 * pool of an older version of the program, is never taken for dead.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('CREATE TABLE job_workers (pool text PRIMARY KEY, started_at timestamptz NOT NULL DEFAULT now())');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE job_workers');
}
