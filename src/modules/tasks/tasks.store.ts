import type { Db, Handle, Trx } from '../../db/db';
import type { TaskSubject } from '../../policy/policy';
import type { TaskKind } from './task-kinds';

export interface Task {
  id: number;
  kind: TaskKind;
  title: string;
  ownerId: number;
  input: unknown;
  state: TaskSubject['state'];
  attempt: number;
  done: number;
  total: number | null;
  problem: string;
  sha256: string | null;
  size: number | null;
  name: string | null;
  type: string | null;
  createdAt: Date;
  endedAt: Date | null;
  expiresAt: Date;
}

const COLUMNS = `t.id, t.kind, t.title, t.owner_id AS "ownerId", t.input, t.state, t.attempt, t.done, t.total, t.problem, t.result_sha256 AS sha256, t.result_size AS size,
  t.result_name AS name, t.result_type AS type, t.created_at AS "createdAt", t.ended_at AS "endedAt", t.expires_at AS "expiresAt"`;

/** A run that gave no sign of life for so long is dead: its process was killed. */
const DEAD_AFTER = "interval '2 minutes'";
const MAX_ATTEMPTS = 3;

export async function findTaskSubject(h: Handle, id: number): Promise<TaskSubject | undefined> {
  const row = (await h('tasks').where({ id }).first('id', 'owner_id', 'state')) as
    { id: number; owner_id: number; state: TaskSubject['state'] } | undefined;
  return row && { kind: 'task', id: row.id, ownerId: row.owner_id, state: row.state };
}

export async function findTask(h: Handle, id: number): Promise<Task | undefined> {
  const { rows } = await h.raw<{ rows: Task[] }>(`SELECT ${COLUMNS} FROM tasks t WHERE t.id = ?`, [id]);
  return rows[0];
}

/** The latest tasks of an account, the newest first; expired ones are removed every hour. One query. */
export async function listTasks(h: Handle, ownerId: number): Promise<Task[]> {
  const { rows } = await h.raw<{ rows: Task[] }>(`SELECT ${COLUMNS} FROM tasks t WHERE t.owner_id = ? ORDER BY t.id DESC LIMIT 50`, [
    ownerId,
  ]);
  return rows;
}

export interface NewTask {
  kind: TaskKind;
  title: string;
  ownerId: number;
  input: object;
}

/**
 * Puts a task in line, unless the same is under way or `most` of the owner's are. Holds the account, so that two clicks at once come one after the other; the
 * index tasks_one_open holds it too.
 */
export async function insertTask(
  trx: Trx,
  t: NewTask,
  most: number,
): Promise<{ kind: 'started' | 'under-way'; id: number } | { kind: 'too-many' }> {
  await trx('accounts').where({ id: t.ownerId }).forNoKeyUpdate().first('id');
  const { rows: open } = await trx.raw<{ rows: { id: number; isSame: boolean }[] }>(
    `SELECT id, kind = :kind AND input = CAST(:input AS jsonb) AS "isSame" FROM tasks WHERE owner_id = :owner AND state IN ('waiting', 'running')`,
    { kind: t.kind, input: JSON.stringify(t.input), owner: t.ownerId },
  );
  const same = open.find((o) => o.isSame);
  if (same) return { kind: 'under-way', id: same.id };
  if (open.length >= most) return { kind: 'too-many' };
  const [row] = (await trx('tasks')
    .insert({ kind: t.kind, title: t.title, owner_id: t.ownerId, input: JSON.stringify(t.input) })
    .returning('id')) as { id: number }[];
  return { kind: 'started', id: (row as { id: number }).id };
}

/**
 * Takes the next task to be run, also one whose process died; undefined when there is none, or when `most` are running. One task of an owner runs at a time, and
 * owners take turns. A task that died three times has failed. One that is cancelled in this very moment is waited for and passed over.
 */
export async function claimTask(db: Db, most: number): Promise<Task | undefined> {
  return db.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('tasks:claim', 0))");
    await trx.raw(
      `UPDATE tasks SET state = 'failed', problem = '系统多次中断，任务没有完成，请稍后重新操作', ended_at = app_now()
       WHERE state = 'running' AND beat_at < now() - ${DEAD_AFTER} AND attempt >= ${MAX_ATTEMPTS}`,
    );
    const { rows } = await trx.raw<{ rows: Task[] }>(
      `WITH running AS (SELECT owner_id FROM tasks WHERE state = 'running' AND beat_at >= now() - ${DEAD_AFTER}),
        next AS (
          SELECT c.id FROM tasks c
          WHERE (c.state = 'waiting' OR (c.state = 'running' AND c.beat_at < now() - ${DEAD_AFTER}))
            AND c.owner_id NOT IN (SELECT owner_id FROM running) AND (SELECT count(*) FROM running) < ?
          ORDER BY (SELECT max(o.beat_at) FROM tasks o WHERE o.owner_id = c.owner_id) NULLS FIRST, c.id LIMIT 1 FOR UPDATE OF c)
       UPDATE tasks t SET state = 'running', attempt = t.attempt + 1, beat_at = now(), done = 0, total = NULL FROM next WHERE t.id = next.id RETURNING ${COLUMNS}`,
      [most],
    );
    return rows[0];
  });
}

type RunOf = Pick<Task, 'id' | 'attempt'>;
const ofRun = (h: Handle, { id, attempt }: RunOf) => h('tasks').where({ id, attempt, state: 'running' });

/** A sign of life, and how far the run is. False when the task is no longer this run's. */
export async function beatTask(h: Handle, run: RunOf, at?: { done: number; total: number | null }): Promise<boolean> {
  return (await ofRun(h, run).update({ beat_at: h.raw('now()'), ...at })) > 0;
}

export async function finishTask(
  h: Handle,
  run: RunOf,
  result: { sha256: string; size: number; name: string; contentType: string },
): Promise<boolean> {
  const count = await ofRun(h, run).update({
    state: 'done',
    ended_at: h.raw('app_now()'),
    result_sha256: result.sha256,
    result_size: result.size,
    result_name: result.name,
    result_type: result.contentType,
  });
  return count > 0;
}

/** Back in line, as if this run had not been. */
export async function putBackTask(h: Handle, run: RunOf): Promise<void> {
  await ofRun(h, run).update({ state: 'waiting', attempt: h.raw('attempt - 1'), done: 0, total: null });
}

export async function failTask(h: Handle, run: RunOf, problem: string): Promise<void> {
  await ofRun(h, run).update({ state: 'failed', problem, ended_at: h.raw('app_now()') });
}

/** False when it has ended in the meantime. */
export async function cancelTaskRow(trx: Trx, id: number): Promise<boolean> {
  return (
    (await trx('tasks')
      .where({ id })
      .whereIn('state', ['waiting', 'running'])
      .update({ state: 'cancelled', ended_at: trx.raw('app_now()') })) > 0
  );
}

/** Removes the tasks that are past their time; their files go with the next collection of orphans. */
export function pruneTasks(h: Handle): Promise<number> {
  return h('tasks').whereRaw('expires_at < app_now()').whereNotIn('state', ['waiting', 'running']).delete();
}
