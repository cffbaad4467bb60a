import { setTimeout as wait } from 'node:timers/promises';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makeUnit } from '../support/factories';
import { end, endAll, startProcess, until, visitorAt, type Started } from '../support/process';
import { openSite, type Site } from '../support/site';
import { makeSubmittable, type Submittable } from '../support/submittable';
import { History, makeSchedule } from './support/history';
import { startProxy } from './support/proxy';

const RUNS = Number(process.env.FAULT_RUNS ?? 10);
let site: Site;
let ready: Submittable[];
const history = new History();

beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  ready = await makeSubmittable(site, batch, RUNS + 1);
});
afterAll(async () => {
  await endAll();
  await site.close();
});

const submit = (at: Started, r: Submittable) =>
  visitorAt(at, r.visitor).request('POST', `/declarations/${r.id}/moves/submit`, new URLSearchParams(r.form));
const count = async (table: string, where: object): Promise<number> => (await site.db(table).where(where)).length;

describe('F01, F22 the program is killed while somebody submits', () => {
  test('F01 killed between commit and answer: the same form gets its answer at once', async () => {
    const [r] = ready;
    if (!r) throw new Error('nothing to submit');
    const one = await startProcess(site);
    const target = new URL(one.address);
    const proxy = await startProxy({ host: target.hostname, port: Number(target.port) });
    const row = await site.db.transaction();
    await row('declarations').where({ id: r.id }).forUpdate().select('id');
    const sent = history.record('held', r.id, async () => {
      const { status } = await submit({ ...one, address: `http://127.0.0.1:${proxy.port}` }, r);
      return { outcome: status === 303 ? 'ok' : 'fail', note: String(status) };
    });
    await until('the act waits for the row', async () => {
      const { rows } = await site.db.raw<{ rows: unknown[] }>(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    // from here on no answer arrives
    proxy.set('silent');
    await row.rollback();
    await until('the act is committed', async () => (await count('declaration_events', { declaration_id: r.id })) === 1);
    await end(one.child, 'SIGKILL');
    await proxy.close();
    expect((await sent).outcome).toBe('unknown');
    const again = await submit({ ...one, address: site.base }, r);
    expect([again.status, again.location]).toEqual([303, `/declarations/${r.id}?done=submit`]);
    expect(await count('declaration_events', { declaration_id: r.id, move: 'submit' })).toBe(1);
  });

  test(`F01 of ${RUNS} kills each leaves a draft or a submission with its receipt; the same form sent again ends in one submission`, async () => {
    const { between } = makeSchedule('F01');
    let next = startProcess(site);
    let committedWithoutAnswer = 0;
    for (const r of ready.slice(1)) {
      const one = await next;
      next = startProcess(site);
      // the first request of a process reads the templates: the kill should meet the act, not that
      await visitorAt(one, r.visitor).get(`/declarations/${r.id}/check`);
      const killed = wait(between(0, 600)).then(() => end(one.child, 'SIGKILL'));
      const first = await history.record('submit', r.id, async () => {
        const { status, location } = await submit(one, r);
        return { outcome: status === 303 ? 'ok' : 'fail', note: `${status} ${location}` };
      });
      await killed;
      const d = (await site.db('declarations').where({ id: r.id }).first('state', 'round', 'submitted_at')) as {
        state: string;
        round: number;
        submitted_at: Date | null;
      };
      const isIn = d.state === 'unit_review';
      expect([r.id, d.state, d.round, d.submitted_at !== null]).toEqual([r.id, isIn ? 'unit_review' : 'draft', isIn ? 1 : 0, isIn]);
      if (first.outcome === 'ok') expect(isIn).toBe(true);
      if (first.outcome === 'unknown' && isIn) committedWithoutAnswer++;
      // what the dead process had claimed is free after a minute: that minute, at once
      await site.db('one_time_tokens').update({ created_at: site.db.raw("created_at - interval '2 minutes'") });
      const again = await submit(await next, r);
      expect([r.id, first.note, again.status, again.location, again.text()]).toEqual([
        r.id,
        first.note,
        303,
        `/declarations/${r.id}?done=submit`,
        '',
      ]);
      for (const [table, where] of [
        ['declaration_versions', { declaration_id: r.id }],
        ['declaration_events', { declaration_id: r.id, move: 'submit' }],
        ['audit_log', { action: 'declaration.submit', subject_id: r.id }],
        ['queue_entries', { declaration_id: r.id, reader_kind: 'unit' }],
      ] as const)
        expect([r.id, table, await count(table, where)]).toEqual([r.id, table, 1]);
    }
    await end((await next).child);
    console.log(`F01: ${JSON.stringify(history.count('submit'))}, committed without an answer: ${committedWithoutAnswer}`);
    expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
  });
});
