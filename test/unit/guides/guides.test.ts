import fs from 'node:fs';
import path from 'node:path';
import { faqs, notices } from '../../../seeds/content';
import { helpTargets } from '../../../src/help';
import { linkWords } from '../../../src/http/link-words';
import { anchorOf, guides } from '../../../src/modules/guides';
import { renderGuide } from '../../../src/modules/guides/render-guide';

const root = path.resolve(__dirname, '..', '..', '..');
const folder = path.join(root, 'docs', 'guides');
const source = (id: string): string => fs.readFileSync(path.join(folder, `${id}.md`), 'utf8');

function filesUnder(dir: string, ending: RegExp): string[] {
  return fs
    .readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((f) => ending.test(f))
    .map((f) => path.join(root, dir, f));
}

/** Everything the site can say: its templates and definitions without their comments. */
const said = [
  ...filesUnder('views', /\.njk$/).map((f) => fs.readFileSync(f, 'utf8').replace(/\{#[\s\S]*?#\}/g, '')),
  ...filesUnder('src', /\.ts$/).map((f) =>
    fs
      .readFileSync(f, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|\s)\/\/.*$/gm, ''),
  ),
].join('\n');

const named = (text: string): string[] => [...text.matchAll(/「([^「」]+)」/g)].map((m) => m[1] ?? '');
const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** As a word of its own, not as a piece of a longer one. */
const isSaid = (word: string): boolean => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, 'u').test(said);
const unsaid = (text: string): string[] => [...new Set(named(text))].filter((word) => !isSaid(word));

describe('A4 the guides', () => {
  test.each(guides.map((g) => g.id))('%s names only what the site has', (id) => {
    expect(named(source(id)).length).toBeGreaterThan(1);
    expect(unsaid(source(id))).toEqual([]);
  });

  test('the same for 「常见问题」 and the first notices', () => {
    expect(unsaid(faqs.flatMap((f) => [f.question, ...f.answer]).join('\n'))).toEqual([]);
    expect(unsaid(notices.flatMap((n) => [n.title, ...n.body]).join('\n'))).toEqual([]);
  });

  test('a word that no page has is found out', () => {
    expect(unsaid('点击「保存」，再点击「一键通过」')).toEqual(['一键通过']);
  });

  test('every paragraph that a page leads to is there, once', () => {
    for (const { guide, heading } of helpTargets()) {
      const anchors = renderGuide(guide, source(guide)).contents.map((c) => c.anchor);
      expect([guide, heading, anchors.filter((a) => a === anchorOf(heading)).length]).toEqual([guide, heading, 1]);
    }
  });

  test('every picture is shown by the guide it is named after, exists, and is small; none is left over', () => {
    const shown = guides.flatMap((g) => {
      const { pictures } = renderGuide(g.id, source(g.id));
      for (const name of pictures) expect(name.startsWith(`${g.id}-`)).toBe(true);
      return pictures;
    });
    const kept = fs.readdirSync(path.join(folder, 'pictures'));
    expect([...shown].sort()).toEqual([...kept].sort());
    const sizes = kept.map((name) => fs.statSync(path.join(folder, 'pictures', name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60 * 1024);
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(3 * 1024 * 1024);
  });

  test('files in docs/guides are the guides of the site, each with its title', () => {
    expect(
      fs
        .readdirSync(folder)
        .filter((f) => f.endsWith('.md'))
        .sort(),
    ).toEqual(guides.map((g) => `${g.id}.md`).sort());
    for (const g of guides) expect(source(g.id).split('\n')[0]).toBe(`# ${g.title}`);
  });

  test('markup in a guide is text; links between guides lead to their pages', () => {
    const { html, contents } = renderGuide(
      'unit',
      '# 指南\n\n## 一、注册\n\n<script>x</script> [登录](applicant.md#登录) ![图](pictures/unit-home.png)',
    );
    expect(html).not.toContain('<script>');
    expect(html).toContain('href="/guides/applicant#%E7%99%BB%E5%BD%95"');
    expect(html).toContain('src="/guides/unit/pictures/unit-home.png"');
    expect(contents).toEqual([{ text: '一、注册', anchor: '一注册' }]);
    expect(html).not.toContain('<h1');
  });
});

describe('linkWords', () => {
  const places = [{ text: '基本信息', href: '/profile' }];
  test.each([
    ['在「基本信息」中', '在「<a class="govuk-link" href="/profile">基本信息</a>」中'],
    ['「保存」', '「保存」'],
    ['<a href="/x">「基本信息」</a>', '<a href="/x">「基本信息」</a>'],
    ['<h2 id="a">「基本信息」</h2>', '<h2 id="a">「基本信息」</h2>'],
    ['<img alt="「基本信息」">', '<img alt="「基本信息」">'],
    ['&lt;b&gt;「基本信息', '&lt;b&gt;「基本信息'],
  ])('%s', (html, linked) => {
    expect(linkWords(html, places)).toBe(linked);
  });
});
