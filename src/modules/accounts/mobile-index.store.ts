import { inTransaction, type Db, type Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';

/** The keyed index by which the accounts of a mobile number are found; whoever writes `mobile` writes `mobile_index` beside it. */
export const mobileIndex = (cipher: Cipher, mobile: string): Buffer => cipher.blindIndex(mobile, 'mobile');

const AT_ONCE = 200;
const tables = [
  { name: 'persons', key: 'account_id', purpose: 'person.mobile' },
  { name: 'units', key: 'id', purpose: 'unit.mobile' },
] as const;

async function fillSome(trx: Trx, cipher: Cipher, { name, key, purpose }: (typeof tables)[number]): Promise<number> {
  const rows = (await trx(name)
    .whereNull('mobile_index')
    .orderBy(key)
    .limit(AT_ONCE)
    .forUpdate()
    .skipLocked()
    .select({ id: key, mobile: 'mobile' })) as { id: number; mobile: Buffer }[];
  for (const row of rows)
    await trx(name)
      .where({ [key]: row.id })
      .update({ mobile_index: mobileIndex(cipher, cipher.decrypt(row.mobile, purpose)) });
  return rows.length;
}

/** Gives rows that were written before the index existed their index; gives how many. Does nothing the second time. */
export async function fillMobileIndexes({ db, cipher }: { db: Db; cipher: Cipher }): Promise<number> {
  let filled = 0;
  for (const table of tables) {
    for (let n = AT_ONCE; n === AT_ONCE; filled += n) n = await inTransaction(db, (trx) => fillSome(trx, cipher, table));
  }
  return filled;
}
