/** Requests for something costly that one account may have under way at once in this process, and so many more may wait. */
const AT_ONCE = 2;
const WAITING = 4;

interface Share {
  active: number;
  queue: (() => void)[];
}

/** S62: nobody's prints and exports take more than two places at a time, however many windows they open: all others are served beside them as quickly as ever. */
export class FairShare {
  readonly #shares = new Map<number, Share>();

  /** `too-many`: as many of this account wait already as may; nothing was begun. */
  async run<T>(accountId: number, work: () => Promise<T>): Promise<T | 'too-many'> {
    const share = this.#shares.get(accountId) ?? { active: 0, queue: [] };
    this.#shares.set(accountId, share);
    if (share.active < AT_ONCE) share.active++;
    else if (share.queue.length >= WAITING) return 'too-many';
    else await new Promise<void>((resolve) => share.queue.push(resolve)); // who leaves hands over its place
    try {
      return await work();
    } finally {
      const next = share.queue.shift();
      if (next) next();
      else if (--share.active === 0) this.#shares.delete(accountId);
    }
  }
}
