import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignedCookies } from './signed-cookie';

/** A ticket counts for so long, in ms: whoever has got in goes on before those who have come since. */
const LASTS_MS = 30 * 60_000;
/** So many requests of one ticket wait at the same time; what it sends besides goes like somebody's who has none. */
const TOGETHER = 3;
/** Who has not come again so many ms after the time they were told is not waiting any more. */
const GRACE_MS = 2000;
/** They are told to come again when so much of their time has gone: at the full time the door would stand idle for every one who is late or has given up, and what they wait for is an estimate. */
const SOONER = 0.5;
/** The line is counted anew so often, in ms. */
const COUNT_EVERY_MS = 250;
/** Seconds until who was turned away comes back. The first are given by chance to those who are next: they were turned away together and are not to come back together. */
const SOON = [5, 7, 9, 11, 13] as const;
/** Nobody is told to stay away for longer: others may give up. */
const LATER = [16, 20, 25, 30] as const;
/** Numbers that are said instead of the exact ones, which are estimates. */
const ABOUT = [0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 80, 100, 150, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 5000, 8000, 10_000] as const;

interface Ticket {
  /** tells it from those of others */
  readonly cookie: string;
  /** the second in which its reader was first turned away, ms since 1970 */
  readonly since: number;
}

/** What somebody is told who is turned away. */
export interface Place {
  /** about so many people came before and still wait; Infinity: more than 10,000 */
  readonly ahead: number;
  /** seconds until they are to come again */
  readonly wait: number;
  /** the header that gives them a ticket, if they have none */
  readonly ticket: string | undefined;
}

/**
 * F20: the line outside the door. Whoever is turned away from a page gets a ticket, a cookie that says since which second they wait, signed, and has a number
 * of its own, which is not: whoever makes up others has no more than by asking for more tickets, and one signature a second is enough. Who comes with an older ticket goes first, in whichever
 * process; nobody who is here waits for one who is not. The line that a place is told of is made of those who were told to come again and whose time has not passed: each process knows those it has
 * turned away itself, which is the same share of the line for each, and takes the others of its machine for as many.
 */
export class WaitingLine {
  /** by the second in which they are no longer waited for: how many, by the second of their tickets */
  readonly #expected = new Map<number, Map<number, number>>();
  /** what has been read of those who are here; null: no ticket */
  readonly #tickets = new WeakMap<IncomingMessage, Ticket | null>();
  readonly #standing = new Map<string, number>();
  #signed = { second: NaN, text: '' };
  /** how many wait with tickets of this second and of all before it, in order */
  #counted: { at: number; seconds: number[]; upTo: number[] } = { at: -Infinity, seconds: [], upTo: [] };

  constructor(
    private readonly cookies: SignedCookies,
    private readonly processes: number,
    private readonly now: () => number = Date.now,
    private readonly chance: () => number = Math.random,
  ) {}

  /** Since when this reader waits, ms since 1970: their rank at the door, as long as this request lasts. */
  stand(req: IncomingMessage, res: ServerResponse): number {
    const ticket = this.#read(req);
    const before = ticket && (this.#standing.get(ticket.cookie) ?? 0);
    if (!ticket || before === undefined || before >= TOGETHER) return this.now();
    this.#standing.set(ticket.cookie, before + 1);
    res.once('close', () => {
      const left = (this.#standing.get(ticket.cookie) ?? 1) - 1;
      if (left === 0) this.#standing.delete(ticket.cookie);
      else this.#standing.set(ticket.cookie, left);
    });
    return ticket.since;
  }

  /** Their place, when this process lets in so many pages a second; they are expected from now on. */
  turnAway(req: IncomingMessage, pagesPerSecond: number): Place {
    const now = this.now();
    const ticket = this.#read(req);
    const since = ticket?.since ?? now;
    const ahead = this.#ahead(ticket && Math.floor(since / 1000), now);
    const wait = this.waitFor((SOONER * ahead) / pagesPerSecond);
    const gone = Math.ceil((now + wait * 1000 + GRACE_MS) / 1000);
    const expected = this.#expected.get(gone) ?? new Map<number, number>();
    this.#expected.set(gone, expected);
    const second = Math.floor(since / 1000);
    expected.set(second, (expected.get(second) ?? 0) + 1);
    return { ahead: about(ahead * this.processes), wait, ticket: ticket ? undefined : this.#issue(now) };
  }

  /** How many wait here with tickets from before this second; undefined: all. */
  #ahead(second: number | undefined, now: number): number {
    if (Math.abs(now - this.#counted.at) >= COUNT_EVERY_MS) this.#count(now);
    const { seconds, upTo } = this.#counted;
    const before = second === undefined ? seconds.length : seconds.findIndex((s) => s >= second);
    return upTo[(before < 0 ? seconds.length : before) - 1] ?? 0;
  }

  #count(now: number): void {
    const all = new Map<number, number>();
    for (const [gone, expected] of this.#expected) {
      if (gone * 1000 <= now) this.#expected.delete(gone);
      else for (const [second, n] of expected) all.set(second, (all.get(second) ?? 0) + n);
    }
    let sum = 0;
    const inOrder = [...all].sort(([a], [b]) => a - b);
    this.#counted = { at: now, seconds: inOrder.map(([second]) => second), upTo: inOrder.map(([, n]) => (sum += n)) };
  }

  /** Seconds until somebody comes again who is to come no sooner than after so many. */
  waitFor(seconds: number): number {
    const fitting = SOON.filter((s) => s >= seconds);
    return fitting[Math.floor(this.chance() * fitting.length)] ?? LATER.find((s) => s >= seconds) ?? LATER[LATER.length - 1] ?? 0;
  }

  #issue(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#signed.second) this.#signed = { second, text: this.cookies.signed('line', second.toString(36)) };
    return this.cookies.header('line', `${this.#signed.text}.${randomUUID()}`);
  }

  #read(req: IncomingMessage): Ticket | undefined {
    const known = this.#tickets.get(req);
    if (known !== undefined) return known ?? undefined;
    const { cookie = '' } = req.headers;
    const since = 1000 * parseInt(this.cookies.read(req, 'line') ?? '', 36);
    const now = this.now();
    // one from the future comes from a clock that has been put back since
    const ticket = since <= now && now - since < LASTS_MS ? { cookie, since } : undefined;
    this.#tickets.set(req, ticket ?? null);
    return ticket;
  }
}

const about = (n: number): number => ABOUT.find((a) => a >= n) ?? Infinity;
