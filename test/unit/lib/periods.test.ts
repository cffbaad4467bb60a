import fc from 'fast-check';
import { monthsBetween, nextMonth } from '../../../src/lib/dates';
import { findBreaks, fullYears, type Period } from '../../../src/lib/periods';

const span = (from: string, to?: string, label = from): Period => (to === undefined ? { from, label } : { from, to, label });

/** Contiguous periods from 2000-01 on: lengths in months, and whether the next begins in the month the last one ended. */
const contiguous = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { minLength: 1, maxLength: 12 }).map((pieces) => {
  const periods: Required<Period>[] = [];
  let from = '2000-01';
  for (const [length, sameMonth] of pieces) {
    let to = from;
    for (let i = 0; i < length; i += 1) to = nextMonth(to);
    periods.push({ from, to, label: `第${periods.length + 1}段` });
    from = sameMonth ? to : nextMonth(to);
  }
  return periods;
});

describe('D9 findBreaks', () => {
  const today = '2022-09';
  it.each<[string, Period[], ReturnType<typeof findBreaks>]>([
    ['one period until now', [span('2010-07')], []],
    ['the next begins in the same month', [span('2010-07', '2015-03'), span('2015-03')], []],
    ['the next begins in the next month', [span('2010-07', '2014-12'), span('2015-01')], []],
    ['in any order', [span('2015-01'), span('2010-07', '2014-12')], []],
    ['several in one month', [span('2010-07', '2012-05'), span('2012-05', '2012-05'), span('2012-05')], []],
    ['beginning before the start', [span('2009-01')], []],
    ['wholly before the start', [span('2009-01', '2009-02'), span('2010-07')], []],
    [
      'a gap between',
      [span('2010-07', '2014-10', '甲'), span('2015-01', undefined, '乙')],
      [{ kind: 'gap', from: '2014-11', to: '2014-12', after: '甲', before: '乙' }],
    ],
    ['a gap at the start', [span('2010-09', undefined, '甲')], [{ kind: 'gap', from: '2010-07', to: '2010-08', before: '甲' }]],
    ['a gap at the end', [span('2010-07', '2022-07', '甲')], [{ kind: 'gap', from: '2022-08', to: '2022-09', after: '甲' }]],
    ['nothing at all', [], [{ kind: 'gap', from: '2010-07', to: '2022-09' }]],
    [
      'an overlap',
      [span('2010-07', '2015-03', '甲'), span('2015-01', undefined, '乙')],
      [{ kind: 'overlap', from: '2015-01', to: '2015-03', after: '甲', before: '乙' }],
    ],
    [
      'one inside another, then a gap',
      [span('2010-07', '2015-03', '甲'), span('2012-01', '2012-06', '乙'), span('2015-06', undefined, '丙')],
      [
        { kind: 'overlap', from: '2012-01', to: '2012-06', after: '甲', before: '乙' },
        { kind: 'gap', from: '2015-04', to: '2015-05', after: '甲', before: '丙' },
      ],
    ],
    [
      'two open periods',
      [span('2010-07', undefined, '甲'), span('2015-01', undefined, '乙')],
      [{ kind: 'overlap', from: '2015-01', to: '2022-09', after: '甲', before: '乙' }],
    ],
    [
      'two that begin together',
      [span('2010-07', undefined, '甲'), span('2010-07', '2012-01', '乙')],
      [{ kind: 'overlap', from: '2010-07', to: '2012-01', after: '乙', before: '甲' }],
    ],
    ['periods of the future or turned round are left out', [span('2010-07'), span('2030-01'), span('2012-05', '2011-01')], []],
    ['an end in the future', [span('2010-07', '2030-01')], []],
  ])('%s', (_, periods, breaks) => {
    expect(findBreaks(periods, '2010-07', today)).toEqual(breaks);
  });

  it('finds none in contiguous periods, in whatever order', () => {
    fc.assert(
      fc.property(contiguous, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (periods, order) => {
        const last = periods.at(-1);
        const shuffled = periods
          .map((period, index) => ({ period, key: order[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ period }) => period);
        expect(findBreaks(shuffled, '2000-01', last?.to ?? '')).toEqual([]);
      }),
    );
  });

  it('names exactly the months of a period taken out', () => {
    fc.assert(
      fc.property(contiguous, fc.nat(), (periods, at) => {
        const index = at % periods.length;
        const gone = periods[index];
        const before = periods[index - 1];
        const after = periods[index + 1];
        const end = periods.at(-1)?.to ?? '';
        const gaps = findBreaks(
          periods.filter((_, i) => i !== index),
          '2000-01',
          end,
        );
        const from = before ? nextMonth(before.to) : '2000-01';
        const free = monthsBetween(from, after ? after.from : nextMonth(end));
        const months = gaps.reduce((sum, gap) => sum + monthsBetween(gap.from, gap.to) + 1, 0);
        expect(gone).toBeDefined();
        expect(months).toBe(Math.max(0, free));
      }),
    );
  });
});

describe('D4 fullYears', () => {
  it.each<[string, Period[], string, number, number, string]>([
    ['the example of the guide', [span('2017-12')], '2022-12-31', 5, 0, '从2017年12月算到2022年12月为 60 个月，满 5 年'],
    ['a month instead of a date', [span('2017-12')], '2022-12', 5, 0, '从2017年12月算到2022年12月为 60 个月，满 5 年'],
    ['one month short', [span('2018-01')], '2022-12-31', 4, 11, '从2018年1月算到2022年12月为 59 个月，满 4 年'],
    [
      'two appointments without break',
      [span('2017-12', '2019-12'), span('2020-01')],
      '2022-12-31',
      5,
      0,
      '从2017年12月算到2022年12月为 60 个月，满 5 年',
    ],
    [
      'overlaps count once',
      [span('2017-12', '2020-06'), span('2020-01')],
      '2022-12-31',
      5,
      0,
      '从2017年12月算到2022年12月为 60 个月，满 5 年',
    ],
    [
      'with a break, as the guide: four years',
      [span('2017-12', '2019-06'), span('2020-07')],
      '2022-12-31',
      4,
      0,
      '从2017年12月算到2022年12月为 60 个月，扣除间断的 12 个月（2019年7月至2020年6月），合计 48 个月，满 4 年',
    ],
    [
      'with several breaks, one of a single month, one at the end',
      [span('2017-12', '2018-03'), span('2018-05', '2019-05'), span('2020-01', '2021-06')],
      '2022-12-31',
      2,
      10,
      '从2017年12月算到2022年12月为 60 个月，扣除间断的 26 个月（2018年4月、2019年6月至2019年12月、2021年7月至2022年12月），合计 34 个月，满 2 年',
    ],
    ['an end after the year is cut', [span('2017-12', '2025-12')], '2022-12-31', 5, 0, '从2017年12月算到2022年12月为 60 个月，满 5 年'],
    ['a single month', [span('2022-12')], '2022-12-31', 0, 0, '从2022年12月算到2022年12月为 0 个月，满 0 年'],
    [
      'a month long ago',
      [span('2022-10', '2022-10')],
      '2022-12',
      0,
      0,
      '从2022年10月算到2022年12月为 2 个月，扣除间断的 2 个月（2022年11月至2022年12月），合计 0 个月，满 0 年',
    ],
    ['nothing', [], '2022-12-31', 0, 0, '截至2022年12月没有可以计算的时间'],
    ['only the future', [span('2023-01')], '2022-12-31', 0, 0, '截至2022年12月没有可以计算的时间'],
  ])('%s', (_, periods, until, years, months, working) => {
    expect(fullYears(periods, until)).toEqual({ years, months, working });
  });

  it('counts contiguous periods as the one they make', () => {
    fc.assert(
      fc.property(contiguous, (periods) => {
        const end = periods.at(-1)?.to ?? '';
        expect(fullYears(periods, end)).toEqual(fullYears([span('2000-01')], end));
      }),
    );
  });
});
