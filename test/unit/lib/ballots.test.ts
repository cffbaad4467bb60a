import { randomBytes } from 'node:crypto';
import { assignItems, dealGroups } from '../../../src/lib/assign-items';
import { countBallots, type Voter } from '../../../src/lib/count-ballots';
import { drawLots, poolDigest, commitmentOf } from '../../../src/lib/judge-draw';
import { openBallot, sealBallot, type Choice } from '../../../src/lib/sealed-ballot';

const none: ReadonlySet<number> = new Set();
/** so many votes of each kind, then so many present who cast nothing */
const voters = (yes: number, no: number, abstain: number, silent = 0): Voter[] => {
  const choices: (Choice | undefined)[] = [
    ...Array<Choice>(yes).fill('yes'),
    ...Array<Choice>(no).fill('no'),
    ...Array<Choice>(abstain).fill('abstain'),
    ...Array<undefined>(silent).fill(undefined),
  ];
  return choices.map((c, i) => ({ judge: i + 1, choices: c && [c] }));
};
const count = (seats: number, list: Voter[], barred: ReadonlySet<number> = none) => countBallots(seats, [{ id: 'a', barred }], list)[0];

describe('J3 the arithmetic of a ballot', () => {
  test.each([
    // seats, yes, no, abstain, silent, valid, passed
    [7, 5, 2, 0, 0, true, true],
    [7, 4, 3, 0, 0, true, false],
    [9, 6, 3, 0, 0, true, true],
    [9, 5, 4, 0, 0, true, false],
    [11, 8, 3, 0, 0, true, true],
    [11, 7, 4, 0, 0, true, false],
    [25, 17, 8, 0, 0, true, true],
    [25, 16, 9, 0, 0, true, false],
    // abstentions and silence stay in the denominator
    [9, 6, 0, 3, 0, true, true],
    [9, 5, 0, 4, 0, true, false],
    [9, 6, 0, 0, 3, true, true],
    [9, 5, 0, 0, 4, true, false],
    // two thirds of the members must be present: 17 of 25, 8 of 11, 5 of 7
    [25, 17, 0, 0, 0, true, true],
    [25, 16, 0, 0, 0, false, false],
    [11, 8, 0, 0, 0, true, true],
    [11, 7, 0, 0, 0, false, false],
    [7, 5, 0, 0, 0, true, true],
    [7, 4, 0, 0, 0, false, false],
    [9, 0, 0, 0, 9, true, false],
    [9, 0, 0, 0, 0, false, false],
  ])('J3 %i seats, %i yes, %i no, %i abstain, %i silent: valid %s, passed %s', (seats, yes, no, abstain, silent, isValid, isPassed) => {
    const r = count(seats, voters(yes, no, abstain, silent));
    expect([r?.isValid, r?.isPassed]).toEqual([isValid, isPassed]);
    if (isValid) expect([r?.yes, r?.no, r?.abstain]).toEqual([yes, no, abstain + silent]);
    // an invalid one tells no figures: few voters could be told apart by them
    else expect([r?.yes, r?.no, r?.abstain]).toEqual([0, 0, 0]);
  });

  test('J3 recusal takes a vote away and never lowers the number of members', () => {
    const list = voters(5, 4, 0);
    expect(count(9, list, new Set([9]))).toMatchObject({ total: 9, present: 8, yes: 5, no: 3, isPassed: false });
    expect(count(9, list, new Set([8, 9]))).toMatchObject({ present: 7, yes: 5, no: 2, isPassed: true });
    expect(count(9, list, new Set([6, 7, 8, 9]))).toMatchObject({ present: 5, isValid: false });
  });
});

describe('J3 sealed ballots', () => {
  const key = randomBytes(32);
  const choices: Choice[] = ['yes', 'no', 'abstain', 'recused'];
  test('J3 a box opens with its key, in its place, unchanged, and not otherwise', () => {
    const box = sealBallot(key, 7, 3, choices);
    expect(openBallot(key, 7, 3, box)).toEqual(choices);
    expect(sealBallot(key, 7, 3, choices)).not.toBe(box);
    expect(sealBallot(key, 7, 4, ['no', 'no', 'no', 'no'])).toHaveLength(box.length);
    expect(() => openBallot(key, 7, 4, box)).toThrow();
    expect(() => openBallot(key, 8, 3, box)).toThrow();
    expect(() => openBallot(randomBytes(32), 7, 3, box)).toThrow();
    const bytes = Buffer.from(box, 'base64');
    for (let i = 0; i < bytes.length; i++) {
      const bent = Buffer.from(bytes);
      bent[i] = (bent[i] ?? 0) ^ 1;
      expect(() => openBallot(key, 7, 3, bent.toString('base64'))).toThrow();
    }
  });
});

describe('J2 the draw', () => {
  const pool = Array.from({ length: 30 }, (_, i) => ({ id: i + 1, name: `评委${i + 1}`, unit: '单位' }));
  const seed = 'ab'.repeat(32);
  test('J2 is the same whenever it is worked out, and another with any other seed or witness text', () => {
    const order = drawLots(pool, seed, '2580').map((l) => l.id);
    expect(drawLots([...pool].reverse(), seed, '2580').map((l) => l.id)).toEqual(order);
    expect(drawLots(pool, seed, '2581').map((l) => l.id)).not.toEqual(order);
    expect(drawLots(pool, 'ac'.repeat(32), '2580').map((l) => l.id)).not.toEqual(order);
    expect(poolDigest([...pool].reverse())).toBe(poolDigest(pool));
    expect(commitmentOf(seed)).not.toBe(commitmentOf('ac'.repeat(32)));
  });
  test('J2 gives everybody the same chance', () => {
    const seats = new Map<number, number>();
    for (let i = 0; i < 3000; i++)
      for (const l of drawLots(pool, seed, String(i)).slice(0, 10)) seats.set(l.id, (seats.get(l.id) ?? 0) + 1);
    // 1,000 expected for each, standard deviation 26
    for (const c of pool) expect(Math.abs((seats.get(c.id) ?? 0) - 1000)).toBeLessThan(130);
  });
});

describe('J3 assignment', () => {
  const reviewers = Array.from({ length: 9 }, (_, i) => ({ id: i + 1, group: (i % 3) + 1 }));
  test('J3 three of one group for each, loads differ by one at most, recusals hold', () => {
    const items = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, barred: new Set(i % 5 === 0 ? [(i % 9) + 1] : []) }));
    const { assignments, impossible } = assignItems(reviewers, items);
    expect(impossible).toEqual([]);
    expect(assignments).toHaveLength(40);
    for (const a of assignments) {
      expect(new Set(a.reviewers).size).toBe(3);
      const barred = items.find((i) => i.id === a.item)?.barred;
      expect(a.reviewers.filter((r) => barred?.has(r))).toEqual([]);
      if (a.group !== null) expect(a.reviewers.every((r) => ((r - 1) % 3) + 1 === a.group)).toBe(true);
    }
    const loads = reviewers.map((r) => assignments.filter((a) => a.reviewers.includes(r.id)).length);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(2);
  });
  test('J3 says what nobody may review', () => {
    const plan = assignItems(reviewers, [{ id: 'x', barred: new Set([1, 2, 3, 4, 5, 6, 7]) }]);
    expect(plan).toEqual({ assignments: [], impossible: ['x'] });
  });
  test.each([
    [5, 3, 1],
    [6, 2, 2],
    [11, 3, 3],
    [11, 9, 3],
    [7, 0, 1],
  ])('J3 %i seats in %i groups wanted: %i', (seats, wanted, groups) => {
    const dealt = dealGroups(seats, wanted);
    expect(Math.max(...dealt)).toBe(groups);
    for (let g = 1; g <= groups; g++) expect(dealt.filter((x) => x === g).length).toBeGreaterThanOrEqual(3);
  });
});
