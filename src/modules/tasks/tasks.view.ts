import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import type { Colour } from '../../policy/declaration-moves';
import type { Task } from './tasks.store';

const tags: Record<Task['state'], { text: string; colour: Colour }> = {
  waiting: { text: '排队中', colour: 'blue' },
  running: { text: '正在生成', colour: 'blue' },
  done: { text: '已生成', colour: 'green' },
  failed: { text: '没有生成', colour: 'red' },
  cancelled: { text: '已取消', colour: 'grey' },
};

/** 「1.5 MB」 */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / 1024 / 1024, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** A task as its page and the list show it. */
export function taskView(t: Task) {
  const isOpen = t.state === 'waiting' || t.state === 'running';
  const progress = t.total === null ? (t.done > 0 ? `已处理 ${t.done} 项` : '') : `已处理 ${Math.min(t.done, t.total)} / ${t.total} 项`;
  return {
    id: t.id,
    title: t.title,
    tag: tags[t.state],
    isOpen,
    isWaiting: t.state === 'waiting',
    progress: t.state === 'running' ? progress : '',
    bar: t.state === 'running' && t.total !== null && t.total > 0 ? { done: Math.min(t.done, t.total), total: t.total } : undefined,
    problem: t.problem,
    startedAt: showMoment(t.createdAt),
    endedAt: t.endedAt ? showMoment(t.endedAt) : '',
    file:
      t.state === 'done' && t.name !== null && t.size !== null
        ? { name: t.name, size: sizeText(t.size), href: paths.taskFile(t.id), until: showMoment(t.expiresAt) }
        : undefined,
    href: paths.task(t.id),
    cancelHref: paths.cancelTask(t.id),
  };
}
