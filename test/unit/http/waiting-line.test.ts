import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Admission, type Guest } from '../../../src/http/admission';
import { createSignedCookies } from '../../../src/http/signed-cookie';
import { WaitingLine } from '../../../src/http/waiting-line';

const cookies = createSignedCookies('a secret of the tests, long enough', false);
const START = Date.UTC(2026, 4, 20, 16);
const secondOf = (ms: number): string => (ms / 1000).toString(36);

/** A line whose clock stands still until it is told to go on. */
function lineOf(processes = 1) {
  let now = START;
  const line = new WaitingLine(
    cookies,
    processes,
    () => now,
    () => 0,
  );
  const asking = (ticket?: string): IncomingMessage => ({ headers: ticket ? { cookie: `a=b; ${ticket}; c=d` } : {} }) as IncomingMessage;
  const answering = (): ServerResponse => new EventEmitter() as ServerResponse;
  return {
    line,
    asking,
    answering,
    pass: (ms: number): number => (now += ms),
    /** turned away, with what their browser keeps */
    away: (ticket?: string, pagesPerSecond = 10) => {
      const place = line.turnAway(asking(ticket), pagesPerSecond);
      return { ...place, ticket: place.ticket?.split(';')[0] ?? ticket };
    },
  };
}

/** 600 people within ten seconds at a door that serves ten a second, each of whom comes again when they were told. */
function evening(keepsTickets: boolean) {
  let now = 0;
  let seed = 7;
  const chance = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const line = new WaitingLine(cookies, 1, () => START + now, chance);
  const admission = new Admission({ active: 1, waiting: 40, uploads: 1, patience: { page: 5000, save: 20_000 } }, () => now);
  let plans: { at: number; work: () => void }[] = [];
  const served: { came: number; at: number }[] = [];
  const come = (came: number, ticket?: string): void => {
    const req = { headers: ticket ? { cookie: ticket } : {} } as IncomingMessage;
    const res = new EventEmitter() as ServerResponse;
    const done = (): void => {
      res.emit('close');
      admission.leave(guest);
    };
    const guest: Guest = {
      lane: 'page',
      rank: () => line.stand(req, res),
      enter: () => {
        served.push({ came, at: now });
        plans.push({ at: now + 100, work: done });
      },
      refuse: () => {
        res.emit('close');
        const place = line.turnAway(req, admission.pagesPerSecond);
        const kept = keepsTickets ? (place.ticket?.split(';')[0] ?? ticket) : undefined;
        plans.push({ at: now + place.wait * 1000, work: () => come(came, kept) });
      },
    };
    admission.receive(guest);
  };
  for (let n = 0; n < 600; n++) plans.push({ at: Math.floor(n / 6) * 100, work: () => come(Math.floor(n / 6) * 100) });
  for (; served.length < 600 && now < 600_000; now += 10) {
    const due = plans.filter((p) => p.at <= now);
    plans = plans.filter((p) => p.at > now);
    for (const { work } of due) work();
    if (now % 100 === 0) admission.sweep();
  }
  const overtaken = served.map((s) => served.filter((o) => o.at < s.at && o.came > s.came + 1000).length).sort((a, b) => a - b);
  return { served: served.length, seconds: now / 1000, overtaken: overtaken[Math.floor(overtaken.length * 0.95)] ?? NaN };
}

describe('F20 the line outside the door', () => {
  test('of 600 people 95 % are overtaken by fewer than one in ten who came later, and the door is hardly ever idle', () => {
    const line = evening(true);
    expect(line.served).toBe(600);
    expect(line.overtaken).toBeLessThan(60);
    expect(line.seconds).toBeLessThan(70);
    // what it would be if nobody kept a place
    expect(evening(false).overtaken).toBeGreaterThan(100);
  });

  test('everybody learns how many came before them and still wait, and when it is their turn', () => {
    const { away, pass } = lineOf();
    const first = away();
    expect(first).toMatchObject({ ahead: 0, wait: 5 });
    pass(1000);
    for (let n = 0; n < 100; n++) away();
    pass(1000);
    // 101 at 10 a second: at half of the time
    expect(away()).toMatchObject({ ahead: 150, wait: 7 });
    expect(away(undefined, 1000)).toMatchObject({ ahead: 150, wait: 5 });
    expect(away(undefined, 1)).toMatchObject({ wait: 30 });
    expect(away(first.ticket)).toEqual({ ...first, wait: 5 });
  });

  test('who does not come again is forgotten soon after their time', () => {
    const { away, pass } = lineOf();
    const early = away();
    pass(1000);
    for (let n = 0; n < 20; n++) away(undefined, 1000);
    pass(1000);
    expect(away().ahead).toBe(30);
    pass(9000);
    const late = away();
    expect(late.ahead).toBe(0);
    expect(away(early.ticket).ahead).toBe(0);
    pass(1000);
    expect(away(late.ticket).ahead).toBe(1);
  });

  test('one process stands for all of its machine; of more than 10,000 no number is said', () => {
    const { away, pass } = lineOf(4);
    for (let n = 0; n < 20; n++) away();
    pass(1000);
    expect(away().ahead).toBe(80);
    for (let n = 0; n < 2600; n++) away();
    pass(1000);
    expect(away().ahead).toBe(Infinity);
  });

  test('a ticket is a place since the moment it was given, in another process too, for half an hour', () => {
    const { line, away, asking, answering, pass } = lineOf();
    const { ticket } = away();
    pass(60_000);
    expect(line.stand(asking(ticket), answering())).toBe(START);
    expect(line.stand(asking(), answering())).toBe(START + 60_000);
    const other = new WaitingLine(cookies, 1, () => START + 29 * 60_000);
    expect(other.stand(asking(ticket), answering())).toBe(START);
    const later = new WaitingLine(cookies, 1, () => START + 30 * 60_000);
    expect(later.stand(asking(ticket), answering())).toBe(START + 30 * 60_000);
  });

  test.each([
    ['not signed', (t: string) => t.replace(/\..*/, '')],
    ['of another time', (t: string) => t.replace(/=[a-z0-9]+/, '=1')],
    ['signed for something else', () => `line=${cookies.signed('kept', secondOf(START))}.aaaa`],
    ['without a time', () => `line=${cookies.signed('line', '-')}.aaaa`],
    ['from the future', () => `line=${cookies.signed('line', secondOf(START + 60_000))}.aaaa`],
  ])('%s: no ticket', (_, spoil) => {
    const { line, away, asking, answering, pass } = lineOf();
    const spoilt = spoil(away().ticket ?? '').split(';')[0];
    pass(1000);
    expect(line.stand(asking(spoilt), answering())).toBe(START + 1000);
    expect(line.turnAway(asking(spoilt), 10).ticket).toMatch(/^line=/);
  });

  test('S62 two who were turned away in the same second have each a place of their own', () => {
    const { line, away, asking, answering, pass } = lineOf();
    const [one, two] = [away().ticket, away().ticket];
    expect(one).not.toBe(two);
    pass(1000);
    for (let n = 0; n < 3; n++) expect(line.stand(asking(one), answering())).toBe(START);
    expect(line.stand(asking(two), answering())).toBe(START);
  });

  test('S62 of one ticket three requests stand in its place at the same time, the others go last', () => {
    const { line, away, asking, answering, pass } = lineOf();
    const { ticket } = away();
    pass(1000);
    const open = Array.from({ length: 3 }, answering);
    for (const res of open) expect(line.stand(asking(ticket), res)).toBe(START);
    expect(line.stand(asking(ticket), answering())).toBe(START + 1000);
    open[0]?.emit('close');
    expect(line.stand(asking(ticket), answering())).toBe(START);
    expect(line.stand(asking(ticket), answering())).toBe(START + 1000);
  });
});
