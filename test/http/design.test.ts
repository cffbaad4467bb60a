/** The page of all components, and 「大字版」. */
import fs from 'node:fs';
import path from 'node:path';
import { makePerson, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe('quality §4 the design page', () => {
  it('shows every component there is', async () => {
    const page = await site.visitor().get('/design');
    expect(page.status).toBe(200);
    expect(page.all('h1')).toHaveLength(1);
    const used = fs.readFileSync(path.join(__dirname, '../../views/design/design.njk'), 'utf8');
    const there = fs.readdirSync(path.join(__dirname, '../../views/components')).filter((f) => f !== 'hidden-fields.njk');
    expect(there.filter((f) => !used.includes(`components/${f}`))).toEqual([]);
    // no two examples share an id, every error leads to a field
    const ids = page.all('[id]').map((e) => e.getAttribute('id') ?? '');
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const a of page.all('#error-summary a')) expect(ids).toContain((a.getAttribute('href') ?? '').slice(1));
  });
});

describe('quality §4 large type', () => {
  const sheetOf = (html: string): string => /css\/(site[a-z-]*)\.css/.exec(html)?.[1] ?? '';

  it('is one link away on every page, without scripts, and comes back to the same page', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const before = await visitor.get('/notices?page=1');
    expect(sheetOf(before.html)).toBe('site');
    const answer = await visitor.get(before.link('大字版'));
    expect([answer.status, answer.location]).toEqual([303, '/notices?page=1']);
    const after = await visitor.get(answer.location);
    expect(sheetOf(after.html)).toBe('site-large');
    expect(sheetOf((await visitor.get('/home')).html)).toBe('site-large');
    const back = await visitor.get(after.link('标准字号'));
    expect(sheetOf((await visitor.get(back.location)).html)).toBe('site');
  });

  it('goes nowhere else', async () => {
    const visitor = site.visitor();
    for (const back of ['https://example.com', '//example.com', '/\\example.com', '/a\\b', '', '/a\nb', 'notices'])
      expect([back, (await visitor.get(`/type/large?back=${encodeURIComponent(back)}`)).location]).toEqual([back, '/sign-in']);
    expect((await visitor.get('/type/huge')).status).toBe(404);
  });

  it('has every measure of the sheet 1.3 times as large, and hairlines as they are', () => {
    const read = (name: string): string => fs.readFileSync(path.join(__dirname, `../../dist/public/css/${name}.css`), 'utf8');
    const sizes = (css: string): number[] => [...css.matchAll(/font-size:([\d.]+)px/g)].map((m) => Number(m[1]));
    const [normal, large] = [sizes(read('site')), sizes(read('site-large'))];
    expect(normal.length).toBeGreaterThan(40);
    expect(large).toEqual(normal.map((n) => Math.round(n * 1300) / 1000));
    expect(read('site-large')).toContain('1px solid');
  });
});
