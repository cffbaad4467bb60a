import { moves, refusalReasons, type MoveName } from '../../policy/declaration-moves';
import { readDate } from '../../lib/dates';
import { readFraction } from '../../lib/fraction';
import { countCharacters, normaliseLine, normaliseText, toHalfWidth } from '../../lib/text';
import type { VoteFigures } from '../../lib/vote-rules';
import { correctionDayProblem, type MoveDays } from './correction-day';
import type { Complaint } from './guards';
import { sectionTitleOf } from './section-title';
import type { SectionComment } from './declarations.store';

/** What the mover gives along with a move; which of it is needed says the table of moves. */
export interface MoveInput {
  /** the version the page showed; a newer one means that somebody was quicker */
  version?: number;
  opinion: string;
  comments: SectionComment[];
  reason?: string;
  dueOn?: string;
  metOn?: string;
  vote?: VoteFigures;
  rank?: { n: number; of: number };
  /** the meeting whose ballot the figures come from; without it they were typed */
  meetingId?: number;
  /** several declarations published together share one publicity */
  publicityId?: number;
}

export const noInput: MoveInput = { opinion: '', comments: [] };

interface Posted {
  one(name: string): string;
  has(name: string): boolean;
}

const whole = (s: string): number => {
  const digits = toHalfWidth(s).trim();
  return /^\d{1,6}$/.test(digits) ? Number(digits) : NaN;
};

/** Whether a move has a day typed, which its days (`loadMoveDays`) say is right. */
export const asksForDay = (move: MoveName): boolean => moves[move].needs.includes('due-date') || moves[move].needs.includes('vote');

/** Reads the fields of the confirm page. Complaints carry the anchor of their field. `days`: for moves that ask for a day. */
export function readMoveInput(
  move: MoveName,
  form: Posted,
  sectionIds: readonly string[],
  days: MoveDays | undefined,
): { input: MoveInput; complaints: Complaint[] } {
  const { needs } = moves[move];
  const known = (): MoveDays => {
    if (!days) throw new Error(`move ${move} asks for a day, and its days were not read`);
    return days;
  };
  const complaints: Complaint[] = [];
  const input: MoveInput = { opinion: normaliseText(form.one('opinion')), comments: [] };
  const version = whole(form.one('version'));
  if (!Number.isNaN(version)) input.version = version;
  if (needs.includes('comments')) {
    for (const id of sectionIds) {
      const text = normaliseText(form.one(`comment.${id}`));
      // whoever writes what is to be changed means it to be changed, ticked or not
      if (form.one(`reopen.${id}`) === '' && text === '') continue;
      if (text === '') complaints.push({ text: `请写明「${sectionTitleOf(id) ?? id}」需要修改的内容`, href: `#comment-${id}` });
      else if (countCharacters(text) > 500)
        complaints.push({ text: `「${sectionTitleOf(id) ?? id}」的修改意见最多 500 个字`, href: `#comment-${id}` });
      input.comments.push({ section: id, text });
    }
    if (input.comments.length === 0) complaints.push({ text: '请选择需要修改的项目', href: '#reopen' });
  }
  if (needs.includes('reason')) {
    const code = form.one('reason');
    if (refusalReasons.some((r) => r.code === code)) input.reason = code;
    else complaints.push({ text: '请选择不予受理的原因', href: '#reason' });
  }
  if (needs.includes('due-date')) {
    const due = readDate(normaliseLine(form.one('dueOn')));
    const problem = due === undefined ? '请填写补正期限，例如 2026.12.1' : correctionDayProblem(due, known());
    if (problem !== undefined) complaints.push({ text: problem, href: '#dueOn' });
    else if (due !== undefined) input.dueOn = due;
  }
  if (needs.includes('vote')) {
    const figure = (name: string) => whole(form.one(`vote.${name}`));
    input.vote = { total: figure('total'), present: figure('present'), yes: figure('yes'), no: figure('no'), abstain: figure('abstain') };
    const met = readDate(normaliseLine(form.one('metOn')));
    if (met === undefined) complaints.push({ text: '请填写评审会议日期，例如 2026.11.20', href: '#metOn' });
    else if (met > known().today) complaints.push({ text: '评审会议日期不能晚于今天', href: '#metOn' });
    else input.metOn = met;
  }
  // complaints stand in the order of the fields, and the opinion is the last one
  if (countCharacters(input.opinion) > 500) complaints.push({ text: '意见最多 500 个字', href: '#opinion' });
  else if (needs.includes('opinion') && input.opinion === '') complaints.push({ text: '请填写意见', href: '#opinion' });
  return { input, complaints };
}

/** The rank typed beside a row of the reporting page. */
export function readRank(typed: string): { rank?: { n: number; of: number }; problem?: string } {
  if (normaliseLine(typed) === '') return {};
  const r = readFraction(typed);
  return r.ok ? { rank: r.value } : { problem: r.problem };
}
