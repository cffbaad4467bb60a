import fc from 'fast-check';
import {
  isCalendarDate,
  isRealDate,
  monthsBetween,
  nextDay,
  nextMonth,
  previousMonth,
  readDate,
  readYearMonth,
  showDate,
  showYearMonth,
} from '../../../src/lib/dates';

const anyDate = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const anyMonth = anyDate.map((date) => date.slice(0, 7));

describe('D2 readYearMonth', () => {
  it.each([
    '2020.9',
    '2020.09',
    '2020-09',
    '2020/9',
    '2020 9',
    '2020。9',
    '2020—09',
    '2020年9月',
    '2020年9',
    ' 2020 年 9 月 ',
    '202009',
    '２０２０．０９',
    '２０２０年９月',
    '2020-09-15',
    '20200915',
    '2020年9月15日',
    '2020.9.15',
  ])('reads %s', (raw) => {
    expect(readYearMonth(raw)).toBe('2020-09');
  });

  it.each(['', '2020', '2020.13', '2020.0', '20209', '1899.12', '2101.1', '2020-02-30', '20201332', '至今', '9月', '2020.9.1.1'])(
    'refuses %j',
    (raw) => {
      expect(readYearMonth(raw)).toBeUndefined();
    },
  );
});

describe('D3 readDate', () => {
  it.each(['2020.9.5', '2020-09-05', '2020/9/5', '2020 9 5', '2020年9月5日', '2020年9月5号', '2020年9月5', '20200905', '２０２０／９／５'])(
    'reads %s',
    (raw) => {
      expect(readDate(raw)).toBe('2020-09-05');
    },
  );

  it.each(['2020.9', '202009', '2021-02-29', '2020-04-31', '2020-09-00', 'abc', '1900-02-29'])('refuses %s', (raw) => {
    expect(readDate(raw)).toBeUndefined();
  });

  it('reads back every date and month it shows', () => {
    fc.assert(fc.property(anyDate, (date) => readDate(showDate(date)) === date && readDate(date) === date));
    fc.assert(fc.property(anyMonth, (month) => readYearMonth(showYearMonth(month)) === month && readYearMonth(month) === month));
  });
});

describe('D2 isRealDate', () => {
  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2000-02-29', true],
    ['2100-12-31', true],
    ['1900-01-01', true],
    ['1899-12-31', false],
    ['2101-01-01', false],
    ['2020-00-10', false],
    ['2020-13-10', false],
    ['2020-9-1', false],
  ])('%s is %s', (text, real) => {
    expect(isRealDate(text)).toBe(real);
  });
});

describe('B1 isCalendarDate', () => {
  it.each([
    ['1880-01-01', true],
    ['1800-12-31', true],
    ['1799-12-31', false],
    ['1900-02-29', false],
    ['2020-00-01', false],
    ['2020-13-01', false],
    ['2020-01-00', false],
    ['20200101', false],
  ])('%s is %s', (text, exists) => {
    expect(isCalendarDate(text)).toBe(exists);
  });
});

describe('D3 showing', () => {
  it('writes dates in words', () => {
    expect(showYearMonth('2020-09')).toBe('2020年9月');
    expect(showDate('2020-09-01')).toBe('2020年9月1日');
  });
});

describe('D9 counting months and days', () => {
  it('goes over the turn of the year', () => {
    expect(nextMonth('2020-12')).toBe('2021-01');
    expect(previousMonth('2021-01')).toBe('2020-12');
    expect(nextDay('2024-02-28')).toBe('2024-02-29');
    expect(nextDay('2026-12-31')).toBe('2027-01-01');
    expect(monthsBetween('2017-12', '2022-12')).toBe(60);
    expect(monthsBetween('2022-12', '2017-12')).toBe(-60);
  });

  it('previousMonth undoes nextMonth, which is one month on', () => {
    fc.assert(fc.property(anyMonth, (month) => previousMonth(nextMonth(month)) === month && monthsBetween(month, nextMonth(month)) === 1));
  });
});
