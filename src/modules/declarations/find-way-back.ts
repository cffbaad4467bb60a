import type { Handle } from '../../db/db';
import { findStops, type Declaration, type Stop } from './declarations.store';

export interface WayBack {
  /** where it goes when it is handed in again */
  stop: Stop;
  /** units between it and the one that returned it, that one included, which have no permission any more */
  passedOver: string[];
}

/**
 * D17: what is handed in again goes to the stop that returned it. A unit whose permission was taken back meanwhile (C3) could neither check nor report it, so it goes to the next unit
 * below that can, which reports it by its new path; to the first one in any case, since there the applicant may choose.
 */
export async function findWayBack(h: Handle, d: Pick<Declaration, 'id' | 'return_position'>): Promise<WayBack> {
  const returnedBy = d.return_position ?? 0;
  const below = (await findStops(h, d.id)).filter((s) => s.position <= returnedBy).reverse();
  const [last] = below;
  if (last?.position !== returnedBy) throw new Error(`declaration ${d.id} was returned by stop ${returnedBy}, which does not exist`);
  const stop = below.find((s) => s.committee_id !== null || s.isPermitted === true || s.position === 0);
  if (!stop) throw new Error(`declaration ${d.id} has no first stop`);
  return { stop, passedOver: below.filter((s) => s.position > stop.position).map((s) => s.name) };
}
