import pg from 'pg';

export interface Listener {
  stop: () => Promise<void>;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Hears what the database tells about `channel`, on a connection of its own, and connects again when that is lost. `hear` gets the payload, and undefined after every
 * connection: what was told while nobody listened is not known. `complain` gets a line for every lost connection.
 */
export function listen(
  url: string,
  channel: string,
  hear: (payload: string | undefined) => void,
  complain: (e: unknown) => void,
): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let wait = FIRST_WAIT_MS;
  const again = (e: unknown): void => {
    if (isOver || timer) return;
    complain(e);
    timer = setTimeout(() => {
      timer = undefined;
      connect();
    }, wait);
    timer.unref();
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const connect = (): void => {
    const mine = new pg.Client({
      connectionString: url,
      application_name: 'title-declaration listener',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    client = mine;
    mine.on('notification', (n) => hear(n.payload));
    mine.on('error', again);
    mine.on('end', () => again(new Error('the listening connection has ended')));
    mine
      .connect()
      .then(() => mine.query(`LISTEN ${pg.escapeIdentifier(channel)}`))
      .then(() => {
        wait = FIRST_WAIT_MS;
        hear(undefined);
      })
      .catch(again);
  };
  connect();
  return {
    async stop() {
      isOver = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
