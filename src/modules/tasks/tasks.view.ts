import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import type { Colour } from '../../policy/declaration-moves';
import type { TaskKind } from './task-kinds';
import type { Task } from './tasks.store';

const tags: Record<Task['state'], { text: string; colour: Colour }> = {
  waiting: { text: '排队中', colour: 'blue' },
  running: { text: '正在生成', colour: 'blue' },
  done: { text: '已生成', colour: 'green' },
  failed: { text: '没有生成', colour: 'red' },
  cancelled: { text: '已取消', colour: 'grey' },
};

const actTags: Record<Task['state'], { text: string; colour: Colour }> = {
  ...tags,
  running: { text: '正在处理', colour: 'blue' },
  done: { text: '已完成', colour: 'green' },
  failed: { text: '没有完成', colour: 'red' },
};

interface ActOnList {
  /** the list whose rows are acted on */
  list: { text: string; href: string };
  answer: (id: number) => string;
  /** what stays when it ends early */
  kept: string;
}

/** Tasks that do something in place of making a file: their end is an answer for each row. */
const acts: Partial<Record<TaskKind, ActOnList>> = {
  'results:confirm': {
    list: { text: '评审结果确认', href: paths.results() },
    answer: paths.resultsTask,
    kept: '已确认的评审结果仍然有效，其余没有改动，可以回到列表重新勾选。',
  },
};
export const actOf = (kind: TaskKind): ActOnList | undefined => acts[kind];

/** 「1.5 MB」 */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / 1024 / 1024, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** A task as its page and the list show it. */
export function taskView(t: Task) {
  const act = actOf(t.kind);
  const isOpen = t.state === 'waiting' || t.state === 'running';
  const progress = t.total === null ? (t.done > 0 ? `已处理 ${t.done} 项` : '') : `已处理 ${Math.min(t.done, t.total)} / ${t.total} 项`;
  return {
    id: t.id,
    title: t.title,
    tag: (act ? actTags : tags)[t.state],
    isOpen,
    isWaiting: t.state === 'waiting',
    progress: t.state === 'running' ? progress : '',
    bar: t.state === 'running' && t.total !== null && t.total > 0 ? { done: Math.min(t.done, t.total), total: t.total } : undefined,
    problem: t.problem,
    startedAt: showMoment(t.createdAt),
    endedAt: t.endedAt ? showMoment(t.endedAt) : '',
    act: act && {
      list: act.list,
      answerHref: t.state === 'done' ? act.answer(t.id) : undefined,
      kept: t.state === 'failed' || t.state === 'cancelled' ? act.kept : '',
    },
    file:
      !act && t.state === 'done' && t.name !== null && t.size !== null
        ? { name: t.name, size: sizeText(t.size), href: paths.taskFile(t.id), until: showMoment(t.expiresAt) }
        : undefined,
    href: paths.task(t.id),
    cancelHref: paths.cancelTask(t.id),
  };
}
