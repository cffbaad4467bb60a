import type { Config } from '../../config';
import type { Db } from '../../db/db';
import { settingsOf, type Settings } from './definitions';
import { readSettings } from './settings.store';

export interface SettingsCache {
  /** as they hold now; loads them when somebody has changed them, or when they are older than a minute */
  get(): Promise<Settings>;
  /** as they were known last, also while the database is away: for what every page shows */
  known(): Settings;
  /** somebody has changed them: loads them at once */
  refresh(): void;
}

const KEEP_MS = 60_000;

/** The settings in memory. Before the first load those of the environment and the fallbacks hold. `now` in ms by this machine, only the age hangs on it. */
export function createSettingsCache(
  db: Db,
  config: Config,
  complain: (e: unknown) => void,
  now: () => number = () => performance.now(),
): SettingsCache {
  let last = settingsOf(new Map(), config);
  let held: { settings: Promise<Settings>; at: number } | undefined;
  const load = (): Promise<Settings> => {
    const mine = { settings: readSettings(db).then((stored) => settingsOf(stored, config)), at: now() };
    held = mine;
    mine.settings.then(
      (settings) => {
        if (held === mine) last = settings;
      },
      () => {
        if (held === mine) held = undefined;
      },
    );
    return mine.settings;
  };
  return {
    known: () => last,
    get: () => (held && now() - held.at < KEEP_MS ? held.settings : load()),
    refresh: () => void load().catch(complain),
  };
}
