import type { Logger } from 'pino';
import type { BallotKeys } from './adapters/ballot-keys';
import type { BlobStorage } from './adapters/storage';
import { isBallotKeyPlace } from './ballot-key-place.store';
import type { Db } from './db/db';
import { databaseWord } from './db/db';
import { missingMigrations } from './db/migrate';

/** One word for each thing that must be there: `ok`, or why it is not. */
export type Readiness = Record<'process' | 'database' | 'migrations' | 'storage' | 'ballots', string>;
/**
 * Without the store of files everything but files goes on (F09), and with another folder for the keys of ballots everything but counting: the word says so, and no process is taken out of
 * service for what all of them lack, or for what is not needed now.
 */
export const isReady = ({ storage: _storage, ballots: _ballots, ...rest }: Readiness): boolean =>
  Object.values(rest).every((v) => v === 'ok');

export interface ReadinessProbe {
  look: () => Promise<Readiness>;
  /** from now on this process wants no new requests */
  drain: () => void;
  readonly isDraining: boolean;
}

export interface ReadinessInput {
  db: Db;
  storage: BlobStorage;
  ballotKeys: BallotKeys;
  log: Logger;
}

/** Answers of the storage hold for so long, in ms: it may be another machine, and everybody may ask here. */
const KEEP_MS = 5000;

export function createReadiness({ db, storage, ballotKeys, log }: ReadinessInput): ReadinessProbe {
  let isDraining = false;
  let isMigrated = false;
  let stored: { verdict: Promise<string>; at: number } | undefined;
  const word = (work: Promise<string>, what: string): Promise<string> =>
    work.catch((e: unknown) => {
      log.warn({ err: e }, `not ready: ${what}`);
      return 'away';
    });
  const migrations = async (): Promise<string> => {
    if (isMigrated) return 'ok'; // what is there is never taken away again
    const missing = await missingMigrations(db);
    isMigrated = missing.length === 0;
    return isMigrated ? 'ok' : `missing ${missing.length}`;
  };
  const ballots = async (): Promise<string> =>
    (await isBallotKeyPlace(db, await ballotKeys.place())) ? 'ok' : 'keys lie in another folder';
  const storageWord = (): Promise<string> => {
    if (!stored || performance.now() - stored.at > KEEP_MS)
      stored = { verdict: word(storage.check().then(() => 'ok'), 'storage'), at: performance.now() }; // prettier-ignore
    return stored.verdict;
  };
  return {
    get isDraining() {
      return isDraining;
    },
    drain() {
      isDraining = true;
    },
    async look() {
      const [database, storageIs] = await Promise.all([databaseWord(db), storageWord()]);
      const isThere = database !== 'away';
      return {
        process: isDraining ? 'draining' : 'ok',
        database,
        migrations: isThere ? await word(migrations(), 'migrations') : 'unknown',
        storage: storageIs,
        ballots: isThere ? await word(ballots(), 'ballots') : 'unknown',
      };
    },
  };
}
