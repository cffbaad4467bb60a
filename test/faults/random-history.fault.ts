import { findBrokenRows } from '../../src/modules/invariants';
import { isByHand, moveNames, moves, refusalReasons, type MoveName, type StateName } from '../../src/policy/declaration-moves';
import { makeBatch, makeCommittee, makePath, makeStaff, makeUnit, signInAs } from '../support/factories';
import { stateOf } from '../support/declarations';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import { makeSubmittable, type Submittable } from '../support/submittable';
import { makeSchedule } from './support/history';

const STEPS = Number(process.env.FAULT_STEPS ?? 250);
let site: Site;
let ready: Submittable[];
let others: Visitor[];

beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const superior = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makePath(site, batch, unit, superior);
  await makePath(site, batch, superior, { committeeId: committee.id });
  ready = await makeSubmittable(site, batch, 4);
  others = [
    await signInAs(site, unit),
    await signInAs(site, superior),
    await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id })),
    await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' })),
  ];
});
afterAll(() => site.close());

/** What a move might be sent with, also when it needs nothing of it: every field of every confirm page. */
const values = (n: number, day: string): [string, string][] => [
  ['opinion', `第${n}次处理`],
  ['comment.performance', '请补充工作业绩'],
  ['reopen.performance', 'yes'],
  ['reason', refusalReasons[n % refusalReasons.length]?.code ?? ''],
  ['dueOn', day],
  ...Object.entries({ total: '9', present: '9', yes: n % 2 ? '8' : '2', no: n % 2 ? '1' : '7', abstain: '0', metOn: day }),
  ['rank_n', '1'],
  ['rank_of', '1'],
];

const isEnd = (state: StateName): boolean => !moveNames.some((m) => isByHand(m) && moves[m].from.includes(state));
/** A move after which nobody can do anything more. */
const endsForGood = (m: MoveName): boolean => moves[m].to.every(isEnd);

describe('F23 a random history', () => {
  test(`F23 of ${STEPS} acts, any by anybody, each does what the table of moves says or nothing; no row is left that contradicts another`, async () => {
    const { between } = makeSchedule('F23');
    const counts: Record<string, number> = {};
    for (let n = 0; n < STEPS; n++) {
      const r = ready[between(0, ready.length - 1)];
      const before = await stateOf(site, r?.id ?? '');
      // half of the acts are ones that could go, so that histories get long
      const could = moveNames.filter((m) => isByHand(m) && moves[m].from.includes(before as StateName));
      const list = between(0, 1) === 1 && could.length > 0 ? could : moveNames;
      // none ends for good before the last third: four that do so at once would be no history
      const open = n < (STEPS * 2) / 3 ? list.filter((m) => !endsForGood(m) || !could.includes(m)) : list;
      const move = open[between(0, open.length - 1)] as MoveName;
      const actors = [r?.visitor, ...others];
      const visitor = actors[moves[move].who === 'applicant' && between(0, 3) > 0 ? 0 : between(0, actors.length - 1)];
      if (!r || !visitor) throw new Error('nobody to act');
      const day = new Date(Date.now() + between(-3, 20) * 86_400_000).toISOString().slice(0, 10);
      const csrf = (await visitor.get('/home')).fields('form[action="/sign-out"]').filter(([k]) => k === '_csrf');
      const form = new URLSearchParams([...csrf, ['_token', `history-${String(n).padStart(16, '0')}`], ...values(n, day)]);
      const copies = between(1, 3);
      const answers: Page[] = await Promise.all(
        Array.from({ length: copies }, () => visitor.request('POST', `/declarations/${r.id}/moves/${move}`, form)),
      );
      const after = await stateOf(site, r.id);
      const told = `${n}: ${move} ×${copies} on ${before} → ${after}, answers ${answers.map((a) => a.status).join(' ')}`;
      const went = answers.some((a) => a.status === 303);
      expect([told, answers.every((a) => [303, 403, 404, 409, 422].includes(a.status))]).toEqual([told, true]);
      if (went)
        expect([told, moves[move].from.includes(before as StateName) && moves[move].to.includes(after as StateName)]).toEqual([told, true]);
      else expect([told, after]).toEqual([told, before]);
      if (went) counts[move] = (counts[move] ?? 0) + 1;
    }
    console.log(`F23: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts).length).toBeGreaterThan(3);
    const events = Number((await site.db('declaration_events').count())[0]?.count);
    expect(events).toBe(Object.values(counts).reduce((a, b) => a + b, 0));
    expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
  });
});
