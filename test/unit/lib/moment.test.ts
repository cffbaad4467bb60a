import { readMoment, showEnd, showMoment, timeLeft, typedEnd, typedMoment } from '../../../src/lib/moment';

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

describe('K2 readMoment', () => {
  it.each([
    ['2026.5.20 17:00', '2026-05-20T09:00:00.000Z'],
    ['2026-05-20T17:00', '2026-05-20T09:00:00.000Z'],
    ['2026年5月20日17时', '2026-05-20T09:00:00.000Z'],
    ['2026年5月20日 17点30分', '2026-05-20T09:30:00.000Z'],
    ['２０２６．５．２０　１７：３０', '2026-05-20T09:30:00.000Z'],
    ['20260520 0830', undefined],
    ['2026/5/20 24:00', '2026-05-20T16:00:00.000Z'],
    ['2026.5.20', '2026-05-20T16:00:00.000Z'],
    ['2026 5 20', '2026-05-20T16:00:00.000Z'],
    ['2026.5.20 25:00', undefined],
    ['2026.5.20 24:01', undefined],
    ['2026.2.30 8:00', undefined],
    ['2026.5', undefined],
    ['明天', undefined],
    ['', undefined],
  ])('%s', (typed, expected) => expect(readMoment(typed, 'end')?.toISOString()).toBe(expected));

  it('takes a day without time as its beginning or its end, and reads what it would write', () => {
    expect(readMoment('2026.5.20', 'start')?.toISOString()).toBe('2026-05-19T16:00:00.000Z');
    const at = new Date('2026-05-19T16:00:00Z');
    expect(readMoment(typedMoment(at), 'end')).toEqual(at);
  });
});

describe('K3 timeLeft', () => {
  const now = new Date('2026-05-01T00:00:00Z');
  it.each([
    [0, '已截止'],
    [30, '还有不到 1 分钟'],
    [90 * 60, '还有 90 分钟'],
    [5 * 3600 + 59, '还有 5 小时'],
    [47.9 * 3600, '还有 47 小时'],
    [72 * 3600 - 1, '还有 2 天'],
  ])('%d s', (seconds, text) => expect(timeLeft(now, new Date(now.getTime() + seconds * 1000))).toBe(text));
});

describe('K3 when something ends', () => {
  it('calls midnight the end of the day before, as people read it, and is read again as the same moment', () => {
    const midnight = new Date('2026-12-31T16:00:00Z');
    expect(showEnd(midnight)).toBe('2026年12月31日 24:00');
    expect(typedEnd(midnight)).toBe('2026.12.31 24:00');
    expect(readMoment(typedEnd(midnight), 'end')).toEqual(midnight);
    expect(showEnd('2028-02-29T16:00:00Z')).toBe('2028年2月29日 24:00');
  });
  it('leaves every other moment as it is', () => {
    for (const at of ['2026-05-20T09:00:00Z', '2026-05-20T15:59:00Z', '2026-05-20T16:01:00Z', '2026-05-20T16:00:30Z']) {
      expect(showEnd(at)).toBe(showMoment(at));
      expect(typedEnd(new Date(at))).toBe(typedMoment(new Date(at)));
    }
    expect(showEnd(null)).toBe('');
  });
});
