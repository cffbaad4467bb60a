import type { Handle, Trx } from '../../db/db';

/** Whose telephone it is: a bureau's, by its division, or a committee's office's. */
export type Desk = { divisionCode: string } | { committeeId: number };

/** The telephone the desk has put down itself, '' when none. Locked when a transaction asks. */
export async function findPhone(h: Handle, desk: Desk, lock = false): Promise<string> {
  const query =
    'divisionCode' in desk
      ? h('divisions').where({ code: desk.divisionCode }).select('phone')
      : h('committees').where({ id: desk.committeeId }).select('phone');
  const [row] = (await (lock ? query.forUpdate() : query)) as { phone: string | null }[];
  return row?.phone ?? '';
}

export async function setPhone(trx: Trx, desk: Desk, phone: string): Promise<void> {
  if ('divisionCode' in desk) await trx('divisions').where({ code: desk.divisionCode }).update({ phone });
  else await trx('committees').where({ id: desk.committeeId }).update({ phone });
}
