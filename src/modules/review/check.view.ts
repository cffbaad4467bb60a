import type { DiffFile, DiffItem, DiffLine, DiffSection } from '../../form/diff-sections';
import { showSize } from '../../form/form-model';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { showDate } from '../../lib/dates';
import { moves, type MoveName } from '../../policy/declaration-moves';
import type { DeclarationEvent } from '../declarations';
import type { OwnAct } from './own-act.read';
import type { ReviewNote } from './review-notes.store';

/** The public page on which anybody checks the code of an education registration report (学信网). */
export const CHSI_CHECK = 'https://www.chsi.com.cn/xlcx/bgcx.jsp';

/** A file with where it stands. */
export interface PlacedFile extends Pick<DiffFile, 'id' | 'name' | 'mediaType'> {
  sectionId: string;
  sectionTitle: string;
}

/** Files of a declaration in the order of its sections; those that are gone are left out. */
export function filesOf(sections: readonly DiffSection[]): PlacedFile[] {
  return sections.flatMap((s) =>
    s.parts.flatMap((p) =>
      [...p.files, ...p.items.flatMap((i) => i.files)]
        .filter((f) => f.change !== 'removed')
        .map((f) => ({ ...f, sectionId: s.id, sectionTitle: s.title })),
    ),
  );
}

const fileNotes = { added: '新上传', removed: '已删除' } as const;
const itemMarks = { added: '新增', removed: '已删除', changed: '已修改' } as const;

/** A section for views/form/summary.njk with its marks; each file leads to its preview beside the text. */
export function checkSectionView(
  declaration: string,
  s: DiffSection,
  o: { marks: boolean; fileHref: (id: string) => string; asked: readonly { text: string; by: string; at: string }[] },
): object {
  const { marks } = o;
  const file = (f: DiffFile) => ({
    name: f.name,
    href: o.fileHref(f.id),
    size: showSize(f.size),
    preview: f.change !== 'removed',
    ...(f.hasThumbnail ? { thumbHref: paths.thumbnail(declaration, f.id) } : {}),
    note: [f.label ?? '', marks && f.change !== 'same' ? fileNotes[f.change] : ''].filter((x) => x !== '').join('，'),
  });
  const row = (l: DiffLine) => ({
    label: l.label,
    text: l.text,
    ...(marks && l.change !== 'same' ? { changed: true, was: l.was ?? '' } : {}),
    ...(l.label === '学信网验证码' && /^[0-9A-Z]{12,16}$/.test(l.text) ? { check: { href: CHSI_CHECK } } : {}),
  });
  const item = (i: DiffItem, n: number) => ({
    title: `第 ${n + 1} 条`,
    ...(marks && i.change !== 'same' ? { changed: true, markText: itemMarks[i.change] } : {}),
    // a row that is new or gone as a whole is marked once, not line by line
    rows: i.lines.map((l) => (i.change === 'changed' ? row(l) : { ...row(l), text: l.was ?? l.text, changed: false, was: undefined })),
    files: i.files.map(file),
  });
  return {
    id: `section-${s.id}`,
    title: s.title,
    ...(marks && s.change !== 'same' ? { state: { text: changesText(s), colour: 'yellow' } } : {}),
    parts: s.parts.map((p) => ({
      ...(p.title ? { title: p.title } : {}),
      ...(p.isRows
        ? { items: p.items.map(item) }
        : { rows: p.lines.map(row), ...(p.files.length > 0 ? { files: p.files.map(file) } : {}) }),
    })),
    comments: o.asked,
  };
}

/** 「3 处修改」 */
export const changesText = (s: DiffSection): string => (s.count > 0 ? `${s.count} 处修改` : '有修改');

/** The labels that a note on this section can be about. */
export const fieldLabels = (s: DiffSection): string[] => [
  ...new Set(s.parts.flatMap((p) => [...p.lines.map((l) => l.label), ...p.items.flatMap((i) => i.lines.map((l) => l.label))])),
];

/** What the notes of a section read as the comment of a return: a line each, with the field it is about. */
export const commentOf = (notes: readonly ReviewNote[], section: string): string =>
  notes
    .filter((n) => n.section === section)
    .map((n) => (n.field === '' ? n.text : `「${n.field}」${n.text}`))
    .join('\n');

/** What this desk asked for when it gave the declaration back the last time, by section. */
export function lastAsked(
  events: readonly DeclarationEvent[],
  stopPosition: number,
): { event: DeclarationEvent; of: (section: string) => { text: string; by: string; at: string }[] } | undefined {
  const event = [...events].reverse().find((e) => e.stop_position === stopPosition && e.comments.length > 0);
  if (!event) return undefined;
  return {
    event,
    of: (section) =>
      event.comments.filter((c) => c.section === section).map((c) => ({ text: c.text, by: event.on_behalf_of, at: showMoment(event.at) })),
  };
}

/** The round that this stop saw last, before the present one; undefined when it sees the declaration for the first time. */
export function roundSeenBefore(events: readonly DeclarationEvent[], stopPosition: number, round: number): number | undefined {
  const seen = events.filter((e) => e.stop_position === stopPosition && moves[e.move].who !== 'applicant' && e.round < round);
  return seen.at(-1)?.round;
}

/** Moves that ask for nothing: one press on the page itself. */
export const isOnePress = (m: MoveName): boolean => moves[m].needs.length === 0 && moves[m].bulk === true;

/** Moves that give a declaration back, in the order in which they are offered. */
export const returnMoves: readonly MoveName[] = ['return-to-applicant', 'request-correction', 'return-to-unit'];

/** What the reader has just done, to whom, and what comes next. */
export function doneText(a: OwnAct): string {
  const items = a.sections > 0 ? `（${a.sections} 个项目）` : '';
  switch (a.move) {
    case 'pass':
      return `${a.name}的申报审核通过，请在「职称申报数据上报」中上报`;
    case 'return-to-applicant':
      return `${a.name}的申报已退回申报人修改${items}，请通知申报人；重新提交后直接回到本单位`;
    case 'request-correction':
      return `${a.name}的申报已退回补正${items}${a.dueOn ? `，最后一天是${showDate(a.dueOn)}` : ''}，请通知申报人`;
    case 'return-to-unit':
      return `${a.name}的申报已退回${a.holder ?? '下级单位'}，由该单位处理后重新上报`;
    case 'accept':
      return `${a.name}的申报已受理，可以列入评审会议`;
    default:
      return `已对${a.name}的申报进行「${moves[a.move].text}」`;
  }
}
