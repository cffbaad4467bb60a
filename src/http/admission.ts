import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { steadyNow } from '../lib/arrival';
import { FORM_BYTES, isMultipart, isWords, readForm } from './read-form';
import type { WaitingLine } from './waiting-line';

/** save: a form of words alone · upload: a form with files, whose body may take its sender minutes · page: everything else */
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
/** Pages that have waited without a gap for so long, in ms, are no gust that is soon worked off: more come than can be served. */
const GUST_MS = 5000;
/** From then on no more of them wait than were let in during the last so many ms: who waits is served soon, and who would not be is told at once. */
const CALM_MS = 1000;
/** How often those are looked for who have waited too long, in ms. */
const SWEEP_MS = 100;
/** Bytes of forms without files that are on their way to this process at once; more are turned away. */
const MOST_ARRIVING = 128 * 1024 * 1024;

/** Bytes of answers that are ready and wait for slow readers, of all that have given up their places; beyond, a reader keeps the place until the end. */
const MOST_ASIDE = 64 * 1024 * 1024;
/** What a file on its way holds, read piece by piece. */
const PIECES = 256 * 1024;

/** Somebody at the door: `enter` is called at most once, and `refuse` at most once instead of it. */
export interface Guest {
  readonly lane: Lane;
  /** whoever has a lower one goes first in their lane; asked only of who has to wait. Without it everybody goes in the order they came. */
  readonly rank?: () => number;
  readonly enter: () => void;
  readonly refuse: () => void;
}
interface Waiting {
  guest: Guest;
  since: number;
  rank: number;
}

/**
 * F20: how many requests this process works on at once. Who comes when all places are taken waits; who would have to wait behind too many, or too long, is turned
 * away at once, so that those who are inside get their answers as quickly as ever. Saves and submits go before page views; both in the order of their ranks, and
 * where nobody else fits in, the last one makes room for somebody of a lower rank.
 */
export class Admission {
  #active = 0;
  #uploads = 0;
  #aside = new Map<Guest, number>();
  #asideBytes = 0;
  #savesInRow = 0;
  readonly #inside = new Set<Guest>();
  /** lowest rank first */
  readonly #waiting: Record<'save' | 'page', Waiting[]> = { save: [], page: [] };
  #sweep: NodeJS.Timeout | undefined;
  /** since when a page has waited at any moment */
  #crowdSince: number | undefined;
  /** pages that were let in after they had waited: in the present stretch of CALM_MS, and in the last whole one */
  #stretch = { since: 0, pages: 0, before: 0 };
  readonly turnedAway: Record<Lane, number> = { save: 0, page: 0, upload: 0 };

  constructor(
    readonly limits: AdmissionLimits,
    private readonly now: () => number = steadyNow,
  ) {}

  get active(): number {
    return this.#active;
  }
  get uploads(): number {
    return this.#uploads;
  }
  waiting(lane: 'save' | 'page'): number {
    return this.#waiting[lane].length;
  }

  /** Lets them in, lets them wait, or turns them away; `leave` is to be called when they are gone, whatever has become of them. */
  receive(guest: Guest): void {
    const { lane } = guest;
    if (lane === 'upload') {
      if (this.#uploads >= this.limits.uploads) return this.turnAway(guest);
      this.#uploads++;
      this.#letIn(guest);
    } else if (this.#active < this.limits.active) {
      this.#active++;
      this.#letIn(guest);
    } else this.#line(guest, lane);
  }

  #line(guest: Guest, lane: 'save' | 'page'): void {
    const since = this.now();
    const rank = guest.rank?.() ?? since;
    const line = this.#waiting[lane];
    const last = line.length >= this.#room(lane) ? line.at(-1) : undefined;
    if (line.length >= this.#room(lane)) {
      if (!last || last.rank <= rank) return this.turnAway(guest);
      line.pop();
    }
    const at = line.findLastIndex((w) => w.rank <= rank) + 1;
    line.splice(at, 0, { guest, since, rank });
    if (lane === 'page') this.#crowdSince ??= since;
    this.#sweep ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    if (last) this.turnAway(last.guest);
  }

  /** Nothing is left to be done for them but to wait until they have read `bytes`: the place is somebody else's, as long as not too much waits like this. */
  stepAside(guest: Guest, bytes: number): void {
    if (this.#asideBytes + bytes > MOST_ASIDE || !this.#inside.has(guest)) return;
    this.leave(guest);
    this.#aside.set(guest, bytes);
    this.#asideBytes += bytes;
  }

  leave(guest: Guest): void {
    const read = this.#aside.get(guest);
    if (read !== undefined) {
      this.#aside.delete(guest);
      this.#asideBytes -= read;
    } else if (this.#inside.delete(guest)) {
      if (guest.lane === 'upload') this.#uploads--;
      else this.#next();
    } else if (guest.lane !== 'upload') {
      const line = this.#waiting[guest.lane];
      const at = line.findIndex((w) => w.guest === guest);
      if (at >= 0) line.splice(at, 1);
      this.#lookForCrowd();
    }
  }

  turnAway(guest: Guest): void {
    this.turnedAway[guest.lane]++;
    guest.refuse();
  }

  /** Turns away who has waited too long. */
  sweep(): void {
    const now = this.now();
    for (const lane of ['save', 'page'] as const) {
      const isLate = (w: Waiting): boolean => now - w.since >= this.limits.patience[lane];
      const late = this.#waiting[lane].filter(isLate);
      if (late.length === 0) continue;
      this.#waiting[lane] = this.#waiting[lane].filter((w) => !isLate(w));
      for (const { guest } of late) this.turnAway(guest);
    }
    this.#lookForCrowd();
    if (this.#waiting.save.length + this.#waiting.page.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #letIn(guest: Guest): void {
    this.#inside.add(guest);
    guest.enter();
  }

  #next(): void {
    const { save, page } = this.#waiting;
    const isSaveNext = save.length > 0 && (page.length === 0 || this.#savesInRow < SAVES_FOR_A_PAGE);
    const next = isSaveNext ? save.shift() : page.shift();
    if (!next) {
      this.#active--;
      return;
    }
    this.#savesInRow = isSaveNext ? this.#savesInRow + 1 : 0;
    if (!isSaveNext) this.#pagesLately().pages++;
    this.#lookForCrowd();
    this.#letIn(next.guest);
  }

  /** pages that have lately been let in within a second after they had waited; at least one */
  get pagesPerSecond(): number {
    const { pages, before } = this.#pagesLately();
    return Math.max(pages, before, 1);
  }

  /** How many of a lane may wait at this moment. */
  #room(lane: 'save' | 'page'): number {
    const { waiting } = this.limits;
    if (lane === 'save' || this.#crowdSince === undefined || this.now() - this.#crowdSince < GUST_MS) return waiting;
    const { pages, before } = this.#pagesLately();
    return Math.min(waiting, Math.max(pages, before));
  }

  #pagesLately(): { pages: number; before: number } {
    const now = this.now();
    const gone = now - this.#stretch.since;
    if (gone >= CALM_MS) this.#stretch = { since: now, pages: 0, before: gone < 2 * CALM_MS ? this.#stretch.pages : 0 };
    return this.#stretch;
  }

  #lookForCrowd(): void {
    if (this.#waiting.page.length === 0) this.#crowdSince = undefined;
  }
}

/** Answers one that is turned away. */
export type Refuse = (req: IncomingMessage, res: ServerResponse, lane: Lane) => void;

/** What is never held up: the health checks, and files that cost next to nothing. */
const isAlwaysOpen = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  (url === '/healthz' || url === '/readyz' || url === '/favicon.ico' || url.startsWith('/assets/'));

/** A section of the form has places for files: without one it is a save like any other. */
const laneOf = (req: IncomingMessage): Lane => (req.method !== 'POST' ? 'page' : isMultipart(req) && !isWords(req) ? 'upload' : 'save');

/**
 * The door before the application, which sees no request that is not let in. Forms without files are read before they take a place: whoever sends one slowly, or never to its end,
 * keeps nobody out. `res.locals.arrivedAt` says when a request came, however long it then waited; `res.locals.stepAside()` that all that is left is a file to be read by whoever asked.
 */
export function admitting(admission: Admission, line: WaitingLine, refuse: Refuse, app: RequestListener): RequestListener {
  let arriving = 0;
  return (req, res) => {
    const at = res as ServerResponse & { locals?: { arrivedAt: number; stepAside?: () => void } };
    at.locals = { arrivedAt: steadyNow() };
    if (isAlwaysOpen(req)) return app(req, res);
    const lane = laneOf(req);
    const rank = lane === 'page' ? { rank: () => line.stand(req, res) } : {};
    const guest: Guest = { lane, ...rank, enter: () => app(req, res), refuse: () => refuse(req, res, lane) };
    res.once('close', () => admission.leave(guest));
    // S43: whoever reads slowly takes nobody's place; most answers are gone by then. Not at once: the next one is let in outside of this one's work
    const later = (bytes: () => number) => (): void => void setImmediate(() => res.closed || admission.stepAside(guest, bytes()));
    res.once('prefinish', later(() => res.writableLength)); // prettier-ignore
    at.locals.stepAside = later(() => PIECES);
    if (guest.lane !== 'save') return admission.receive(guest);

    // senders that do not say how much they bring may bring the most
    const declared = Number(req.headers['content-length'] ?? FORM_BYTES);
    const bytes = Math.min(declared, FORM_BYTES);
    if (arriving + bytes > MOST_ARRIVING) return admission.turnAway(guest);
    arriving += bytes;
    const receive = (): void => {
      arriving -= bytes;
      if (!res.closed) admission.receive(guest);
    };
    // what cannot be read is told by the application, in the page that belongs to it
    readForm(req, res).then(receive, receive);
  };
}
