import { Semaphore } from '../../../src/lib/semaphore';

describe('semaphore', () => {
  it('never lets more than its limit in, keeps the order and survives failures', async () => {
    const semaphore = new Semaphore(3);
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) =>
        semaphore.run(async () => {
          most = Math.max(most, ++inside);
          order.push(i);
          await new Promise((resolve) => setTimeout(resolve, i % 3));
          inside--;
          if (i % 5 === 0) throw new Error('task');
          return i;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(6);
    expect([semaphore.active, semaphore.waiting]).toEqual([0, 0]);
  });
});
