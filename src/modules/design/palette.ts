import fs from 'node:fs';
import path from 'node:path';
import { contrast } from '../../lib/contrast';

/** The colours of styles/site/_settings.scss by name, as they are written there. */
export function readPalette(rootDir: string): ReadonlyMap<string, string> {
  const text = fs.readFileSync(path.join(rootDir, 'styles', 'site', '_settings.scss'), 'utf8');
  return new Map([...text.matchAll(/^\$([a-z-]+): (#[0-9a-f]{3,6});/gm)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

/** What stands on what: text and the ground under it. */
export const textPairs: readonly (readonly [text: string, ground: string])[] = [
  ['ink', 'white'],
  ['ink', 'ground'],
  ['ink', 'panel'],
  ['ink', 'blue-pale'],
  ['ink', 'amber-pale'],
  ['ink', 'green-pale'],
  ['ink', 'red-pale'],
  ['muted', 'white'],
  ['muted', 'ground'],
  ['muted', 'panel'],
  ['blue', 'white'],
  ['blue', 'ground'],
  ['blue', 'panel'],
  ['blue', 'blue-pale'],
  ['blue-deep', 'white'],
  ['blue-deep', 'blue-pale'],
  ['white', 'blue'],
  ['white', 'blue-deep'],
  ['white', 'blue-dark'],
  ['white', 'amber'],
  ['red', 'white'],
  ['red', 'red-pale'],
  ['red', 'panel'],
  ['green', 'white'],
  ['green', 'green-pale'],
  ['amber', 'amber-pale'],
];

export interface Pair {
  text: string;
  ground: string;
  ratio: number;
}
export const contrastsOf = (palette: ReadonlyMap<string, string>): Pair[] =>
  textPairs.map(([text, ground]) => {
    const [a, b] = [palette.get(text), palette.get(ground)];
    if (a === undefined || b === undefined) throw new Error(`no such colour: ${text} or ${ground}`);
    return { text, ground, ratio: contrast(a, b) };
  });
