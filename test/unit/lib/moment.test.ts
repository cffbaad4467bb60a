import { showMoment } from '../../../src/lib/moment';

describe('showMoment', () => {
  it('gives Beijing time, hours and minutes with two digits', () => {
    expect(showMoment(new Date('2026-11-22T01:05:59Z'))).toBe('2026年11月22日 09:05');
    expect(showMoment('2026-03-05T10:00:00+08:00')).toBe('2026年3月5日 10:00');
  });

  it('calls midnight 00:00 of the new day', () => {
    expect(showMoment('2026-12-31T15:59:59Z')).toBe('2026年12月31日 23:59');
    expect(showMoment('2026-12-31T16:00:00Z')).toBe('2027年1月1日 00:00');
  });

  it('gives nothing for no moment', () => {
    expect(showMoment(null)).toBe('');
    expect(showMoment(undefined)).toBe('');
  });

  it('refuses a text that is no moment', () => {
    expect(() => showMoment('昨天')).toThrow(RangeError);
  });
});
