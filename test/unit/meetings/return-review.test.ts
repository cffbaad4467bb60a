import { returnOfReview, type RecusalLink } from '../../../src/modules/meetings/return-review';

const out = (judgeId: number, substituteId: number | null, wasAssigned = true): RecusalLink => ({ judgeId, wasAssigned, substituteId });

describe('J2 where a review goes when a recusal is taken back', () => {
  it.each([
    ['J2 never had it', 1, [out(1, null, false)], [2, 3, 4], [], { kind: 'none' }],
    ['J2 no recusal of theirs', 9, [out(1, 4)], [2, 3, 4], [], { kind: 'none' }],
    ['J2 one substitute, not scored', 1, [out(1, 4)], [2, 3, 4], [2, 3], { kind: 'back', from: 4, through: [] }],
    ['J2 one substitute, scored', 1, [out(1, 4)], [2, 3, 4], [4], { kind: 'stays', with: 4 }],
    ['J2 a line of two, not scored', 1, [out(1, 4), out(4, 5)], [2, 3, 5], [], { kind: 'back', from: 5, through: [4] }],
    ['J2 a line of two, scored', 1, [out(1, 4), out(4, 5)], [2, 3, 5], [5], { kind: 'stays', with: 5 }],
    ['J2 a line of three', 1, [out(1, 4), out(4, 5), out(5, 6)], [2, 3, 6], [2], { kind: 'back', from: 6, through: [4, 5] }],
    ['J2 the middle of a line', 4, [out(1, 4), out(4, 5)], [2, 3, 5], [], { kind: 'back', from: 5, through: [] }],
    ['J2 a line that ends with nobody', 1, [out(1, 4), out(4, null)], [2, 3], [], { kind: 'back', from: null, through: [4] }],
    ['J2 nobody took over', 1, [out(1, null)], [2, 3], [2], { kind: 'back', from: null, through: [] }],
    ['J2 nobody of the line has it, and three review', 1, [out(1, 4)], [2, 3, 7], [], { kind: 'stays', with: null }],
    [
      'J2 rows that run in a ring end all the same',
      1,
      [out(1, 4), out(4, 5), out(5, 4)],
      [2, 3],
      [],
      { kind: 'back', from: null, through: [4, 5] },
    ],
  ] as const)('%s', (_name, judge, recusals, assigned, scored, expected) => {
    expect(returnOfReview(judge, recusals, assigned, scored, 3)).toEqual(expected);
  });
});
