import type { Knex } from 'knex';

/** S51: what the virus scanner said, or has yet to say, of stored contents that are no attachments of a declaration: evidence, proof, files of notices. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE file_scans (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  scan text NOT NULL CHECK (scan IN ('waiting', 'clean', 'infected')),
  noted_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX file_scans_waiting ON file_scans (noted_at) WHERE scan = 'waiting';
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE file_scans');
}
