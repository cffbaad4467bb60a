import fc from 'fast-check';
import { checkSection, completenessOf } from '../../../src/form/check-section';
import type { Field, RawSection } from '../../../src/form/field';
import { formModel, problemLinks, showSize } from '../../../src/form/form-model';
import { emptySection, readSection, restoreSection } from '../../../src/form/read-section';
import { fieldId, inputName, validateSections, type SectionDefinition } from '../../../src/form/section';
import { labelSection, labelText, type Labelled } from '../../../src/form/labelled-section';
import { sectionText } from '../../../src/form/section-text';
import { text } from '../../../src/form/fields';
import { sections } from '../../../src/modules/declarations/sections';
import { formContext } from '../../support/form-context';

const ctx = formContext();

/** a raw section with something typed into every input */
function filled(s: SectionDefinition, typed: (f: Field, input: string) => string): RawSection {
  const raw = emptySection(s);
  for (const p of s.parts) {
    const values = () =>
      Object.fromEntries(
        p.fields
          .filter((f) => f.type !== 'files')
          .flatMap((f) => [f.id, ...f.extraInputs].map((i): [string, string] => [i, f.read(typed(f, i))])),
      );
    if (p.kind === 'group') raw.groups[p.id] = values();
    else raw.rows[p.id] = [1, 2].map((n) => ({ id: `abcdef${n}`, values: values() }));
  }
  return raw;
}

/** what the rendered form of a raw section would post */
function posted(s: SectionDefinition, raw: RawSection): { one: (n: string) => string; has: (n: string) => boolean } {
  const m = new Map<string, string>();
  for (const p of s.parts) {
    if (p.kind === 'group') for (const [k, v] of Object.entries(raw.groups[p.id] ?? {})) m.set(inputName({ part: p.id }, k), v);
    else {
      m.set(`${p.id}.rows`, (raw.rows[p.id] ?? []).map((r) => r.id).join(','));
      for (const r of raw.rows[p.id] ?? [])
        for (const [k, v] of Object.entries(r.values)) m.set(inputName({ part: p.id, row: r.id }, k), v);
    }
  }
  return { one: (n) => m.get(n) ?? '', has: (n) => m.has(n) };
}

const model = (s: SectionDefinition, raw: RawSection, problems = checkSection(s, raw, ctx).problems) =>
  formModel({
    section: s,
    raw,
    ctx,
    problems,
    action: '/x',
    token: 't',
    version: 1,
    buttons: [],
    files: { view: (id) => id, thumbnail: (id) => id },
    unitSearch: () => '/u',
  });

/** a section in which every part that has rows has one */
function withOneRow(s: SectionDefinition): RawSection {
  const raw = emptySection(s);
  for (const p of s.parts) if (p.kind === 'rows') raw.rows[p.id] = [{ id: 'abcdef', values: {} }];
  return raw;
}

describe('D14 what holds for every file', () => {
  const RULES = /支持 jpg、png、gif、pdf 格式.*5 MB.*30 MB/;
  test.each(sections.map((s) => [s.id, s] as const))(
    'D14 %s says it once on the page, where each place for files refers to it',
    (_id, s) => {
      const { parts, fileRules } = model(s, withOneRow(s), []);
      const uploads = parts
        .flatMap((p) => (p.kind === 'group' ? p.controls : p.rows.flatMap((r) => r.controls)))
        .flatMap((c) => (c.upload ? [c.upload] : []));
      const said = [fileRules?.text ?? '', ...uploads.map((u) => u.hint)].filter((text) => RULES.test(text));
      expect(said).toHaveLength(uploads.length === 0 ? 0 : 1);
      for (const u of uploads) {
        expect(u.hint).toContain(`最多 ${u.max} 个文件`);
        expect(u.rules).toBe(uploads.length > 1 ? fileRules?.id : undefined);
      }
      if (uploads.length > 1) expect(fileRules?.id).toBeTruthy();
    },
  );
});

const hostile = [
  '',
  ' ',
  '　',
  '\u0000',
  '\u202E倒置',
  '<script>alert(1)</script>',
  '😀'.repeat(10),
  '１２３',
  'ａｂｃ',
  '-1',
  '99999999999',
  '3/5',
  '5/3',
  '0/0',
  '2020.13',
  '2099.1',
  '今天',
  'x'.repeat(20_000),
  "'; DROP TABLE declarations; --",
  '{{7*7}}',
  '无',
  'other',
  'yes',
  'no',
  '91',
  'junior',
  '7',
  '8',
];

describe.each(sections.map((s) => [s.id, s] as const))('D1 section %s', (_id, section) => {
  test('D1 parse∘render is the identity on what was typed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { minLength: 1, maxLength: 20 }), (strings) => {
        let n = 0;
        const raw = filled(section, () => strings[n++ % strings.length] ?? '');
        const kept = readSection(section, posted(section, raw), emptySection(section));
        const again = readSection(section, posted(section, kept), emptySection(section));
        expect(again).toEqual(kept);
        expect(restoreSection(section, JSON.parse(JSON.stringify(kept)))).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });

  test.each(hostile.map((h) => [h.slice(0, 20)]))('X4 hostile value %j is a message or a plain value, never a throw', (short) => {
    const value = hostile.find((h) => h.slice(0, 20) === short) ?? '';
    const raw = filled(section, () => value);
    const checked = checkSection(section, raw, ctx);
    for (const p of checked.problems) expect(p.text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(JSON.stringify(sectionText(section, checked, ctx))).not.toContain('undefined');
    model(section, raw);
  });

  test('D1 unknown names are ignored, bad row ids refused', () => {
    const raw = readSection(section, posted(section, emptySection(section)), emptySection(section));
    const form = {
      one: (n: string) => (n.endsWith('.rows') ? '../x,<b>,__proto__,abcdef1' : 'wert'),
      has: (n: string) => n.endsWith('.rows'),
    };
    const read = readSection(section, form, raw);
    for (const rows of Object.values(read.rows)) expect(rows.map((r) => r.id)).toEqual(['abcdef1']);
  });

  test('X4 every problem has a place on the page: its anchor is a control, an item or a part', () => {
    const raw = filled(section, () => '');
    const { problems } = checkSection(section, raw, ctx);
    const ids = new Set(
      model(section, raw).parts.flatMap((p) => [
        `part-${p.id}`,
        ...(p.kind === 'rows' ? p.rows.map((r) => `row-${p.id}-${r.id}`) : []),
        ...(p.kind === 'group' ? p.controls : p.rows.flatMap((r) => r.controls)).map((c) => c.id),
      ]),
    );
    for (const l of problemLinks(problems)) expect([l.text, ids.has(l.href.slice(1))]).toEqual([l.text, true]);
  });

  test('D15 a required field that is blank bars submission with its own words', () => {
    const raw = filled(section, () => '');
    // an item in which nothing stands at all is to be removed
    for (const row of Object.values(raw.rows).flat()) row.values.begun = 'x';
    const { problems } = checkSection(section, raw, ctx);
    for (const p of section.parts) {
      for (const f of p.fields) {
        if (f.required !== true || (f.appliesWhen && !f.appliesWhen({}, ctx))) continue;
        expect(problems.some((x) => x.field === f.id && x.severity === 'missing' && x.text.includes(`请${f.verb}「${f.label}」`))).toBe(
          true,
        );
      }
    }
  });

  test('D15 review text shows every field that applies, in the order of the form', () => {
    const raw = filled(section, () => 'no');
    const shown = sectionText(section, checkSection(section, raw, ctx), ctx);
    expect(shown.parts.map((p) => p.id)).toEqual(section.parts.map((p) => p.id));
    for (const part of shown.parts)
      for (const line of [...part.lines, ...part.items.flatMap((i) => i.lines)]) expect(line.label).not.toBe('');
  });
});

describe('D1 completeness', () => {
  const plain: SectionDefinition = {
    id: 'plain',
    title: '例',
    parts: [
      { kind: 'group', id: 'main', fields: [text({ id: 'a', label: '甲', required: true }), text({ id: 'b', label: '乙', max: 3 })] },
    ],
    rules: [],
  };
  test.each([
    [{}, 'blank'],
    [{ b: '一' }, 'partial'],
    [{ a: '一' }, 'complete'],
    [{ a: '一', b: '一二三四' }, 'partial'],
  ])('D1 %j is %s', (values, expected) => {
    expect(completenessOf(checkSection(plain, { groups: { main: values }, rows: {} }, ctx))).toBe(expected);
  });

  test('D1 a field added to a definition appears in form, check and text without another line', () => {
    const wider: SectionDefinition = {
      ...plain,
      parts: [{ kind: 'group', id: 'main', fields: [...(plain.parts[0]?.fields ?? []), text({ id: 'c', label: '丙', required: true })] }],
    };
    const raw: RawSection = { groups: { main: { a: '一', c: '新' } }, rows: {} };
    expect(model(wider, raw).parts[0]).toMatchObject({ controls: [{ label: '甲' }, { label: '乙' }, { label: '丙', value: '新' }] });
    expect(checkSection(wider, { groups: { main: { a: '一' } }, rows: {} }, ctx).problems.map((p) => p.text)).toEqual(['请填写「丙」']);
    expect(sectionText(wider, checkSection(wider, raw, ctx), ctx).parts[0]?.lines.at(-1)).toEqual({ label: '丙', text: '新' });
  });
});

describe('the registry refuses definitions that could not work', () => {
  const part = (id: string, ...fields: Field[]) => ({ kind: 'group' as const, id, fields });
  const section = (id: string, ...parts: ReturnType<typeof part>[]): SectionDefinition => ({ id, title: '', parts, rules: [] });
  test.each([
    ['section twice', [section('a'), section('a')]],
    ['section id', [section('A b')]],
    ['part twice', [section('a', part('p'), part('p'))]],
    ['part id', [section('a', part('p-q'))]],
    ['field twice', [section('a', part('p', text({ id: 'x', label: '' }), text({ id: 'x', label: '' })))]],
    ['field id', [section('a', part('p', text({ id: 'x.y', label: '' })))]],
  ])('%s', (_name, list) => expect(() => validateSections(list)).toThrow());
});

test.each([
  [1, '1 KB'],
  [2048, '2 KB'],
  [5 * 1024 * 1024, '5.0 MB'],
])('D14 size %d is shown as %s', (n, s) => expect(showSize(n)).toBe(s));

test('ids: label, error link and control agree', () => {
  expect(fieldId({ part: 'main', field: 'rank' })).toBe('f-main-rank');
  expect(fieldId({ part: 'jobs', row: 'abcdef', field: 'from' })).toBe('f-jobs-abcdef-from');
  expect(inputName({ part: 'jobs', row: 'abcdef' }, 'from')).toBe('jobs.abcdef.from');
});

describe('S63 a section under its labels', () => {
  const keysOf = (x: Labelled): string[] =>
    typeof x === 'string'
      ? []
      : Array.isArray(x)
        ? (x as Labelled[]).flatMap(keysOf)
        : Object.entries(x).flatMap(([k, v]) => [k, ...keysOf(v as Labelled)]);
  const textsOf = (x: Labelled): string[] => (typeof x === 'string' ? [x] : Object.values(x).flatMap((v) => textsOf(v as Labelled)));

  test.each(sections.map((s) => [s.title, s] as const))('「%s」 holds all that was typed, and no name of a field', (_title, s) => {
    const raw = filled(s, (f, input) => `甲${f.id}${input}乙`);
    const labelled = labelSection(s, raw, ctx);
    const typed = [...Object.values(raw.groups), ...Object.values(raw.rows).flatMap((rows) => rows.map((r) => r.values))];
    expect(textsOf(labelled).sort()).toEqual(
      typed
        .flatMap((v) => Object.values(v))
        .filter((v) => v !== '')
        .sort(),
    );
    expect(keysOf(labelled).filter((k) => /[a-z]{3}/.test(k))).toEqual([]);
    const frozen = labelText(sectionText(s, checkSection(s, raw, ctx), ctx));
    expect(keysOf(frozen).filter((k) => /[a-z]{3}/.test(k))).toEqual([]);
  });

  it('says choices in words, and keeps what no definition knows any more', () => {
    const education = sections.find((s) => s.id === 'education') as SectionDefinition;
    const stored = {
      groups: { fullTime: { has: 'yes', school: '山东大学', formerly: '旧' }, gone: { x: '一' } },
      rows: { lost: [{ id: 'abcdef', values: { y: '二' } }] },
    };
    expect(labelSection(education, stored, ctx)).toMatchObject({
      全日制学历: { 是否取得全日制学历: '是', 毕业院校: '山东大学', formerly: '旧' },
      gone: { x: '一' },
      lost: [{ y: '二' }],
    });
  });
});
