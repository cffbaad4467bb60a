import type { Knex } from 'knex';

/** K1, K4, K6 and the settings: what the administrator keeps, and how every process hears of a change. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- what is ended is not offered any more; whatever refers to it keeps it
ALTER TABLE series ADD ended_at timestamptz;
ALTER TABLE titles ADD ended_at timestamptz;
ALTER TABLE specialities ADD ended_at timestamptz;
ALTER TABLE divisions ADD ended_at timestamptz;

-- settings that are data; which there are, their types and defaults stand in src/modules/settings/definitions.ts
CREATE TABLE settings (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  updated_by bigint REFERENCES accounts,
  updated_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE TABLE setting_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL,
  before jsonb,
  after jsonb NOT NULL,
  changed_by bigint REFERENCES accounts,
  at timestamptz NOT NULL DEFAULT app_now()
);
CREATE FUNCTION keep_setting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO setting_changes (key, before, after, changed_by) VALUES (NEW.key, CASE WHEN TG_OP = 'UPDATE' THEN OLD.value END, NEW.value, NEW.updated_by);
  RETURN NULL;
END $$;
CREATE TRIGGER settings_history AFTER INSERT OR UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION keep_setting();
CREATE TRIGGER setting_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON setting_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- every process holds these in memory; the message arrives when the change is committed, whoever made it
CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('reference_changed', TG_ARGV[0]); RETURN NULL; END $$;
CREATE TRIGGER series_told AFTER INSERT OR UPDATE OR DELETE ON series FOR EACH STATEMENT EXECUTE FUNCTION tell_change('catalogue');
CREATE TRIGGER titles_told AFTER INSERT OR UPDATE OR DELETE ON titles FOR EACH STATEMENT EXECUTE FUNCTION tell_change('catalogue');
CREATE TRIGGER specialities_told AFTER INSERT OR UPDATE OR DELETE ON specialities FOR EACH STATEMENT EXECUTE FUNCTION tell_change('catalogue');
CREATE TRIGGER settings_told AFTER INSERT OR UPDATE OR DELETE ON settings FOR EACH STATEMENT EXECUTE FUNCTION tell_change('settings');
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER series_told ON series;
DROP TRIGGER titles_told ON titles;
DROP TRIGGER specialities_told ON specialities;
DROP TABLE setting_changes, settings;
DROP FUNCTION tell_change();
DROP FUNCTION keep_setting();
ALTER TABLE divisions DROP ended_at;
ALTER TABLE specialities DROP ended_at;
ALTER TABLE titles DROP ended_at;
ALTER TABLE series DROP ended_at;
`);
}
