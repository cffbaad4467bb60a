export type { Batch, Window, WindowView } from './batch';
export { findBatch, listOpenBatches, windowOf } from './batch.read';
export { loadWorkCalendar } from './work-calendar.read';
