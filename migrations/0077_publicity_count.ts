import type { Knex } from 'knex';

/** J4: how many people a publicity names is kept beside it: the list of past ones would count 1,500 each on every page. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE publicities ADD item_count int NOT NULL DEFAULT 0 CONSTRAINT publicities_item_count CHECK (item_count >= 0);

CREATE FUNCTION count_new_publicity_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE publicities p SET item_count = p.item_count + x.n FROM (SELECT publicity_id, count(*)::int AS n FROM new_rows GROUP BY 1) x WHERE p.id = x.publicity_id;
  RETURN NULL;
END $$;
CREATE FUNCTION count_old_publicity_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE publicities p SET item_count = p.item_count - x.n FROM (SELECT publicity_id, count(*)::int AS n FROM old_rows GROUP BY 1) x WHERE p.id = x.publicity_id;
  RETURN NULL;
END $$;
CREATE FUNCTION count_moved_publicity_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE publicities p SET item_count = p.item_count + x.n FROM (
      SELECT publicity_id, sum(n)::int AS n FROM (SELECT publicity_id, 1 AS n FROM new_rows UNION ALL SELECT publicity_id, -1 FROM old_rows) m GROUP BY 1 HAVING sum(n) <> 0) x
    WHERE p.id = x.publicity_id;
  RETURN NULL;
END $$;
-- making a trigger keeps others from writing until this transaction ends: nobody is missed between it and the count
CREATE TRIGGER publicity_items_count_insert AFTER INSERT ON publicity_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_publicity_items();
CREATE TRIGGER publicity_items_count_delete AFTER DELETE ON publicity_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_old_publicity_items();
CREATE TRIGGER publicity_items_count_update AFTER UPDATE ON publicity_items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_moved_publicity_items();
UPDATE publicities p SET item_count = x.n FROM (SELECT publicity_id, count(*)::int AS n FROM publicity_items GROUP BY 1) x WHERE p.id = x.publicity_id;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER publicity_items_count_insert ON publicity_items; DROP TRIGGER publicity_items_count_delete ON publicity_items; DROP TRIGGER publicity_items_count_update ON publicity_items;
DROP FUNCTION count_new_publicity_items(); DROP FUNCTION count_old_publicity_items(); DROP FUNCTION count_moved_publicity_items();
ALTER TABLE publicities DROP COLUMN item_count`);
}
