import type { Db, Trx } from '../src/db/db';
import { calendar, divisions, series, type CatalogueSeries } from './data/catalogue';
import { eligibility } from './data/eligibility';

const LEVEL: Record<string, string> = { 正高级: 'senior', 副高级: 'associate', 中级: 'middle', 助理级: 'junior', 员级: 'junior' };

/**
 * What every installation needs before anybody registers: divisions (K6), catalogue (K1), working-day calendar (K4). Data an administrator may correct
 * later, so it is only put into empty tables. Safe to run from several processes at once.
 */
export async function seedReference(db: Db): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('seed-reference', 0))");
    await seedCatalogue(trx);
    await seedEligibility(trx);
  });
}

/** K5: the rules to begin with, in force ever since. */
async function seedEligibility(trx: Trx): Promise<void> {
  if (await trx('eligibility_rules').first('id')) return;
  const known = new Map((await trx('series').select<{ id: number; code: string }[]>('id', 'code')).map((s) => [s.code, s.id]));
  const rows = eligibility
    .filter((r) => r.seriesCode === null || known.has(r.seriesCode))
    .map((r) => ({
      version: 1,
      series_id: r.seriesCode === null ? null : known.get(r.seriesCode),
      rank_name: r.rank,
      way: 'normal',
      education: r.education,
      held_rank: r.heldRank,
      held_years: r.heldYears,
      work_years: r.workYears,
      outcome: 'pass',
      basis: r.basis,
      valid_from: '2000-01-01',
    }));
  await trx.batchInsert('eligibility_rules', rows, 100);
}

async function seedCatalogue(trx: Trx): Promise<void> {
  if (await trx('divisions').first('code')) return;
  const byCode = new Map(divisions.map((d) => [d.code, d]));
  const fullName = (code: string | null): string => {
    const d = code === null ? undefined : byCode.get(code);
    return d ? fullName(d.parent) + d.name : '';
  };
  const depth = (code: string): number => (code.endsWith('0000') ? 0 : code.endsWith('00') ? 1 : 2);
  const rows = [...divisions]
    .sort((a, b) => depth(a.code) - depth(b.code))
    .map((d) => ({ code: d.code, name: d.name, full_name: fullName(d.code), parent_code: d.parent }));
  await trx.batchInsert('divisions', rows, 1000);
  const idOf = (s: CatalogueSeries): number => Number(s.code);
  await trx.batchInsert(
    'series',
    series.map((s, i) => ({ id: idOf(s), code: s.code, name: s.series, position: i })),
    100,
  );
  const titles = series.flatMap((s) =>
    s.levels.map((t, i) => ({
      series_id: idOf(s),
      level: LEVEL[t.level],
      rank_name: t.level,
      name: t.title,
      branch: t.branch ?? null,
      code: t.code ?? null,
      position: i,
    })),
  );
  await trx.batchInsert('titles', titles, 200);
  const specialities = series.flatMap((s) => s.specialities.map((name, i) => ({ series_id: idOf(s), name, position: i })));
  await trx.batchInsert('specialities', specialities, 200);
  await trx.batchInsert(
    'calendar_days',
    calendar.days.map((d) => ({ day: d.day, is_workday: d.workday, note: d.note })),
    200,
  );
  await trx('calendar_limits').insert({ until: calendar.until });
}
