export { checkEligibility } from './check-eligibility';
export { eligibilityRoutes } from './eligibility.routes';
export { isRank, type Facts, type Grade, type Rank, type Verdict } from './evaluate';
export { askAboutRetirement } from './retirement';
export { outcomeTags } from './verdict.view';
