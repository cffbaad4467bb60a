import type { Handle, Trx } from '../../db/db';

/** How the publicity in its unit stands for a declaration (R5). */
export interface PutUp {
  publicityId: number;
  starts_on: string;
  ends_on: string;
  is_over: boolean;
  /** objections that nobody has decided yet */
  open: number;
}

/** The publicities that count for these declarations; none for one that was not put up, or has gone back since. One query. */
export async function findPutUps(h: Handle, ids: readonly string[]): Promise<Map<string, PutUp>> {
  const { rows } = await h.raw<{ rows: (PutUp & { declaration: string })[] }>(
    `SELECT i.declaration_id AS declaration, p.id AS "publicityId", p.starts_on, p.ends_on, p.ends_on < app_today() AS is_over,
       (SELECT count(*)::int FROM unit_objections o WHERE o.declaration_id = i.declaration_id AND o.publicity_id = p.id AND o.outcome IS NULL) AS open
     FROM unit_publicity_items i JOIN unit_publicities p ON p.id = i.publicity_id WHERE i.declaration_id = ANY(?::uuid[]) AND i.voided_at IS NULL`,
    [[...ids]],
  );
  return new Map(rows.map((r) => [r.declaration, r]));
}

/** What was put up counts no more: the declarations go back to their applicants, or end. */
export async function takeDown(trx: Trx, ...declarations: string[]): Promise<void> {
  await trx('unit_publicity_items')
    .whereIn('declaration_id', declarations)
    .whereNull('voided_at')
    .update({ voided_at: trx.raw('app_now()') });
}

/** Whether an objection to this declaration was upheld with the end that the unit does not recommend it. */
export async function isWithheld(h: Handle, declaration: string): Promise<boolean> {
  return (await h('unit_objections').where({ declaration_id: declaration, outcome: 'withheld' }).first('id')) !== undefined;
}
