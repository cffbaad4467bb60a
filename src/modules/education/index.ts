export { drawnParts, kindTexts, showHours, sumsOf } from './drawn-text';
export { educationRoutes } from './education.routes';
export { askPlatform, fetchRecords, type AskOutcome } from './fetch-records';
export { DRAWN_QUERY, findDrawnRecords, findFetch, type DrawnRecord, type Fetch, type RecordFacts } from './records.store';
export { importRecords } from './import-records';
