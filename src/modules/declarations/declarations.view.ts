import { showSize } from '../../form/form-model';
import type { SectionText, TextFile, TextItem, TextPart } from '../../form/section-text';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { showDate } from '../../lib/dates';
import { moves, states, type MoveName, type StateName } from '../../policy/declaration-moves';
import type { Appeal } from './appeals.read';
import type { AttachmentRow, DeclarationEvent, Stop } from './declarations.store';

interface SummaryFile {
  name: string;
  href: string;
  thumbHref?: string;
  size: string;
  note?: string;
}
interface SummaryRow {
  label: string;
  text: string;
}

/** What the applicant has to know about an uploaded file; undefined when there is nothing. */
export function fileNote(a: Pick<AttachmentRow, 'scan' | 'damaged_at'> | undefined): string | undefined {
  if (a?.scan === 'infected') return '检出病毒，请删除后重新上传';
  if (a?.damaged_at) return '文件已损坏，请删除后重新上传';
  return a?.scan === 'waiting' ? '待扫描' : undefined;
}

/** A section in words as views/form/summary.njk wants it, with addresses for its files. */
export function summaryOf(
  declaration: string,
  s: SectionText,
  o: { changeHref?: string; comments?: { text: string; by: string; at: string }[] } = {},
) {
  const file = (f: TextFile): SummaryFile => ({
    name: f.name,
    href: paths.preview(declaration, f.id),
    size: showSize(f.size),
    ...(f.label ? { note: f.label } : {}),
    ...(f.hasThumbnail ? { thumbHref: paths.thumbnail(declaration, f.id) } : {}),
  });
  const rows = (lines: readonly SummaryRow[]) => lines.map((l) => ({ label: l.label, text: l.text }));
  const item = (i: TextItem, n: number) => ({ title: `第 ${n + 1} 条`, rows: rows(i.lines), files: i.files.map(file) });
  const part = (p: TextPart) => ({
    ...(p.title ? { title: p.title } : {}),
    ...(p.isRows ? { items: p.items.map(item) } : { rows: rows(p.lines), ...(p.files.length > 0 ? { files: p.files.map(file) } : {}) }),
  });
  return { id: `section-${s.id}`, title: s.title, parts: s.parts.map(part), ...o };
}

/** 「待主管部门审核」 where it lies higher up; elsewhere the word of the table. */
export function stateText(state: StateName, stopPosition: number | null): string {
  if (state === 'unit_review') return stopPosition === 0 ? '待单位审核' : '待主管部门审核';
  return states[state].text;
}

export interface TimelineStep {
  title: string;
  who?: string;
  at?: string;
  comment?: string;
  state: 'done' | 'now' | 'todo';
  phone?: string;
}

const behalf = (e: DeclarationEvent): string => (e.on_behalf_of === e.actor_name ? e.actor_name : `${e.on_behalf_of}　${e.actor_name}`);

/** C3: why what was handed in again did not go to whoever had returned it. */
export const passedOverText = (names: readonly string[]): string => `${names.map((n) => `「${n}」`).join('、')}的「职称评审」权限已被收回`;

function commentOf(e: DeclarationEvent, sectionTitle: (id: string) => string): string {
  const detail = e.detail as {
    to?: string;
    reason?: string;
    dueOn?: string;
    yes?: number;
    no?: number;
    abstain?: number;
    total?: number;
    present?: number;
    certificate?: string;
    passedOver?: string[];
  };
  return [
    detail.reason ? `原因：${detail.reason}` : '',
    e.opinion,
    ...e.comments.map((c) => `${sectionTitle(c.section)}：${c.text}`),
    detail.dueOn ? `补正期限：${showDate(detail.dueOn)}` : '',
    e.move === 'report' && detail.to ? `上报至：${detail.to}` : '',
    detail.passedOver ? `${passedOverText(detail.passedOver)}，送达：${detail.to}` : '',
    e.move === 'record-vote'
      ? `总人数 ${detail.total}，参加人数 ${detail.present}，赞成 ${detail.yes}，反对 ${detail.no}，弃权 ${detail.abstain}`
      : '',
    detail.certificate ? `证书编号：${detail.certificate}` : '',
  ]
    .filter((x) => x !== '')
    .join('\n');
}

/** What came of a request for a recheck. That the bureau agrees stands among the moves. */
function appealSteps(a: Appeal): { on: Date; step: Pick<TimelineStep, 'title' | 'who' | 'comment'> }[] {
  const office = `${a.committeeName}办事机构`;
  return [
    { on: a.askedAt, step: { title: '申请复查', who: a.applicantName } },
    ...(a.withdrawnAt ? [{ on: a.withdrawnAt, step: { title: '撤回复查申请', who: a.applicantName } }] : []),
    ...(a.answeredAt
      ? [
          {
            on: a.answeredAt,
            step: {
              title: a.state === 'kept' ? '复查：维持原评审结果' : '复查：建议重新评审，报人社局审核',
              who: office,
              comment: a.finding,
            },
          },
        ]
      : []),
    ...(a.decidedAt && a.state === 'refused'
      ? [{ on: a.decidedAt, step: { title: '复查：人社局不同意重新评审，维持原评审结果', comment: a.opinion } }]
      : []),
  ];
}

/** D16: every step so far, where it is now and what comes. */
export function timelineOf(input: {
  events: readonly DeclarationEvent[];
  state: StateName;
  stopPosition: number | null;
  holder?: { name: string; phone: string };
  movedAt: Date;
  sectionTitle: (id: string) => string;
  /** requests for a recheck (J4), which change no state by themselves */
  appeals?: readonly Appeal[];
  /** said of where it is now */
  advice: string;
}): TimelineStep[] {
  const moved = input.events.map((e) => {
    const comment = commentOf(e, input.sectionTitle);
    return { on: e.at, step: { title: moves[e.move].done, who: behalf(e), ...(comment ? { comment } : {}) } };
  });
  const steps: TimelineStep[] = [...moved, ...(input.appeals ?? []).flatMap(appealSteps)]
    .sort((a, b) => a.on.getTime() - b.on.getTime())
    .map(({ on, step }) => ({ ...step, at: showMoment(on), state: 'done' }));
  const s = states[input.state];
  steps.push({
    title: stateText(input.state, input.stopPosition),
    ...(input.holder && !s.final ? { who: input.holder.name } : {}),
    ...(input.holder?.phone && !s.final ? { phone: input.holder.phone } : {}),
    at: `自 ${showMoment(input.movedAt)}`,
    comment: input.advice,
    state: 'now',
  });
  return steps;
}

export interface MoveButton {
  move: MoveName;
  text: string;
  href: string;
  kind: 'primary' | 'secondary' | 'warning' | 'link';
}
const ORDER = ['main', 'other', 'danger'];
const kinds = { main: 'primary', other: 'secondary', danger: 'warning' } as const;

/** The moves as buttons, the usual one first. Giving up is there for who looks for it, and the loudest button of no page. */
export function moveButtons(id: string, names: readonly MoveName[]): MoveButton[] {
  const ordered = [...names].sort((a, b) => ORDER.indexOf(moves[a].kind) - ORDER.indexOf(moves[b].kind));
  return ordered.map((m) => ({
    move: m,
    text: moves[m].text,
    href: paths.move(id, m),
    kind: moves[m].kind === 'danger' && moves[m].who === 'applicant' ? 'link' : kinds[moves[m].kind],
  }));
}

/** The way it has gone: one box for each stop. */
export function chainOf(
  stops: readonly Stop[],
  applicant: string,
  holderPosition: number | null,
  isOver: boolean,
): { name: string; note?: string; state: 'done' | 'now' | 'todo' }[] {
  return [
    { name: applicant, note: '申报人', state: holderPosition === null ? 'now' : 'done' },
    ...stops.map((s) => ({
      name: s.name,
      note: s.reported_at ? '已上报' : s.passed_at ? '审核通过' : s.position === holderPosition ? (isOver ? '已办结' : '处理中') : '',
      state:
        s.position === holderPosition
          ? isOver
            ? ('done' as const)
            : ('now' as const)
          : s.reported_at
            ? ('done' as const)
            : ('todo' as const),
    })),
  ];
}
