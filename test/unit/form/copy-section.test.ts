import { copySection } from '../../../src/form/copy-section';
import { files, text } from '../../../src/form/fields';
import type { SectionDefinition } from '../../../src/form/section';

const section: SectionDefinition = {
  id: 's',
  title: '段',
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        text({ id: 'a', label: '甲' }),
        text({ id: 'rank', label: '乙', copies: 'no' }),
        text({ id: 'years', label: '丙', copies: 'check' }),
        files({ id: 'proof', label: '丁', hint: '' }),
        files({ id: 'yearly', label: '戊', hint: '', copies: 'no' }),
      ],
    },
    {
      kind: 'rows',
      id: 'list',
      rowLabel: '条',
      addLabel: '新增',
      emptyText: '',
      min: 0,
      max: () => 5,
      fields: [text({ id: 'b', label: '乙', copies: 'check' }), files({ id: 'proof', label: '丁', hint: '' })],
    },
  ],
  rules: [],
};
const from = {
  groups: { main: { a: '一', rank: '1/1', years: '5', gone: '旧字段' }, old: { x: '1' } },
  rows: { list: [{ id: 'row001', values: { b: '二', gone: 'x' } }], oldList: [] },
};

describe('D0 what a declaration takes over from an earlier one', () => {
  const copied = copySection(section, from);
  it('carries over what the definitions say, and only what a field of today can hold', () => {
    expect(copied.raw).toEqual({ groups: { main: { a: '一', years: '5' } }, rows: { list: [{ id: 'row001', values: { b: '二' } }] } });
  });
  it('names what is to be looked at again', () => {
    expect(copied.recheck).toEqual([
      { part: 'main', field: 'years' },
      { part: 'list', row: 'row001', field: 'b' },
    ]);
  });
  it.each([
    [{ part: 'main', row: '', field: 'proof' }, true],
    [{ part: 'main', row: '', field: 'yearly' }, false],
    [{ part: 'main', row: '', field: 'a' }, false],
    [{ part: 'list', row: 'row001', field: 'proof' }, true],
    [{ part: 'list', row: 'row002', field: 'proof' }, false],
    [{ part: 'gone', row: '', field: 'proof' }, false],
  ])('files of %j are carried over: %s', (place, expected) => expect(copied.carriesFiles(place)).toBe(expected));
  it('leaves a section of one year out altogether', () => {
    const none = copySection({ ...section, copies: 'no' }, from);
    expect(none.raw).toEqual({ groups: { main: {} }, rows: { list: [] } });
    expect(none.carriesFiles({ part: 'main', row: '', field: 'proof' })).toBe(false);
  });
});
