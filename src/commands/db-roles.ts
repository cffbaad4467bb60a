import { makeDb } from '../db/db';
import { makeRoles } from '../db/roles';
import { isQueueThere } from '../jobs/jobs';
import { prepareDatabase } from '../prepare-database';
import { runCommand } from './run-command';

/**
 * `npm run db:roles [-- <prefix>]`: makes the four roles of the database (S57) and sets their rights; an empty database gets its schema first. Repeat it after every update. Comes as the account of
 * MIGRATE_DATABASE_URL, else of DATABASE_URL, which must be allowed to make roles. Passwords of new roles are printed once.
 */
runCommand(async ({ config, db, databaseUrl, say }) => {
  const [prefix = 'title'] = process.argv.slice(2);
  const owner = config.migrateDatabaseUrl === undefined ? db : makeDb(config.migrateDatabaseUrl, 1);
  try {
    // an empty database has nothing yet that rights could be given to
    if (!(await isQueueThere(owner))) await prepareDatabase(config.migrateDatabaseUrl ?? databaseUrl);
    for (const { name, password } of await makeRoles(owner, prefix))
      say(password === undefined ? `角色 ${name}：已有，权限已重新设置` : `角色 ${name}：已建立，密码 ${password}`);
  } finally {
    if (owner !== db) await owner.destroy();
  }
  say(`DATABASE_URL 请使用 ${prefix}_app，MIGRATE_DATABASE_URL 请使用 ${prefix}_migrate。`);
  return 0;
});
