export type { Batch, Window, WindowView } from './batch';
export { BATCH_QUERY, batchValues, findBatch, listOpenBatches, readBatch, windowOf, windowsOf } from './batch.read';
export { findBatchSubject } from './batch.store';
export { batchesRoutes } from './batches.routes';
export { calendarRoutes } from './calendar.routes';
export { remindersRoutes } from './reminders.routes';
export { pruneReminders } from './reminders.store';
export { sendReminders, type ReminderSettings } from './send-reminders';
export { loadWorkCalendar } from './work-calendar.read';
