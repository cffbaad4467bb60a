import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSignedCookies } from '../../../src/http/signed-cookie';
import { WaitingLine } from '../../../src/http/waiting-line';

const cookies = createSignedCookies('a secret of the tests, long enough', false);
const START = Date.UTC(2026, 4, 20, 16);

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

describe('F20 the line outside the door', () => {
  test('everybody learns how many came before them and still wait, and when it is their turn', () => {
    const { away, pass } = lineOf();
    const first = away();
    expect(first).toMatchObject({ ahead: 0, wait: 5 });
    pass(1000);
    for (let n = 0; n < 100; n++) away();
    pass(1000);
    // 101 at 10 a second
    expect(away()).toMatchObject({ ahead: 150, wait: 11 });
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
    ['of another time', (t: string) => t.replace(/=[a-z0-9]+-/, '=1-')],
    ['signed for something else', () => `line=${cookies.header('kept', '1-aaaa', 1000).split(';')[0]?.split('=')[1]}`],
    ['without a time', () => cookies.header('line', '-aaaa', 1000)],
    ['from the future', () => cookies.header('line', `${(START + 60_000).toString(36)}-aaaa`, 1000)],
  ])('%s: no ticket', (_, spoil) => {
    const { line, away, asking, answering, pass } = lineOf();
    const spoilt = spoil(away().ticket ?? '').split(';')[0];
    pass(1000);
    expect(line.stand(asking(spoilt), answering())).toBe(START + 1000);
    expect(line.turnAway(asking(spoilt), 10).ticket).toMatch(/^line=/);
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
