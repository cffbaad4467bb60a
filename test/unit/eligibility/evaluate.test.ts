import { eligibility as seeds } from '../../../seeds/data/eligibility';
import { evaluate, isGrade, isRank, ruleText, type Facts, type Rule } from '../../../src/modules/eligibility/evaluate';

const SERIES: Record<string, number> = { '05': 5, '09': 9, '10': 10 };
/** the rules that come with the program */
const rules: Rule[] = seeds.map((s) => {
  if (!isRank(s.rank) || !isGrade(s.education) || (s.heldRank !== null && !isRank(s.heldRank))) throw new Error('seed');
  return {
    seriesId: s.seriesCode === null ? null : (SERIES[s.seriesCode] ?? -1),
    rank: s.rank,
    way: 'normal',
    education: s.education,
    heldRank: s.heldRank,
    heldYears: s.heldYears,
    workYears: s.workYears,
    outcome: 'pass',
    basis: s.basis,
  };
});
const facts = (f: Partial<Facts>): Facts => ({
  seriesId: 91,
  rank: '中级',
  way: 'normal',
  education: 'bachelor',
  titles: [],
  workYears: 10,
  ...f,
});
const held = (rank: '员级' | '助理级' | '中级' | '副高级', years: number) => [{ rank, years }];

describe('K5 education and years', () => {
  test.each<[string, Partial<Facts>, string]>([
    ['大学 1 年 → 助理级', { rank: '助理级', workYears: 1 }, 'pass'],
    ['大学不满 1 年 → 助理级', { rank: '助理级', workYears: 0 }, 'block'],
    ['大专 3 年 → 助理级', { rank: '助理级', education: 'college', workYears: 3 }, 'pass'],
    ['大专 2 年 → 助理级', { rank: '助理级', education: 'college', workYears: 2 }, 'block'],
    ['中专、员级 4 年 → 助理级', { rank: '助理级', education: 'secondary', titles: held('员级', 4) }, 'pass'],
    ['中专、没有员级 → 助理级', { rank: '助理级', education: 'secondary', workYears: 30 }, 'block'],
    ['高中 → 助理级', { rank: '助理级', education: 'lower', workYears: 30 }, 'block'],
    ['硕士 3 年 → 中级', { education: 'master', workYears: 3 }, 'pass'],
    ['博士 → 中级', { education: 'doctor', workYears: 0 }, 'pass'],
    ['大学、助理级 4 年 → 中级', { titles: held('助理级', 4) }, 'pass'],
    ['大学、助理级 3 年 → 中级', { titles: held('助理级', 3) }, 'block'],
    ['大专、助理级 4 年 → 中级', { education: 'college', titles: held('助理级', 4) }, 'block'],
    ['大专、助理级 5 年 → 中级', { education: 'college', titles: held('助理级', 5) }, 'pass'],
    ['文博大专、助理级 4 年 → 中级：系列另有条件', { seriesId: 10, education: 'college', titles: held('助理级', 4) }, 'pass'],
    ['图书 高中、员级 4 年 → 助理级：系列另有条件', { seriesId: 9, rank: '助理级', education: 'lower', titles: held('员级', 4) }, 'pass'],
    ['博士、中级 2 年 → 副高级', { rank: '副高级', education: 'doctor', titles: held('中级', 2) }, 'pass'],
    ['大学、中级 4 年 → 副高级', { rank: '副高级', titles: held('中级', 4) }, 'block'],
    ['大学、副高级 5 年 → 正高级', { rank: '正高级', titles: held('副高级', 5) }, 'pass'],
    ['已有更高层级的职称不再要求年限', { rank: '中级', titles: held('中级', 0) }, 'pass'],
    ['破格：由人审核，从不由程序拒绝', { rank: '正高级', education: 'lower', way: 'exceptional' }, 'human'],
    ['没有填学历', { education: undefined }, 'open'],
    ['没有填职称', { titles: undefined }, 'open'],
    ['没有选申报职称', { rank: undefined }, 'open'],
  ])('K5 %s: %#', (_what, f, outcome) => {
    const verdict = evaluate(rules, facts(f));
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.reasons.length).toBeGreaterThan(0);
    for (const r of verdict.reasons) expect(r).not.toBe('');
  });

  test('K5 a block says what is wanted, what was filled in, and on what ground; only the nearest ways', () => {
    const { reasons } = evaluate(rules, facts({ titles: held('助理级', 2) }));
    expect(reasons).toContainEqual(
      '需要大学学历，取得助理级职称并聘任满 4 年；所填内容：助理级职称聘任 2 年。依据：山东省专业技术职务任职资格学历、资历一般条件',
    );
    expect(reasons.join()).toContain('硕士，从事专业工作满 3 年；所填内容：学历为大学');
  });

  test('K5 a rule that blocks goes before one that lets pass, one for people comes last; no rule at all is for people', () => {
    const base: Rule = {
      seriesId: 91,
      rank: '中级',
      way: 'normal',
      education: 'any',
      heldRank: null,
      heldYears: null,
      workYears: null,
      outcome: 'human',
      basis: '乙',
    };
    expect(evaluate([base], facts({})).outcome).toBe('human');
    expect(evaluate([base, { ...base, outcome: 'pass', workYears: 20 }], facts({})).outcome).toBe('human');
    expect(evaluate([base, { ...base, outcome: 'pass' }], facts({})).outcome).toBe('pass');
    expect(evaluate([base, { ...base, outcome: 'pass' }, { ...base, outcome: 'block' }], facts({})).outcome).toBe('block');
    expect(evaluate([], facts({})).outcome).toBe('human');
    expect(ruleText(base)).toBe('不限学历');
  });
});
