export { unitPublicityRoutes } from './publicity.routes';
export { startPublicity, type StartOutcome } from './start-publicity';
export { recordObjection, type RecordOutcome } from './record-objection';
export { decideObjection } from './decide-objection';
export { findObjection } from './publicity.store';
