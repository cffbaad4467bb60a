import type { Handle } from './db';

/**
 * The rows of a query as they stand at one moment, `piece` of them at a time, in a transaction of its own: however many there are, two pieces lie in memory, the one that is worked on and
 * the next, which is on its way meanwhile. Whoever stops early ends the transaction.
 */
export async function* readPieces<T>(
  h: Handle,
  query: { sql: string; bindings: Readonly<Record<string, unknown>> | readonly unknown[] },
  piece: number,
): AsyncGenerator<T[]> {
  const trx = await h.transaction();
  const fetch = (): Promise<T[]> => {
    const fetched = trx.raw<{ rows: T[] }>(`FETCH ${piece} FROM pieces`).then(({ rows }) => rows);
    // what goes wrong is thrown where the piece is asked for
    fetched.catch(() => undefined);
    return fetched;
  };
  let next: Promise<T[]> | undefined;
  try {
    await trx.raw(`DECLARE pieces NO SCROLL CURSOR FOR ${query.sql}`, query.bindings as never);
    next = fetch();
    while (next) {
      const rows: T[] = await next;
      next = rows.length < piece ? undefined : fetch();
      if (rows.length > 0) yield rows;
    }
  } finally {
    await trx.rollback();
  }
}
