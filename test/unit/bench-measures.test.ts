import { isMet, none, slower, tableOf, throughput, type Measure } from '../../bench/measures';

const found = {
  ratio: 2,
  range: [1.6, 4] as [number, number],
  ours: 20,
  floor: 10,
  cpu: { ours: 1, floor: 1, ratio: 1 },
  pairs: 9,
  stealPercent: 0,
};

describe('M1 the table of the benches', () => {
  test.each<[Measure, boolean | undefined]>([
    [{ what: 'x', value: 1.2, goal: { atMost: 1.2 } }, true],
    [{ what: 'x', value: 1.21, goal: { atMost: 1.2 } }, false],
    [{ what: 'x', value: 0.5, goal: { atLeast: 0.5 } }, true],
    [{ what: 'x', value: 0.49, goal: { atLeast: 0.5 } }, false],
    [{ what: 'x', value: NaN, goal: { atMost: 1 } }, false],
    [{ what: 'x', value: 7 }, undefined],
    [none('lost', 0), true],
    [none('lost', 1), false],
  ])('M1 %j: %p', (measure, met) => {
    expect(isMet(measure)).toBe(met);
  });

  test('M1 throughput is the other way round of time, its range too', () => {
    expect(throughput('saves', found, 0.5)).toMatchObject({ value: 0.5, range: [0.25, 0.625] });
    expect(slower('saves', found, 1.9)).toMatchObject({ value: 2, range: [1.6, 4], sides: { ours: 20, floor: 10, unit: 'ms' } });
  });

  test('M1 a line for each number, in columns that a terminal shows straight; a run beside others is void', () => {
    const results = [
      { name: 'M2', measures: [slower('「确定申报」', found, 1.9)], stealPercent: 26 },
      { name: 'M5', measures: [{ what: 'memory', value: 12, unit: 'MB' as const, goal: { atMost: 32 } }] },
    ];
    expect(tableOf(results)).toEqual([
      'bench  what          measured  range  goal              ours to floor',
      '-----  ------------  --------  -----  -------  -------  -------------',
      'M2     「确定申报」  2         1.6–4  ≤ 1.9    NOT MET  20 to 10 ms',
      'M5     memory        12 MB            ≤ 32 MB  met',
      'M2: others took 26 % of the machine: void',
    ]);
  });
});
