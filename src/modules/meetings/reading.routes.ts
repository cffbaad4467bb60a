import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { doneNotice } from '../../http/done-notice';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { meetingOf, notFound, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { isUuid, wholeNumber } from '../../lib/ids';
import { REVIEWERS_PER_ITEM } from '../../lib/assign-items';
import { countCharacters, normaliseText, toHalfWidth } from '../../lib/text';
import { can } from '../../policy/policy';
import { declarationSections, findDeclarationSubject } from '../declarations';
import { evidenceToRead, notesToShow, openDossier, photoOf, previewBeside, sectionsToRead, type RefusedNote } from '../review';
import { insertJudgeNote, listJudgeNotes, MAX_NOTES, removeJudgeNote, type JudgeNote } from './judge-notes.store';
import { listItems, listOwnItems, listScores, type Item } from './meeting.read';
import { itemLine } from './meeting.view';
import { scoreItem, writeOpinion } from './review-items';
import { seated, sittingCrumbs, type Seated } from './seat';

const WORDS = 500;
const done: Record<string, string> = { score: '评分已保存', opinion: '评议意见已保存' };

/** One of the declarations given to a judge, among the others in the order of the meeting. */
interface Given {
  seat: Seated;
  item: Item;
  score: number | null;
  remark: string;
  all: { id: string; name: string; score: number | null }[];
}
interface Refused {
  errors: PageError[];
  note?: RefusedNote;
}

/** J3: one declaration before a judge: text and attachments side by side, the judge's own notes, score, the opinion of the group, and on to the next one. */
export function readingRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  /** S30: nothing of a declaration that is not given to this judge. */
  async function given(visit: Visit): Promise<Given | undefined> {
    const seat = await seated(db, visit);
    const id = visit.param('declaration');
    if (!isUuid(id)) return undefined;
    const own = new Map((await listOwnItems(db, seat.m.id, seat.judgeId)).map((o) => [o.id, o]));
    if (!own.has(id)) return undefined;
    const items = (await listItems(db, seat.m.id)).filter((i) => own.has(i.id));
    const item = items.find((i) => i.id === id);
    return (
      item && {
        seat,
        item,
        score: own.get(id)?.score ?? null,
        remark: own.get(id)?.remark ?? '',
        all: items.map((i) => ({ id: i.id, name: i.name, score: own.get(i.id)?.score ?? null })),
      }
    );
  }

  /** Nothing, or to a substitute whose turn ended while the page was open (J2) where their text went: the same for everything that is not given to this judge. */
  const notTheirs = (visit: Visit): Reply =>
    visit.method === 'GET'
      ? notFound
      : refusal(409, '该申报没有分配给您，或者已退回原来的评委，本次填写的内容没有保存', {
          text: '返回评审会议',
          href: paths.sitting(meetingOf(visit).id),
        });

  /** What stands beside what; nothing of it once the meeting is over. */
  async function dossierOf(visit: Visit, g: Given, here: string, notes: readonly JudgeNote[], refused?: RefusedNote) {
    const subject = await findDeclarationSubject(db, g.item.id);
    if (!subject || !can(visit.actor, 'declaration.read', subject).ok) return undefined;
    const o = await openDossier(deps, g.item.id);
    const fileHref = (id: string): string => `${addressOf(here, { file: id })}#preview`;
    return {
      applicant: [
        { label: '姓名', text: o.applicant.name },
        { label: '性别', text: o.applicant.sex },
        { label: '民族', text: o.applicant.ethnicity },
        { label: '申报单位', text: o.unit },
      ],
      photoHref: photoOf(o),
      name: o.applicant.name,
      sections: sectionsToRead(o, { fileHref, notes, refused }),
      evidence: evidenceToRead(o, fileHref),
      preview: await previewBeside(deps, visit, o, fileHref),
    };
  }

  async function show(visit: Visit, refused: Refused = { errors: [] }): Promise<Reply> {
    const g = await given(visit);
    if (!g) return notTheirs(visit);
    const { seat, item } = g;
    const { m } = seat;
    const here = paths.sittingItem(m.id, item.id);
    const [catalogue, scores, notes] = [
      await deps.catalogue.get(),
      await listScores(db, m.id, item.id),
      await listJudgeNotes(db, cipher, { meetingId: m.id, judgeId: seat.judgeId, declarationId: item.id }),
    ];
    const dossier = await dossierOf(visit, g, here, notes, refused.note);
    const n = g.all.findIndex((i) => i.id === item.id);
    const to = (i: number): string | undefined => {
      const other = g.all[i];
      return other && paths.sittingItem(m.id, other.id);
    };
    const posted = (name: string): string | undefined =>
      visit.method === 'POST' && visit.body.has(name) ? visit.body.one(name) : undefined;
    const last = g.all.find((i) => i.id === visit.query.one('after'));
    const { errors } = refused;
    return page(
      'meetings/item',
      {
        title: `评审：${item.name}`,
        heading: item.name,
        breadcrumbs: sittingCrumbs(m, { text: item.name }),
        errors,
        ...(errors.length > 0
          ? {}
          : last
            ? {
                notice: {
                  kind: 'success',
                  text: `对${last.name}的评分已保存，下面是下一份`,
                  href: paths.sittingItem(m.id, last.id),
                  linkText: `返回查看${last.name}`,
                },
              }
            : doneNotice(visit, done)),
      },
      {
        item: itemLine(item, catalogue),
        version: item.version,
        storedOpinion: item.opinion,
        dossier,
        whole: notesToShow({ id: '', title: '整份申报', fields: [] }, notes, refused.note),
        // after the meeting the notes are read without the sections they are on
        keptNotes: dossier
          ? []
          : notes.map((x) => ({
              title: [declarationSections.find((s) => s.id === x.section)?.title ?? '整份申报', x.field].filter((t) => t !== '').join('，'),
              text: x.text,
            })),
        list: {
          previousHref: to(n - 1),
          nextHref: to(n + 1),
          text: `第 ${n + 1} 份，共 ${g.all.length} 份，已评分 ${g.all.filter((i) => i.score !== null).length} 份`,
        },
        action: here,
        noteAction: `${here}/notes`,
        file: visit.query.one('file'),
        recusalHref: addressOf(paths.sittingStep(m.id, 'recusal'), { item: item.id }),
        isOpen: m.state === 'reviewing',
        mayNote: m.state === 'reviewing' || m.state === 'voting',
        hasNext: g.all.some((i) => i.id !== item.id && i.score === null),
        score: posted('score') ?? (g.score === null ? '' : String(g.score)),
        remark: posted('remark') ?? g.remark,
        opinion: posted('opinion') ?? item.opinion,
        scores,
        needed: REVIEWERS_PER_ITEM,
      },
      errors.length > 0 ? 422 : 200,
    );
  }
  const again = (visit: Visit, texts: readonly string[], href: string): Promise<Reply> =>
    show(visit, { errors: texts.map((text): PageError => ({ text, href })) });

  /** After a score: stay, or the next one that has none yet, or the list when all have. */
  function onward(g: Given, isNext: boolean): Reply {
    const { id } = g.seat.m;
    const here = paths.sittingItem(id, g.item.id);
    if (!isNext) return seeOther(addressOf(here, { done: 'score' }));
    const n = g.all.findIndex((i) => i.id === g.item.id);
    const next = [...g.all.slice(n + 1), ...g.all.slice(0, n)].find((i) => i.score === null);
    return seeOther(
      next ? addressOf(paths.sittingItem(id, next.id), { after: g.item.id }) : addressOf(paths.sitting(id), { done: 'score' }),
    );
  }

  async function post(visit: Visit): Promise<Reply> {
    const g = await given(visit);
    if (!g) return notTheirs(visit);
    const { id } = g.seat.m;
    const declarationId = g.item.id;
    const act = visit.body.one('do');
    if (act === 'opinion') {
      const text = normaliseText(visit.body.one('opinion'));
      if (countCharacters(text) > WORDS) return again(visit, [`评议意见最多 ${WORDS} 个字`], '#opinion');
      const version = wholeNumber(visit.body.one('version')) ?? 0;
      const outcome = await writeOpinion(deps, visit.actor, id, { declarationId, text, version }, visit.requestId);
      if (outcome.kind === 'done') return seeOther(`${addressOf(paths.sittingItem(id, declarationId), { done: 'opinion' })}#group`);
      const why = outcome.kind === 'stale' ? ['其他评委刚刚修改了评议意见。您填写的内容还在，请对照现有意见修改后再保存'] : outcome.reasons;
      return again(visit, why, '#opinion');
    }
    const typed = toHalfWidth(visit.body.one('score')).trim();
    const score = /^\d{1,3}$/.test(typed) ? Number(typed) : NaN;
    if (!(score <= 100)) return again(visit, ['评分请填写 0 至 100 的整数'], '#score');
    const remark = normaliseText(visit.body.one('remark'));
    if (countCharacters(remark) > WORDS) return again(visit, [`评语最多 ${WORDS} 个字`], '#remark');
    const outcome = await scoreItem(deps, visit.actor, id, { declarationId, score, remark }, visit.requestId);
    return outcome.kind === 'done' ? onward(g, act === 'score-next') : again(visit, outcome.reasons, '#score');
  }

  /** The judge's own notes: what they say is in no log. */
  async function notes(visit: Visit): Promise<Reply> {
    const g = await given(visit);
    if (!g) return notTheirs(visit);
    const { m, judgeId } = g.seat;
    const desk = { meetingId: m.id, judgeId, declarationId: g.item.id };
    const here = paths.sittingItem(m.id, g.item.id);
    const section = visit.body.one('section');
    if (section !== '' && !declarationSections.some((s) => s.id === section))
      return refusal(400, '提交的内容格式不正确，请返回上一页重新操作', { text: '返回', href: here });
    const file = visit.body.one('file');
    const back = seeOther(`${file === '' ? here : addressOf(here, { file })}#${section === '' ? 'notes-' : `section-${section}`}`);
    const [act, note = ''] = visit.body.one('do').split(':');
    if (act === 'remove') {
      await inTransaction(db, (trx) => removeJudgeNote(trx, desk, wholeNumber(note) ?? 0));
      return back;
    }
    if (m.state !== 'reviewing' && m.state !== 'voting')
      return refusal(409, '评审会议已经结束，笔记没有保存', { text: '返回评审会议', href: paths.sitting(m.id) });
    const text = normaliseText(visit.body.one('text'));
    const field = visit.body.one('field').slice(0, 100);
    const refuse = (why: string): Promise<Reply> =>
      show(visit, { errors: [{ text: why, href: `#note-${section}` }], note: { section, field, typed: text } });
    if (text === '') return refuse('请填写笔记');
    if (countCharacters(text) > WORDS) return refuse(`笔记最多 ${WORDS} 个字，现有 ${countCharacters(text)} 个字`);
    const isKept = await inTransaction(db, (trx) => insertJudgeNote(trx, cipher, desk, { section, field, text }));
    return isKept ? back : refuse(`每份申报最多保存 ${MAX_NOTES} 条笔记，请先删除不需要的笔记`);
  }

  const one = paths.sittingItem(':meeting', ':declaration');
  return [
    { method: 'get', path: one, access: 'meeting.sit', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path: one, access: 'meeting.sit', audit: 'meeting.score, meeting.opinion', handle: post },
    { method: 'post', path: `${one}/notes`, access: 'meeting.sit', audit: null, handle: notes },
  ];
}
