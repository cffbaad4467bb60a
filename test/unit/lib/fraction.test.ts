import fc from 'fast-check';
import { readFraction } from '../../../src/lib/fraction';

describe('D2 readFraction', () => {
  it.each([
    ['3/5', 3, 5],
    ['3／5', 3, 5],
    [' ３ ／ ５ ', 3, 5],
    ['3∕5', 3, 5],
    ['03/05', 3, 5],
    ['独立', 1, 1],
    [' 独 立 ', 1, 1],
    ['999/999', 999, 999],
  ])('reads %s', (raw, n, of) => {
    expect(readFraction(raw)).toEqual({ ok: true, value: { n, of }, text: `${n}/${of}` });
  });

  it.each([
    ['', '请按「位次/总人数」的格式填写，例如 3/5'],
    ['3', '请按「位次/总人数」的格式填写，例如 3/5，两个数都不超过 999'],
    ['3/', '请按「位次/总人数」的格式填写，例如 3/5，两个数都不超过 999'],
    ['1/1000', '请按「位次/总人数」的格式填写，例如 3/5，两个数都不超过 999'],
    ['-1/5', '请按「位次/总人数」的格式填写，例如 3/5，两个数都不超过 999'],
    ['0/5', '位次和总人数都应从 1 起，请核对'],
    ['0/0', '位次和总人数都应从 1 起，请核对'],
    ['6/5', '位次 6 大于总人数 5，请核对'],
  ])('refuses %j: %s', (raw, problem) => {
    expect(readFraction(raw)).toEqual({ ok: false, problem });
  });

  it('reads exactly the ranks that are not above the total', () => {
    const number = fc.integer({ min: 1, max: 999 });
    fc.assert(fc.property(number, number, (n, of) => readFraction(`${n}/${of}`).ok === n <= of));
  });
});
