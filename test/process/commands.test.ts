import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { testServer, withDatabase } from '../support/pg';

const NAME = `first_day_${process.pid}`;
let dir: string;

async function onServer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: testServer().base });
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}
const run = (command: string, args: string[] = [], database = NAME): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(__dirname, '..', '..', 'dist', 'src', 'commands', `${command}.js`), ...args],
    {
      env: { PATH: process.env.PATH, DATA_DIR: dir, DATABASE_URL: withDatabase(testServer().base, database), DEMO: '0' },
      encoding: 'utf8',
    },
  );
  return { status, said: stdout + stderr };
};

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-commands-'));
  await onServer(`CREATE DATABASE ${NAME} TEMPLATE template0`);
});
afterAll(async () => {
  const roles = ['app', 'migrate', 'audit', 'backup'].map((kind) => `${NAME}_${kind}`);
  const client = new Client({ connectionString: withDatabase(testServer().base, NAME) });
  await client.connect();
  for (const role of roles) await client.query(`DROP OWNED BY ${role} CASCADE`);
  await client.end();
  await onServer(`DROP DATABASE ${NAME} WITH (FORCE)`, ...roles.map((role) => `DROP ROLE ${role}`));
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('operations: the first day, command by command, as docs/operations.md has it', () => {
  test('a command before there are tables, and one without a database, say what to do', () => {
    const early = run('create-admin', ['guanliyuan', '管理员']);
    expect(early.status).toBe(2);
    expect(early.said).toContain('数据库中还没有本系统的表');
    expect(early.said).toContain('npm run db:roles');
    expect(early.said).not.toMatch(/ at .*\.js:/);
    const nowhere = run('create-admin', ['guanliyuan', '管理员'], `${NAME}_not`);
    expect([nowhere.status, nowhere.said]).toEqual([2, expect.stringContaining('请检查 DATABASE_URL')]);
  });

  test('S57 the roles are made in an empty database, which gets its tables first; then the first administrator', () => {
    const made = run('db-roles', [NAME]);
    expect([made.status, made.said.match(/已建立，密码/g)?.length]).toEqual([0, 4]);
    expect(run('db-roles', [NAME]).said.match(/已有，权限已重新设置/g)).toHaveLength(4);
    expect(run('create-admin', ['guanliyuan', '管理员']).status).toBe(0);
  });
});
