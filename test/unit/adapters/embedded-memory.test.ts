import { memorySettings } from '../../../src/db/embedded-pg';

const GB = 1024 ** 3;

describe('the embedded server takes its share of the memory', () => {
  it.each([
    [GB / 2, '64MB', '256MB'],
    [2 * GB, '128MB', '1024MB'],
    [4 * GB, '256MB', '2048MB'],
    [64 * GB, '512MB', '32768MB'],
  ])('%d bytes', (bytes, shared_buffers, effective_cache_size) => {
    expect(memorySettings(bytes)).toEqual({ shared_buffers, effective_cache_size, random_page_cost: '1.1' });
  });
});
