export { eligibilityRoutes } from './eligibility.routes';
export { evaluate, isRank, type Facts, type Grade, type Rank, type Rule, type Verdict } from './evaluate';
export { askAboutRetirement } from './retirement';
export { RULES_QUERY, rulesValues } from './rules.store';
export { outcomeTags } from './verdict.view';
