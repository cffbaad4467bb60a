import type { Handle } from '../../db/db';
import type { Actor } from '../../policy/actor';
import type { MoveName, StateName } from '../../policy/declaration-moves';

/** What the reader did to a declaration, and where that has left it. */
export interface OwnAct {
  id: string;
  name: string;
  move: MoveName;
  to: StateName;
  /** who holds it now; null while it is with the applicant */
  holder: string | null;
  /** how many sections are open for changes */
  sections: number;
  /** the last day of a correction */
  dueOn: string | null;
}

/** The last act on this declaration, when it was this account's own: whoever did it may read of it, also where it has left the reader's lists. One query. */
export async function findOwnAct(h: Handle, actor: Actor, id: string): Promise<OwnAct | undefined> {
  const { rows } = await h.raw<{ rows: (OwnAct & { actorId: number })[] }>(
    `SELECT d.id, d.applicant_name AS name, e.move, e.to_state AS "to", e.actor_id AS "actorId", coalesce(u.name, c.name) AS holder,
       coalesce(cardinality(d.reopened_sections), 0) AS sections, d.correction_due_on AS "dueOn"
     FROM declarations d JOIN declaration_events e ON e.declaration_id = d.id LEFT JOIN units u ON u.id = d.holder_unit_id
       LEFT JOIN committees c ON c.id = d.holder_committee_id
     WHERE d.id = ? ORDER BY e.id DESC LIMIT 1`,
    [id],
  );
  const [row] = rows;
  return row && row.actorId === actor.accountId ? row : undefined;
}
