import fc from 'fast-check';
import { checkVote } from '../../../src/lib/vote-rules';

const ballot = (present: number, yes: number, abstain = 0, total = present): Parameters<typeof checkVote>[0] => ({
  total,
  present,
  yes,
  no: present - yes - abstain,
  abstain,
});

describe('J3 votes needed (令第40号 article 21)', () => {
  it.each([
    [3, 2],
    [5, 4],
    [7, 5],
    [9, 6],
    [11, 8],
    [25, 17],
  ])('%i present need %i', (present, needed) => {
    expect(checkVote(ballot(present, needed))).toEqual({ ok: true, passed: true });
    expect(checkVote(ballot(present, needed - 1))).toEqual({ ok: true, passed: false });
  });

  it('counts abstentions among those present', () => {
    expect(checkVote(ballot(9, 5, 4))).toEqual({ ok: true, passed: false });
    expect(checkVote(ballot(9, 6, 3))).toEqual({ ok: true, passed: true });
  });
});

describe('J3 quorum (令第40号 article 20)', () => {
  it.each([
    [25, 17, true],
    [25, 16, false],
    [9, 6, true],
    [9, 5, false],
    [11, 8, true],
    [11, 7, false],
  ])('of %i members %i present: %s', (total, present, quorate) => {
    const check = checkVote(ballot(present, present, 0, total));
    expect(check).toEqual(
      quorate
        ? { ok: true, passed: true }
        : { ok: false, problems: [{ field: 'present', text: '参加人数不足总人数的三分之二，会议无效，请核对' }] },
    );
  });
});

describe('J3 figures that do not agree', () => {
  it('names every figure that is no whole number from 0 up', () => {
    expect(checkVote({ total: 9.5, present: -1, yes: NaN, no: 0, abstain: 0 })).toEqual({
      ok: false,
      problems: ['total', 'present', 'yes'].map((field) => ({ field, text: '请填写不小于 0 的整数' })),
    });
  });

  it.each([
    ['nobody', { total: 0, present: 0, yes: 0, no: 0, abstain: 0 }, [{ field: 'total', text: '总人数应大于0，请核对' }]],
    ['more present than members', ballot(10, 10, 0, 9), [{ field: 'present', text: '参加人数多于总人数，请核对' }]],
    [
      'a sum that is not the number present',
      { total: 9, present: 9, yes: 6, no: 1, abstain: 1 },
      [{ field: 'yes', text: '赞成、反对、弃权合计8，与参加人数9不符，请核对' }],
    ],
    [
      'two at once',
      { total: 9, present: 5, yes: 6, no: 0, abstain: 0 },
      [
        { field: 'present', text: '参加人数不足总人数的三分之二，会议无效，请核对' },
        { field: 'yes', text: '赞成、反对、弃权合计6，与参加人数5不符，请核对' },
      ],
    ],
  ])('%s', (_, figures, problems) => {
    expect(checkVote(figures)).toEqual({ ok: false, problems });
  });

  it('one more consent never turns a pass into a failure', () => {
    const figures = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(99)).filter(([present, yes]) => yes < present);
    fc.assert(
      fc.property(figures, ([present, yes]) => {
        const one = checkVote(ballot(present, yes));
        const more = checkVote(ballot(present, yes + 1));
        return one.ok && more.ok && (!one.passed || more.passed);
      }),
    );
  });
});
