import { isDatabaseAway, SessionsAwayError } from '../../../src/http/errors';

const coded = (code: string): Error => Object.assign(new Error('no'), { code });

describe('F02, F09, F16, F17 what is the database’s trouble and what the program’s', () => {
  // codes of PostgreSQL: its manual, appendix A
  it.each([
    ['nobody listens', 'ECONNREFUSED'],
    ['cut off', 'ECONNRESET'],
    ['written to a connection that is gone', 'EPIPE'],
    ['no way there', 'EHOSTUNREACH'],
    ['its name cannot be found out', 'EAI_AGAIN'],
    ['connection_failure', '08006'],
    ['too_many_connections', '53300'],
    ['disk_full', '53100'],
    ['out_of_memory', '53200'],
    ['io_error', '58030'],
    ['admin_shutdown', '57P01'],
    ['crash_shutdown', '57P02'],
    ['cannot_connect_now', '57P03'],
    ['read_only_sql_transaction: a standby that is not yet the first', '25006'],
    ['query_canceled', '57014'],
    ['lock_not_available', '55P03'],
    ['deadlock_detected', '40P01'],
  ])('%s (%s): come again', (_what, code) => {
    expect(isDatabaseAway(coded(code))).toBe(true);
  });

  it.each([
    ['unique_violation', '23505'],
    ['check_violation', '23514'],
    ['foreign_key_violation', '23503'],
    ['undefined_table', '42P01'],
    ['insufficient_privilege', '42501'],
    ['invalid_text_representation', '22P02'],
    ['raise_exception', 'P0001'],
    ['data_corrupted', 'XX001'],
    ['a file that is not there', 'ENOENT'],
  ])('%s (%s): a fault', (_what, code) => {
    expect(isDatabaseAway(coded(code))).toBe(false);
  });

  it('sessions that cannot be read, and what pg and knex say without a code', () => {
    expect(isDatabaseAway(new SessionsAwayError(new Error('x')))).toBe(true);
    expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isDatabaseAway(Object.assign(new Error('Knex: Timeout'), { name: 'KnexTimeoutError' }))).toBe(true);
    for (const other of [new Error('no'), null, undefined, 'ECONNREFUSED']) expect(isDatabaseAway(other)).toBe(false);
  });
});
