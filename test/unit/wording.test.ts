/** What people read, all of it: the same word for the same thing, and the punctuation of official language. */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { glossary, officialNames, punctuation } from '../support/glossary';

const root = path.join(__dirname, '..', '..');
const under = (dir: string, extension: string): string[] =>
  fs
    .readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => path.join(dir, name));
const HAN = /[\u4e00-\u9fff]/u;

/** The strings of a program, without what is commented; what is put into a template stands as 〇. */
function stringsOf(file: string): string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node)) {
      found.push(node.head.text + node.templateSpans.map((s) => `〇${s.literal.text}`).join(''));
      node.templateSpans.forEach((s) => visit(s.expression));
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  // patterns, queries, markup of other programs and rows of tables are for machines
  return found.filter((text) => HAN.test(text) && !/\(\?:|\\[du]|\)\?|^[\dX]+,|^SELECT |<styleSheet/.test(text));
}

/** The lines of a template without its comments, its tags and what is computed. */
const linesOf = (text: string): string[] =>
  text
    .replace(/\{#[\s\S]*?#\}|<style>[\s\S]*?<\/style>/g, '')
    .split('\n')
    .filter((line) => HAN.test(line));

const templateText = (line: string): string[] =>
  [
    line
      .replace(/\{%[\s\S]*?%\}/g, '')
      .replace(/\{\{[\s\S]*?\}\}/g, '〇')
      .replace(/<[^>]*>/g, ' '),
    ...[...line.matchAll(/'([^']*)'|="([^"]*)"/g)].map((m) => m[1] ?? m[2] ?? ''),
  ].filter((text) => HAN.test(text) && !/, (?:sans-)?serif$/.test(text));

interface Text {
  file: string;
  text: string;
}
const texts: Text[] = [
  ...[...under('src', '.ts'), path.join('seeds', 'content.ts')].flatMap((file) => stringsOf(file).map((text) => ({ file, text }))),
  ...under('views', '.njk').flatMap((file) =>
    linesOf(fs.readFileSync(path.join(root, file), 'utf8')).flatMap((line) => templateText(line).map((text) => ({ file, text }))),
  ),
  ...under('docs/guides', '.md').flatMap((file) => linesOf(fs.readFileSync(path.join(root, file), 'utf8')).map((text) => ({ file, text }))),
];
const shown = ({ file, text }: Text): string => `${file}: ${text.trim().slice(0, 120)}`;

describe('C5, X4 the words of the site', () => {
  it('are read from templates, programs and guides', () => {
    for (const part of ['src/modules', 'views', 'docs/guides', 'seeds/content.ts'])
      expect(texts.filter((t) => t.file.startsWith(part)).length).toBeGreaterThan(40);
  });

  test.each(glossary)('say 「$term」 and not $instead', ({ instead, except = [] }) => {
    const wrong = texts.filter(({ text }) => {
      const rest = except.reduce((left, piece) => left.replaceAll(piece, ''), text);
      return instead.some((word) => rest.includes(word));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test.each(punctuation)('are without $name', ({ pattern }) => {
    expect(
      texts.filter(({ text }) => pattern.test(officialNames.reduce((left, name) => left.replaceAll(name, ''), text))).map(shown),
    ).toEqual([]);
  });
});
