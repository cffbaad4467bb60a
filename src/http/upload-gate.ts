import { BusyError } from './errors';

const MB = 1024 * 1024;
/** So much is held of all uploads together; whoever brings more waits, his sender held back by the network. */
const CROWDED = 96 * MB;
/** Beyond that, room is kept for uploads that are to be read to their end: without it all of them could lie here in halves and none go on. Never more than this is held. */
const FULL = 224 * MB;
const PATIENCE_MS = 15_000;

/** What one upload holds. */
export interface UploadShare {
  readonly held: number;
  /** Counts bytes that have arrived, once there is room for them. @throws BusyError when there was none for too long */
  take(bytes: number): Promise<void>;
  /** Gives everything back; may be called again. */
  close(): void;
}

/**
 * S47: how many bytes of uploads this process holds in memory. In a crowd one upload after another, by the order in which they had to wait, is let through to its end; who waits too
 * long is turned away with 503.
 */
export class UploadGate {
  #held = 0;
  /** what those who are let through to their end may still bring */
  #promised = 0;
  readonly #waiting = new Set<() => void>();

  /** Bytes, bytes, milliseconds. */
  readonly limits = { crowded: CROWDED, full: FULL, patience: PATIENCE_MS };

  get held(): number {
    return this.#held;
  }

  /** `most`: bytes that this upload can bring at most. */
  open(most: number): UploadShare {
    let held = 0;
    /** undefined: not let through to its end */
    let promised: number | undefined;
    let waited = 0;
    let isClosed = false;
    const isLetIn = (bytes: number): boolean => {
      if (promised === undefined) {
        if (this.#held + this.#promised + bytes <= this.limits.crowded) return true;
        const rest = Math.max(most - held, bytes);
        if (this.#held + this.#promised + rest > this.limits.full) return false;
        promised = rest;
        this.#promised += rest;
      }
      const kept = Math.min(bytes, promised);
      promised -= kept;
      this.#promised -= kept;
      return true;
    };
    return {
      get held() {
        return held;
      },
      take: async (bytes) => {
        const from = performance.now();
        const end = from + this.limits.patience - waited;
        while (!isClosed && !isLetIn(bytes)) {
          if (performance.now() >= end) throw new BusyError();
          await this.#room(end - performance.now());
        }
        waited += performance.now() - from;
        if (isClosed) return;
        held += bytes;
        this.#held += bytes;
      },
      close: () => {
        isClosed = true;
        this.#held -= held;
        this.#promised -= promised ?? 0;
        held = promised = 0;
        for (const wake of [...this.#waiting]) wake();
      },
    };
  }

  /** Until something has been given back, or so many ms are over. */
  #room(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(ms, 0) + 1);
      this.#waiting.add(wake);
    });
  }
}
