import { askAboutRetirement, fullAge } from '../../../src/modules/eligibility/retirement';

describe('K5, D15 whoever may have retired', () => {
  test.each([
    ['1966-11-22', '2026-11-22', 60],
    ['1966-11-23', '2026-11-22', 59],
    ['1968-02-29', '2026-02-28', 57],
    ['1968-02-29', '2026-03-01', 58],
    ['1968-02-29', '2028-02-29', 60],
  ])('born on %s is %s years old on %s: %i', (bornOn, today, years) => {
    expect(fullAge(bornOn, today)).toBe(years);
  });

  const from = { male: 60, female: 55 };
  const passed = { outcome: 'pass' as const, reasons: ['符合'] };

  it('asks people to look, and refuses nobody', () => {
    const asked = askAboutRetirement(passed, { sex: 'female', bornOn: '1971-11-22', today: '2026-11-22' }, from);
    expect(asked.outcome).toBe('human');
    expect(asked.reasons).toEqual(['符合']);
    expect(asked.ask).toContain('已满 55 周岁');
    expect(askAboutRetirement(passed, { sex: 'male', bornOn: '1971-11-22', today: '2026-11-22' }, from)).toEqual(passed);
    const blocked = { outcome: 'block' as const, reasons: ['学历'] };
    expect(askAboutRetirement(blocked, { sex: 'male', bornOn: '1960-01-01', today: '2026-11-22' }, from)).toEqual({
      outcome: 'block',
      reasons: ['学历'],
      ask: expect.stringContaining('已满 66 周岁') as string,
    });
  });
});
