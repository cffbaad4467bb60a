import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { readClock, shiftClock } from './clock.store';

/** The buttons of the page and the days they move the clock by; undefined: back to the present. */
export const clockChanges = { 'forward-1': 1, 'forward-10': 10, reset: undefined } as const;
export type ClockChange = keyof typeof clockChanges;
export const isClockChange = (text: string): text is ClockChange => Object.hasOwn(clockChanges, text);

export type SetClockOutcome = { kind: 'done' } | { kind: 'no-demo' };

/** X6: moves the demonstration's clock. Outside of a demonstration nobody can. */
export async function setClock(deps: Deps, actor: Actor, change: ClockChange, requestId: string): Promise<SetClockOutcome> {
  if (!deps.config.demo) return { kind: 'no-demo' };
  await inTransaction(deps.db, async (trx) => {
    const before = await readClock(trx);
    await shiftClock(trx, clockChanges[change]);
    const after = await readClock(trx);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'clock.set',
      subjectKind: 'clock',
      detail: { change, daysAheadBefore: before.daysAhead, daysAhead: after.daysAhead },
      requestId,
    });
  });
  return { kind: 'done' };
}
