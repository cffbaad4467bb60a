import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compileTemplates, openTemplates } from '../../../src/http/templates';

let root: string;
const write = (name: string, text: string): void => {
  const file = path.join(root, 'views', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};
const compiled = (name: string): string => path.join(root, 'dist', 'templates', `${name}.js`);
const shown = (cache = true): string => openTemplates(root, cache).render('people/page.njk', { name: '于<b>𬀩</b>' });

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-templates-'));
  write('layout.njk', '<main>{% block main %}{% endblock %}</main>\n');
  write('parts/line.njk', '{% macro line(text) %}<p>{{ text }}</p>{% endmacro %}');
  write(
    'people/page.njk',
    '{% extends "layout.njk" %}{% from "parts/line.njk" import line %}{% block main %}{{ line(name) }}{% endblock %}',
  );
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(root, { recursive: true, force: true });
});

describe('M14 templates that the build has compiled', () => {
  it('are what is shown, the same to the letter, and escape as ever (S36)', () => {
    const before = shown();
    expect(before).toBe('<main><p>于&lt;b&gt;𬀩&lt;/b&gt;</p></main>\n');
    expect(compileTemplates(root)).toHaveLength(3);
    expect(shown()).toBe(before);
    fs.writeFileSync(compiled('layout.njk'), fs.readFileSync(compiled('layout.njk'), 'utf8').replaceAll('main>', 'article>'));
    expect(shown()).toBe(before.replaceAll('main>', 'article>'));
  });

  it('are left aside for a template that has changed since, and that is said once', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    compileTemplates(root);
    write('parts/line.njk', '{% macro line(text) %}<li>{{ text }}</li>{% endmacro %}');
    write('layout.njk', '<div>{% block main %}{% endblock %}</div>');
    expect(shown()).toBe('<div><li>于&lt;b&gt;𬀩&lt;/b&gt;</li></div>');
    expect(shown()).toContain('<li>');
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[0]).toMatch(/dist.templates.*npm run build/);
  });

  it('need not be there, and without a cache are never asked', () => {
    compileTemplates(root);
    fs.rmSync(compiled('parts/line.njk'));
    expect(shown()).toContain('<p>于');
    fs.writeFileSync(compiled('layout.njk'), 'throw new Error("asked")');
    expect(shown(false)).toContain('<main>');
  });
});
