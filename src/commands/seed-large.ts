import { migrate } from '../db/migrate';
import { migrateJobs } from '../jobs/jobs';
import { seedLarge } from '../../seeds/large';
import { seedReference } from '../../seeds/reference';
import { runCommand } from './run-command';

/** `npm run seed:large -- --declarations 1000000`: a made-up province of that size in an empty database, for measuring. Never for production. */
runCommand(async ({ config, db, cipher, say, complain }) => {
  const at = process.argv.indexOf('--declarations');
  const count = Number(process.argv[at + 1] ?? '');
  if (at < 0 || !Number.isInteger(count) || count < 100 || count > 5_000_000) {
    complain('用法：npm run seed:large -- --declarations <100 到 5000000 的整数>');
    return 1;
  }
  if (config.production) {
    complain('正式环境不能写入测试数据');
    return 1;
  }
  await migrate(db);
  if (config.databaseUrl !== undefined) await migrateJobs(config.databaseUrl);
  await seedReference(db);
  const problems = await seedLarge({ db, cipher }, count, say);
  for (const p of problems) complain(p);
  return problems.length === 0 ? 0 : 1;
});
