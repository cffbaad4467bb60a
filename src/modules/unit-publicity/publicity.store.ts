import type { Handle, Trx } from '../../db/db';
import type { Actor } from '../../policy/actor';
import type { StateName } from '../../policy/declaration-moves';
import type { PlainDate } from '../../lib/dates';
import { BORN_ON, LINE_COLUMNS, tellApart, type DeclarationLine } from '../review';

export interface Candidate extends DeclarationLine {
  id: string;
  bornOn: PlainDate;
  days: number;
  round: number;
  version: number;
}

/** What the unit has passed, must put up before it reports, and has not put up yet. `ids`: only these, locked in the order of their ids. */
export async function listCandidates(h: Handle, unitId: number, ids?: readonly string[]): Promise<Candidate[]> {
  const { rows } = await h.raw<{ rows: Candidate[] }>(
    `SELECT d.id, ${LINE_COLUMNS}, ${BORN_ON}, b.unit_publicity_days AS days, d.round, d.version
     FROM declarations d JOIN batches b ON b.id = d.batch_id LEFT JOIN units u ON u.id = d.unit_id
     WHERE d.holder_unit_id = ? AND d.state = 'unit_passed' AND d.stop_position = 0 AND d.deleted_at IS NULL AND b.demands_unit_publicity
       AND NOT EXISTS (SELECT 1 FROM unit_publicity_items i WHERE i.declaration_id = d.id AND i.voided_at IS NULL)
       ${ids ? 'AND d.id = ANY(CAST(? AS uuid[]))' : ''}
     ORDER BY ${ids ? 'd.id' : 'd.year, d.series_id, d.level, d.applicant_name, d.id'} LIMIT 500 ${ids ? 'FOR UPDATE OF d' : ''}`,
    (ids ? [unitId, [...ids]] : [unitId]) as number[],
  );
  return rows;
}

export async function insertPublicity(
  trx: Trx,
  p: { unitId: number; startsOn: string; endsOn: string; days: number; place: string; contact: string; by: number },
  items: readonly { id: string; round: number }[],
): Promise<number> {
  const [row] = (await trx('unit_publicities')
    .insert({
      unit_id: p.unitId,
      starts_on: p.startsOn,
      ends_on: p.endsOn,
      days: p.days,
      place: p.place,
      contact: p.contact,
      created_by: p.by,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  await trx('unit_publicity_items').insert(items.map((i) => ({ publicity_id: row.id, declaration_id: i.id, round: i.round })));
  return row.id;
}

export interface UnitPublicity {
  id: number;
  unitName: string;
  startsOn: string;
  endsOn: string;
  days: number;
  place: string;
  contact: string;
  /** before its first day, running, over */
  phase: 'before' | 'running' | 'over';
  count: number;
  open: number;
}

const SELECT = `SELECT p.id, u.name AS "unitName", p.starts_on AS "startsOn", p.ends_on AS "endsOn", p.days, p.place, p.contact,
    CASE WHEN app_today() < p.starts_on THEN 'before' WHEN app_today() <= p.ends_on THEN 'running' ELSE 'over' END AS phase,
    (SELECT count(*)::int FROM unit_publicity_items i WHERE i.publicity_id = p.id) AS count,
    (SELECT count(*)::int FROM unit_objections o WHERE o.publicity_id = p.id AND o.outcome IS NULL) AS open
  FROM unit_publicities p JOIN units u ON u.id = p.unit_id`;

export async function countPublicities(h: Handle, unitId: number): Promise<number> {
  const row = (await h('unit_publicities').where({ unit_id: unitId }).count('id as n').first()) as { n: number | string } | undefined;
  return Number(row?.n ?? 0);
}

/** One page of a unit's publicities, the newest first. One query. */
export async function listPublicities(h: Handle, unitId: number, limit: number, offset: number): Promise<UnitPublicity[]> {
  const { rows } = await h.raw<{ rows: UnitPublicity[] }>(`${SELECT} WHERE p.unit_id = ? ORDER BY p.id DESC LIMIT ? OFFSET ?`, [
    unitId,
    limit,
    offset,
  ]);
  return rows;
}

/** One publicity of this unit. */
export async function findUnitPublicity(h: Handle, unitId: number, id: number): Promise<UnitPublicity | undefined> {
  const { rows } = await h.raw<{ rows: UnitPublicity[] }>(`${SELECT} WHERE p.unit_id = ? AND p.id = ?`, [unitId, id]);
  return rows[0];
}

export interface PublicityItem extends DeclarationLine {
  id: string;
  /** for the unit's own pages: the list that is put up names no day of birth */
  bornOn: PlainDate;
  state: StateName;
  isVoid: boolean;
}

/** Everybody in a publicity. One query. */
export async function listItems(h: Handle, publicityId: number): Promise<PublicityItem[]> {
  const { rows } = await h.raw<{ rows: PublicityItem[] }>(
    `SELECT d.id, ${LINE_COLUMNS}, ${BORN_ON}, d.state, i.voided_at IS NOT NULL AS "isVoid"
     FROM unit_publicity_items i JOIN declarations d ON d.id = i.declaration_id LEFT JOIN units u ON u.id = d.unit_id
     WHERE i.publicity_id = ? ORDER BY d.year, d.series_id, d.level, d.applicant_name, d.id`,
    [publicityId],
  );
  return rows;
}

export type ObjectionKind = 'named' | 'anonymous' | 'body';
export type ObjectionOutcome = 'dismissed' | 'returned' | 'withheld';

export interface Objection {
  id: number;
  publicityId: number;
  declarationId: string;
  applicantName: string;
  receivedOn: string;
  kind: ObjectionKind;
  content: string;
  recorderName: string;
  recordedAt: Date;
  outcome: ObjectionOutcome | null;
  finding: string;
  deciderName: string;
  decidedAt: Date | null;
}

const OBJECTION = `SELECT o.id, o.publicity_id AS "publicityId", o.declaration_id AS "declarationId", d.applicant_name AS "applicantName", o.received_on AS "receivedOn",
    o.kind, o.content, o.recorder_name AS "recorderName", o.recorded_at AS "recordedAt", o.outcome, o.finding, o.decider_name AS "deciderName", o.decided_at AS "decidedAt"
  FROM unit_objections o JOIN unit_publicities p ON p.id = o.publicity_id JOIN declarations d ON d.id = o.declaration_id`;

/** Names as the unit's pages show everybody of the publicity: whom an objection speaks of decides who is not recommended. */
async function nameApart(h: Handle, objections: Objection[]): Promise<Objection[]> {
  const [first] = objections;
  if (!first) return [];
  const names = new Map(tellApart(await listItems(h, first.publicityId)).map((i) => [i.id, i.name]));
  return objections.map((o) => ({ ...o, applicantName: names.get(o.declarationId) ?? o.applicantName }));
}

/** One query for the objections, one for the names. */
export async function listObjections(h: Handle, publicityId: number): Promise<Objection[]> {
  const { rows } = await h.raw<{ rows: Objection[] }>(`${OBJECTION} WHERE o.publicity_id = ? ORDER BY o.id`, [publicityId]);
  return nameApart(h, rows);
}

export async function findObjection(h: Handle, unitId: number, id: number): Promise<Objection | undefined> {
  const { rows } = await h.raw<{ rows: Objection[] }>(`${OBJECTION} WHERE p.unit_id = ? AND o.id = ?`, [unitId, id]);
  return (await nameApart(h, rows))[0];
}

/** The live item, with its declaration held until the transaction is over; undefined when it is not (any more) with the unit that put it up. */
export async function lockItem(trx: Trx, unitId: number, publicityId: number, declarationId: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM unit_publicity_items i JOIN unit_publicities p ON p.id = i.publicity_id JOIN declarations d ON d.id = i.declaration_id
     WHERE p.unit_id = ? AND i.publicity_id = ? AND i.declaration_id = ? AND i.voided_at IS NULL AND d.state = 'unit_passed' AND d.holder_unit_id = p.unit_id FOR UPDATE OF d`,
    [unitId, publicityId, declarationId],
  );
  return rows.length > 0;
}

export async function insertObjection(
  trx: Trx,
  o: { publicityId: number; declarationId: string; receivedOn: string; kind: ObjectionKind; content: string; by: Actor },
): Promise<number> {
  const [row] = (await trx('unit_objections')
    .insert({
      publicity_id: o.publicityId,
      declaration_id: o.declarationId,
      received_on: o.receivedOn,
      kind: o.kind,
      content: o.content,
      recorded_by: o.by.accountId,
      recorder_name: o.by.name,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}
