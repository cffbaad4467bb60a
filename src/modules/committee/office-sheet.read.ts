import type { Handle } from '../../db/db';
import { readPieces } from '../../db/read-pieces';
import type { PlainDate } from '../../lib/dates';
import type { StateName } from '../../policy/declaration-moves';
import type { Scope } from '../../policy/policy';
import { LINE_COLUMNS, listEntries, type DeclarationLine, type QueueCondition, type Show } from '../review';

export interface OfficeSheetRow extends DeclarationLine {
  state: StateName;
  rankN: number | null;
  rankOf: number | null;
  arrivedAt: Date;
  dueOn: PlainDate | null;
  /** one of the six reasons, in words; '' unless refused */
  refusal: string;
  /** encrypted */
  idNumber: Buffer;
}

export async function countOfficeSheet(h: Handle, scope: Scope, c: QueueCondition, show: Show): Promise<number> {
  const [row] = (await listEntries(h, scope, c, show).select(h.raw('count(*)::int AS count'))) as { count: number }[];
  return row?.count ?? 0;
}

/** All rows by the order of arrival as they stand at one moment, 100 at a time. */
export function eachOfficeSheet(h: Handle, scope: Scope, c: QueueCondition, show: Show): AsyncGenerator<OfficeSheetRow[]> {
  const { sql, bindings } = listEntries(h, scope, c, show)
    .join('declarations as d', 'd.id', 'e.declaration_id')
    .leftJoin('units as u', 'u.id', 'd.unit_id')
    .join('persons as person', 'person.account_id', 'd.person_id')
    .select(
      h.raw(`${LINE_COLUMNS}, d.state, d.rank_n AS "rankN", d.rank_of AS "rankOf", e.arrived_at AS "arrivedAt",
          CASE WHEN d.state = 'correction' THEN d.correction_due_on END AS "dueOn", person.id_number AS "idNumber",
          CASE WHEN d.state = 'refused' THEN coalesce((SELECT e.detail->>'reason' FROM declaration_events e
            WHERE e.declaration_id = d.id AND e.move = 'refuse' ORDER BY e.id DESC LIMIT 1), '') ELSE '' END AS refusal`),
    )
    .orderBy([{ column: 'e.arrived_at' }, { column: 'e.declaration_id' }])
    .toSQL();
  return readPieces(h, { sql, bindings }, 100);
}
