import type { Logger } from 'pino';

/**
 * Longest time that what is under way may take after it was asked to end, in ms. An upload may take its sender half an hour (src/http/http-server.ts), and no update waits for that: one that has not come by
 * then is cut off, the page says so (「网络连接中断」), and sent again it comes whole to a process that goes on: nothing of a form is kept before all of it is there.
 */
const LONGEST_END_MS = 150_000;

/**
 * Ends this process in good order on these signals. A second signal, or taking too long, ends it at once with code 1: what is lost then is
 * what a crash would lose, and the same tests show that nothing is.
 */
export function onEnd(log: Logger, signals: readonly NodeJS.Signals[], end: () => Promise<void>): void {
  let isEnding = false;
  const begin = (signal: string): void => {
    if (isEnding) process.exit(1);
    isEnding = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('not ended in time: breaking off');
      process.exit(1);
    }, LONGEST_END_MS).unref();
    end().then(
      () => process.exit(0),
      (e: unknown) => {
        log.error({ err: e }, 'stop failed');
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.on(signal, () => begin(signal));
}
