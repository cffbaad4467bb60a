import { execFile } from 'node:child_process';
import path from 'node:path';
import { appendAudit } from '../../src/audit/audit.store';
import { proveChain } from '../../src/audit/prove-chain';
import { freshDatabase } from '../support/database';
import { makeDb, type Db } from '../../src/db/db';

let db: Db;
let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeEach(async () => {
  database = await freshDatabase();
  db = makeDb(database.url, 2);
  for (let i = 0; i < 30; i++)
    await appendAudit(db, { actorId: null, actorName: '某人', action: 'section.save', subjectId: `d-${i}`, detail: { tries: i } });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

/** what nobody can do through the program */
async function tamper(table: 'audit_log' | 'audit_seals', sql: string): Promise<void> {
  await db.raw(
    `ALTER TABLE ${table} DISABLE TRIGGER ${table}_append_only; ${sql}; ALTER TABLE ${table} ENABLE TRIGGER ${table}_append_only`,
  );
}
const rowOf = async (subject: string): Promise<number> =>
  ((await db('audit_log').where({ subject_id: subject }).first('id')) as { id: number }).id;

describe('S56, X1 audit:verify', () => {
  it('seals what is unsealed and counts the rows of a whole chain', async () => {
    const before = await proveChain(db);
    expect(before.sentence).toBe(`完整：${30} 条`);
    await appendAudit(db, { actorId: null, actorName: '某人', action: 'section.save' });
    expect((await proveChain(db)).sentence).toBe('完整：31 条');
  });

  it('names an edited row, the place of a row whose seal was moved, and a removed one', async () => {
    await proveChain(db);
    const edited = await rowOf('d-12');
    await tamper('audit_log', `UPDATE audit_log SET detail = '{"tries":13}' WHERE id = ${edited}`);
    expect(await proveChain(db)).toEqual({
      verdict: { kind: 'broken', seq: 13, auditId: edited },
      sentence: `不完整：从第 13 条起与验证链不一致（记录编号 ${edited}）`,
    });
    await tamper('audit_log', `UPDATE audit_log SET detail = '{"tries":12}' WHERE id = ${edited}`);
    expect((await proveChain(db)).verdict.kind).toBe('whole');
    await tamper('audit_seals', 'DELETE FROM audit_seals WHERE seq = 5');
    expect((await proveChain(db)).verdict).toMatchObject({ kind: 'broken', seq: 5 });
  });

  it('the command prints the verdict and ends with 0 or 1', async () => {
    const root = path.join(__dirname, '..', '..');
    const run = (): Promise<{ code: number; out: string }> =>
      new Promise((resolve) => {
        execFile(
          process.execPath,
          ['--import', 'tsx', 'src/commands/audit-verify.ts'],
          { cwd: root, env: { ...process.env, DATABASE_URL: database.url, NODE_ENV: 'test' } },
          (e, out, err) => resolve({ code: typeof e?.code === 'number' ? e.code : 0, out: out + err }),
        );
      });
    expect(await run()).toEqual({ code: 0, out: '完整：30 条\n' });
    const gone = await rowOf('d-20');
    await tamper('audit_log', `UPDATE audit_log SET actor_name = '别人' WHERE id = ${gone}`);
    expect(await run()).toEqual({ code: 1, out: `不完整：从第 21 条起与验证链不一致（记录编号 ${gone}）\n` });
  });
});
