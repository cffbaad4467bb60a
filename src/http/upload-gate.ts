import { setTimeout as wait } from 'node:timers/promises';
import { BusyError } from './errors';

const MB = 1024 * 1024;
/** From this many bytes on nobody else is let in; those who are inside go on. */
const CROWDED = 96 * MB;
/** More than this is never held: whoever brings the next byte is turned away. */
const FULL = 224 * MB;
const PATIENCE_MS = 15_000;
const STEP_MS = 100;

/**
 * S47: how many bytes of uploads this process holds in memory. An upload that comes while it is crowded waits unread (its sender is held back by the network) and is
 * turned away with 503 after a while.
 */
export class UploadGate {
  #held = 0;

  /** Bytes, bytes, milliseconds. */
  readonly limits = { crowded: CROWDED, full: FULL, patience: PATIENCE_MS };

  get held(): number {
    return this.#held;
  }

  /** @throws BusyError */
  async enter(): Promise<void> {
    for (let waited = 0; this.#held >= this.limits.crowded; waited += STEP_MS) {
      if (waited >= this.limits.patience) throw new BusyError();
      await wait(STEP_MS);
    }
  }

  /** Counts bytes that have arrived. @throws BusyError and counts nothing when there is no more room */
  take(bytes: number): void {
    if (this.#held + bytes > this.limits.full) throw new BusyError();
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
