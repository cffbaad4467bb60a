import { appendAudits } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { isPassed } from '../../lib/vote-rules';
import { addWorkingDays } from '../../lib/working-days';
import type { Actor, Mover } from '../../policy/actor';
import { moves, refusalReasons, type MoveName, type StateName } from '../../policy/declaration-moves';
import { canMove, type DeclarationSubject } from '../../policy/policy';
import { findBatch, loadWorkCalendar } from '../batches';
import { issueCertificate } from '../certificates';
import { isPermitted } from '../units';
import { findDeclarationSubjects } from './declaration-subject.store';
import {
  arriveAll,
  arriveAt,
  arriveAtFirst,
  findRunning,
  findStops,
  holdYear,
  insertEvents,
  insertPublicity,
  insertPublicityItems,
  insertVote,
  lockDeclarations,
  markStop,
  markStops,
  removeStopsFrom,
  supersedeResult,
  updateDeclaration,
  updateMoved,
  type Arrival,
  type Declaration,
  type MovedColumns,
  type StopMark,
} from './declarations.store';
import { freezeVersion } from './freeze-version';
import { findWayBack } from './find-way-back';
import { guards, type Complaint } from './guards';
import { MoveFacts } from './move-facts';
import { noInput, type MoveInput } from './move-input';
import { projectUnit } from './project-section';
import { application } from './sections/application.section';
import { tellMoves } from './tell-moves';
import { takeDown } from './unit-publicity.store';

export type MoveOutcome =
  | { kind: 'moved'; to: StateName }
  /** not theirs, or gone */
  | { kind: 'hidden' }
  /** somebody was quicker, or the state does not allow it (any more) */
  | { kind: 'not-now'; reason: string }
  /** what must be mended first */
  | { kind: 'blocked'; complaints: Complaint[] };

export type Obstacle = Exclude<MoveOutcome, { kind: 'moved' }>;

/** Why a declaration was not moved, in a sentence. */
export function explain(outcome: Obstacle): string {
  if (outcome.kind === 'not-now') return outcome.reason;
  return outcome.kind === 'blocked' ? outcome.complaints.map((c) => c.text).join('；') : '没有找到该申报';
}

interface Change {
  to: StateName;
  columns: MovedColumns;
  detail?: Record<string, unknown>;
  /** what is written for all declarations of an act together */
  mark?: { position: number; mark: StopMark };
  arrive?: Arrival & { position: number };
  publicityId?: number;
  /** what its unit has put up counts no more (R5) */
  takesDown?: boolean;
}

/** One declaration of an act, on its way: its locked row, then what it becomes. */
interface Step {
  d: Declaration;
  input: MoveInput;
  change: Change;
}

export interface MoveItem {
  id: string;
  input: MoveInput;
}

/** One declaration changes its state: `moveDeclarations` for one. */
export async function moveDeclaration(
  deps: Deps,
  trx: Trx,
  id: string,
  move: MoveName,
  actor: Mover,
  input: MoveInput,
  requestId: string,
): Promise<MoveOutcome> {
  return (await moveDeclarations(deps, trx, [{ id, input }], move, actor, requestId)).get(id) ?? { kind: 'hidden' };
}

/** What stands in the way of a move, by the same questions as the move itself; nothing is written. */
export async function findObstacle(
  deps: Deps,
  trx: Trx,
  id: string,
  move: MoveName,
  actor: Mover,
  input: MoveInput,
): Promise<Obstacle | undefined> {
  const rows = await lockDeclarations(trx, [id]);
  const subject = (await findDeclarationSubjects(trx, [id])).get(id);
  const [d] = rows;
  return d ? obstacleTo(deps, trx, d, subject, move, actor, input, new MoveFacts(trx, rows)) : { kind: 'hidden' };
}

/**
 * The one way declarations change their state. Locks the rows in the order of their ids, asks the policy, checks window and guards by the database's clock,
 * writes, appends events and audit rows; the caller's transaction makes it all or nothing. Gives an outcome for each id. With `allOrNone`
 * nothing is written unless all can go, and only those that can't have an outcome; without it those that can go do. The number of statements does not grow with the number of
 * declarations.
 */
export async function moveDeclarations(
  deps: Deps,
  trx: Trx,
  items: readonly MoveItem[],
  move: MoveName,
  actor: Mover,
  requestId: string,
  { allOrNone = false }: { allOrNone?: boolean } = {},
): Promise<Map<string, MoveOutcome>> {
  const inputs = new Map(items.map((i) => [i.id, i.input]));
  const outcomes = new Map<string, MoveOutcome>();
  const rows = await lockDeclarations(trx, [...inputs.keys()]);
  const subjects = await findDeclarationSubjects(
    trx,
    rows.map((d) => d.id),
  );
  for (const id of inputs.keys()) if (!subjects.has(id)) outcomes.set(id, { kind: 'hidden' });
  const facts = new MoveFacts(trx, rows);
  const steps: Step[] = [];
  for (const d of rows) {
    const input = inputs.get(d.id) ?? noInput;
    const obstacle = await obstacleTo(deps, trx, d, subjects.get(d.id), move, actor, input, facts);
    if (obstacle) {
      outcomes.set(d.id, obstacle);
      continue;
    }
    const change = await changeFor(deps, trx, d, move, actor, input, facts);
    if ('complaint' in change) outcomes.set(d.id, { kind: 'blocked', complaints: [change.complaint] });
    else if (!moves[move].to.includes(change.to))
      throw new Error(`move ${move} led to ${change.to}, which its row in the table does not allow`);
    else steps.push({ d, input, change });
  }
  if (steps.length === 0 || (allOrNone && steps.length < items.length)) return outcomes;
  const left = await writeRows(trx, steps, facts, allOrNone);
  for (const [id, complaint] of left) outcomes.set(id, { kind: 'blocked', complaints: [complaint] });
  const moved = steps.filter((s) => !left.has(s.d.id));
  if (moved.length === 0 || (allOrNone && left.size > 0)) return outcomes;
  await writeRecord(trx, moved, move, actor, requestId);
  await tellMoves(deps, trx, move, moved, facts);
  for (const { d, change } of moved) outcomes.set(d.id, { kind: 'moved', to: change.to });
  return outcomes;
}

/** Why this declaration can't be moved by this actor now; undefined when it can. */
async function obstacleTo(
  deps: Deps,
  trx: Trx,
  d: Declaration,
  subject: DeclarationSubject | undefined,
  move: MoveName,
  actor: Mover,
  input: MoveInput,
  facts: MoveFacts,
): Promise<Obstacle | undefined> {
  if (!subject) return { kind: 'hidden' };
  const decision = canMove(actor, move, subject);
  if (!decision.ok) {
    if (decision.why !== 'not-now') return { kind: 'hidden' };
    return { kind: 'not-now', reason: `${await lastActText(d, facts)}${decision.reason}` };
  }
  if (input.version !== undefined && input.version !== d.version) {
    return { kind: 'not-now', reason: `${await lastActText(d, facts)}您打开页面之后该申报已有变化，请刷新页面，查看最新内容后再操作。` };
  }
  const rule = moves[move];
  if (rule.window) {
    const w = await facts.window(d);
    // what an office gave back after the window had closed was reported in time: it comes back, as a correction does
    const open = rule.window === 'applicant' ? w.applicantOpen : w.unitOpen || (await facts.hasBeenAtOffice(d));
    if (!open)
      return {
        kind: 'blocked',
        complaints: [
          {
            text:
              rule.window === 'applicant'
                ? '现在不在个人申报时间内，不能提交。已填写的内容会保留'
                : '现在不在单位上报时间内，不能上报。确需延期的，请联系评委会办事机构',
          },
        ],
      };
  }
  const complaints: Complaint[] = [];
  for (const name of rule.guards) complaints.push(...(await guards[name]({ deps, trx, d, move, input, facts })));
  return complaints.length > 0 ? { kind: 'blocked', complaints } : undefined;
}

/**
 * Writes the rows. Two acts at once can give the same rank: the index lets one pass; the other looks again and names the rows whose place was taken, which are
 * left out; with `allOrNone` nothing is written then. Gives those, by id.
 */
async function writeRows(trx: Trx, steps: readonly Step[], facts: MoveFacts, allOrNone: boolean): Promise<Map<string, Complaint>> {
  const left = new Map<string, Complaint>();
  for (;;) {
    const rest = steps.filter((s) => !left.has(s.d.id));
    if (rest.length === 0) return left;
    const write = (h: Trx): Promise<void> =>
      updateMoved(
        h,
        rest.map(({ d, change }) => ({ id: d.id, columns: { ...change.columns, state: change.to } })),
      );
    // only ranks that have been reported, or are now, can meet one another
    const isRanked = rest.some(({ d, change }) => d.rank_fixed_at !== null || change.columns.rank_fixed_at !== undefined);
    try {
      await (isRanked ? inTransaction(trx, write) : write(trx));
      return left;
    } catch (e) {
      if (!isViolationOf(e, 'declarations_rank')) throw e;
      facts.forgetRanks();
      const before = left.size;
      for (const { d, change } of rest) {
        const { rank_n: n, rank_of: of } = change.columns;
        if (typeof n === 'number' && !(await facts.takePlace(d, n))) left.set(d.id, placeTaken(n, of ?? 0));
      }
      if (left.size === before) throw e;
      if (allOrNone) return left;
    }
  }
}

const placeTaken = (n: number, of: number): Complaint => ({
  text: `「单位推荐排序」${n}/${of} 与本单位已上报人员的名次重复，请核对后修改`,
});

/** Where they have been, what happened, and the record of who did it. */
async function writeRecord(trx: Trx, moved: readonly Step[], move: MoveName, actor: Mover, requestId: string): Promise<void> {
  for (const mark of ['passed', 'reported', 'reopened'] as const) {
    const stops = moved.flatMap(({ d, change }) => (change.mark?.mark === mark ? [{ id: d.id, position: change.mark.position }] : []));
    if (stops.length > 0) await markStops(trx, stops, mark);
  }
  const down = moved.flatMap(({ d, change }) => (change.takesDown === true ? [d.id] : []));
  if (down.length > 0) await takeDown(trx, ...down);
  const arrivals = moved.flatMap(({ d, change }) => (change.arrive ? [{ id: d.id, ...change.arrive }] : []));
  if (arrivals.length > 0) await arriveAll(trx, arrivals);
  const items = moved.flatMap(({ d, change }) => (change.publicityId === undefined ? [] : [{ id: d.id, publicityId: change.publicityId }]));
  if (items.length > 0) await insertPublicityItems(trx, items);
  const roundOf = ({ d, change }: Step): number => change.columns.round ?? d.round;
  await insertEvents(
    trx,
    moved.map((step) => ({
      declaration_id: step.d.id,
      move,
      from_state: step.d.state,
      to_state: step.change.to,
      round: roundOf(step),
      actor_id: actor.accountId,
      actor_name: actor.name,
      on_behalf_of: actor.behalf,
      stop_position: step.d.stop_position,
      opinion: step.input.opinion,
      comments: step.input.comments,
      detail: step.change.detail ?? {},
    })),
  );
  await appendAudits(
    trx,
    moved.map((step) => ({
      actorId: actor.accountId,
      actorName: actor.name,
      action: `declaration.${move}`,
      subjectKind: 'declaration',
      subjectId: step.d.id,
      detail: { from: step.d.state, to: step.change.to, round: roundOf(step) },
      requestId,
    })),
  );
}

/** 「已由×××于…处理。」: who was quicker (R1, F03). */
async function lastActText(d: Declaration, facts: MoveFacts): Promise<string> {
  const last = await facts.lastEvent(d);
  if (!last) return '';
  return `该申报已由${last.on_behalf_of}${last.on_behalf_of === last.actor_name ? '' : last.actor_name}于${showMoment(last.at)}进行「${moves[last.move].text}」。`;
}

type ChangeResult = Change | { complaint: Complaint };

async function changeFor(
  deps: Deps,
  trx: Trx,
  d: Declaration,
  move: MoveName,
  actor: Mover,
  input: MoveInput,
  facts: MoveFacts,
): Promise<ChangeResult> {
  switch (move) {
    case 'submit':
      return submit(deps, trx, d, facts);
    case 'resubmit':
      return resubmit(deps, trx, d, facts);
    case 'withdraw':
      await removeStopsFrom(trx, d.id, 0);
      return { to: 'draft', columns: { holder_unit_id: null, stop_position: null } };
    case 'give-up':
      await takeDown(trx, d.id);
      return {
        to: 'abandoned',
        columns: {
          holder_unit_id: null,
          holder_committee_id: await committeeOfReturn(trx, d),
          reopened_sections: null,
          correction_due_on: null,
        },
      };
    case 'pass':
      return { to: 'unit_passed', columns: {}, mark: { position: d.stop_position ?? 0, mark: 'passed' } };
    case 'return-to-applicant':
      // held, so that whoever takes the permission back sees it with the applicant already, and lets them choose (C3)
      if (d.holder_unit_id !== null && !(await isPermitted(trx, d.holder_unit_id)))
        return { complaint: { text: '贵单位的「职称评审」权限刚刚被收回，该申报由人社局退回' } };
      // what the unit put up before it reported was the list as it stood then (R5)
      if (d.stop_position === 0 && d.rank_fixed_at === null) await takeDown(trx, d.id);
      return {
        to: 'returned_to_applicant',
        columns: { holder_unit_id: null, return_position: d.stop_position, reopened_sections: input.comments.map((c) => c.section) },
      };
    case 'return-to-unit':
      return returnToUnit(trx, d);
    case 'report':
      return report(d, input, facts);
    case 'withhold':
      await takeDown(trx, d.id);
      return { to: 'not_recommended', columns: { holder_unit_id: null } };
    case 'send-back':
      if ((d.stop_position ?? 0) > 0) return returnToUnit(trx, d);
      return {
        to: 'returned_to_applicant',
        columns: { holder_unit_id: null, return_position: 0, reopened_sections: [application.id] },
        takesDown: d.rank_fixed_at === null,
      };
    case 'accept':
      return { to: 'accepted', columns: {} };
    case 'request-correction':
      return {
        to: 'correction',
        columns: {
          holder_committee_id: null,
          return_position: d.stop_position,
          reopened_sections: input.comments.map((c) => c.section),
          correction_due_on: input.dueOn ?? null,
        },
        detail: { dueOn: input.dueOn },
      };
    case 'refuse':
      return { to: 'refused', columns: {}, detail: { reason: refusalReasons.find((r) => r.code === input.reason)?.text ?? '' } };
    case 'abandon':
      // the office that asked for the correction keeps it in its list
      return { to: 'abandoned', columns: { holder_committee_id: await committeeOfReturn(trx, d), reopened_sections: null } };
    case 'record-vote':
      return recordVote(trx, d, person(actor), input);
    case 'publish':
      return publish(trx, d, person(actor), input);
    case 'annul':
      return { to: 'voted_failed', columns: {} };
    case 'reopen':
      await supersedeResult(trx, d.id);
      return { to: 'accepted', columns: {} };
    case 'confirm': {
      const number = await issueCertificate(deps, trx, d.id);
      return { to: 'certified', columns: {}, detail: { certificate: number } };
    }
  }
}

function person(mover: Mover): Actor {
  if (mover.role === 'system') throw new Error('a move of the site itself asks for a person');
  return mover;
}

async function committeeOfReturn(trx: Trx, d: Declaration): Promise<number | null> {
  return (await findStops(trx, d.id)).find((s) => s.position === d.return_position)?.committee_id ?? null;
}

async function submit(deps: Deps, trx: Trx, d: Declaration, facts: MoveFacts): Promise<ChangeResult> {
  await holdYear(trx, d.person_id, d.year);
  const running = await findRunning(trx, d.person_id, d.year);
  if (running)
    return { complaint: { text: '本年度已有另一份申报正在办理，同一年度不能同时申报两个评审委员会', href: paths.declaration(running.id) } };
  const round = d.round + 1;
  await freezeVersion(deps, trx, await facts.loaded(deps, d), round);
  await arriveAtFirst(trx, d.id, d.unit_id);
  return {
    to: 'unit_review',
    columns: { round, stop_position: 0, holder_unit_id: d.unit_id, submitted_at: 'now' },
    detail: { unitId: d.unit_id },
  };
}

/** D17: straight back to the stop that returned it; past units that have no permission any more, to the next one below (C3). */
async function resubmit(deps: Deps, trx: Trx, d: Declaration, facts: MoveFacts): Promise<ChangeResult> {
  const round = d.round + 1;
  const loaded = await facts.loaded(deps, d);
  await freezeVersion(deps, trx, loaded, round);
  const { stop, passedOver } = await findWayBack(trx, d);
  const { position } = stop;
  const back = { round, stop_position: position, return_position: null, reopened_sections: null, correction_due_on: null };
  if (stop.committee_id !== null) {
    await markStop(trx, d.id, position, 'reopened');
    return { to: 'office_review', columns: { ...back, holder_committee_id: stop.committee_id } };
  }
  if (position === 0 && d.rank_fixed_at !== null) {
    const now = projectUnit(loaded.check(application));
    // another unit: it ranks anew, and reports by its own path
    if (now.unit_id !== d.unit_id) {
      await updateDeclaration(trx, d.id, { ...now, rank_fixed_at: null });
      await takeDown(trx, d.id);
      await arriveAtFirst(trx, d.id, now.unit_id);
      return { to: 'unit_review', columns: { ...back, holder_unit_id: now.unit_id } };
    }
  }
  const unitId = position === 0 ? d.unit_id : stop.unit_id;
  if (position === 0) await arriveAt(trx, d.id, 0, { unitId, committeeId: null, pathId: null });
  else await markStop(trx, d.id, position, 'reopened');
  return {
    to: 'unit_review',
    columns: { ...back, holder_unit_id: unitId },
    ...(passedOver.length > 0 ? { detail: { to: stop.name, passedOver } } : {}),
  };
}

async function returnToUnit(trx: Trx, d: Declaration): Promise<ChangeResult> {
  const position = (d.stop_position ?? 0) - 1;
  const stop = (await findStops(trx, d.id)).find((s) => s.position === position);
  if (!stop || stop.unit_id === null) throw new Error(`declaration ${d.id} has no unit at stop ${position}`);
  await markStop(trx, d.id, position, 'reopened');
  return { to: 'returned_to_unit', columns: { stop_position: position, holder_unit_id: stop.unit_id, holder_committee_id: null } };
}

async function report(d: Declaration, input: MoveInput, facts: MoveFacts): Promise<ChangeResult> {
  const path = await facts.livePath(d);
  if (!path) throw new Error(`declaration ${d.id}: path vanished inside the transaction`);
  const from = d.stop_position ?? 0;
  const ranked: MovedColumns = {};
  if (d.rank_fixed_at === null) {
    const rank = d.rank_n !== null && d.rank_of !== null && !input.rank ? { n: d.rank_n, of: d.rank_of } : input.rank;
    if (!rank) throw new Error(`declaration ${d.id}: rank vanished after its guard`);
    if (!(await facts.takePlace(d, rank.n))) return { complaint: placeTaken(rank.n, rank.of) };
    Object.assign(ranked, { rank_n: rank.n, rank_of: rank.of, rank_fixed_at: 'now' });
  }
  return {
    to: path.committeeId === null ? 'unit_review' : 'office_review',
    columns: { ...ranked, stop_position: from + 1, holder_unit_id: path.upstreamUnitId, holder_committee_id: path.committeeId },
    mark: { position: from, mark: 'reported' },
    arrive: { position: from + 1, unitId: path.upstreamUnitId, committeeId: path.committeeId, pathId: path.id },
    detail: { to: path.upstreamName },
  };
}

async function recordVote(trx: Trx, d: Declaration, actor: Actor, input: MoveInput): Promise<ChangeResult> {
  const v = input.vote;
  if (!v || !input.metOn) throw new Error('record-vote without figures passed its guard');
  const passed = isPassed(v);
  await insertVote(trx, d.id, { ...v, is_passed: passed, met_on: input.metOn }, actor.accountId);
  return { to: passed ? 'voted_passed' : 'voted_failed', columns: {}, detail: { ...v, metOn: input.metOn } };
}

/** J4: publicity counts working days, day 1 is the working day after publishing. */
async function publish(trx: Trx, d: Declaration, actor: Actor, input: MoveInput): Promise<ChangeResult> {
  const publicity =
    input.publicityId === undefined
      ? await openPublicity(trx, d.holder_committee_id as number, d.batch_id, actor)
      : { id: input.publicityId };
  if ('complaint' in publicity) return publicity;
  return { to: 'publicity', columns: {}, publicityId: publicity.id, detail: { publicityId: publicity.id } };
}

/** Opens one publicity for the declarations of a batch; refuses when the working-day calendar does not reach far enough. */
export async function openPublicity(
  trx: Trx,
  committeeId: number,
  batchId: number,
  actor: Actor,
): Promise<{ id: number } | { complaint: Complaint }> {
  const { today } = await databaseNow(trx);
  const batch = await findBatch(trx, batchId);
  const until = addWorkingDays(await loadWorkCalendar(trx), today, batch?.publicityDays ?? 5);
  if (!until.ok) return { complaint: { text: until.problem } };
  return { id: await insertPublicity(trx, committeeId, today, until.value, actor.accountId) };
}
