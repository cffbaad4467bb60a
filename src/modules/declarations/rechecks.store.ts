import type { Handle, Trx } from '../../db/db';
import type { Place } from '../../form/section';

export interface Recheck {
  section: string;
  fromYear: number;
  places: Place[];
}

export async function insertRecheck(trx: Trx, declaration: string, r: Recheck): Promise<void> {
  await trx('declaration_rechecks').insert({
    declaration_id: declaration,
    section: r.section,
    from_year: r.fromYear,
    places: JSON.stringify(r.places),
  });
}

export async function findRechecks(h: Handle, declaration: string): Promise<Recheck[]> {
  return (await h('declaration_rechecks')
    .where({ declaration_id: declaration })
    .select('section', 'from_year as fromYear', 'places')) as Recheck[];
}

/** Whoever saved the section has looked at it. */
export async function clearRecheck(trx: Trx, declaration: string, section: string): Promise<void> {
  await trx('declaration_rechecks').where({ declaration_id: declaration, section }).delete();
}

export interface EarlierDeclaration {
  id: string;
  year: number;
  seriesName: string;
  level: string;
}

/** What a person can copy from: their declarations of years before `year`, the newest first. */
export async function listEarlier(h: Handle, personId: number, year: number): Promise<EarlierDeclaration[]> {
  return (await h('declarations as d')
    .join('series as s', 's.id', 'd.series_id')
    .where('d.person_id', personId)
    .where('d.year', '<', year)
    .whereNull('d.deleted_at')
    .orderBy('d.year', 'desc')
    .orderBy('d.created_at', 'desc')
    .limit(10)
    .select('d.id', 'd.year', 's.name as seriesName', 'd.level')) as EarlierDeclaration[];
}
