import type { Cipher } from '../lib/cipher';
import { inTransaction, type Db, type Trx } from './db';

/** A column that holds what `cipher.encrypt` gave for this purpose; `key` finds its row. */
export interface EncryptedColumn {
  table: string;
  key: string;
  column: string;
  purpose: string;
}

/** Every encrypted column of the schema; test/http/security-data.test.ts compares the list with the database. */
export const encryptedColumns: readonly EncryptedColumn[] = [
  { table: 'persons', key: 'account_id', column: 'id_number', purpose: 'person.id-number' },
  { table: 'persons', key: 'account_id', column: 'mobile', purpose: 'person.mobile' },
  { table: 'units', key: 'id', column: 'mobile', purpose: 'unit.mobile' },
  { table: 'accounts', key: 'id', column: 'mobile', purpose: 'account.mobile' },
  { table: 'identity_corrections', key: 'id', column: 'old_id_number', purpose: 'person.id-number' },
  { table: 'identity_corrections', key: 'id', column: 'new_id_number', purpose: 'person.id-number' },
  { table: 'identity_corrections', key: 'id', column: 'old_mobile', purpose: 'person.mobile' },
  { table: 'identity_corrections', key: 'id', column: 'new_mobile', purpose: 'person.mobile' },
  { table: 'unit_corrections', key: 'id', column: 'mobile_before', purpose: 'unit.mobile' },
  { table: 'unit_corrections', key: 'id', column: 'mobile_after', purpose: 'unit.mobile' },
  { table: 'second_factors', key: 'account_id', column: 'totp_secret', purpose: 'second-factor' },
  { table: 'sms_outbox', key: 'id', column: 'mobile', purpose: 'sms.mobile' },
  { table: 'sms_outbox', key: 'id', column: 'text', purpose: 'sms.text' },
  { table: 'result_objections', key: 'id', column: 'objector_name', purpose: 'objection.name' },
  { table: 'result_objections', key: 'id', column: 'objector_contact', purpose: 'objection.contact' },
  { table: 'form_drafts', key: 'id', column: 'content', purpose: 'form-draft' },
  { table: 'draws', key: 'id', column: 'sealed_seed', purpose: 'draw.seed' },
  { table: 'judge_notes', key: 'id', column: 'body', purpose: 'judge.note' },
  { table: 'kept_posts', key: 'id', column: 'summary', purpose: 'kept-post' },
  { table: 'kept_posts', key: 'id', column: 'content', purpose: 'kept-post' },
];

const AT_ONCE = 100;

async function rotateSome(trx: Trx, cipher: Cipher, { table, key, column, purpose }: EncryptedColumn): Promise<number> {
  // rows that somebody is writing just now are waited for: they may be getting a box of the old key
  const rows = (await trx(table)
    .whereNotNull(column)
    .whereRaw('substring(?? FROM 1 FOR ?) <> ?', [column, cipher.head.length, cipher.head])
    .orderBy(key)
    .limit(AT_ONCE)
    .forUpdate()
    .select({ id: key, box: column })) as { id: number | string; box: Buffer }[];
  for (const { id, box } of rows)
    await trx(table)
      .where({ [key]: id })
      .update({ [column]: cipher.encrypt(cipher.decrypt(box, purpose), purpose) });
  return rows.length;
}

/**
 * X3: brings every encrypted column under the cipher's current key, in small transactions, so that it runs beside the site and goes on after a break where it
 * stopped. Gives the number of boxes made anew in each column. Throws when a box was made with a key that is not in the ring.
 */
export async function rotateKeys(db: Db, cipher: Cipher): Promise<{ column: EncryptedColumn; rotated: number }[]> {
  const counts: { column: EncryptedColumn; rotated: number }[] = [];
  for (const column of encryptedColumns) {
    let rotated = 0;
    for (let n = AT_ONCE; n === AT_ONCE; rotated += n) n = await inTransaction(db, (trx) => rotateSome(trx, cipher, column));
    counts.push({ column, rotated });
  }
  return counts;
}
