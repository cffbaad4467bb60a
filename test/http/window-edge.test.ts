import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { steadyNow } from '../../src/lib/arrival';
import { makeScan } from '../../seeds/demo/scans';
import { applicant, caseSections } from '../support/case';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInVia, type TestBatch, type TestUnit } from '../support/factories';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, Visitor, type Site } from '../support/site';

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
  site = await openSite();
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

/** One declaration filled in through the pages; gives its id. */
async function fillOne(photo: Buffer): Promise<string> {
  const person = await makePerson(site, { name: applicant.name, photo });
  const visitor = new Visitor(base);
  await signInVia(site, visitor, person.loginName);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /\/declarations\/([0-9a-f-]{36})\//.exec(started.location)?.[1] ?? '';
  for (const c of caseSections(batch.year)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
  }
  return id;
}

/** The same declaration for another person, with all its sections and files. */
async function copyOf(id: string, personId: number): Promise<string> {
  const { rows } = await site.db.raw<{ rows: { id: string }[] }>(
    `WITH d AS (INSERT INTO declarations (person_id, batch_id, year, series_id, level, state, applicant_name, title_id, speciality, way, unit_id, work_unit, is_entrusted)
         SELECT :person, batch_id, year, series_id, level, state, applicant_name, title_id, speciality, way, unit_id, work_unit, is_entrusted FROM declarations WHERE id = :id RETURNING id),
       c AS (INSERT INTO commitments (account_id, batch_id, text) SELECT :person, batch_id, text FROM commitments WHERE account_id = (SELECT person_id FROM declarations WHERE id = :id)),
       s AS (INSERT INTO declaration_sections (declaration_id, section, raw, updated_by) SELECT d.id, x.section, x.raw, :person FROM declaration_sections x, d WHERE x.declaration_id = :id),
       a AS (INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, uploaded_by)
         SELECT d.id, x.section, x.part, x.row_id, x.field, x.position, x.name, x.media_type, x.size, x.sha256, x.thumb_sha256, x.pages, :person
         FROM attachments x, d WHERE x.declaration_id = :id AND x.removed_at IS NULL)
     SELECT id FROM d`,
    { id, person: personId },
  );
  return rows[0]?.id ?? '';
}

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
    const photo = (await makeScan('photo', { name: applicant.name, lines: [], date: '' }, 'jpg')).content;
    const first = await fillOne(photo);
    const ready: { id: string; visitor: Visitor; form: [string, string][] }[] = [];
    for (let n = 0; n < APPLICANTS; n++) {
      const person = await makePerson(site, { name: applicant.name, photo });
      const id = await copyOf(first, person.accountId);
      const visitor = new Visitor(base);
      await signInVia(site, visitor, person.loginName);
      // any page of the session gives the form token; the one-time token is each form's own
      const form = (await visitor.get('/home')).fields('form[action="/sign-out"]').filter(([k]) => k === '_csrf');
      ready.push({ id, visitor, form: [...form, ['_token', `edge-${String(n).padStart(20, '0')}`]] });
    }
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
