export interface Reviewer {
  id: number;
  /** numbered from 1 */
  group: number;
  /** items that they have already */
  load?: number;
}
export interface ItemToAssign {
  id: string;
  /** reviewers in recusal */
  barred: ReadonlySet<number>;
}
export interface Assignment {
  item: string;
  /** the group whose opinion it is; null when no group has enough and the reviewers come from several */
  group: number | null;
  reviewers: number[];
}
export interface AssignmentPlan {
  assignments: Assignment[];
  /** items that too few may review */
  impossible: string[];
}

/** 人社部令第40号, article 22: a group of at least three experts, or at least three experts, give the opinion. */
export const REVIEWERS_PER_ITEM = 3;

/**
 * Gives each item to a group and to three of its members, so that groups and people have about the same number of items. Items that few may review are placed
 * first. Where no group has three who may, three are taken from all groups.
 */
export function assignItems(reviewers: readonly Reviewer[], items: readonly ItemToAssign[], perItem = REVIEWERS_PER_ITEM): AssignmentPlan {
  const load = new Map(reviewers.map((r) => [r.id, r.load ?? 0]));
  const groups = [...new Set(reviewers.map((r) => r.group))].sort((a, b) => a - b);
  const groupLoad = new Map(groups.map((g) => [g, 0]));
  const plan: AssignmentPlan = { assignments: [], impossible: [] };
  const lightest = (of: readonly Reviewer[]): number[] =>
    [...of]
      .sort((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0) || a.id - b.id)
      .slice(0, perItem)
      .map((r) => r.id);
  const hardestFirst = items
    .map((item, place) => ({ item, place }))
    .sort((a, b) => b.item.barred.size - a.item.barred.size || a.place - b.place);
  for (const { item } of hardestFirst) {
    const free = reviewers.filter((r) => !item.barred.has(r.id));
    if (free.length < perItem) {
      plan.impossible.push(item.id);
      continue;
    }
    const [group] = groups
      .filter((g) => free.filter((r) => r.group === g).length >= perItem)
      .sort((a, b) => (groupLoad.get(a) ?? 0) - (groupLoad.get(b) ?? 0) || a - b);
    const chosen = lightest(group === undefined ? free : free.filter((r) => r.group === group));
    for (const id of chosen) load.set(id, (load.get(id) ?? 0) + 1);
    if (group !== undefined) groupLoad.set(group, (groupLoad.get(group) ?? 0) + 1);
    plan.assignments.push({ item: item.id, group: group ?? null, reviewers: chosen });
  }
  return plan;
}

/** No group has fewer than three. */
export const mostGroups = (seats: number): number => Math.max(1, Math.floor(seats / REVIEWERS_PER_ITEM));

/** Group numbers for `seats` people in `groups` groups of at least three, dealt out in turn. */
export function dealGroups(seats: number, groups: number): number[] {
  const n = Math.max(1, Math.min(groups, mostGroups(seats)));
  return Array.from({ length: seats }, (_, i) => (i % n) + 1);
}
