import type { Choice } from './sealed-ballot';
import { checkVote, type VoteFigures } from './vote-rules';

export interface Voter {
  judge: number;
  /** in the order of the items; undefined when present and nothing was cast */
  choices: readonly Choice[] | undefined;
}
export interface Counted extends VoteFigures {
  item: string;
  /** false when too few of the members may vote on it: then there are no figures of votes */
  isValid: boolean;
  isPassed: boolean;
}

/**
 * Counts a round. The base is who is present: who casts nothing abstains. Who is in recusal from an item, also since after they have voted, is neither present
 * nor counted for it, and still one of the members: recusals may cost an item its quorum, never lower it (人社部令第40号, articles 20, 21, 26).
 */
export function countBallots(
  seats: number,
  items: readonly { id: string; barred: ReadonlySet<number> }[],
  voters: readonly Voter[],
): Counted[] {
  return items.map(({ id, barred }, place) => {
    const heard = voters.filter((v) => !barred.has(v.judge));
    const count = (wanted: Choice): number => heard.filter((v) => v.choices?.[place] === wanted).length;
    const yes = count('yes');
    const no = count('no');
    const present = heard.length;
    const figures = { total: seats, present, yes, no, abstain: present - yes - no };
    const checked = checkVote(figures);
    if (!checked.ok) return { item: id, total: seats, present, yes: 0, no: 0, abstain: 0, isValid: false, isPassed: false };
    return { item: id, ...figures, isValid: true, isPassed: checked.passed };
  });
}
