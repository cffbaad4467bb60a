/** The name of all buttons. Forms begin with a hidden button that does what Enter means; lynx sends it along with the visible one of the same value, which is one press. */
const BUTTON = 'do';

/** What a form posted: flat names, strings only. A name that came twice keeps all values; one() then refuses (S33). */
export class FormInput {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: Iterable<readonly [string, string]>) {
    const map = new Map<string, string[]>();
    for (const [name, value] of values) {
      const list = map.get(name);
      if (name === BUTTON && list?.includes(value)) continue;
      if (list) list.push(value);
      else map.set(name, [value]);
    }
    this.#values = map;
  }

  /** The single value of a name; '' when it was not sent. Throws RepeatedFieldError when it came more than once. */
  one(name: string): string {
    const list = this.#values.get(name);
    if (!list) return '';
    if (list.length > 1) throw new RepeatedFieldError(name);
    return list[0] ?? '';
  }
  has(name: string): boolean {
    return this.#values.has(name);
  }
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
  names(): string[] {
    return [...this.#values.keys()];
  }
  entries(): [string, string][] {
    return [...this.#values].flatMap(([name, list]) => list.map((value): [string, string] => [name, value]));
  }
}

export class RepeatedFieldError extends Error {
  constructor(readonly field: string) {
    super(`field sent more than once: ${field.slice(0, 60)}`);
  }
}
