import { diffSections } from '../../../src/form/diff-sections';
import type { SectionText, TextFile, TextItem } from '../../../src/form/section-text';

const file = (name: string, sha256 = name, label?: string): TextFile => ({
  id: name,
  name,
  mediaType: 'image/png',
  size: 1,
  sha256,
  hasThumbnail: false,
  ...(label === undefined ? {} : { label }),
});
const lines = (values: Record<string, string>) => Object.entries(values).map(([label, text]) => ({ label, text }));
const group = (values: Record<string, string>, files: TextFile[] = []): SectionText => ({
  id: 's',
  title: '段',
  parts: [{ id: 'main', title: '', isRows: false, lines: lines(values), files, items: [] }],
});
const rows = (...items: [id: string, values: Record<string, string>, files?: TextFile[]][]): SectionText => ({
  id: 's',
  title: '段',
  parts: [
    {
      id: 'list',
      title: '',
      isRows: true,
      lines: [],
      files: [],
      items: items.map(([id, values, files = []]): TextItem => ({ id, lines: lines(values), files })),
    },
  ],
});
const one = (before: SectionText, after: SectionText) => {
  const [section] = diffSections([before], [after]);
  const part = section?.parts[0];
  if (!section || !part) throw new Error('nothing');
  return { section, part };
};

describe('R1 what changed between two versions', () => {
  it('says nothing changed where nothing changed', () => {
    const { section, part } = one(group({ 甲: '一' }, [file('a')]), group({ 甲: '一' }, [file('a')]));
    expect([section.change, section.count, part.change]).toEqual(['same', 0, 'same']);
    expect(part.lines).toEqual([{ label: '甲', text: '一', change: 'same' }]);
  });

  it('shows old beside new, what is new and what is gone, where it stood', () => {
    const { section, part } = one(group({ 甲: '一', 乙: '二', 丙: '三' }), group({ 甲: '壹', 丙: '三', 丁: '四' }));
    expect(section).toMatchObject({ change: 'changed', count: 3 });
    expect(part.lines).toEqual([
      { label: '甲', text: '壹', was: '一', change: 'changed' },
      { label: '乙', text: '', was: '二', change: 'removed' },
      { label: '丙', text: '三', change: 'same' },
      { label: '丁', text: '四', change: 'added' },
    ]);
  });

  it('knows a row again after it moved, and tells added and removed rows', () => {
    const { part } = one(
      rows(['r1', { 名: '一' }], ['r2', { 名: '二' }], ['r3', { 名: '三' }]),
      rows(['r3', { 名: '三' }], ['r1', { 名: '壹' }], ['r4', { 名: '四' }]),
    );
    expect(part.items.map((i) => [i.id, i.change])).toEqual([
      ['r2', 'removed'],
      ['r3', 'same'],
      ['r1', 'changed'],
      ['r4', 'added'],
    ]);
  });

  it('compares files by content and item, not by name; versions without items by content', () => {
    const renamed = one(group({}, [file('旧名', 'x')]), group({}, [file('新名', 'x')]));
    expect(renamed.part.files.map((f) => [f.name, f.change])).toEqual([['新名', 'same']]);
    const moved = one(group({}, [file('a', 'x', '证书')]), group({}, [file('a', 'x', '聘书')]));
    expect(moved.part.files.map((f) => [f.label, f.change])).toEqual([
      ['聘书', 'added'],
      ['证书', 'removed'],
    ]);
    expect(one(group({}, [file('a', 'x')]), group({}, [file('a', 'x', '聘书')])).section.change).toBe('same');
  });

  it('tells sections that only one version has, and repeated labels apart', () => {
    const other = { ...group({ 甲: '一' }), id: 't' };
    expect(diffSections([group({ 甲: '一' })], [other]).map((x) => [x.id, x.change])).toEqual([
      ['t', 'added'],
      ['s', 'removed'],
    ]);
    const twice = (a: string, b: string): SectionText => {
      const s = group({});
      s.parts[0]?.lines.push({ label: '时间', text: a }, { label: '时间', text: b });
      return s;
    };
    expect(one(twice('1', '2'), twice('1', '3')).part.lines.map((l) => l.change)).toEqual(['same', 'changed']);
  });
});
