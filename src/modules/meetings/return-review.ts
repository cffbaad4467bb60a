/** A recusal from one declaration, with what became of the review. */
export interface RecusalLink {
  judgeId: number;
  /** the review was this judge's when the recusal was entered */
  wasAssigned: boolean;
  /** who took it over; null when nobody could */
  substituteId: number | null;
}

export type ReviewReturn =
  /** the judge had no review of it to come back */
  | { kind: 'none' }
  /** `from`: the substitute who gives it back, null when nobody had it · `through`: substitutes between, in recusal themselves: their place in the line is over */
  | { kind: 'back'; from: number | null; through: number[] }
  /** somebody has scored it and keeps it; null when three others review it anyhow */
  | { kind: 'stays'; with: number | null };

/**
 * Where the review of a declaration goes when the recusal of `judgeId` is taken back. A substitute may be in recusal too, and theirs as well: the one at the end of the line has
 * the review, and gives it back unless it was scored. `perItem`: reviews that a declaration needs.
 */
export function returnOfReview(
  judgeId: number,
  recusals: readonly RecusalLink[],
  assigned: readonly number[],
  scored: readonly number[],
  perItem: number,
): ReviewReturn {
  const links = new Map(recusals.map((r) => [r.judgeId, r]));
  const own = links.get(judgeId);
  if (!own?.wasAssigned) return { kind: 'none' };
  const through: number[] = [];
  let holder = own.substituteId;
  for (let next = holder === null ? undefined : links.get(holder); next && holder !== null && !through.includes(holder);) {
    through.push(holder);
    holder = next.substituteId;
    next = holder === null ? undefined : links.get(holder);
  }
  if (holder === null || !assigned.includes(holder))
    return assigned.length < perItem ? { kind: 'back', from: null, through } : { kind: 'stays', with: null };
  return scored.includes(holder) ? { kind: 'stays', with: holder } : { kind: 'back', from: holder, through };
}
