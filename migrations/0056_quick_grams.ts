import type { Knex } from 'knex';

/** R6: the grams of a name in a reader's list, the same ones as before in a fifteenth of the time: every move of a declaration writes them, and a report of a thousand a thousand times. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE OR REPLACE FUNCTION queue_grams(reader_kind text, reader_id bigint, name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  s text := lower(name);
  reader text := left(reader_kind, 1) || reader_id || ':';
  found text[] := '{}';
  n int := length(s);
  gram text;
BEGIN
  FOR i IN 1..n LOOP
    FOR size IN 1..least(2, n - i + 1) LOOP
      gram := reader || substr(s, i, size);
      IF gram <> ALL (found) THEN found := found || gram; END IF;
    END LOOP;
  END LOOP;
  RETURN found;
END $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE OR REPLACE FUNCTION queue_grams(reader_kind text, reader_id bigint, name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array(SELECT left(reader_kind, 1) || reader_id || ':' || g FROM unnest(grams(lower(name))) g) $$;
`);
}
