import { migrations } from 'graphile-worker/dist/generated/sql';
import { QUEUE_MIGRATION } from '../../../src/jobs/jobs.store';

test('X4 the number by which a process knows that the queue is there is the last of the library’s own migrations', () => {
  expect(QUEUE_MIGRATION).toBe(Math.max(...Object.keys(migrations).map((file) => Number(/^\d+/.exec(file)?.[0]))));
});
