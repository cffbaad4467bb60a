import type { Handle, Trx } from '../../db/db';
import type { Place } from '../../form/section';

/** What came over from an earlier year and is still to be looked at again; read with its section. */
export interface Recheck {
  fromYear: number;
  places: Place[];
}

export async function insertRecheck(trx: Trx, declaration: string, r: Recheck & { section: string }): Promise<void> {
  await trx('declaration_rechecks').insert({
    declaration_id: declaration,
    section: r.section,
    from_year: r.fromYear,
    places: JSON.stringify(r.places),
  });
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
