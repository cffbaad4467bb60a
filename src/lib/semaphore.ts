/** Lets at most `limit` tasks run at once; the others wait in the order they came. */
export class Semaphore {
  #active = 0;
  readonly #queue: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#active >= this.limit) {
      await new Promise<void>((resolve) => this.#queue.push(resolve)); // the one who leaves hands over its place
    } else {
      this.#active++;
    }
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#active--;
    }
  }
}
