/** Bad values for every field of every section, made from the definitions: a message beside the field or a plain refusal, never a fault, and what was typed is still there. */
import { checkSection } from '../../src/form/check-section';
import type { RawSection } from '../../src/form/field';
import { emptySection, readSection } from '../../src/form/read-section';
import { fieldId, inputName, type SectionDefinition } from '../../src/form/section';
import { loadDeclaration } from '../../src/modules/declarations';
import { findDeclaration } from '../../src/modules/declarations/declarations.store';
import { sections } from '../../src/modules/declarations/sections';
import { makeBatch, makeCommittee, makePerson, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let visitor: Visitor;
let id: string;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  visitor = await signInAs(site, await makePerson(site, { name: '于𬀩' }));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(() => site.close());

const bad: [name: string, value: string][] = [
  ['empty', ''],
  ['too long', '长'.repeat(2000)],
  ['the wrong form', '不知道'],
  ['full-width digits', '２０２３．５'],
  ['emoji', '👩‍👩‍👧‍👦😀'],
  ['right-to-left marks', '\u202Eabc\u202C\u200F'],
  ['NUL and controls', 'a\u0000b\u0007c'],
  ['markup', '<script>alert(1)</script>'],
  ['a template', '{{ 1301 * 1303 }}'],
  ['a prototype', '__proto__'],
];

const ROW = 'badrow01';
const address = (s: SectionDefinition): string => `/declarations/${id}/sections/${s.id}`;
/** Every input that the section has, in one group or one row of each part. */
const inputsOf = (
  s: SectionDefinition,
): { name: string; part: string; row?: string; field: SectionDefinition['parts'][number]['fields'][number]; input: string }[] =>
  s.parts.flatMap((part) =>
    part.fields
      .filter((f) => f.type !== 'files' && !f.derive)
      .flatMap((field) =>
        [field.id, ...field.extraInputs].map((input) => {
          const row = part.kind === 'rows' ? { row: ROW } : {};
          return { name: inputName({ part: part.id, ...row }, input), part: part.id, ...row, field, input };
        }),
      ),
  );
const rowLists = (s: SectionDefinition, ids = ROW): Record<string, string> =>
  Object.fromEntries(s.parts.flatMap((p) => (p.kind === 'rows' ? [[`${p.id}.rows`, ids]] : [])));

async function send(s: SectionDefinition, values: Record<string, string | string[]>): Promise<Page> {
  const answer = await visitor.submit(await visitor.open(address(s)), values, { button: 'do=save' });
  expect([303, 400, 413]).toContain(answer.status);
  return answer.status === 303 ? visitor.open(answer.location) : answer;
}
const stored = async (s: SectionDefinition): Promise<RawSection> =>
  ((await site.db('declaration_sections').where({ declaration_id: id, section: s.id }).first('raw')) as { raw: RawSection }).raw;

/** Messages stand beside their fields, and what the page holds is what the definition makes of the typed text. */
async function expectAdvice(s: SectionDefinition, page: Page): Promise<void> {
  expect(page.status).toBe(200);
  const row = await findDeclaration(site.db, id);
  if (!row) throw new Error('no declaration');
  const loaded = await loadDeclaration(site.deps, site.db, row);
  const checked = checkSection(s, loaded.typed(s), loaded.context(s));
  expect(page.errors()).toEqual(checked.problems.map((p) => p.text.trim()));
  const seen = new Set<string>();
  for (const p of checked.problems) {
    if (p.field === undefined || seen.has(fieldId(p))) continue;
    seen.add(fieldId(p));
    expect(page.find(`[id="${fieldId(p)}-problem"]`)?.text).toContain(p.text.replace(/^第 \d+ 条：/, ''));
  }
}

describe.each(sections.map((s) => [s.id, s] as const))('X4 %s', (_id, section) => {
  test.each(bad)('X4 %s in every field', async (_name, value) => {
    const inputs = inputsOf(section);
    const page = await send(section, { ...rowLists(section), ...Object.fromEntries(inputs.map((i) => [i.name, value])) });
    await expectAdvice(section, page);
    for (const i of inputs.filter((x) => ['text', 'yearMonth', 'integer', 'fraction', 'longText'].includes(x.field.type))) {
      const control = page.find(`[name="${i.name}"]`);
      if (!control) continue; // hidden by a condition
      const shown = control.tagName === 'TEXTAREA' ? control.text.replace(/^\n/, '') : (control.getAttribute('value') ?? '');
      expect([i.name, shown]).toEqual([i.name, i.field.read(value)]);
    }
    expect(page.html).not.toContain('<script>alert(1)');
    expect(page.text()).not.toContain('1695203');
  });

  test('X4 missing keys keep what was stored; unknown names change nothing; a key sent twice is refused', async () => {
    const inputs = inputsOf(section);
    await send(section, { ...rowLists(section), ...Object.fromEntries(inputs.map((i) => [i.name, '无'])) });
    const before = await stored(section);
    const page = await visitor.open(address(section));
    const bare = await visitor.submit(
      page,
      {},
      { button: 'do=save', without: [...inputs.map((i) => i.name), ...Object.keys(rowLists(section))] },
    );
    expect(bare.status).toBe(303);
    expect(await stored(section)).toEqual(before);
    const unknown = await visitor.submit(
      await visitor.open(address(section)),
      { 'main.isAdmin': '1', '__proto__.x': '1', 'constructor.prototype': '1' },
      { button: 'do=save', without: inputs.map((i) => i.name) },
    );
    expect(unknown.status).toBe(303);
    expect(await stored(section)).toEqual(before);
    if (inputs.length === 0) return;
    const twice = await send(section, Object.fromEntries(inputs.map((i) => [i.name, ['无', '另一个']])));
    expect(twice.status).toBe(400);
    expect(await stored(section)).toEqual(before);
  });

  test('X4 row lists that nobody was given: bad ids are dropped, too many are cut', async () => {
    const parts = section.parts.filter((p) => p.kind === 'rows');
    const ids = ['../x', '<b>', 'ROWROW', 'good01', 'good01', ...Array.from({ length: 100 }, (_, i) => `row${String(i).padStart(4, '0')}`)];
    const page = await send(section, rowLists(section, ids.join(',')));
    expect(page.status).toBe(200);
    const after = await stored(section);
    for (const p of parts) {
      const kept = (after.rows[p.id] ?? []).map((r) => r.id);
      expect(kept[0]).toBe('good01');
      expect(kept).toHaveLength(60);
    }
    if (parts.length > 0) await send(section, rowLists(section, ''));
  });
});

test('X4 a body of 10 MB is refused plainly and costs nothing of what is stored', async () => {
  const section = sections.find((s) => s.id === 'performance') as SectionDefinition;
  await send(section, { 'main.text': '已经写好的内容' });
  const answer = await visitor.submit(await visitor.open(address(section)), { 'main.text': '长'.repeat(3_500_000) }, { button: 'do=save' });
  expect([400, 413]).toContain(answer.status);
  expect(answer.text('body')).not.toMatch(/Error|at .*\.ts/);
  expect((await visitor.open(address(section))).find('textarea')?.text).toContain('已经写好的内容');
});

test('X4 what is read of a posted form never depends on names that the definition does not have', () => {
  for (const s of sections) {
    const form = { one: () => 'x', has: (n: string) => n.startsWith('__proto__') || n === 'constructor' };
    expect(readSection(s, form, emptySection(s))).toEqual(emptySection(s));
  }
});
