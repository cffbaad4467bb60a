import type { Db } from '../../db/db';
import type { Catalogue } from './catalogue';
import { loadCatalogue } from './catalogue.read';

export interface CatalogueCache {
  get(): Promise<Catalogue>;
  /** somebody has changed it: the next use loads it anew */
  refresh(): void;
}

const KEEP_MS = 60_000;

/**
 * The catalogue in memory, loaded at the first use, when it was changed (the database tells every process), and in any case when it is older than a minute. Callers that come together
 * share one load; a failed load is not kept. `now` in ms by this machine, only the age hangs on it.
 */
export function createCatalogueCache(db: Db, now: () => number = () => performance.now()): CatalogueCache {
  let held: { catalogue: Promise<Catalogue>; at: number } | undefined;
  return {
    refresh() {
      held = undefined;
    },
    get() {
      if (held && now() - held.at < KEEP_MS) return held.catalogue;
      const fresh = { catalogue: loadCatalogue(db), at: now() };
      held = fresh;
      fresh.catalogue.catch(() => {
        if (held === fresh) held = undefined;
      });
      return fresh.catalogue;
    },
  };
}
