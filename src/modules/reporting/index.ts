export { makeRosterPdf, makeRosterXlsx } from './make-roster';
export { reportingRoutes } from './reporting.routes';
