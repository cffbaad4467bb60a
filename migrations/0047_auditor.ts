import type { Knex } from 'knex';

/** X1: who reads the operation log is somebody else than who administers the site. The list of roles is taken from the constraint as it stands: other migrations add roles too. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DO $$
DECLARE def text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'accounts'::regclass AND conname = 'accounts_role_check');
BEGIN
  ALTER TABLE accounts DROP CONSTRAINT accounts_role_check;
  EXECUTE 'ALTER TABLE accounts ADD CONSTRAINT accounts_role_check ' || replace(def, '''admin''::text', '''admin''::text, ''auditor''::text');
END $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DO $$
DECLARE def text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'accounts'::regclass AND conname = 'accounts_role_check');
BEGIN
  ALTER TABLE accounts DROP CONSTRAINT accounts_role_check;
  EXECUTE 'ALTER TABLE accounts ADD CONSTRAINT accounts_role_check ' || replace(def, ', ''auditor''::text', '');
END $$;
`);
}
