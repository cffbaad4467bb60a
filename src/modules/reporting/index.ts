export { makeRosterPdf, makeRosterXlsx } from './make-roster';
export { readRosterCondition, rosterScopeText } from './roster-filter';
export { countRoster, eachRoster } from './roster.read';
export { reportingRoutes } from './reporting.routes';
