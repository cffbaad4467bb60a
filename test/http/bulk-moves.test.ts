import { setTimeout as wait } from 'node:timers/promises';
import { findActor } from '../../src/modules/accounts';
import { listSms } from '../../src/adapters/sms';
import { moveDeclarations, noInput } from '../../src/modules/declarations';
import { moveTogether } from '../../src/modules/review';
import { countQueries, makeReportable } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeStaff, makeUnit, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let batch: TestBatch;
let committeeId: number;

beforeAll(async () => {
  site = await openSite();
  committeeId = (await makeCommittee(site)).id;
  batch = await makeBatch(site, { committeeId });
});
afterAll(() => site.close());

async function unitWith(
  n: number,
): Promise<{ unit: TestUnit; ids: string[]; report: (ids: readonly string[]) => ReturnType<typeof moveTogether> }> {
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId });
  const ids = await makeReportable(site, batch, unit, n);
  const actor = await findActor(site.db, unit.accountId);
  if (!actor) throw new Error('no actor');
  return {
    unit,
    ids,
    report: (of) =>
      moveTogether(
        site.deps,
        actor,
        'report',
        of.map((id) => ({ id, input: noInput })),
        'test',
      ),
  };
}

/** What a report leaves behind, counted. */
async function traces(ids: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await site.db.raw<{ rows: Record<string, number>[] }>(
    `SELECT (SELECT count(*) FROM declarations WHERE id = ANY(:ids) AND state = 'office_review' AND holder_committee_id IS NOT NULL AND version = 2)::int AS moved,
       (SELECT count(*) FROM declarations WHERE id = ANY(:ids) AND rank_fixed_at IS NOT NULL)::int AS ranked,
       (SELECT count(*) FROM declaration_stops WHERE declaration_id = ANY(:ids) AND committee_id IS NOT NULL)::int AS arrived,
       (SELECT count(*) FROM declaration_stops WHERE declaration_id = ANY(:ids) AND reported_at IS NOT NULL)::int AS reported,
       (SELECT count(*) FROM declaration_events WHERE declaration_id = ANY(:ids) AND move = 'report')::int AS events,
       (SELECT count(*) FROM audit_log WHERE action = 'declaration.report' AND subject_id = ANY(CAST(:ids AS text[])))::int AS audited`,
    { ids: [...ids] } as never,
  );
  return rows[0] ?? {};
}
const all = (n: number) => ({ moved: n, ranked: n, arrived: n, reported: n, events: n, audited: n });

describe('R2 many declarations in one act', () => {
  it('M8 takes the same number of statements for 3 and for 300, and leaves the same traces', async () => {
    const few = await unitWith(3);
    const many = await unitWith(300);
    const counts = [await countQueries(site, () => few.report(few.ids)), await countQueries(site, () => many.report(many.ids))];
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeLessThanOrEqual(22);
    expect([await traces(few.ids), await traces(many.ids)]).toEqual([all(3), all(300)]);
  });

  it('J1, D16, M8 not receiving 3 and 200 takes the same number of statements, and every applicant is told once', async () => {
    const office = await findActor(site.db, (await makeStaff(site, { role: 'office', committeeId })).accountId);
    if (!office) throw new Error('no actor');
    const counts: number[] = [];
    for (const n of [3, 200]) {
      const { ids, report } = await unitWith(n);
      expect((await report(ids)).kind).toBe('moved');
      const mobileOf = new Map(ids.map((id, i) => [id, `139${n}${String(i).padStart(8 - String(n).length, '0')}`]));
      for (const [id, mobile] of mobileOf)
        await site
          .db('persons')
          .where({ account_id: site.db('declarations').where({ id }).select('person_id') })
          .update({ mobile: site.deps.cipher.encrypt(mobile, 'person.mobile') });
      const waiting = async (): Promise<number> =>
        (
          await site.db.raw<{ rows: { n: number }[] }>(
            "SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'sms:send'",
          )
        ).rows[0]?.n ?? NaN;
      const before = await waiting();
      const refuse = () =>
        site.db.transaction((trx) =>
          moveDeclarations(
            site.deps,
            trx,
            ids.map((id) => ({ id, input: { ...noInput, opinion: '不符合', reason: 'conditions' } })),
            'refuse',
            office,
            'test',
          ),
        );
      counts.push(await countQueries(site, refuse));
      const told = (await listSms(site.db, site.deps.cipher, 1000)).filter((m) => [...mobileOf.values()].includes(m.mobile));
      expect(told.map((m) => m.mobile).sort()).toEqual([...mobileOf.values()].sort());
      expect(new Set(told.map((m) => m.text)).size).toBe(1);
      expect(told[0]?.text).toContain('未被受理');
      expect((await waiting()) - before).toBe(n);
    }
    expect(counts[0]).toBe(counts[1]);
  });

  it('F02 the connection is cut in the middle of a report of 500: nothing is left of it, and the next click reports all', async () => {
    const { ids, report } = await unitWith(500);
    const lock = await site.db.transaction();
    await lock.raw('LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE');
    const broken = report(ids).then(
      () => 'done',
      () => 'broken',
    );
    const blocked = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO audit_log%'`;
    let pid: number | undefined;
    for (let i = 0; i < 500 && pid === undefined; i++) {
      pid = (await site.db.raw<{ rows: { pid: number }[] }>(blocked)).rows[0]?.pid;
      if (pid === undefined) await wait(10);
    }
    if (pid !== undefined) await site.db.raw('SELECT pg_terminate_backend(?)', [pid]);
    await lock.rollback();
    expect([pid === undefined, await broken]).toEqual([false, 'broken']);
    expect(await traces(ids)).toEqual(all(0));
    expect(await report(ids)).toEqual({ kind: 'moved' });
    expect(await traces(ids)).toEqual(all(500));
  });

  it('two reports at once that give the same places: one goes, the other is told which places are taken, and nothing of it is left', async () => {
    const { unit, ids, report } = await unitWith(40);
    const [mine, theirs] = [ids.slice(0, 20), ids.slice(20)];
    await site.db.raw('UPDATE declarations SET rank_n = rank_n - 20 WHERE id = ANY(?)', [theirs]);
    const outcomes = await Promise.all([report(mine), report(theirs)]);
    const kinds = outcomes.map((o) => o.kind).sort();
    expect(kinds).toEqual(['moved', 'refused']);
    const refused = outcomes.find((o) => o.kind === 'refused');
    expect(JSON.stringify(refused)).toContain('名次重复');
    expect(await site.db('declarations').where({ unit_id: unit.unitId, state: 'office_review' })).toHaveLength(20);
    expect((await traces(ids)).events).toBe(20);
  });

  it('two different totals in one act are told apart', async () => {
    const { ids, report } = await unitWith(3);
    await site.db('declarations').where({ id: ids[2] }).update({ rank_of: 9 });
    expect(JSON.stringify(await report(ids))).toContain('不一致');
    expect(await traces(ids)).toEqual({ ...all(0) });
  });

  it('without all or none those that can go do, each with its own outcome', async () => {
    const { unit, ids } = await unitWith(3);
    const other = await unitWith(1);
    const actor = await findActor(site.db, unit.accountId);
    if (!actor) throw new Error('no actor');
    await site.db('declarations').where({ id: ids[1] }).update({ state: 'unit_review' });
    const outcomes = await site.db.transaction((trx) =>
      moveDeclarations(
        site.deps,
        trx,
        [...ids, ...other.ids].map((id) => ({ id, input: noInput })),
        'report',
        actor,
        'test',
      ),
    );
    expect([...ids, ...other.ids].map((id) => outcomes.get(id)?.kind)).toEqual(['moved', 'not-now', 'moved', 'hidden']);
    expect((await traces(ids)).moved).toBe(2);
  });
});
