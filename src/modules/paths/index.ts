export { findPathSubject } from './path-subject.store';
export { lockLivePath, type LivePath } from './live-path.read';
export { listChains, listFitCommittees, type ChainStep } from './path.read';
export { requestPath, type RequestOutcome, type Upward } from './request-path';
export { decidePath, type DecideOutcome } from './decide-path';
export { pathsRoutes } from './paths.routes';
