import type { Trx } from '../../src/db/db';
import type { Deps } from '../../src/deps';
import { findActor } from '../../src/modules/accounts';
import type { Actor } from '../../src/policy/actor';

/** What the parts of the demonstration hand on to each other while the database is being filled. */
export interface World {
  /** the site's deps with the filling transaction in the place of the pool: every use-case becomes a part of it */
  deps: Deps;
  trx: Trx;
  /** the present year, which is the year of all batches */
  year: number;
  passwordHash: string;
  accounts: Map<string, number>;
  units: Map<string, number>;
  committees: Map<string, number>;
  batches: Map<string, number>;
}

export function demand<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`demonstration data: no ${what}`);
  return found;
}

/** The declaration of somebody who has one. */
export async function declarationOf(world: World, loginName: string): Promise<string> {
  const { rows } = await world.trx.raw<{ rows: { id: string }[] }>(
    'SELECT id FROM declarations WHERE person_id = ? AND deleted_at IS NULL',
    [demand(world.accounts.get(loginName), `account ${loginName}`)],
  );
  return demand(rows[0], `declaration of ${loginName}`).id;
}

/** The account as it is at this moment of the demonstration's past. */
export async function actorOf(world: World, loginName: string): Promise<Actor> {
  return demand(await findActor(world.trx, demand(world.accounts.get(loginName), `account ${loginName}`)), `actor ${loginName}`);
}

export async function unitActorOf(world: World, loginName: string): Promise<Actor & { unitId: number }> {
  const actor = await actorOf(world, loginName);
  return { ...actor, unitId: demand(actor.unitId, `unit of ${loginName}`) };
}

/** Every use-case says how it went; in the demonstration only one answer is right. */
export function expectKind(outcome: { kind: string }, kind: string, what: string): void {
  if (outcome.kind !== kind) throw new Error(`demonstration data: ${what} gave ${JSON.stringify(outcome)} instead of ${kind}`);
}

/** Requests of the demonstration in the audit log. */
export const REQUEST_ID = 'demo';
