import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';

/** What the form prints beside the content. */
export interface FormFacts {
  /** 「申报承诺书」 in the words that were accepted, or would be */
  commitment: string;
  acceptedAt: Date | null;
  /** when the round that is printed was submitted */
  frozenAt: Date | null;
  today: PlainDate;
}

/** One query. */
export async function findFormFacts(h: Handle, declarationId: string): Promise<FormFacts> {
  const { rows } = await h.raw<{ rows: FormFacts[] }>(
    `SELECT coalesce(k.text, b.commitment) AS commitment, k.accepted_at AS "acceptedAt", v.frozen_at AS "frozenAt", app_today() AS today
     FROM declarations d
       JOIN batches b ON b.id = d.batch_id
       LEFT JOIN commitments k ON k.account_id = d.person_id AND k.batch_id = d.batch_id
       LEFT JOIN declaration_versions v ON v.declaration_id = d.id AND v.round = d.round
     WHERE d.id = ?`,
    [declarationId],
  );
  const [row] = rows;
  if (!row) throw new Error(`declaration ${declarationId} is gone`);
  return row;
}
