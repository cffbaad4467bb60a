import { findActor } from '../src/modules/accounts';
import { noInput } from '../src/modules/declarations';
import { moveTogether } from '../src/modules/review';
import { makeReportable } from '../test/support/declarations';
import { makeBatch, makeCommittee, makePath, makeUnit } from '../test/support/factories';
import type { Site } from '../test/support/site';
import { compare } from './compare';
import { slower, type Measured } from './measures';

const ROWS = 1000;

/** M8: 「数据上报」 of 1,000 in one transaction, against the same writes as five statements of SQL without any check. */
export async function m8(site: Site): Promise<Measured> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const made: { ids: string[]; unit: Awaited<ReturnType<typeof makeUnit>> }[] = [];
  for (let i = 0; i < 20; i++) {
    const unit = await makeUnit(site);
    await makePath(site, batch, unit, { committeeId: committee.id });
    made.push({ unit, ids: await makeReportable(site, batch, unit, ROWS) });
  }
  await site.db.raw('ANALYZE');
  const next = () => {
    const one = made.pop();
    if (!one) throw new Error('more pairs than units');
    return one;
  };
  const found = await compare(
    async () => {
      const { unit, ids } = next();
      const actor = await findActor(site.db, unit.accountId);
      if (!actor) throw new Error('no actor');
      const outcome = await moveTogether(
        site.deps,
        actor,
        'report',
        ids.map((id) => ({ id, input: noInput })),
        'bench',
      );
      if (outcome.kind !== 'moved') throw new Error(JSON.stringify(outcome).slice(0, 500));
    },
    async () => {
      const { unit, ids } = next();
      await site.db.transaction(async (trx) => {
        const values = { ids, committee: committee.id, actor: unit.accountId } as never;
        await trx.raw(
          `UPDATE declarations SET state = 'office_review', holder_unit_id = NULL, holder_committee_id = :committee, stop_position = 1, rank_fixed_at = app_now(), version = version + 1, moved_at = app_now() WHERE id = ANY(:ids)`,
          values,
        );
        await trx.raw(`UPDATE declaration_stops SET reported_at = app_now() WHERE declaration_id = ANY(:ids) AND position = 0`, values);
        await trx.raw(
          `INSERT INTO declaration_stops (declaration_id, position, committee_id) SELECT unnest(CAST(:ids AS uuid[])), 1, :committee`,
          values,
        );
        await trx.raw(
          `INSERT INTO declaration_events (declaration_id, move, from_state, to_state, round, actor_id, actor_name, on_behalf_of, stop_position) SELECT unnest(CAST(:ids AS uuid[])), 'report', 'unit_passed', 'office_review', 1, :actor, 'x', 'x', 0`,
          values,
        );
        await trx.raw(
          `INSERT INTO audit_log (actor_id, actor_name, action, subject_kind, subject_id) SELECT :actor, 'x', 'declaration.report', 'declaration', unnest(CAST(:ids AS text[]))`,
          values,
        );
      });
    },
  );
  return { measures: [slower('「数据上报」 of 1,000 in one transaction', found, 3)], ...found };
}
