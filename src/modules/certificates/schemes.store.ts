import type { Handle, Trx } from '../../db/db';
import type { NumberPart, NumberScheme } from '../../lib/certificate-number';
import type { Actor } from '../../policy/actor';

export interface KeptScheme extends NumberScheme {
  id: number;
  parts: NumberPart[];
  /** '' for the one that the site came with */
  creatorName: string;
  createdAt: Date;
  /** certificates are numbered by it: it never changes */
  isUsed: boolean;
}

const SELECT = `SELECT s.id, s.prefix, s.parts, s.width, s.creator_name AS "creatorName", s.created_at AS "createdAt",
    s.created_by IS NULL OR EXISTS (SELECT 1 FROM certificates c WHERE c.scheme_id = s.id) AS "isUsed" FROM certificate_schemes s`;

/** All schemes there ever were, the present one first. One query. */
export async function listSchemes(h: Handle): Promise<KeptScheme[]> {
  const { rows } = await h.raw<{ rows: KeptScheme[] }>(`${SELECT} ORDER BY s.id DESC`);
  return rows;
}

/** The present scheme; `lock` holds it until the transaction is over: nobody changes what a number is being made by, nor numbers by what is being changed. */
export async function lockCurrentScheme(trx: Trx, lock: 'SHARE' | 'UPDATE'): Promise<KeptScheme> {
  const { rows } = await trx.raw<{ rows: KeptScheme[] }>(
    `${SELECT} WHERE s.id = (SELECT max(id) FROM certificate_schemes) FOR ${lock} OF s`,
  );
  const [scheme] = rows;
  if (!scheme) throw new Error('certificate_schemes: there is no scheme');
  return scheme;
}

const columns = (s: NumberScheme, by: Actor) => ({
  prefix: s.prefix,
  parts: [...s.parts],
  width: s.width,
  created_by: by.accountId,
  creator_name: by.name,
});

/** Violates `certificate_schemes_tell_apart` where an earlier scheme has this prefix and length. */
export async function insertScheme(trx: Trx, s: NumberScheme, by: Actor): Promise<void> {
  await trx('certificate_schemes').insert(columns(s, by));
}
export async function replaceScheme(trx: Trx, id: number, s: NumberScheme, by: Actor): Promise<void> {
  await trx('certificate_schemes')
    .where({ id })
    .update({ ...columns(s, by), created_at: trx.raw('app_now()') });
}

/** The next serial of a scope. The counter's row stays locked until the transaction ends, so that a roll-back leaves no gap and two never get the same. */
export async function takeScopeSerial(trx: Trx, schemeId: number, scope: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { last_serial: number }[] }>(
    `INSERT INTO certificate_counters (scheme_id, scope, last_serial) VALUES (?, ?, 1)
     ON CONFLICT (scheme_id, scope) DO UPDATE SET last_serial = certificate_counters.last_serial + 1 RETURNING last_serial`,
    [schemeId, scope],
  );
  const [row] = rows;
  if (!row) throw new Error('certificate_counters: no serial came back');
  return row.last_serial;
}
