/** The figures of a committee's ballot: 总人数, 参加人数, 赞成, 反对, 弃权. */
export interface VoteFigures {
  total: number;
  present: number;
  yes: number;
  no: number;
  abstain: number;
}

export interface VoteProblem {
  field: keyof VoteFigures;
  text: string;
}

export type VoteCheck = { ok: true; passed: boolean } | { ok: false; problems: VoteProblem[] };

const fields = ['total', 'present', 'yes', 'no', 'abstain'] as const;

/**
 * Checks the figures of a ballot and says whether it passes: a meeting needs two thirds of the members present, a title passes with the
 * consent of two thirds of those present, abstentions counting among them (人力资源社会保障部令第40号, articles 20 and 21).
 */
export function checkVote(figures: VoteFigures): VoteCheck {
  const problems: VoteProblem[] = fields
    .filter((field) => !Number.isSafeInteger(figures[field]) || figures[field] < 0)
    .map((field) => ({ field, text: '请填写不小于 0 的整数' }));
  if (problems.length > 0) return { ok: false, problems };
  const { total, present, yes, no, abstain } = figures;
  if (total === 0) problems.push({ field: 'total', text: '总人数应大于0，请核对' });
  else if (present > total) problems.push({ field: 'present', text: '参加人数多于总人数，请核对' });
  else if (3 * present < 2 * total) problems.push({ field: 'present', text: '参加人数不足总人数的三分之二，会议无效，请核对' });
  if (yes + no + abstain !== present) {
    problems.push({ field: 'yes', text: `赞成、反对、弃权合计${yes + no + abstain}，与参加人数${present}不符，请核对` });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, passed: isPassed(figures) };
}

/** Whether two thirds of those present consent: abstentions count among them. */
export const isPassed = ({ yes, present }: VoteFigures): boolean => 3 * yes >= 2 * present;
