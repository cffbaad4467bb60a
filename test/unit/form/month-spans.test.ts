import type { FormContext } from '../../../src/form/field';
import { monthSpans, readMonthSpans } from '../../../src/form/fields';

describe('D4 spans of months as people type them', () => {
  const one = [{ from: '2019-03', to: '2019-08' }];
  it.each([
    ['2019.3-2019.8', one],
    ['2019年3月至2019年8月', one],
    ['2019-03-2019-08', one],
    ['２０１９．３—２０１９．８', one],
    ['2019.3 ~ 2019.8；', one],
    ['2019/3到2019/8', one],
    ['2020.1-2020.2；2019.3-2019.8', [...one, { from: '2020-01', to: '2020-02' }]],
    ['2019.3-2019.8\n2020.1-2020.2', [...one, { from: '2020-01', to: '2020-02' }]],
    ['', []],
    ['2019.8-2019.3', undefined],
    ['2019.3', undefined],
    ['2019.13-2020.1', undefined],
    ['去年', undefined],
    ['2019.3-2019.8；'.repeat(11), undefined],
  ])('%j', (typed, spans) => expect(readMonthSpans(typed)).toEqual(spans));

  it('is shown in words, and what can not be read is a message', () => {
    const field = monthSpans({ id: 'breaks', label: '聘任间断时间' });
    const parsed = field.schema({}, {} as FormContext).safeParse(field.read('2020.1-2020.1；2019.3-2019.8'));
    expect(parsed.data).toBe('2019-03/2019-08 2020-01/2020-01');
    expect(field.text(parsed.data ?? '', {}, {} as FormContext)).toBe('2019年3月至2019年8月、2020年1月');
    expect(field.schema({}, {} as FormContext).safeParse('乱写').error?.issues[0]?.message).toContain('例如 2019.3-2019.8');
  });
});
