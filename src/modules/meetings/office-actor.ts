import type { Visit } from '../../http/route';
import type { Actor } from '../../policy/actor';

/** Who visits, as an officer of a committee; the route's access has made sure of it. */
export function officeActor(visit: Visit): Actor & { committeeId: number } {
  const { actor } = visit;
  if (actor.committeeId === undefined) throw new Error('an office account without a committee');
  return { ...actor, committeeId: actor.committeeId };
}
