export { findCorrectionSubject, findNewerName, listCorrectionNews, type CorrectionNews } from './correction.store';
export { supportRoutes } from './support.routes';
