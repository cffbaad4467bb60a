export { drawnParts, kindTexts, showHours, sumsOf } from './drawn-text';
export { educationRoutes } from './education.routes';
export { askPlatform, fetchRecords, type AskOutcome } from './fetch-records';
export { findDrawnRecords, findFetch, type DrawnRecord, type Fetch } from './records.store';
export { importRecords } from './import-records';
