export { findBrokenRows } from './find-broken-rows';
export { invariantNames, type BrokenRow } from './invariants.read';
