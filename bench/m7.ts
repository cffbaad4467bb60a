import { createHash } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { hashPassword } from '../src/adapters/passwords';
import { makePerson, PASSWORD } from '../test/support/factories';
import type { Site } from '../test/support/site';
import { rangeOf, startStolen } from './compare';
import { Client, hiddenFields, Ledger, urlencoded } from './load/client';
import { at } from './load/savers';
import { startSite } from './load/site-process';
import type { Measured } from './measures';

const PAIRS = 7;
const IN_TURN = 8;
const AT_ONCE = 4;
const STORM = 24;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const middle = (list: readonly number[]): number => at(list, 0.5);

/**
 * M7: signing in over HTTP (captcha, counters, lock, session, log) against the bare check of the same hash, one after the other and four at once; and how long somebody else waits for a page
 * while people sign in.
 */
export async function m7(site: Site): Promise<Measured> {
  const server = await startSite(site);
  const ledger = new Ledger();
  const open: Client[] = [];
  try {
    const account = (await makePerson(site)).loginName;
    const hash = await hashPassword(PASSWORD);
    /** A browser with the form filled in, ready to be sent. */
    const ready = async (): Promise<() => Promise<void>> => {
      const client = new Client([server.base], ledger);
      open.push(client);
      const hidden = hiddenFields((await client.request('form', 'GET', '/sign-in')).html);
      const id = hidden.find(([name]) => name === 'captcha.id')?.[1] ?? '';
      // what stands in the picture only people can read
      await site
        .db('captchas')
        .where({ id })
        .update({ answer_hash: createHash('sha256').update('test').digest() });
      const body = urlencoded([...hidden, ['account', account], ['password', PASSWORD], ['captcha.answer', 'test']]);
      return async () => {
        const answer = await client.request('sign-in', 'POST', '/sign-in', body);
        if (answer.status !== 303 || !answer.location.startsWith('/home')) throw new Error(`sign-in: ${answer.status} ${answer.location}`);
      };
    };
    const readyMany = async (n: number): Promise<(() => Promise<void>)[]> => {
      const list = [];
      for (let i = 0; i < n; i++) list.push(await ready());
      return list;
    };
    const inTurn = async (list: readonly (() => Promise<unknown>)[]): Promise<number> => {
      const times = [];
      for (const one of list) times.push(await timed(one));
      return middle(times);
    };
    /** So many at once until all are done. */
    const crowd = (list: readonly (() => Promise<unknown>)[]): Promise<number> =>
      timed(async () => {
        const left = [...list];
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            for (let one = left.shift(); one; one = left.shift()) await one();
          }),
        );
      });
    const raw = (n: number): (() => Promise<unknown>)[] => Array.from({ length: n }, () => () => verify(hash, PASSWORD));
    const stolen = startStolen();
    const single: number[] = [];
    const crowded: number[] = [];
    const medians: [number, number][] = [];
    for (let i = -1; i < PAIRS; i++) {
      const forms = await readyMany(2 * IN_TURN);
      const [mine, both] = [forms.slice(0, IN_TURN), forms.slice(IN_TURN)];
      const measured =
        i % 2 === 0 ? [await inTurn(mine), await inTurn(raw(IN_TURN))] : [await inTurn(raw(IN_TURN)), await inTurn(mine)].reverse();
      const together =
        i % 2 === 0 ? [await crowd(both), await crowd(raw(IN_TURN))] : [await crowd(raw(IN_TURN)), await crowd(both)].reverse();
      if (i < 0) continue;
      medians.push([measured[0] ?? NaN, measured[1] ?? NaN]);
      single.push((measured[0] ?? NaN) / (measured[1] ?? NaN));
      crowded.push((together[1] ?? NaN) / (together[0] ?? NaN));
    }
    // somebody else's page, quiet and in the storm, in turn
    const reader = new Client([server.base], ledger);
    open.push(reader);
    const pages = async (until: () => boolean, least: number): Promise<number[]> => {
      const times: number[] = [];
      while (!until() || times.length < least) times.push((await reader.request('page', 'GET', '/faq')).took);
      return times;
    };
    const quiet: number[] = [];
    const stormy: number[] = [];
    for (let i = 0; i < 3; i++) {
      quiet.push(...(await pages(() => true, 40)));
      const storm = await readyMany(STORM);
      let isOver = false;
      const blowing = crowd(storm).finally(() => (isOver = true));
      stormy.push(...(await pages(() => isOver, 1)));
      await blowing;
    }
    const sessions = Number((await site.db('audit_log').where({ action: 'account.sign-in' }).count('* AS n'))[0]?.n);
    return {
      measures: [
        {
          what: 'signing in, to the hash',
          value: middle(single),
          range: rangeOf(single),
          sides: { ours: middle(medians.map((m) => m[0])), floor: middle(medians.map((m) => m[1])), unit: 'ms' },
          goal: { atMost: 1.1 },
        },
        { what: 'sign-ins a second, four at once', value: middle(crowded), range: rangeOf(crowded), goal: { atLeast: 0.9 } },
        {
          what: "somebody else's page meanwhile, p95",
          value: Math.round((100 * at(stormy, 0.95)) / at(quiet, 0.95)) / 100,
          sides: { ours: at(stormy, 0.95), floor: at(quiet, 0.95), unit: 'ms' },
          goal: { atMost: 1.5 },
        },
      ],
      samplesOfThePage: [quiet.length, stormy.length],
      signIns: sessions,
      pairs: PAIRS,
      stealPercent: stolen(),
    };
  } finally {
    for (const client of open) client.close();
    await server.end();
  }
}
