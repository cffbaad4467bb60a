import path from 'node:path';
import { proveChain } from '../../src/audit/prove-chain';
import { showMoment } from '../../src/lib/moment';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInVia, type TestBatch } from '../support/factories';
import { end, endAll, startProcess, until, visitorAt } from '../support/process';
import { openSite, Visitor, type Site } from '../support/site';
import { makeSubmittable, type Submittable } from '../support/submittable';

const HOUR = 3_600_000;
const SHIFTS: [string, number][] = [
  ['a day behind', -24 * HOUR],
  ['an hour behind', -HOUR],
  ['an hour ahead', HOUR],
  ['a day ahead', 24 * HOUR],
];
let site: Site;
let batch: TestBatch;
let ready: Submittable[];

beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  ready = await makeSubmittable(site, batch, 2 * SHIFTS.length);
});
afterAll(async () => {
  await endAll();
  await site.close();
});

const closes = (when: string): Promise<unknown> =>
  site.db('batches').where({ id: batch.id }).update({ applicant_closes_at: site.db.raw(`app_now() ${when}`) }); // prettier-ignore
const declaration = async (id: string): Promise<{ state: string; submitted_at: Date | null }> =>
  (await site.db('declarations').where({ id }).first('state', 'submitted_at')) as { state: string; submitted_at: Date | null };

describe('F12 the clock of the machine is wrong', () => {
  test.each(SHIFTS.map(([what, shift], n) => ({ what, shift, n })))(
    'F12 by $what: sessions, captchas, locks, windows and what is written go by the database’s',
    async ({ shift, n }) => {
      const [inTime, late] = [ready[2 * n], ready[2 * n + 1]];
      if (!inTime || !late) throw new Error('nothing to submit');
      const one = await startProcess(site, {
        NODE_OPTIONS: `--require=${path.join(__dirname, 'support', 'shifted-clock.cjs')}`,
        CLOCK_SHIFT_MS: String(shift),
      });
      const submit = (r: Submittable): ReturnType<Visitor['get']> =>
        visitorAt(one, r.visitor).request('POST', `/declarations/${r.id}/moves/submit`, new URLSearchParams(r.form));

      // it does go by another clock
      const moment = (): string | undefined => /"time":(\d+)/.exec(one.output())?.[1];
      await until('it has written into its log', () => moment() !== undefined);
      const said = Number(moment());
      expect(Math.abs(said - Date.now() - shift)).toBeLessThan(HOUR / 2);

      // a session begun elsewhere is good here, and one begun here is good elsewhere
      expect((await visitorAt(one, inTime.visitor).get('/home')).status).toBe(200);
      const { loginName } = await makePerson(site, { photo: false });
      const there = new Visitor(one.address);
      expect((await signInVia(site, there, loginName)).status).toBe(303);
      expect((await there.get('/home')).status).toBe(200);
      expect((await visitorAt({ address: site.base }, there).get('/home')).status).toBe(200);

      // a lock of fifteen minutes
      const locked = (await makePerson(site, { photo: false })).loginName;
      for (let i = 0; i < 5; i++) expect((await signInVia(site, new Visitor(one.address), locked, `wrong-${i}-password`)).status).toBe(422);
      expect((await signInVia(site, new Visitor(one.address), locked)).errors()[0]).toContain('锁定');
      await site.advanceClock('14 minutes 50 seconds');
      expect((await signInVia(site, new Visitor(one.address), locked)).errors()[0]).toContain('锁定');
      await site.advanceClock('15 seconds');
      expect((await signInVia(site, new Visitor(one.address), locked)).status).toBe(303);

      // the window
      await closes("+ interval '1 minute'");
      expect((await submit(inTime)).location).toBe(`/declarations/${inTime.id}?done=submit`);
      const { state, submitted_at: at } = await declaration(inTime.id);
      expect(state).toBe('unit_review');
      const page = await visitorAt(one, inTime.visitor).open(`/declarations/${inTime.id}`);
      expect(page.text()).toContain(showMoment(at));
      await closes("- interval '1 second'");
      expect((await submit(late)).status).toBe(422);
      expect(await declaration(late.id)).toEqual({ state: 'draft', submitted_at: null });
      await closes("+ interval '20 days'");

      const { rows } = await site.db.raw<{ rows: unknown[] }>(
        "SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS before FROM audit_log) l WHERE at < before - interval '5 seconds'",
      );
      expect(rows).toEqual([]);
      await end(one.child);
    },
  );

  test('F12 afterwards the chain of the log is whole and nothing contradicts anything', async () => {
    expect((await proveChain(site.db)).verdict.kind).toBe('whole');
    expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
  });
});
