import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** save: a form without files · upload: a form with files, whose body may take its sender minutes · page: everything else */
export type Lane = 'save' | 'page' | 'upload';

export interface AdmissionLimits {
  /** pages and saves that are worked on at the same time */
  active: number;
  /** of each of both, so many wait for their turn */
  waiting: number;
  /** uploads at the same time, beside the others: how much they hold in memory is bounded by the upload gate */
  uploads: number;
  /** nobody waits longer than this, in ms */
  patience: Record<'save' | 'page', number>;
}

/** While saves wait, one page is let in for so many of them: whoever has saved must see where they are. */
const SAVES_FOR_A_PAGE = 4;

interface Waiting {
  enter: () => void;
}

/**
 * F20: how many requests this process works on at once. Who comes when all places are taken waits; who would have to wait behind too many, or too long, is turned
 * away at once, so that those who are inside get their answers as quickly as ever. Saves and submits go before page views.
 */
export class Admission {
  #active = 0;
  #uploads = 0;
  #savesInRow = 0;
  readonly #waiting: Record<'save' | 'page', Set<Waiting>> = { save: new Set(), page: new Set() };
  readonly turnedAway: Record<Lane, number> = { save: 0, page: 0, upload: 0 };

  constructor(readonly limits: AdmissionLimits) {}

  get active(): number {
    return this.#active;
  }
  get uploads(): number {
    return this.#uploads;
  }
  waiting(lane: 'save' | 'page'): number {
    return this.#waiting[lane].size;
  }

  /** Gives the function that leaves, to be called once; undefined: turned away. `gone` aborts when the sender has left. */
  async enter(lane: Lane, gone: AbortSignal): Promise<(() => void) | undefined> {
    if (lane === 'upload') {
      if (this.#uploads >= this.limits.uploads) return this.#turnAway(lane);
      this.#uploads++;
      return () => void this.#uploads--;
    }
    if (this.#active < this.limits.active) this.#active++;
    else if (this.#waiting[lane].size >= this.limits.waiting) return this.#turnAway(lane);
    else if (!(await this.#wait(lane, gone))) return gone.aborted ? undefined : this.#turnAway(lane);
    return () => this.#leave();
  }

  #turnAway(lane: Lane): undefined {
    this.turnedAway[lane]++;
    return undefined;
  }

  /** True when a place was handed over. */
  #wait(lane: 'save' | 'page', gone: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isIn: boolean): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', giveUp);
        this.#waiting[lane].delete(mine);
        resolve(isIn);
      };
      const giveUp = (): void => settle(false);
      const mine: Waiting = { enter: () => settle(true) };
      const timer = setTimeout(giveUp, this.limits.patience[lane]);
      gone.addEventListener('abort', giveUp);
      this.#waiting[lane].add(mine);
    });
  }

  #leave(): void {
    const [save] = this.#waiting.save;
    const [page] = this.#waiting.page;
    const next = save && (!page || this.#savesInRow < SAVES_FOR_A_PAGE) ? save : page;
    if (!next) {
      this.#active--;
      return;
    }
    this.#savesInRow = next === save ? this.#savesInRow + 1 : 0;
    next.enter();
  }
}

const laneOf = (req: Request): Lane => (req.method !== 'POST' ? 'page' : req.is('multipart/form-data') ? 'upload' : 'save');

/** Lets requests in by `admission`; `refuse` answers those that are turned away. */
export function admitting(admission: Admission, refuse: (req: Request, res: Response) => void | Promise<void>): RequestHandler {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const gone = new AbortController();
    const place: { leave?: () => void } = {};
    res.once('close', () => {
      gone.abort();
      place.leave?.();
    });
    const leave = await admission.enter(laneOf(req), gone.signal);
    if (!leave) {
      if (!res.closed) await refuse(req, res);
      return;
    }
    if (res.closed) return leave();
    place.leave = leave;
    next();
  };
}
