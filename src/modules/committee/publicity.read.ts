import type { Handle } from '../../db/db';
import { LINE_COLUMNS, type DeclarationLine } from '../review';

export interface Publicity {
  id: number;
  committeeName: string;
  committeePhone: string;
  divisionCode: string;
  /** where the committee's bureau is */
  divisionName: string;
  startsOn: string;
  endsOn: string;
  isOver: boolean;
  count: number;
}

const SELECT = `SELECT p.id, c.name AS "committeeName", c.phone AS "committeePhone", d.code AS "divisionCode", d.full_name AS "divisionName",
    p.starts_on AS "startsOn", p.ends_on AS "endsOn", p.ends_on < app_today() AS "isOver",
    p.item_count AS count
  FROM publicities p JOIN committees c ON c.id = p.committee_id JOIN divisions d ON d.code = c.division_code`;

/** Publicities whose period is not over yet, the newest first. One query. */
export async function listCurrentPublicities(h: Handle): Promise<Publicity[]> {
  const { rows } = await h.raw<{ rows: Publicity[] }>(
    `${SELECT} WHERE p.ends_on >= app_today() ORDER BY p.starts_on DESC, p.id DESC LIMIT 500`,
  );
  return rows;
}

export async function countPastPublicities(h: Handle): Promise<number> {
  const { rows } = await h.raw<{ rows: { count: number }[] }>('SELECT count(*)::int AS count FROM publicities WHERE ends_on < app_today()');
  return rows[0]?.count ?? 0;
}

/** One page of the past ones, the newest first. One query. */
export async function listPastPublicities(h: Handle, offset: number, limit: number): Promise<Publicity[]> {
  const { rows } = await h.raw<{ rows: Publicity[] }>(
    `${SELECT} WHERE p.ends_on < app_today() ORDER BY p.ends_on DESC, p.id DESC OFFSET ? LIMIT ?`,
    [offset, limit],
  );
  return rows;
}

export async function findPublicityPage(h: Handle, id: number): Promise<Publicity | undefined> {
  const { rows } = await h.raw<{ rows: Publicity[] }>(`${SELECT} WHERE p.id = ?`, [id]);
  return rows[0];
}

export interface PublicityItem extends DeclarationLine {
  id: string;
  /** which one of those of this name in this unit, in the order of the list, and how many there are; tells them apart in public where title and speciality do not */
  nth: number;
  sameName: number;
  /** still to be decided: an objection can be about it */
  isOpen: boolean;
  /** taken back since: an objection was upheld, or the committee is to review anew */
  isAnnulled: boolean;
}

/** Everybody in a publicity, by series, level, unit and name. One query. */
export async function listPublicityItems(h: Handle, id: number): Promise<PublicityItem[]> {
  const { rows } = await h.raw<{ rows: PublicityItem[] }>(
    `SELECT d.id, ${LINE_COLUMNS}, i.superseded_at IS NULL AND d.state = 'publicity' AS "isOpen",
       i.superseded_at IS NOT NULL OR d.state NOT IN ('publicity', 'certified') AS "isAnnulled",
       (count(*) OVER (PARTITION BY d.unit_id, d.applicant_name))::int AS "sameName",
       (row_number() OVER (PARTITION BY d.unit_id, d.applicant_name ORDER BY d.series_id, x.place, d.id))::int AS nth
     FROM publicity_items i JOIN declarations d ON d.id = i.declaration_id LEFT JOIN units u ON u.id = d.unit_id
       CROSS JOIN LATERAL (SELECT array_position(ARRAY['senior', 'associate', 'middle', 'junior'], d.level) AS place) x
     WHERE i.publicity_id = ? ORDER BY d.series_id, x.place, u.name, d.applicant_name, d.id`,
    [id],
  );
  return rows;
}

/** 「同名，第 2 位」: what stands beside a name that another one in the list has as well; '' for all others. */
export const sameNameText = (i: Pick<PublicityItem, 'nth' | 'sameName'>): string => (i.sameName > 1 ? `同名，第 ${i.nth} 位` : '');
