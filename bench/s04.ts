import { makePerson, knowCaptcha } from '../test/support/factories';
import type { Site, Visitor } from '../test/support/site';
import { mannWhitney } from './mann-whitney';
import { none, type Measured } from './measures';

const SAMPLES = 300;
const WRONG = 'Haiyan-Falsch-2026';
const LOCKED = ', locked';
const whose = ['unknown', 'known', 'disabled'] as const;

interface Sample {
  ms: number;
  status: number;
  headers: string;
  characters: number;
}

/** What an answer's headers are, without the values that are new on every page. */
const shapeOf = (headers: Headers): string =>
  [...headers].map(([k, v]) => (['date', 'set-cookie', 'etag', 'content-length'].includes(k) ? k : `${k}: ${v}`)).join('\n');

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const round = (n: number): number => Math.round(n * 1000) / 1000;

/** Fisher–Yates: no kind of name always comes after the same other one. */
function shuffled<T>(list: readonly T[]): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

async function sample(site: Site, visitor: Visitor, account: string): Promise<Sample> {
  const page = await visitor.get('/sign-in');
  await knowCaptcha(site, page);
  const began = performance.now();
  const answer = await visitor.submit(page, { account, password: WRONG, 'captcha.answer': 'test' });
  const ms = performance.now() - began;
  return { ms, status: answer.status, headers: shapeOf(answer.headers), characters: answer.html.length };
}

/**
 * S04: wrong passwords for names of nobody, of somebody and of a disabled account, each at its first try and each while locked; in random order. Status, headers and length of the answer are the same
 * within a state (the page says openly that a name is locked, whoever it belongs to, also nobody), and the time is the same for all.
 */
export async function s04(site: Site): Promise<Measured> {
  const names = { unknown: 'nobody_0001', known: 'person_0001', disabled: 'person_0002' } as const;
  for (const loginName of [names.known, names.disabled]) await makePerson(site, { loginName, photo: false });
  await site
    .db('accounts')
    .where({ login_name: names.disabled })
    .update({ disabled_at: site.db.raw('app_now()') });
  const visitor = site.visitor();
  const open = async (): Promise<void> => {
    await site.db('accounts').update({ failed_count: 0, locked_until: null });
    await site.db('sign_in_failures').delete();
  };
  const lock = async (): Promise<void> => {
    await open();
    await site.db('accounts').update({ failed_count: 5, locked_until: site.db.raw("app_now() + interval '15 minutes'") });
    await sample(site, visitor, names.unknown);
    await site.db('sign_in_failures').update({ failed_count: 5, locked_until: site.db.raw("app_now() + interval '15 minutes'") });
  };
  const kinds = whose.flatMap((who) => [who, `${who}${LOCKED}`]);
  const samples = new Map<string, Sample[]>(kinds.map((kind) => [kind, []]));
  for (let i = -5; i < SAMPLES; i++)
    for (const kind of shuffled(kinds)) {
      await (kind.endsWith(LOCKED) ? lock() : open());
      const one = await sample(site, visitor, names[kind.replace(LOCKED, '') as (typeof whose)[number]]);
      if (i >= 0) samples.get(kind)?.push(one);
    }
  const times = (kind: string): number[] => (samples.get(kind) ?? []).map((s) => s.ms);
  const shapes = (list: readonly string[]): number =>
    new Set(list.flatMap((kind) => samples.get(kind) ?? []).map((s) => JSON.stringify([s.status, s.headers, s.characters]))).size;
  const medians = kinds.map((k) => median(times(k)));
  const p = Object.fromEntries(
    kinds.filter((k) => k !== 'unknown').map((kind) => [kind, round(mannWhitney(times('unknown'), times(kind)))]),
  );
  return {
    measures: [
      { what: 'largest median to smallest', value: round(Math.max(...medians) / Math.min(...medians)), goal: { atMost: 1.05 } },
      {
        what: 'least p of the times being the same (Mann-Whitney)',
        value: Math.min(...Object.values(p)),
        goal: { atLeast: 0.01 },
      },
      none('kinds of answer beyond one at the first try', shapes(kinds.filter((k) => !k.endsWith(LOCKED))) - 1),
      none('kinds of answer beyond one while locked', shapes(kinds.filter((k) => k.endsWith(LOCKED))) - 1),
    ],
    samples: SAMPLES,
    medians: Object.fromEntries(kinds.map((kind) => [kind, round(median(times(kind)))])),
    mannWhitneyP: p,
  };
}
