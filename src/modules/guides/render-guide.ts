import fs from 'node:fs';
import path from 'node:path';
import type Markdown from 'markdown-it';
import { paths } from '../../http/paths';

export interface RenderedGuide {
  html: string;
  /** the second level: what the reader finds on the page */
  contents: { text: string; anchor: string }[];
  /** names of the pictures it shows */
  pictures: string[];
}

/** The anchor of a heading: its own words, without punctuation. The same that code hosts make, so that links hold in both places. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const PICTURE = /^pictures\/([a-z0-9-]+\.png)$/;
const OTHER_GUIDE = /^([a-z]+)\.md(?:#(.*))?$/;

/** A guide's Markdown for the site: raw HTML is text, headings can be linked to, and links and pictures lead to the site's own addresses. */
export function renderGuide(id: string, markdown: string): RenderedGuide {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only a process that shows a guide loads it
  const MarkdownIt = require('markdown-it') as typeof Markdown;
  const md = new MarkdownIt({ html: false });
  const contents: RenderedGuide['contents'] = [];
  const pictures: string[] = [];
  md.core.ruler.push('places', (state) => {
    state.tokens.forEach((token, i) => {
      if (token.type === 'heading_open') {
        const text = state.tokens[i + 1]?.content ?? '';
        token.attrSet('id', anchorOf(text));
        if (token.tag === 'h2') contents.push({ text, anchor: anchorOf(text) });
      }
      for (const child of token.children ?? []) {
        const picture = child.type === 'image' ? PICTURE.exec(String(child.attrGet('src')))?.[1] : undefined;
        if (picture !== undefined) {
          pictures.push(picture);
          child.attrSet('src', paths.guidePicture(id, picture));
          child.attrSet('loading', 'lazy');
        }
        const other = child.type === 'link_open' ? OTHER_GUIDE.exec(decodeURI(String(child.attrGet('href')))) : null;
        if (other) child.attrSet('href', paths.guide(other[1] ?? '', other[2]));
        if (child.type === 'link_open') child.attrSet('class', 'govuk-link');
      }
      if (token.tag === 'ul' && token.nesting === 1) token.attrSet('class', 'govuk-list govuk-list--bullet');
      if (token.tag === 'ol' && token.nesting === 1) token.attrSet('class', 'govuk-list govuk-list--number');
    });
    // the page has its title already
    if (state.tokens[0]?.tag === 'h1') state.tokens.splice(0, 3);
  });
  return { html: md.render(markdown), contents, pictures };
}

export const folderOf = (rootDir: string): string => path.join(rootDir, 'docs', 'guides');

export function readGuide(rootDir: string, id: string): RenderedGuide {
  return renderGuide(id, fs.readFileSync(path.join(folderOf(rootDir), `${id}.md`), 'utf8'));
}
