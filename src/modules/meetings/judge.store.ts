import type { Handle, Trx } from '../../db/db';
import type { JudgeSubject } from '../../policy/policy';

export interface Judge {
  id: number;
  committeeId: number;
  accountId: number;
  name: string;
  loginName: string;
  unitId: number | null;
  unitName: string;
  avoidedUnits: string[];
  title: string;
  speciality: string;
  addedAt: Date;
  leftAt: Date | null;
  /** meetings they have had a seat in */
  meetings: number;
}

const SELECT = `SELECT j.id, j.committee_id AS "committeeId", j.account_id AS "accountId", j.name, a.login_name AS "loginName", j.unit_id AS "unitId", j.unit_name AS "unitName",
    j.avoided_units AS "avoidedUnits", j.title, j.speciality, j.added_at AS "addedAt", j.left_at AS "leftAt",
    (SELECT count(*)::int FROM meeting_seats s JOIN meetings m ON m.id = s.meeting_id WHERE s.judge_id = j.id AND m.state <> 'cancelled') AS meetings
  FROM judges j JOIN accounts a ON a.id = j.account_id`;

/** What the policy needs to know of an expert. */
export async function findJudgeSubject(h: Handle, id: number): Promise<JudgeSubject | undefined> {
  const row = (await h('judges').where({ id }).first('id', 'committee_id')) as { id: number; committee_id: number } | undefined;
  return row && { kind: 'judge', id: row.id, committeeId: row.committee_id };
}

export async function findJudge(h: Handle, id: number): Promise<Judge | undefined> {
  const { rows } = await h.raw<{ rows: Judge[] }>(`${SELECT} WHERE j.id = ?`, [id]);
  return rows[0];
}

/** The pool of a committee, by name; those who have left at the end. At most 1,000: the largest pools have a few hundred. */
export async function listJudges(h: Handle, committeeId: number, name = ''): Promise<Judge[]> {
  const { rows } = await h.raw<{ rows: Judge[] }>(
    `${SELECT} WHERE j.committee_id = ? AND (?::text = '' OR strpos(j.name || chr(1) || j.unit_name, ?::text) > 0) ORDER BY j.left_at IS NOT NULL, j.name, j.id LIMIT 1000`,
    [committeeId, name, name],
  );
  return rows;
}

export interface NewJudge {
  committeeId: number;
  accountId: number;
  name: string;
  idIndex: Buffer;
  unitName: string;
  avoidedUnits: string[];
  title: string;
  speciality: string;
  addedBy: number;
}

/** Gives the id; the unit is found by its name where it is registered. Violates judges_once when the committee has this person already. */
export async function insertJudge(trx: Trx, j: NewJudge): Promise<number> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `INSERT INTO judges (committee_id, account_id, name, id_index, unit_id, unit_name, avoided_units, title, speciality, added_by)
     VALUES (?, ?, ?, ?, (SELECT u.id FROM units u WHERE u.name = ? ORDER BY u.permission_state = 'granted' DESC, u.id LIMIT 1), ?, ?::text[], ?, ?, ?) RETURNING id`,
    [j.committeeId, j.accountId, j.name, j.idIndex, j.unitName, j.unitName, j.avoidedUnits, j.title, j.speciality, j.addedBy],
  );
  const [row] = rows;
  if (!row) throw new Error('insert gave no row');
  return row.id;
}

/** Corrects what may change of an expert: where they work, whom they avoid, title and speciality. */
export async function updateJudge(
  trx: Trx,
  id: number,
  j: Pick<NewJudge, 'unitName' | 'avoidedUnits' | 'title' | 'speciality'>,
): Promise<void> {
  await trx.raw(
    `UPDATE judges SET unit_id = (SELECT u.id FROM units u WHERE u.name = ? ORDER BY u.permission_state = 'granted' DESC, u.id LIMIT 1), unit_name = ?,
       avoided_units = ?::text[], title = ?, speciality = ? WHERE id = ?`,
    [j.unitName, j.unitName, j.avoidedUnits, j.title, j.speciality, id],
  );
}

/** Puts an expert out of the pool, or back; false when it is that way already. */
export async function switchJudgeRow(trx: Trx, id: number, isIn: boolean): Promise<boolean> {
  const q = trx('judges').where({ id });
  const n = isIn
    ? await q.whereNotNull('left_at').update({ left_at: null })
    : await q.whereNull('left_at').update({ left_at: trx.raw('app_now()') });
  return n === 1;
}
