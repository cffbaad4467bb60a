import { Readable } from 'node:stream';
import type { Deps } from '../../deps';
import { findLastEvents, noInput } from '../declarations';
import { moveEach, type Answer, type BulkResult } from '../review';
import type { TaskOutcome, TaskRun } from '../tasks';

/**
 * J4, J5: confirms many results, each in a transaction of its own, which issues its certificate. A run that takes up where another was broken off passes over what
 * its owner has confirmed; two runs at once are held apart by the rows. The file is a BulkResult, with ids and no names.
 */
export async function confirmResults(deps: Deps, { input, owner, requestId, progress }: TaskRun<'results:confirm'>): Promise<TaskOutcome> {
  const ids = input.items.map(([id]) => id);
  const confirmedByOwner = async (): Promise<Set<string>> => {
    const events = await findLastEvents(deps.db, ids);
    return new Set(ids.filter((id) => events.get(id)?.move === 'confirm' && events.get(id)?.actor_id === owner.accountId));
  };
  const before = await confirmedByOwner();
  const answers = new Map<string, Answer>();
  for (const [n, [id, version]] of input.items.entries()) {
    await progress(n, ids.length);
    if (before.has(id)) continue;
    const [answer] = await moveEach(deps, owner, 'confirm', [{ id, input: { ...noInput, version } }], requestId);
    if (answer) answers.set(id, answer);
  }
  // looked at again: a run that counted as dead may have ended its last row meanwhile
  const confirmed = await confirmedByOwner();
  const result: BulkResult = {
    move: 'confirm',
    back: '',
    isUndone: false,
    general: [],
    answers: ids.map((id) => {
      const answer = answers.get(id);
      if (confirmed.has(id)) return { id, kind: 'moved', to: 'certified' };
      if (!answer) throw new Error(`declaration ${id} was confirmed and is no longer`);
      return answer;
    }),
  };
  return {
    kind: 'made',
    content: Readable.from([Buffer.from(JSON.stringify(result))]),
    name: '处理结果.json',
    contentType: 'application/json',
  };
}
