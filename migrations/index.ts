import type { Knex } from 'knex';
import * as m0001 from './0001_init';

/** An explicit list: names never carry .ts or .js, so tsx, jest and dist share one history. A merged migration is never edited. */
const list: Record<string, Knex.Migration> = { '0001_init': m0001 };

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve(Object.keys(list).sort()),
  getMigrationName: (name) => name,
  getMigration: (name) => Promise.resolve(list[name] as Knex.Migration),
};
