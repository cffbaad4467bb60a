import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, taskOf, type Reply, type Route, type Visit } from '../../http/route';
import { cancelTask } from './cancel-task';
import { findTask, listTasks } from './tasks.store';
import { actOf, taskView } from './tasks.view';

/** The bureau exports no files. Its tasks are acts on many rows. */
const listTitle = (visit: Visit): string => (visit.actor.role === 'bureau' ? '批量处理' : '文件导出');

/** 「文件导出」, for the bureau 「批量处理」: long tasks with their progress, and the files they made. */
export function tasksRoutes(deps: Deps): Route[] {
  return [
    { method: 'get', path: paths.tasks(), access: 'tasks.own', audit: null, handle: (visit) => list(deps, visit) },
    { method: 'get', path: '/tasks/:task', access: 'task.read', audit: null, handle: (visit) => one(deps, visit) },
    { method: 'get', path: '/tasks/:task/file', access: 'task.file', audit: 'task.download', handle: (visit) => file(deps, visit) },
    {
      method: 'post',
      path: '/tasks/:task/cancel',
      access: 'task.cancel',
      audit: 'task.cancel',
      handle: async (visit) => {
        const { id } = taskOf(visit);
        await cancelTask(deps, visit.actor, id, visit.requestId);
        return seeOther(paths.task(id));
      },
    },
  ];
}

async function list(deps: Deps, visit: Visit): Promise<Reply> {
  const tasks = (await listTasks(deps.db, visit.actor.accountId)).map(taskView);
  return page(
    'tasks/list',
    { title: listTitle(visit), breadcrumbs: [homeCrumb, { text: listTitle(visit) }] },
    { tasks, isForActs: visit.actor.role === 'bureau', isLive: tasks.some((t) => t.isOpen) },
  );
}

async function one(deps: Deps, visit: Visit): Promise<Reply> {
  const task = await findTask(deps.db, taskOf(visit).id);
  if (!task) return notFound;
  const view = taskView(task);
  return page(
    'tasks/task',
    { title: view.title, breadcrumbs: [homeCrumb, { text: listTitle(visit), href: paths.tasks() }, { text: view.title }] },
    { task: view, listTitle: listTitle(visit), isLive: view.isOpen },
  );
}

async function file(deps: Deps, visit: Visit): Promise<Reply> {
  const task = await findTask(deps.db, taskOf(visit).id);
  const { sha256, size, name, type } = task ?? {};
  if (!task || !sha256 || typeof size !== 'number' || !name || !type) return notFound;
  const act = actOf(task.kind);
  if (act) return seeOther(act.answer(task.id));
  return {
    kind: 'download',
    size,
    tag: sha256.slice(0, 32),
    contentType: type,
    fileName: name,
    read: async (range) => {
      const content = await deps.storage.read(sha256, range);
      // what is fetched in parts is one download: its first part is the one that counts
      if (range.from === 0)
        await appendAudit(deps.db, {
          actorId: visit.actor.accountId,
          actorName: visit.actor.name,
          action: 'task.download',
          subjectKind: 'task',
          subjectId: String(task.id),
          detail: { kind: task.kind },
          requestId: visit.requestId,
        });
      return content;
    },
  };
}
