import type { FormContext, RawSection } from '../../../src/form/field';
import { choice, files, text, yearMonth } from '../../../src/form/fields';
import { flatText, mergeChoices, postedFrom } from '../../../src/form/merge-sections';
import { readSection } from '../../../src/form/read-section';
import type { SectionDefinition } from '../../../src/form/section';
import { smallFormContext } from '../../../src/form/small-form';

const section: SectionDefinition = {
  id: 'sample',
  title: '样例',
  parts: [
    {
      kind: 'group',
      id: 'main',
      title: '基本',
      fields: [
        text({ id: 'name', label: '名称' }),
        choice({
          id: 'level',
          label: '级别',
          options: [
            { value: 'a', text: '甲' },
            { value: 'b', text: '乙' },
          ],
        }),
        files({ id: 'proof', label: '证明材料', hint: '' }),
      ],
    },
    {
      kind: 'rows',
      id: 'jobs',
      rowLabel: '经历',
      addLabel: '增加',
      emptyText: '没有',
      min: 0,
      max: () => 5,
      fields: [text({ id: 'post', label: '职务' }), yearMonth({ id: 'from', label: '起' })],
    },
  ],
  rules: [],
};
const ctx: FormContext = smallFormContext('2026-11-22');
const row = (id: string, values: Record<string, string>) => ({ id, values });
const raw = (main: Record<string, string>, ...jobs: ReturnType<typeof row>[]): RawSection => ({ groups: { main }, rows: { jobs } });

describe('D1 two tabs: flatText', () => {
  it('gives each field in words under its place, what cannot be read as typed, files never', () => {
    const lines = flatText(
      section,
      raw({ name: '海之舞', level: 'b' }, row('aaaaaa', { post: '馆员', from: '2020-09' }), row('bbbbbb', { from: '去年' })),
      ctx,
    );
    expect([...lines].map(([key, { label, text: words }]) => [key, label, words])).toEqual([
      ['main.name', '基本：名称', '海之舞'],
      ['main.level', '基本：级别', '乙'],
      ['jobs.aaaaaa.post', '第 1 条：职务', '馆员'],
      ['jobs.aaaaaa.from', '第 1 条：起', '2020年9月'],
      ['jobs.bbbbbb.from', '第 2 条：起', '去年'],
    ]);
  });

  it('names blank fields of groups, so that something deleted shows', () => {
    expect(flatText(section, raw({}), ctx).get('main.name')).toEqual({ label: '基本：名称', text: '' });
  });
});

describe('D1 two tabs: mergeChoices', () => {
  const typed = raw({ name: '甲名', level: 'a' }, row('aaaaaa', { post: '馆员', from: '2020.9' }), row('cccccc', { post: '新职务' }));
  const stored = raw({ name: '乙名' }, row('aaaaaa', { post: '副馆员', from: '2021.1' }), row('bbbbbb', { post: '旧职务' }));

  it('takes field by field what was chosen, and keeps rows that only one side has', () => {
    const merged = mergeChoices(section, typed, stored, (key) => key === 'main.name' || key === 'jobs.aaaaaa.from');
    expect(merged).toEqual(
      raw(
        { name: '甲名' },
        row('aaaaaa', { post: '副馆员', from: '2020.9' }),
        row('cccccc', { post: '新职务' }),
        row('bbbbbb', { post: '旧职务' }),
      ),
    );
  });

  it('keeps everything typed, or everything stored but new rows', () => {
    expect(mergeChoices(section, typed, stored, () => true).groups).toEqual(typed.groups);
    expect(mergeChoices(section, typed, stored, () => false).groups).toEqual(stored.groups);
  });
});

describe('postedFrom', () => {
  it('is read back as the same section, over whatever was stored', () => {
    const section1 = raw({ name: '甲名' }, row('bbbbbb', { post: '馆员' }), row('aaaaaa', {}));
    const before = raw({ name: '乙名', level: 'a' }, row('aaaaaa', { post: '副馆员' }));
    expect(readSection(section, postedFrom(section, section1), before)).toEqual(section1);
  });
});
