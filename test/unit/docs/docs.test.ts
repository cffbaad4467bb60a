/** X3 what the documents name is there: files, commands, settings, tests. */
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..', '..');
const documents = [
  'README.md',
  ...fs.readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((f) => path.join('docs', f)),
].filter((f) => f.endsWith('.md'));
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
/** made by commands, not kept with the program */
const made = read('.gitignore')
  .split('\n')
  .map((line) => line.replace(/\/$/, ''))
  .filter((line) => line !== '');
const isThere = (file: string): boolean => fs.existsSync(path.join(root, file));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const tests = fs
  .readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.test.ts'))
  .map((f) => f.split(path.sep).join('/'));

describe.each(documents)('X3 %s', (document) => {
  const text = read(document);
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map((m) => m[1] ?? '');

  test('every path of this project that it names exists', () => {
    const named = inline.filter((x) => /^(?:src|test|docs|deploy|bench|scripts|seeds|views|styles|migrations|public)\/[\w./-]*\w$/.test(x));
    expect(named.filter((x) => !isThere(x) && !made.includes(x))).toEqual([]);
  });

  test('every test file that it names exists', () => {
    const named = inline.filter((x) => /^[\w./-]+\.test\.ts$/.test(x));
    expect(named.filter((x) => !tests.some((t) => `test/${t}` === x || t.endsWith(`/${x}`)))).toEqual([]);
  });

  test('every command that it names is one of package.json', () => {
    const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map((m) => m[1] ?? '');
    expect(named.filter((x) => !(x in scripts))).toEqual([]);
  });

  test('every link to a file leads to one', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((m) => m[1] ?? '').filter((x) => !/^(?:[a-z]+:|\/)/.test(x));
    expect(links.filter((x) => !isThere(path.join(path.dirname(document), decodeURIComponent(x))))).toEqual([]);
  });
});
