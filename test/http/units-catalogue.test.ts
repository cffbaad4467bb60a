import { createCatalogueCache, findDivision, listDivisions, loadCatalogue } from '../../src/modules/catalogue';
import { findBatch, listOpenBatches, loadWorkCalendar, windowOf } from '../../src/modules/batches';
import { addWorkingDays } from '../../src/lib/working-days';
import { makeCommittee } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe('K1 catalogue', () => {
  it('leads from series and level to titles and specialities', async () => {
    const c = await loadCatalogue(site.db);
    expect(c.series).toHaveLength(29);
    const folk = c.series.find((s) => s.name === '群众文化');
    expect(folk).toMatchObject({ id: 91, code: '91', name: '群众文化' });
    expect(c.titlesOf(91, 'junior').map((t) => t.name)).toContain('助理馆员');
    expect(c.titlesOf(91, 'nonsense')).toEqual([]);
    expect(c.specialitiesOf(91)[0]?.name).toBe('舞蹈');
    expect(c.specialitiesOf(-1)).toEqual([]);
    expect(c.levelsOf(91).map((l) => l.text)).toEqual(['初级职称', '中级职称', '副高级职称', '正高级职称']);
    expect([c.seriesName(91), c.seriesName(0), c.levelText('associate'), c.levelText('x')]).toEqual(['群众文化', '', '副高级职称', '']);
    const first = c.titlesOf(91, 'junior')[0];
    expect(c.findTitle(first?.id ?? 0)).toBe(first);
    expect(c.titleText(first?.id ?? 0)).toBe(first?.name);
    expect(c.titleText(0)).toBe('');
    const branched = c.series.flatMap((s) => c.levels.flatMap((l) => c.titlesOf(s.id, l.code))).find((t) => t.branch);
    expect(c.titleText(branched?.id ?? 0)).toBe(`${branched?.name}（${branched?.branch}）`);
  });

  it('is kept for a minute, then read again; a failed reading is not kept', async () => {
    let now = 0;
    const cache = createCatalogueCache(site.db, () => now);
    const first = await cache.get();
    await site.db('series').where({ id: 91 }).update({ name: '群众文化（改）' });
    now = 59_999;
    expect(await cache.get()).toBe(first);
    now = 60_000;
    expect((await cache.get()).seriesName(91)).toBe('群众文化（改）');
    await site.db('series').where({ id: 91 }).update({ name: '群众文化' });

    let isAway = true;
    const raw = (sql: string) => (isAway ? Promise.reject(new Error('away')) : site.db.raw(sql));
    const flaky = createCatalogueCache(Object.assign((() => undefined) as never, { raw }), () => now);
    await expect(flaky.get()).rejects.toThrow('away');
    isAway = false;
    expect((await flaky.get()).series).toHaveLength(29);
  });
});

describe('K6 divisions', () => {
  it('gives provinces and the children of what was chosen', async () => {
    const all = await listDivisions(site.db, ['370000', '371000']);
    expect(all.filter((d) => d.parentCode === null)).toHaveLength(31);
    expect(all.filter((d) => d.parentCode === '371000').map((d) => d.name)).toContain('环翠区');
    expect((await findDivision(site.db, '371002'))?.fullName).toBe('山东省威海市环翠区');
    expect(await findDivision(site.db, 'x')).toBeUndefined();
  });
});

describe('K2, K3 batches and windows', () => {
  const make = async (committeeId: number, opens: string, closes: string, unitCloses: string): Promise<number> => {
    const at = (interval: string) => site.db.raw('app_now() + ?::interval', [interval]);
    const [row] = (await site
      .db('batches')
      .insert({
        year: 2026,
        committee_id: committeeId,
        series_id: 91,
        level: 'junior',
        applicant_opens_at: at(opens),
        applicant_closes_at: at(closes),
        unit_closes_at: at(unitCloses),
        rank_by: 'unit',
        entrusted_evidence_by: 'unit',
        commitment: '本人承诺',
      })
      .returning('id')) as { id: number }[];
    return row?.id ?? 0;
  };

  it('says by the database clock who may act', async () => {
    const committee = await makeCommittee(site);
    const id = await make(committee.id, '1 day', '3 days', '5 days');
    const flags = async () => {
      const w = await windowOf(site.db, id);
      const b = await findBatch(site.db, id);
      expect([b?.isOpenForApplicants, b?.isOpenForUnits]).toEqual([w.applicantOpen, w.unitOpen]);
      return [w.applicantOpen, w.unitOpen, (await listOpenBatches(site.db)).some((x) => x.id === id)];
    };
    expect(await flags()).toEqual([false, false, true]);
    await site.advanceClock('2 days');
    expect(await flags()).toEqual([true, true, true]);
    await site.advanceClock('2 days');
    expect(await flags()).toEqual([false, true, true]);
    await site.advanceClock('2 days');
    expect(await flags()).toEqual([false, false, false]);
    await site.advanceClock('-6 days');
    expect(await findBatch(site.db, id)).toMatchObject({
      year: 2026,
      committeeName: committee.name,
      divisionName: '山东省威海市环翠区',
      seriesName: '群众文化',
      levelText: '初级职称',
      rankBy: 'unit',
      entrustedEvidenceBy: 'unit',
      maxResults: 15,
      publicityDays: 5,
    });
    expect(await findBatch(site.db, 0)).toBeUndefined();
    await expect(windowOf(site.db, 0)).rejects.toThrow('no batch');
  });

  it('closes to the moment: the second of closing is outside (K3)', async () => {
    const id = await make((await makeCommittee(site)).id, '-2 days', '1 day', '1 day');
    await site.db.transaction(async (trx) => {
      // now() stands still inside a transaction, so the edge can be met exactly
      await trx('batches')
        .where({ id })
        .update({ applicant_closes_at: trx.raw("app_now() + interval '1 microsecond'") });
      expect((await windowOf(trx, id)).applicantOpen).toBe(true);
      await trx('batches')
        .where({ id })
        .update({ applicant_closes_at: trx.raw('app_now()') });
      expect((await windowOf(trx, id)).applicantOpen).toBe(false);
    });
  });

  it('leaves out batches of a committee that is not approved or whose term is over (J0)', async () => {
    for (const c of [await makeCommittee(site, { expired: true }), await makeCommittee(site, { approved: false })]) {
      const id = await make(c.id, '-1 day', '1 day', '1 day');
      expect((await listOpenBatches(site.db)).map((b) => b.id)).not.toContain(id);
    }
  });
});

describe('K4 working-day calendar', () => {
  it('reads holidays and make-up days, and refuses to guess past its end', async () => {
    const calendar = await loadWorkCalendar(site.db);
    expect(calendar.until).toBe('2026-12-31');
    expect([calendar.isWorkday('2025-10-01'), calendar.isWorkday('2025-10-11'), calendar.isWorkday('2025-10-12')]).toEqual([
      false,
      true,
      false,
    ]);
    expect(addWorkingDays(calendar, '2026-12-31', 1).ok).toBe(false);
    await site.db('calendar_days').insert({ day: '2026-03-03', is_workday: false, note: '本市放假' });
    expect((await loadWorkCalendar(site.db)).isWorkday('2026-03-03')).toBe(false);
    await site.db('calendar_limits').delete();
    await expect(loadWorkCalendar(site.db)).rejects.toThrow('calendar_limits');
  });
});
