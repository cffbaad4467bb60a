import { proveChain } from '../audit/prove-chain';
import { runCommand } from './run-command';

/** `npm run audit:verify`: proves the operation log, or names the first broken row and ends with code 1. Runs beside a running site. */
runCommand(async ({ db, say }) => {
  const { verdict, sentence } = await proveChain(db);
  say(sentence);
  return verdict.kind === 'whole' ? 0 : 1;
});
