import fs from 'node:fs';
import path from 'node:path';
import { statesDocument } from '../../../scripts/states-document';
import type { Actor, Role } from '../../../src/policy/actor';
import { moveNames, moves, stateNames, states } from '../../../src/policy/declaration-moves';
import { can, covers, movesFor, type DeclarationSubject } from '../../../src/policy/policy';

const base = { name: '某人', behalf: '某单位' };
const actors: Record<string, Actor> = {
  applicant: { ...base, accountId: 1, role: 'person' },
  otherPerson: { ...base, accountId: 2, role: 'person' },
  holderUnit: { ...base, accountId: 3, role: 'unit', unitId: 30, unitPermitted: true },
  holderUnitWithoutPermission: { ...base, accountId: 4, role: 'unit', unitId: 30, unitPermitted: false },
  formerUnit: { ...base, accountId: 5, role: 'unit', unitId: 31, unitPermitted: true },
  otherUnit: { ...base, accountId: 6, role: 'unit', unitId: 39, unitPermitted: true },
  office: { ...base, accountId: 7, role: 'office', committeeId: 70 },
  otherOffice: { ...base, accountId: 8, role: 'office', committeeId: 79 },
  bureau: { ...base, accountId: 9, role: 'bureau', divisionCode: '371002' },
  cityBureau: { ...base, accountId: 10, role: 'bureau', divisionCode: '371000' },
  otherBureau: { ...base, accountId: 11, role: 'bureau', divisionCode: '371082' },
  support: { ...base, accountId: 12, role: 'support' },
  admin: { ...base, accountId: 13, role: 'admin' },
  // a committee's judge to whom nothing of this is assigned
  judge: { ...base, accountId: 14, role: 'judge', committeeId: 70 },
};

function subjectIn(state: (typeof stateNames)[number]): DeclarationSubject {
  const { holder } = states[state];
  const submitted = state !== 'draft';
  const atOffice = holder === 'office' || holder === 'bureau' || states[state].final === true || state === 'correction';
  return {
    kind: 'declaration',
    id: 'd',
    personId: 1,
    state,
    holderUnitId: holder === 'unit' ? 30 : null,
    holderCommitteeId: holder === 'office' || holder === 'bureau' ? 70 : null,
    stopUnitIds: submitted ? [31, 30] : [],
    stopCommitteeIds: submitted && atOffice ? [70] : [],
    committeeDivision: '371002',
    reopened: null,
  };
}

/** who the table's relations are, written down once more and independently */
const MOVERS: Record<string, string[]> = {
  submit: ['applicant'],
  withdraw: ['applicant'],
  resubmit: ['applicant'],
  'give-up': ['applicant'],
  pass: ['holderUnit'],
  'return-to-applicant': ['holderUnit'],
  'return-to-unit': ['holderUnit', 'office'],
  report: ['holderUnit'],
  withhold: ['holderUnit'],
  'send-back': [],
  accept: ['office'],
  'request-correction': ['office'],
  refuse: ['office'],
  'record-vote': ['office'],
  publish: ['office'],
  annul: ['office'],
  confirm: ['bureau', 'cityBureau'],
  reopen: ['bureau', 'cityBureau'],
  abandon: [],
};

describe('S31 the state machine: every (state, move, actor) outside the table is refused', () => {
  test.each(moveNames)('S31 %s', (move) => {
    for (const state of stateNames) {
      for (const [name, actor] of Object.entries(actors)) {
        const subject = subjectIn(state);
        const inTable = moves[move].from.includes(state) && (MOVERS[move] ?? []).includes(name);
        const officeReturn =
          move === 'return-to-unit' &&
          ((name === 'office' && state !== 'office_review') || (name === 'holderUnit' && state === 'office_review'));
        expect([state, name, can(actor, `declaration.${move}`, subject).ok]).toEqual([state, name, inTable && !officeReturn]);
        expect(movesFor(actor, subject).includes(move)).toBe(inTable && !officeReturn);
      }
    }
  });

  test('S31 every state is reached, every state that is not final can be left, every final one only by a recheck', () => {
    for (const s of stateNames) {
      const reached = s === 'draft' || moveNames.some((m) => moves[m].to.includes(s));
      const left = moveNames.some((m) => m !== 'reopen' && moves[m].from.includes(s));
      expect([s, reached, left]).toEqual([s, true, states[s].final !== true]);
    }
    expect(moves.reopen.from).toEqual(['voted_failed']);
  });

  test('C3 a unit whose permission is gone may not pass, return or report', () => {
    const decision = can(actors.holderUnitWithoutPermission as Actor, 'declaration.pass', subjectIn('unit_review'));
    expect(decision).toEqual({ ok: false, why: 'not-now', reason: expect.stringContaining('权限申请') as string, mend: 'permission' });
  });
});

describe('X2 who sees a declaration', () => {
  test.each(stateNames)('X2 in state %s', (state) => {
    const subject = subjectIn(state);
    const seen = Object.entries(actors)
      .filter(([, a]) => can(a, 'declaration.read', subject).ok)
      .map(([name]) => name);
    const expected = ['applicant'];
    if (state !== 'draft') expected.push('holderUnit', 'holderUnitWithoutPermission', 'formerUnit');
    if (subject.stopCommitteeIds.length > 0) expected.push('office', 'bureau', 'cityBureau');
    expect(seen.sort()).toEqual(expected.sort());
  });

  test('S30 a judge sees what is assigned to them, and moves nothing', () => {
    const judge = actors.judge as Actor;
    for (const state of stateNames) {
      const mine = { ...subjectIn(state), judgeAccounts: [14] };
      expect(can(judge, 'declaration.read', mine).ok).toBe(true);
      expect(can(judge, 'declaration.read', { ...mine, judgeAccounts: [99] })).toEqual({ ok: false, why: 'hidden' });
      expect(movesFor(judge, mine)).toEqual([]);
    }
  });

  test('X2 support, administrators and auditors see no declaration contents', () => {
    for (const role of ['support', 'admin', 'auditor'] as Role[])
      expect(can({ ...base, accountId: 99, role }, 'declaration.read', subjectIn('certified'))).toEqual({ ok: false, why: 'hidden' });
  });

  test.each([
    ['370000', '371002', true],
    ['371000', '371002', true],
    ['371002', '371002', true],
    ['371002', '371000', false],
    ['371082', '371002', false],
    ['110000', '371002', false],
  ])('X2 division %s over %s: %s', (a, b, expected) => expect(covers(a, b)).toBe(expected));
});

test('S31 docs/states.md is what the table says (npm run docs:states)', () => {
  expect(fs.readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'states.md'), 'utf8')).toBe(statesDocument());
});
