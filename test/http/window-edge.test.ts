import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { steadyNow } from '../../src/lib/arrival';
import { makeBatch, makeCommittee, makePath, makeUnit, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';
import { makeSubmittable } from '../support/submittable';

const APPLICANTS = 200;
/** how exactly the two clocks can be laid upon each other, in ms */
const MARGIN = 60;

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let server: http.Server;
let base: string;
/** when each request reached the site, by its test header, on this machine's steady clock */
const arrivals = new Map<string, number>();

beforeAll(async () => {
  // as many connections as a large installation has: here it is the edge that is tried, not the queue for a connection
  site = await openSite({ DATABASE_POOL: '24' });
  unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  server = http.createServer((req, res) => {
    const name = req.headers['x-submit'];
    if (typeof name === 'string') arrivals.set(name, steadyNow());
    site.composition.app(req, res);
  });
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  await new Promise<void>((r) => {
    server.close(() => r());
    server.closeAllConnections();
  });
  await site.close();
});

/** Waits on this connection until the database's clock is past the end of the window; 20 seconds at most. */
async function untilClosed(h: Site['db']): Promise<void> {
  const from = steadyNow();
  for (;;) {
    const { rows } = await h.raw<{ rows: { over: boolean }[] }>('SELECT clock_timestamp() + shift >= applicant_closes_at AS over FROM batches, clock WHERE batches.id = ?', [batch.id]); // prettier-ignore
    if (rows[0]?.over) return;
    if (steadyNow() - from > 20_000) throw new Error('the window does not close');
  }
}

describe('F07 the window closes while applicants submit', () => {
  it('F07, K3 of 200 submits across the edge those are accepted that arrived in time, however long they wait, and no other', async () => {
    const ready = await makeSubmittable(site, batch, APPLICANTS, base);
    const submit = async (r: (typeof ready)[number]): Promise<number> =>
      (await r.visitor.request('POST', `/declarations/${r.id}/moves/submit`, new URLSearchParams(r.form), { 'x-submit': r.id })).status;

    // half of them come before the edge and wait for their rows until it is over; the other half come as it passes and after it
    const held = ready.slice(0, APPLICANTS / 2);
    await site.db('batches').where({ id: batch.id }).update({ applicant_closes_at: site.db.raw("app_now() + interval '3 seconds'") }); // prettier-ignore
    const { rows } = await site.db.raw<{ rows: { left: number }[] }>('SELECT extract(epoch FROM applicant_closes_at - app_now()) * 1000 AS left FROM batches WHERE id = ?', [batch.id]); // prettier-ignore
    const closesAt = steadyNow() + Number(rows[0]?.left);
    const lock = await site.db.transaction();
    await lock('declarations').whereIn('id', held.map((r) => r.id)).forUpdate().select('id'); // prettier-ignore
    const early = held.map(submit);
    await untilClosed(lock as unknown as Site['db']);
    const late = ready.slice(APPLICANTS / 2).map(submit);
    await lock.commit();
    const statuses = await Promise.all([...early, ...late]);

    const states = new Map(((await site.db('declarations').where({ batch_id: batch.id }).select('id', 'state')) as { id: string; state: string }[]).map((d) => [d.id, d.state])); // prettier-ignore
    const events = (await site.db('declaration_events').where({ move: 'submit' }).select('declaration_id')) as { declaration_id: string }[];
    let [inTime, tooLate] = [0, 0];
    for (const [i, r] of ready.entries()) {
      const accepted = statuses[i] === 303;
      const at = (arrivals.get(r.id) ?? Number.NaN) - closesAt;
      if (at < -MARGIN) inTime++;
      if (at > MARGIN) tooLate++;
      if (at < -MARGIN || at > MARGIN)
        expect({ at, accepted, status: statuses[i] }).toEqual({ at, accepted: at < 0, status: at < 0 ? 303 : statuses[i] });
      expect([303, 403, 409, 422]).toContain(statuses[i]);
      expect(states.get(r.id)).toBe(accepted ? 'unit_review' : 'draft');
      expect(events.filter((e) => e.declaration_id === r.id)).toHaveLength(accepted ? 1 : 0);
    }
    expect(inTime).toBeGreaterThanOrEqual(50);
    expect(tooLate).toBeGreaterThanOrEqual(50);
  }, 300_000);
});
