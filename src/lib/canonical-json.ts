import { createHash } from 'node:crypto';

/**
 * JSON of which equal values give equal text: keys sorted by code unit, no blanks, `undefined` members dropped (in arrays null, as in JSON),
 * dates and other objects with `toJSON` through it. Throws TypeError on what JSON cannot hold faithfully: numbers that are not finite,
 * functions, symbols, bigints, cycles, maps and other class instances, and `undefined` itself.
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, above: readonly object[]): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`no JSON for ${value}`);
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : writeObject(value, above);
    default:
      throw new TypeError(`no JSON for ${typeof value}`);
  }
}

function writeObject(value: object, above: readonly object[]): string {
  if (above.includes(value)) throw new TypeError('no JSON for a cycle');
  const path = [...above, value];
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item: unknown) => (item === undefined ? 'null' : write(item, path))).join(',')}]`;
  }
  if (hasToJson(value)) return write(value.toJSON(), path);
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object's prototype has no prototype of its own, also when it comes from another realm.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new TypeError('no JSON for a class instance');
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member, path)}`);
  return `{${members.join(',')}}`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** SHA-256 of a text (as UTF-8) or of bytes, 64 lower-case hexadecimal digits. */
export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
