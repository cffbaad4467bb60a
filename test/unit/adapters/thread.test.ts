import { setImmediate as nextTurn } from 'node:timers/promises';
import type * as threads from 'node:worker_threads';
import { createFileInspector } from '../../../src/adapters/files/inspect-file';

jest.mock('node:worker_threads', () => {
  const real = jest.requireActual<typeof threads>('node:worker_threads');
  const started: threads.Worker[] = [];
  class Kept extends real.Worker {
    constructor(...args: ConstructorParameters<typeof real.Worker>) {
      super(...args);
      started.push(this);
    }
  }
  return { ...real, Worker: Kept, started };
});
const { started } = jest.requireMock<{ started: threads.Worker[] }>('node:worker_threads');

const HEAD =
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n';
const pdf = (more = ''): Buffer => Buffer.from(`${HEAD}${more}trailer\n<</Root 1 0 R>>\n%%EOF\n`, 'latin1');
/** Near the most that is read at all: one object, read at a stretch. */
const heavy = pdf(`9 0 obj\n[${'1 '.repeat(400_000)}]\nendobj\n`);

const log: string[] = [];
const inspector = createFileInspector((line) => log.push(line));
afterAll(() => inspector.close());
const inspect = (content: Buffer) => inspector.inspect({ content, name: '论文.pdf' });
const last = (): threads.Worker => started.at(-1) as threads.Worker;

describe('S47 M12 PDFs are judged in a thread of their own', () => {
  it('M12 the event loop goes on while the heaviest files are read', async () => {
    await inspect(pdf());
    let turns = 0;
    let isDone = false;
    const reading = Promise.all(Array.from({ length: 4 }, () => inspect(heavy))).finally(() => (isDone = true));
    for (; !isDone; turns++) await nextTurn();
    expect((await reading).map((v) => v.kind)).toEqual(['ok', 'ok', 'ok', 'ok']);
    // read on this side, each of the four would take one turn
    expect(turns).toBeGreaterThan(100);
  });

  it('F10 a thread that dies at work costs that upload, which is told, and no other', async () => {
    const before = started.length;
    const [first, second] = [inspect(heavy), inspect(pdf())];
    await last().terminate();
    expect(await first).toMatchObject({ kind: 'refused', problem: expect.stringContaining('没有检查完，没有保存。请重新上传') as string });
    expect(await second).toMatchObject({ kind: 'ok', pages: 1 });
    expect(started.length).toBe(before + 1);
    expect(log.at(-1)).toContain('a PDF cannot be inspected: the thread ended');
  });

  it('F10 a thread that died while nobody asked is replaced, and nobody notices', async () => {
    await inspect(pdf());
    await last().terminate();
    expect(await inspect(pdf())).toMatchObject({ kind: 'ok' });
  });

  it('S47 no more than a hundred wait: the next one is told to come back', async () => {
    const many = Array.from({ length: 105 }, () => inspect(pdf()));
    const verdicts = await Promise.all(many);
    const busy = verdicts.filter((v) => v.kind === 'refused');
    expect(busy).toHaveLength(4);
    expect(busy[0]).toMatchObject({ problem: expect.stringContaining('请稍候片刻重新上传') as string });
  });
});
