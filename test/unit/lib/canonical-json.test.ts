import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { canonicalJson, sha256Hex } from '../../../src/lib/canonical-json';

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
};

describe('X1 canonicalJson', () => {
  it.each<[string, unknown, string]>([
    ['sorted keys without blanks', { b: 1, a: [true, null, 'é'] }, '{"a":[true,null,"é"],"b":1}'],
    ['undefined members dropped', { a: undefined, b: 1 }, '{"b":1}'],
    ['undefined in an array is null', [undefined, 1], '[null,1]'],
    ['a hole in an array is null', Array(2), '[null,null]'],
    ['dates', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['minus zero', -0, '0'],
    ['objects without prototype', Object.create(null, { a: { value: 1, enumerable: true } }), '{"a":1}'],
    ['plain objects of another realm', runInNewContext('({ b: 1, a: 2 })'), '{"a":2,"b":1}'],
    ['keys that look like numbers sorted as text', { 10: 'a', 9: 'b' }, '{"10":"a","9":"b"}'],
    [
      'the same object twice',
      (() => {
        const o = { a: 1 };
        return [o, o];
      })(),
      '[{"a":1},{"a":1}]',
    ],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each<[string, unknown]>([
    ['NaN', { a: NaN }],
    ['Infinity', Infinity],
    ['a function', { f: () => 1 }],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['undefined', undefined],
    ['a map', new Map()],
    ['a set', { s: new Set() }],
    ['a cycle', cycle],
  ])('throws for %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('does not depend on the order of keys and means what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('X1 sha256Hex', () => {
  it('gives the published vectors', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
