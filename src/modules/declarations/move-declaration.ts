import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { addWorkingDays } from '../../lib/working-days';
import type { Actor, Mover } from '../../policy/actor';
import { moves, refusalReasons, type MoveName, type StateName } from '../../policy/declaration-moves';
import { canMove } from '../../policy/policy';
import { findBatch, loadWorkCalendar, windowOf } from '../batches';
import { issueCertificate } from '../certificates';
import { lockLivePath } from '../paths';
import { findDeclarationSubject } from './declaration-subject.store';
import {
  arriveAt,
  findEvents,
  findRunning,
  findStops,
  insertEvent,
  insertPublicity,
  insertPublicityItem,
  insertVote,
  lockDeclaration,
  markStop,
  removeStopsFrom,
  updateDeclaration,
  type Declaration,
} from './declarations.store';
import { freezeVersion } from './freeze-version';
import { guards, type Complaint } from './guards';
import { loadDeclaration } from './load-declaration';
import type { MoveInput } from './move-input';
import { takeDown } from './unit-publicity.store';

export type MoveOutcome =
  | { kind: 'moved'; to: StateName }
  /** not theirs, or gone */
  | { kind: 'hidden' }
  /** somebody was quicker, or the state does not allow it (any more) */
  | { kind: 'not-now'; reason: string }
  /** what must be mended first */
  | { kind: 'blocked'; complaints: Complaint[] };

interface Change {
  to: StateName;
  columns: Partial<Declaration>;
  detail?: Record<string, unknown>;
}

/**
 * The one way a declaration changes its state. Locks the row, asks the policy, checks window and guards by the database's clock, writes, appends event and
 * audit row; the caller's transaction makes it all or nothing.
 */
export async function moveDeclaration(
  deps: Deps,
  trx: Trx,
  id: string,
  move: MoveName,
  actor: Mover,
  input: MoveInput,
  requestId: string,
): Promise<MoveOutcome> {
  const d = await lockDeclaration(trx, id);
  const subject = d && (await findDeclarationSubject(trx, id));
  if (!d || !subject) return { kind: 'hidden' };
  const decision = canMove(actor, move, subject);
  if (!decision.ok) {
    if (decision.why !== 'not-now') return { kind: 'hidden' };
    return { kind: 'not-now', reason: `${await lastActText(trx, d)}${decision.reason}` };
  }
  if (input.version !== undefined && input.version !== d.version) {
    return { kind: 'not-now', reason: `${await lastActText(trx, d)}您打开页面之后该申报已有变化，请刷新页面，查看最新内容后再操作。` };
  }
  const rule = moves[move];
  if (rule.window) {
    const w = await windowOf(trx, d.batch_id, { personId: d.person_id });
    const open = rule.window === 'applicant' ? w.applicantOpen : w.unitOpen;
    if (!open)
      return {
        kind: 'blocked',
        complaints: [
          {
            text: rule.window === 'applicant' ? '现在不在个人申报时间内，不能提交。已填写的内容会保留' : '现在不在单位上报时间内，不能上报',
          },
        ],
      };
  }
  const complaints: Complaint[] = [];
  for (const name of rule.guards) complaints.push(...(await guards[name]({ deps, trx, d, move, input })));
  if (complaints.length > 0) return { kind: 'blocked', complaints };

  const change = await changeFor(deps, trx, d, move, actor, input);
  if ('complaint' in change) return { kind: 'blocked', complaints: [change.complaint] };
  if (!rule.to.includes(change.to)) throw new Error(`move ${move} led to ${change.to}, which its row in the table does not allow`);
  await updateDeclaration(trx, id, { state: change.to, ...change.columns }, true);
  const round = change.columns.round ?? d.round;
  await insertEvent(trx, id, {
    move,
    from_state: d.state,
    to_state: change.to,
    round,
    actor_id: actor.accountId,
    actor_name: actor.name,
    on_behalf_of: actor.behalf,
    stop_position: d.stop_position,
    opinion: input.opinion,
    comments: input.comments,
    detail: change.detail ?? {},
  });
  await appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: `declaration.${move}`,
    subjectKind: 'declaration',
    subjectId: id,
    detail: { from: d.state, to: change.to, round },
    requestId,
  });
  return { kind: 'moved', to: change.to };
}

/** 「已由×××于…处理。」: who was quicker (R1, F03). */
async function lastActText(trx: Trx, d: Declaration): Promise<string> {
  const last = (await findEvents(trx, d.id)).at(-1);
  if (!last) return '';
  return `该申报已由${last.on_behalf_of}${last.on_behalf_of === last.actor_name ? '' : last.actor_name}于${showMoment(last.at)}进行「${moves[last.move].text}」。`;
}

type ChangeResult = Change | { complaint: Complaint };

async function changeFor(deps: Deps, trx: Trx, d: Declaration, move: MoveName, actor: Mover, input: MoveInput): Promise<ChangeResult> {
  switch (move) {
    case 'submit':
      return submit(deps, trx, d);
    case 'resubmit':
      return resubmit(deps, trx, d);
    case 'withdraw':
      await removeStopsFrom(trx, d.id, 0);
      return { to: 'draft', columns: { holder_unit_id: null, stop_position: null } };
    case 'pass':
      await markStop(trx, d.id, d.stop_position ?? 0, 'passed');
      return { to: 'unit_passed', columns: {} };
    case 'return-to-applicant':
      // what the unit put up before it reported was the list as it stood then (R5)
      if (d.stop_position === 0 && d.rank_fixed_at === null) await takeDown(trx, d.id);
      return {
        to: 'returned_to_applicant',
        columns: { holder_unit_id: null, return_position: d.stop_position, reopened_sections: input.comments.map((c) => c.section) },
      };
    case 'return-to-unit':
      return returnToUnit(trx, d);
    case 'report':
      return report(trx, d, input);
    case 'withhold':
      await takeDown(trx, d.id);
      return { to: 'not_recommended', columns: { holder_unit_id: null } };
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

async function submit(deps: Deps, trx: Trx, d: Declaration): Promise<ChangeResult> {
  const running = await findRunning(trx, d.person_id, d.year);
  if (running)
    return { complaint: { text: '本年度已有另一份申报正在办理，同一年度不能同时申报两个评审委员会', href: paths.declaration(running.id) } };
  const round = d.round + 1;
  await freezeVersion(deps, trx, await loadDeclaration(deps, trx, d), round);
  await removeStopsFrom(trx, d.id, 0);
  await arriveAt(trx, d.id, 0, { unitId: d.unit_id, committeeId: null, pathId: null });
  const { now } = await databaseNow(trx);
  return {
    to: 'unit_review',
    columns: { round, stop_position: 0, holder_unit_id: d.unit_id, submitted_at: now },
    detail: { unitId: d.unit_id },
  };
}

/** D17: straight back to the stop that returned it. */
async function resubmit(deps: Deps, trx: Trx, d: Declaration): Promise<ChangeResult> {
  const position = d.return_position ?? 0;
  const round = d.round + 1;
  await freezeVersion(deps, trx, await loadDeclaration(deps, trx, d), round);
  const stop = (await findStops(trx, d.id)).find((s) => s.position === position);
  if (!stop) throw new Error(`declaration ${d.id} was returned by stop ${position}, which does not exist`);
  const back = { round, stop_position: position, return_position: null, reopened_sections: null, correction_due_on: null };
  if (stop.committee_id !== null) return { to: 'office_review', columns: { ...back, holder_committee_id: stop.committee_id } };
  const unitId = position === 0 ? d.unit_id : stop.unit_id;
  if (position === 0) await arriveAt(trx, d.id, 0, { unitId, committeeId: null, pathId: null });
  else await markStop(trx, d.id, position, 'reopened');
  return { to: 'unit_review', columns: { ...back, holder_unit_id: unitId } };
}

async function returnToUnit(trx: Trx, d: Declaration): Promise<ChangeResult> {
  const position = (d.stop_position ?? 0) - 1;
  const stop = (await findStops(trx, d.id)).find((s) => s.position === position);
  if (!stop || stop.unit_id === null) throw new Error(`declaration ${d.id} has no unit at stop ${position}`);
  await markStop(trx, d.id, position, 'reopened');
  return { to: 'returned_to_unit', columns: { stop_position: position, holder_unit_id: stop.unit_id, holder_committee_id: null } };
}

async function report(trx: Trx, d: Declaration, input: MoveInput): Promise<ChangeResult> {
  const path = await lockLivePath(trx, d.holder_unit_id as number, d.series_id, d.level, d.year);
  if (!path) throw new Error(`declaration ${d.id}: path vanished inside the transaction`);
  const position = (d.stop_position ?? 0) + 1;
  if (d.rank_fixed_at === null) {
    const rank = d.rank_n !== null && d.rank_of !== null && !input.rank ? { n: d.rank_n, of: d.rank_of } : input.rank;
    if (!rank) throw new Error(`declaration ${d.id}: rank vanished after its guard`);
    const { now } = await databaseNow(trx);
    try {
      await inTransaction(trx, (inner) => updateDeclaration(inner, d.id, { rank_n: rank.n, rank_of: rank.of, rank_fixed_at: now }));
    } catch (e) {
      if (!isViolationOf(e, 'declarations_rank')) throw e;
      return { complaint: { text: `${d.applicant_name}的「单位推荐排序」${rank.n}/${rank.of} 与已上报人员的名次重复` } };
    }
  }
  await markStop(trx, d.id, d.stop_position ?? 0, 'reported');
  await arriveAt(trx, d.id, position, { unitId: path.upstreamUnitId, committeeId: path.committeeId, pathId: path.id });
  return {
    to: path.committeeId === null ? 'unit_review' : 'office_review',
    columns: { stop_position: position, holder_unit_id: path.upstreamUnitId, holder_committee_id: path.committeeId },
    detail: { to: path.upstreamName },
  };
}

async function recordVote(trx: Trx, d: Declaration, actor: Actor, input: MoveInput): Promise<ChangeResult> {
  const v = input.vote;
  if (!v || !input.metOn) throw new Error('record-vote without figures passed its guard');
  const isPassed = 3 * v.yes >= 2 * v.present;
  await insertVote(trx, d.id, { ...v, is_passed: isPassed, met_on: input.metOn }, actor.accountId);
  return { to: isPassed ? 'voted_passed' : 'voted_failed', columns: {}, detail: { ...v, metOn: input.metOn } };
}

/** J4: publicity counts working days, day 1 is the working day after publishing. */
async function publish(trx: Trx, d: Declaration, actor: Actor, input: MoveInput): Promise<ChangeResult> {
  const publicity =
    input.publicityId === undefined
      ? await openPublicity(trx, d.holder_committee_id as number, d.batch_id, actor)
      : { id: input.publicityId };
  if ('complaint' in publicity) return publicity;
  await insertPublicityItem(trx, publicity.id, d.id);
  return { to: 'publicity', columns: {}, detail: { publicityId: publicity.id } };
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
