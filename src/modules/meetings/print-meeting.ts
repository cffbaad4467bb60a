import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';
import { findMeetingHead, listDraws, listItems, listRecusals, listResults, listRounds, listSeats } from './meeting.read';
import { itemLine, namedAs, recusalLines, seatLine } from './meeting.view';

interface Printed {
  pdf: Buffer;
  fileName: string;
}

async function factsOf(deps: Deps, meetingId: number) {
  const { db } = deps;
  const [m, catalogue, seats, items, results, rounds, recusals, draws] = await Promise.all([
    findMeetingHead(db, meetingId),
    deps.catalogue.get(),
    listSeats(db, meetingId),
    listItems(db, meetingId),
    listResults(db, meetingId),
    listRounds(db, meetingId),
    listRecusals(db, meetingId),
    listDraws(db, meetingId),
  ]);
  const round = rounds.find((r) => r.state === 'counted');
  if (!m || !round) return undefined;
  const heldOn = round.heldOn ?? m.meetsOn;
  const resultOf = new Map(results.map((r) => [r.declarationId, r]));
  return {
    // the day it was held, which is that of the results and certificates, not the day it was planned for
    m: { ...m, meetsText: showDate(heldOn) },
    heldOn,
    seats: seats.map(seatLine),
    chair: seats.find((s) => s.isChair)?.name ?? '',
    present: seats.filter((s) => s.presentAt !== null),
    absent: seats.filter((s) => s.presentAt === null).map((s) => s.name),
    items: items.map((i) => itemLine(i, catalogue, resultOf.get(i.id))),
    round: { ...round, opened: showMoment(round.openedAt), closed: showMoment(round.closedAt) },
    recusals: recusalLines(namedAs(recusals, items, seats)),
    draw: draws.find((d) => d.voidReason === ''),
    passed: results.filter((r) => r.isPassed).length,
    failed: results.filter((r) => r.isValid && !r.isPassed).length,
  };
}

/** 「表决结果统计表」: the figures of every declaration; undefined before they are counted. */
export async function printVoteSheet(deps: Deps, meetingId: number): Promise<Printed | undefined> {
  const facts = await factsOf(deps, meetingId);
  if (!facts) return undefined;
  return {
    pdf: await deps.printer.pdf(deps.renderer.document('print/vote-sheet', facts)),
    fileName: `表决结果统计表${facts.heldOn}.pdf`,
  };
}

/** 「评审会议纪要」 (人社部令第40号, article 24): attendance, candidates, opinions, votes; undefined before they are counted. */
export async function printMinutes(deps: Deps, meetingId: number): Promise<Printed | undefined> {
  const facts = await factsOf(deps, meetingId);
  if (!facts) return undefined;
  return { pdf: await deps.printer.pdf(deps.renderer.document('print/minutes', facts)), fileName: `评审会议纪要${facts.heldOn}.pdf` };
}
