import path from 'node:path';
import { contrast } from '../../src/lib/contrast';
import { contrastsOf, readPalette } from '../../src/modules/design/palette';
import sass from 'sass';

const rootDir = path.join(__dirname, '..', '..');

describe('quality §4 contrast', () => {
  test.each([
    ['#000', '#fff', 21],
    ['#777777', '#fff', 4.48],
    ['#fff', '#fff', 1],
    ['#1b5fa8', '#ffffff', 6.49],
  ])('%s on %s is %d', (a, b, ratio) => {
    expect(contrast(a, b)).toBeCloseTo(ratio, 1);
    expect(contrast(b, a)).toBe(contrast(a, b));
  });
  it('refuses what is no colour', () => {
    expect(() => contrast('red', '#fff')).toThrow('not a colour: red');
  });

  it('S-colours: every text of the palette stands out from its ground by 4.5 or more', () => {
    const pairs = contrastsOf(readPalette(rootDir));
    expect(pairs.length).toBeGreaterThan(20);
    expect(pairs.filter((p) => p.ratio < 4.5)).toEqual([]);
  });

  it('every rule of the sheet that sets both colours keeps 4.5', () => {
    const { css } = sass.compile(path.join(rootDir, 'styles', 'site.scss'), {
      loadPaths: [path.join(rootDir, 'node_modules')],
      quietDeps: true,
      silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'slash-div', 'if-function'],
    });
    const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map((m) => {
      const body = m[2] ?? '';
      return {
        selector: (m[1] ?? '').trim(),
        text: /(?:^|[;\s])color:\s*(#[0-9a-f]{3,6})\b/i.exec(body)?.[1],
        ground: /(?:^|[;\s])background(?:-color)?:\s*(#[0-9a-f]{3,6})\b/i.exec(body)?.[1],
      };
    });
    const both = rules.flatMap((r) =>
      r.text !== undefined && r.ground !== undefined ? [{ ...r, ratio: contrast(r.text, r.ground) }] : [],
    );
    expect(both.length).toBeGreaterThan(15);
    expect(both.filter((r) => r.ratio < 4.5)).toEqual([]);
  });
});
