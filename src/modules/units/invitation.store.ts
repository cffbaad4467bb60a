import type { Trx } from '../../db/db';

/**
 * Notes that the person asks the unit today. False when the unit has been asked today already (unit_invitations_one_a_day); undefined when the person has used up
 * today's three (unit_invitations_three_a_day). The caller holds the unit and the person's account.
 */
export async function insertInvitation(trx: Trx, unitId: number, accountId: number): Promise<boolean | undefined> {
  await trx('accounts').where({ id: accountId }).forUpdate().first('id');
  const { rows: sent } = await trx.raw<{ rows: { n: number }[] }>(
    'SELECT count(*)::int AS n FROM unit_invitations WHERE invited_by = ? AND invited_on = app_today()',
    [accountId],
  );
  const n = sent[0]?.n ?? 0;
  const { rows: toUnit } = await trx.raw<{ rows: object[] }>(
    'SELECT FROM unit_invitations WHERE unit_id = ? AND invited_on = app_today()',
    [unitId],
  );
  if (toUnit.length > 0) return false;
  if (n >= 3) return undefined;
  await trx('unit_invitations').insert({ unit_id: unitId, invited_by: accountId, of_the_day: n + 1 });
  return true;
}
