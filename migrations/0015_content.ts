import type { Knex } from 'knex';

/** A4, A5: texts know how often they were saved, and notices have attachments. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE notices ADD version int NOT NULL DEFAULT 1;
ALTER TABLE faqs ADD version int NOT NULL DEFAULT 1;
CREATE TABLE notice_files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  notice_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
  position int NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/gif', 'application/pdf')),
  size int NOT NULL CHECK (size > 0),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  uploaded_by bigint NOT NULL REFERENCES accounts,
  uploaded_at timestamptz NOT NULL DEFAULT app_now(),
  UNIQUE (notice_id, sha256)
);
CREATE INDEX notice_files_blob ON notice_files (sha256);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TABLE notice_files;
ALTER TABLE faqs DROP version;
ALTER TABLE notices DROP version;
`);
}
