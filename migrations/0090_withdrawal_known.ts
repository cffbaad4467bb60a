import type { Knex } from 'knex';

/** C3: when, and by which bureau, a unit that has no permission lost it, and where that bureau is reached; null for a unit that has the permission or never had it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE FUNCTION unit_withdrawal(unit bigint) RETURNS json LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT json_build_object('at', w.withdrawn_at, 'division', v.full_name, 'phone', bureau_phone(v.code))
  FROM permission_withdrawals w JOIN units u ON u.id = w.unit_id JOIN accounts a ON a.id = w.withdrawn_by JOIN divisions v ON v.code = coalesce(a.division_code, u.division_code)
  WHERE w.unit_id = unit AND u.permission_state <> 'granted' ORDER BY w.id DESC LIMIT 1 $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP FUNCTION unit_withdrawal(bigint)');
}
