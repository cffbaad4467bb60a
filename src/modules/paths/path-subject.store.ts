import type { Handle } from '../../db/db';
import type { PathSubject } from '../../policy/policy';

interface Row {
  id: number;
  unit_id: number;
  upstream_unit_id: number | null;
  committee_id: number | null;
  state: PathSubject['state'];
}

/** What the policy needs to know of a reporting path. */
export async function findPathSubject(h: Handle, id: number): Promise<PathSubject | undefined> {
  const r = (await h('reporting_paths').where({ id }).first('id', 'unit_id', 'upstream_unit_id', 'committee_id', 'state')) as
    Row | undefined;
  return (
    r && { kind: 'path', id: r.id, unitId: r.unit_id, upstreamUnitId: r.upstream_unit_id, committeeId: r.committee_id, state: r.state }
  );
}
