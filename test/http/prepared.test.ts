/** M1, M7: statements that are prepared once for each connection. */
import { askPrepared, inTransaction } from '../../src/db/db';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe('M1 prepared statements', () => {
  test('M1 places by order and by name, casts and texts with colons left as they are, alike inside a transaction', async () => {
    const values = { a: 'x', b: [1, 2], c: null, d: Buffer.from('d') };
    const text = `SELECT CAST(:a AS text) || '::' AS one, (:b)::int[] AS two, :c::text AS three, CAST(:d AS bytea) AS four, CAST(:a AS text) AS five`;
    const found = [{ one: 'x::', two: [1, 2], three: null, four: Buffer.from('d'), five: 'x' }];
    for (let n = 0; n < 2; n++) expect(await askPrepared(site.db, 'test-names', text, values)).toEqual(found);
    expect(await inTransaction(site.db, (trx) => askPrepared(trx, 'test-names', text, values))).toEqual(found);
    expect(await askPrepared(site.db, 'test-order', 'SELECT ?::int - ?::int AS left_over', [5, 3])).toEqual([{ left_over: 2 }]);
  });
  test('M1 what a transaction wrote by one is undone with it, and one that fails leaves the connection fit for the next', async () => {
    const write = `INSERT INTO sign_in_failures (name_index, failed_count) VALUES (?, ?) RETURNING failed_count`;
    const key = Buffer.from('prepared');
    const undone = inTransaction(site.db, async (trx) => {
      expect(await askPrepared(trx, 'test-write', write, [key, 1])).toEqual([{ failed_count: 1 }]);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await askPrepared(site.db, 'test-write', write, [key, 2])).toEqual([{ failed_count: 2 }]);
    await expect(askPrepared(site.db, 'test-write', write, [key, 3])).rejects.toMatchObject({ code: '23505' });
    expect(await askPrepared(site.db, 'test-order', 'SELECT ?::int - ?::int AS left_over', [5, 3])).toEqual([{ left_over: 2 }]);
  });
  test('M1 a value too few or too many, or another text under the same name, is refused', async () => {
    await expect(askPrepared(site.db, 'test-few', 'SELECT ?::int + ?::int', [1])).rejects.toThrow('its values are not those of its text');
    await expect(askPrepared(site.db, 'test-many', 'SELECT ?::int', [1, 2])).rejects.toThrow('its values are not those of its text');
    await askPrepared(site.db, 'test-once', 'SELECT 1 AS n', []);
    await expect(askPrepared(site.db, 'test-once', 'SELECT 2 AS n', [])).rejects.toThrow('two texts of one name');
  });
});
