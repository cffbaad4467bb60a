/**
 * Puts together what axe has seen in the browser tests (AXE_REPORT, test/support/browser.ts): node scripts/axe-report.mjs <folder>
 * Writes report.json and report.md there: each kind of page with the states (titles) and widths it was seen in, and what was wrong. Ends with 1 where anything was.
 */
import fs from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
if (folder === undefined || !fs.existsSync(folder)) throw new Error('give the folder that AXE_REPORT named');
const parts = fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const seen = parts
  .flatMap((name) => fs.readFileSync(path.join(folder, name), 'utf8').trim().split('\n'))
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));

const pages = new Map();
for (const { address, title, width, violations } of seen) {
  const page = pages.get(address) ?? { address, checks: 0, widths: new Set(), states: new Set(), violations: new Set() };
  page.checks += 1;
  page.widths.add(width);
  page.states.add(title);
  for (const v of violations) page.violations.add(v);
  pages.set(address, page);
}
const rows = [...pages.values()]
  .sort((a, b) => a.address.localeCompare(b.address))
  .map((p) => ({ ...p, widths: [...p.widths].sort((a, b) => a - b), states: [...p.states], violations: [...p.violations] }));
const wrong = rows.reduce((n, p) => n + p.violations.length, 0);
const states = rows.reduce((n, p) => n + p.states.length, 0);
const summary = `${rows.length} pages, ${states} states, ${seen.length} checks, ${wrong} violations (WCAG 2.2 A, AA)`;
fs.writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify({ summary, pages: rows }, null, 2)}\n`);
const cell = (text) => text.replace(/\|/g, '\\|');
fs.writeFileSync(
  path.join(folder, 'report.md'),
  [
    `# axe: ${summary}`,
    '',
    '| page | states | widths | checks | violations |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      (p) =>
        `| ${p.address} | ${cell(p.states.join('；'))} | ${p.widths.join(', ')} | ${p.checks} | ${cell(p.violations.join('；')) || '0'} |`,
    ),
    '',
  ].join('\n'),
);
for (const name of parts) fs.rmSync(path.join(folder, name));
console.log(`axe: ${summary}; ${path.join(folder, 'report.md')}`);
process.exitCode = wrong > 0 ? 1 : 0;
