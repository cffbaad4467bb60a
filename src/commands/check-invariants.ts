import path from 'node:path';
import { FsStorage } from '../adapters/storage';
import { findBrokenRows } from '../modules/invariants';
import { runCommand } from './run-command';

/** `npm run check:invariants`: names every row that breaks what must always be so, and ends with code 1; says so when there is none. Runs beside a running site. */
runCommand(async ({ config, db, say, complain }) => {
  const broken = await findBrokenRows({ db, storage: new FsStorage(path.join(config.dataDir, 'blobs')) });
  for (const { invariant, where, what } of broken) complain(`${invariant}: ${where}: ${what}`);
  say(broken.length === 0 ? '数据完整，没有发现不一致' : `发现 ${broken.length} 处不一致`);
  return broken.length === 0 ? 0 : 1;
});
