import { AsyncLocalStorage } from 'node:async_hooks';

const arrivals = new AsyncLocalStorage<number>();

/** A moment on this machine's steady clock: good for lengths of time only, it knows no date. */
export const steadyNow = (): number => performance.now();

/** Answers a request that arrived at `at` (steadyNow); everything it waits for inside knows how long ago that was. */
export const duringRequest = <T>(at: number, work: () => Promise<T>): Promise<T> => arrivals.run(at, work);

/**
 * K3: how many ms ago the present request arrived; undefined outside of one. A deadline asks the database's clock minus this: what arrived in time is in
 * time, however long its body, a lock or the pool took.
 */
export function waitedMs(): number | undefined {
  const at = arrivals.getStore();
  return at === undefined ? undefined : Math.max(0, steadyNow() - at);
}
