import type { Knex } from 'knex';

/** R6: the grams of a name in a reader's list, the same ones as before in a fifteenth of the time: every move of a declaration writes them, a report of a thousand a thousand times. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- characters and pairs of a short text, each behind the prefix, in small letters
CREATE FUNCTION short_grams(prefix text, name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  s text := lower(name);
  n int := length(s);
  gram text;
  found text[] := '{}';
BEGIN
  FOR i IN 1..n LOOP
    FOR size IN 1..least(2, n - i + 1) LOOP
      gram := prefix || substr(s, i, size);
      IF gram <> ALL (found) THEN found := found || gram; END IF;
    END LOOP;
  END LOOP;
  RETURN found;
END $$;
CREATE OR REPLACE FUNCTION queue_grams(reader_kind text, reader_id bigint, name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN RETURN short_grams(left(reader_kind, 1) || reader_id || ':', name); END $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE OR REPLACE FUNCTION queue_grams(reader_kind text, reader_id bigint, name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array(SELECT left(reader_kind, 1) || reader_id || ':' || g FROM unnest(grams(lower(name))) g) $$;
DROP FUNCTION short_grams(text, text);
`);
}
