import type { Handle } from '../../db/db';
import { createCatalogue, type Catalogue, type Series, type Speciality, type Title } from './catalogue';

/** The whole catalogue in one query: about 30 series, 200 titles, 500 specialities. */
export async function loadCatalogue(h: Handle): Promise<Catalogue> {
  const { rows } = await h.raw<{ rows: { series: Series[]; titles: Title[]; specialities: Speciality[] }[] }>(`
    SELECT
      (SELECT coalesce(json_agg(json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'ended', s.ended_at IS NOT NULL) ORDER BY s.position, s.id), '[]') FROM series s) AS series,
      (SELECT coalesce(json_agg(json_build_object('id', t.id, 'seriesId', t.series_id, 'level', t.level, 'rankName', t.rank_name, 'name', t.name,
         'branch', coalesce(t.branch, ''), 'code', coalesce(t.code, ''), 'ended', t.ended_at IS NOT NULL) ORDER BY t.series_id, t.position, t.id), '[]') FROM titles t) AS titles,
      (SELECT coalesce(json_agg(json_build_object('id', p.id, 'seriesId', p.series_id, 'name', p.name, 'ended', p.ended_at IS NOT NULL) ORDER BY p.series_id, p.position, p.id), '[]')
         FROM specialities p) AS specialities`);
  return createCatalogue(rows[0] ?? { series: [], titles: [], specialities: [] });
}
