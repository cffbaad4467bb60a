import fc from 'fast-check';
import { calendar } from '../../../seeds/data/catalogue';
import { addWorkingDays, countWorkingDays, createWorkCalendar } from '../../../src/lib/working-days';

const cal = createWorkCalendar(calendar.until, calendar.days);
const problem = '工作日历只到2026年12月31日，请联系系统管理员补充之后的工作日安排';

describe('K4 addWorkingDays', () => {
  it.each([
    ['five days of an ordinary week', '2026-06-05', 5, '2026-06-12'],
    ['published on a Monday', '2026-06-08', 5, '2026-06-15'],
    ['over the national day of 2026 and its make-up day', '2026-09-29', 5, '2026-10-12'],
    ['over the spring festival of 2026 and its make-up days', '2026-02-13', 2, '2026-02-24'],
    ['a make-up Sunday counts', '2026-09-18', 1, '2026-09-20'],
    ['no day', '2026-06-06', 0, '2026-06-06'],
    ['the last day known', '2026-12-30', 1, '2026-12-31'],
  ])('%s', (_, from, n, value) => {
    expect(addWorkingDays(cal, from, n)).toEqual({ ok: true, value });
  });

  it.each([
    ['2026-12-31', 1],
    ['2026-12-28', 5],
    ['2027-10-01', 0],
    ['2027-10-01', 5],
  ])('refuses to guess past the end: %s and %i', (from, n) => {
    expect(addWorkingDays(cal, from, n)).toEqual({ ok: false, problem });
  });

  it.each([-1, 1.5, NaN])('throws for %p days', (n) => {
    expect(() => addWorkingDays(cal, '2026-06-01', n)).toThrow(RangeError);
  });
});

describe('K4 countWorkingDays', () => {
  it.each([
    ['2026-09-30', '2026-10-08', 1],
    ['2026-09-30', '2026-10-10', 3],
    ['2026-06-05', '2026-06-05', 0],
    ['2026-06-05', '2026-06-01', 0],
  ])('%s to %s is %i', (from, to, value) => {
    expect(countWorkingDays(cal, from, to)).toEqual({ ok: true, value });
  });

  it('refuses past the end', () => {
    expect(countWorkingDays(cal, '2026-12-30', '2027-01-01')).toEqual({ ok: false, problem });
    expect(countWorkingDays(cal, '2027-01-05', '2026-12-01')).toEqual({ ok: false, problem });
  });

  it('undoes addWorkingDays', () => {
    const start = fc
      .date({ min: new Date('2024-01-01'), max: new Date('2026-09-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 40 }), (from, n) => {
        const end = addWorkingDays(cal, from, n);
        if (!end.ok) throw new Error(end.problem);
        expect(cal.isWorkday(end.value)).toBe(true);
        expect(countWorkingDays(cal, from, end.value)).toEqual({ ok: true, value: n });
      }),
    );
  });
});
