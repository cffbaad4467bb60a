/** What every list says of a declaration: who, for which title, from where. */
export interface DeclarationLine {
  name: string;
  titleId: number | null;
  seriesId: number;
  level: string;
  year: number;
  speciality: string;
  /** the declaring unit; '' when there is none */
  unitName: string;
  workUnit: string;
}

/** The columns of a DeclarationLine: `d` is the declaration, `u` its declaring unit (left joined). */
export const LINE_COLUMNS = `d.applicant_name AS name, d.title_id AS "titleId", d.series_id AS "seriesId", d.level, d.year, d.speciality,
  coalesce(u.name, '') AS "unitName", d.work_unit AS "workUnit"`;
