import { codeText, wayOfDeclaring } from '../../lib/codes';

/** Ranks of titles, lowest first, as the catalogue names them. */
export const ranks = ['员级', '助理级', '中级', '副高级', '正高级'] as const;
export type Rank = (typeof ranks)[number];
export const isRank = (s: string): s is Rank => (ranks as readonly string[]).includes(s);

/** Grades of education, lowest first; a higher grade fulfils what asks for a lower one. */
export const grades = [
  { code: 'any', text: '不限学历' },
  { code: 'lower', text: '高中及以下' },
  { code: 'secondary', text: '中专' },
  { code: 'college', text: '大专' },
  { code: 'bachelor', text: '大学' },
  { code: 'master', text: '硕士' },
  { code: 'doctor', text: '博士' },
] as const;
export type Grade = (typeof grades)[number]['code'];
export const isGrade = (s: string): s is Grade => grades.some((g) => g.code === s);
export const gradeText = (g: Grade): string => grades.find((x) => x.code === g)?.text ?? '';

export type Outcome = 'pass' | 'block' | 'human';

/** One way of being eligible (or not): all of its conditions together. */
export interface Rule {
  seriesId: number | null;
  rank: Rank;
  /** code of 申报方式 */
  way: string;
  education: Grade;
  /** a title of this rank or a higher one must be held */
  heldRank: Rank | null;
  /** held and appointed for so many full years; who holds a higher rank needs none */
  heldYears: number | null;
  /** full years of work in the profession */
  workYears: number | null;
  outcome: Outcome;
  /** where the rule comes from: what people read as its ground */
  basis: string;
}

/** What is known of a declaration; undefined: not filled in yet, or nothing the program can read. */
export interface Facts {
  seriesId: number;
  rank: Rank | undefined;
  way: string;
  education: Grade | undefined;
  /** titles held with their years of appointment; none is an empty list */
  titles: readonly { rank: Rank; years: number }[] | undefined;
  workYears: number | undefined;
}

/** open: something that decides is not filled in yet */
export interface Verdict {
  outcome: Outcome | 'open';
  /** never empty; several are ways out of which one is enough */
  reasons: string[];
  /** what people have to look at besides */
  ask?: string;
}

const rankOrder = (r: Rank): number => ranks.indexOf(r);
const gradeOrder = (g: Grade): number => grades.findIndex((x) => x.code === g);

/** 「大学学历，取得助理级职称并聘任满 4 年」 */
export function ruleText(r: Pick<Rule, 'education' | 'heldRank' | 'heldYears' | 'workYears'>): string {
  const parts = [
    r.education === 'any' ? '不限学历' : `${gradeText(r.education)}${r.education === 'doctor' || r.education === 'master' ? '' : '学历'}`,
  ];
  if (r.heldRank) parts.push(`取得${r.heldRank}职称${r.heldYears ? `并聘任满 ${r.heldYears} 年` : ''}`);
  if (r.workYears) parts.push(`从事专业工作满 ${r.workYears} 年`);
  return parts.join('，');
}

/** What the facts lack to fulfil the rule, in words; nothing when they fulfil it. */
function lacks(r: Rule, f: Facts & { education: Grade }): string[] {
  const missing: string[] = [];
  if (gradeOrder(f.education) < gradeOrder(r.education)) missing.push(`学历为${gradeText(f.education)}`);
  if (r.heldRank) {
    const wanted = r.heldRank;
    const above = (f.titles ?? []).filter((t) => rankOrder(t.rank) >= rankOrder(wanted));
    const best = above.filter((t) => t.rank === wanted).reduce((n, t) => Math.max(n, t.years), -1);
    if (above.length === 0) missing.push(`未取得${wanted}职称`);
    else if (best >= 0 && above.every((t) => t.rank === wanted) && best < (r.heldYears ?? 0)) missing.push(`${wanted}职称聘任 ${best} 年`);
  }
  if (r.workYears && (f.workYears ?? 0) < r.workYears) missing.push(`从事专业工作 ${f.workYears ?? 0} 年`);
  return missing;
}

/**
 * K5: pass, block or needs a human, always with the reason. Rules of the series itself, where there are any for this rank and way, take the place of the general
 * ones. Another way of declaring than the normal one is never refused here: without a rule that lets it pass, people decide (domain facts, 5.3).
 */
export function evaluate(rules: readonly Rule[], f: Facts): Verdict {
  const open: string[] = [];
  if (f.rank === undefined) open.push('申报职称');
  if (f.way === '') open.push('申报方式');
  if (f.education === undefined) open.push('评审依据学历');
  if (f.titles === undefined) open.push('现专业技术职称');
  if (f.workYears === undefined) open.push('专业工作年限');
  if (open.length > 0) return { outcome: 'open', reasons: [`填写${open.map((x) => `「${x}」`).join('')}后核对`] };
  const facts = f as Facts & { education: Grade };
  const fitting = rules.filter((r) => r.rank === f.rank && r.way === f.way && (r.seriesId === null || r.seriesId === f.seriesId));
  const own = fitting.filter((r) => r.seriesId !== null);
  const candidates = own.length > 0 ? own : fitting;
  const wayText = codeText(wayOfDeclaring, f.way) ?? f.way;
  if (candidates.length === 0)
    return {
      outcome: 'human',
      reasons: [
        f.way === 'normal'
          ? '本系列、本层级没有登记学历和年限条件，由单位和评审机构审核'
          : `申报方式为「${wayText}」，由单位和评审机构按有关规定审核`,
      ],
    };
  const met = candidates.filter((r) => lacks(r, facts).length === 0);
  for (const outcome of ['block', 'pass', 'human'] as const) {
    const rule = met.find((r) => r.outcome === outcome);
    if (rule) return { outcome, reasons: [`${outcome === 'block' ? '不符合' : '符合'}「${ruleText(rule)}」。依据：${rule.basis}`] };
  }
  if (f.way !== 'normal') return { outcome: 'human', reasons: [`申报方式为「${wayText}」，由单位和评审机构按有关规定审核`] };
  const wanted = candidates.filter((r) => r.outcome === 'pass');
  if (wanted.length === 0) return { outcome: 'human', reasons: ['不在登记的条件之内，由单位和评审机构审核'] };
  // the rules that lack least are those the applicant can do something about
  const byLack = wanted.map((rule) => ({ rule, missing: lacks(rule, facts) })).sort((a, b) => a.missing.length - b.missing.length);
  const least = byLack[0]?.missing.length ?? 0;
  return {
    outcome: 'block',
    reasons: byLack
      .filter((x) => x.missing.length === least)
      .map(({ rule, missing }) => `需要${ruleText(rule)}；所填内容：${missing.join('，')}。依据：${rule.basis}`),
  };
}
