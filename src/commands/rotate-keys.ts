import { rotateKeys } from '../db/rotate-keys';
import { runCommand } from './run-command';

/** `npm run keys:rotate`: encrypts everything that is encrypted anew under the current key of the ring. Runs beside a running site; may be broken off and repeated. */
runCommand(async ({ config, db, cipher, say }) => {
  for (const { column, rotated } of await rotateKeys(db, cipher)) say(`${column.table}.${column.column}：${rotated} 项`);
  say(`完成，全部使用密钥「${config.secrets.cipher.current}」`);
  return 0;
});
