import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { FormInput } from '../../http/form-input';
import { addressOf, countText } from '../../http/paging';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { showMoment } from '../../lib/moment';
import { isUuid, wholeNumber } from '../../lib/ids';
import { countCharacters, normaliseText } from '../../lib/text';
import { findBatch } from '../batches';
import { isByHand, moves, states, type MoveName } from '../../policy/declaration-moves';
import { movesFor, scope, type DeclarationSubject } from '../../policy/policy';
import {
  contentOfRound,
  declarationName,
  declarationSections,
  findDeclaration,
  findEvents,
  loadMoveDays,
  moveDeclaration,
  noInput,
  proposeCorrectionDay,
  readMoveInput,
  stateText,
  type DeclarationEvent,
} from '../declarations';
import { changesText, commentOf, doneText, isOnePress, lastAsked, returnMoves, roundSeenBefore } from './check.view';
import { evidenceToRead, openDossier, photoOf, previewBeside, sectionsToRead, type Dossier } from './dossier';
import { filterQuery, readFilter, type FilterRules, type QueueFilter } from './queue-filter';
import { findOwnAct } from './own-act.read';
import { countOf, countQueue, findNeighbours, findQueueRows } from './queue.read';
import type { QueuePage } from './queue.routes';
import { standardReasons } from './reasons';
import { returnDeclaration } from './return-declaration';
import { deskOf, insertNote, listNotes, listReasons, removeNote, type ReviewNote } from './review-notes.store';

const NOTE_LIMIT = 500;

/** What the pages of one declaration share. */
interface Opened extends Dossier {
  subject: DeclarationSubject;
  events: DeclarationEvent[];
  comparedWith: number | undefined;
  stop: number;
}

/** R1: the pages on which a reviewer checks one declaration of a list: text and attachments side by side, notes, 「通过」, 「退回」, and on to the next one. */
export function checkRoutes(deps: Deps, queue: QueuePage, rules: FilterRules): Route[] {
  const { db } = deps;
  const at = (id: string): string => `${queue.address}/${id}`;
  const filterOf = (query: FormInput): { filter: QueueFilter; query: string } => {
    const filter = readFilter(query, rules);
    // with its place: the way back leads to the page that the reader came from
    return { filter, query: filterQuery(filter, rules) };
  };
  /** the list as it stood in the page that posted; read and written anew, so that it can lead nowhere else */
  const postedQuery = (visit: Visit) => filterOf(new FormInput(new URLSearchParams(visit.body.one('back'))));
  const withQuery = (address: string, query: string, more: Record<string, string> = {}): string =>
    addressOf(address, new URLSearchParams([...new URLSearchParams(query), ...Object.entries(more)]).toString());

  async function open(visit: Visit): Promise<Opened> {
    const subject = declarationOf(visit);
    const events = await findEvents(db, subject.id);
    const { actor } = visit;
    let stop = 0;
    let comparedWith: number | undefined;
    const dossier = await openDossier(deps, subject.id, async (d) => {
      const own = actor.role === 'unit' ? subject.stopUnitIds.lastIndexOf(actor.unitId ?? -1) : (d.stop_position ?? 0);
      stop = Math.max(0, own);
      const round = roundSeenBefore(events, stop, d.round);
      const before = round === undefined ? undefined : await contentOfRound(db, d.id, round);
      comparedWith = before ? round : undefined;
      return before?.sections;
    });
    return { ...dossier, subject, events, comparedWith, stop };
  }

  const possible = (visit: Visit, subject: DeclarationSubject): MoveName[] => movesFor(visit.actor, subject);
  const returnsOf = (visit: Visit, subject: DeclarationSubject): MoveName[] => {
    const can = possible(visit, subject);
    return returnMoves.filter((m) => can.includes(m));
  };

  /** `problem`: a note that cannot be kept; `complaints`: why the press on a button did not go through. */
  async function checkPage(
    visit: Visit,
    problem?: { section: string; text: string; typed: string; field: string },
    complaints: readonly { text: string; href?: string }[] = [],
  ): Promise<Reply> {
    const isPosted = problem !== undefined || complaints.length > 0;
    const { filter, query } = isPosted ? postedQuery(visit) : filterOf(visit.query);
    const o = await open(visit);
    const { d } = o;
    const here = at(d.id);
    const seen = scope(visit.actor);
    const [neighbours, counts, notes, reasons] = [
      await findNeighbours(db, seen, filter, filter, d.id),
      await countQueue(db, seen, filter, [filter.show]),
      await listNotes(db, deskOf(visit.actor), d.id),
      await listReasons(db, deskOf(visit.actor)),
    ];
    const fileHref = (id: string): string => `${withQuery(here, query, { file: id })}#preview`;
    const can = possible(visit, o.subject);
    const canNote = returnsOf(visit, o.subject).length > 0;
    const asked = lastAsked(o.events, o.stop);
    const after = visit.query.one('after');
    const act = isUuid(after) && after !== d.id ? await findOwnAct(db, visit.actor, after) : undefined;
    const isStillSeen = act !== undefined && (await findQueueRows(db, seen, [act.id])).length > 0;
    const name = declarationName({ year: d.year }, o.batch.series, o.batch.level);
    const changed = o.sections.filter((s) => s.change !== 'same');
    const rest = countText(countOf(counts, filter.show), '项');
    const errors: PageError[] = [
      ...(problem ? [{ text: problem.text, href: `#note-${problem.section}` }] : []),
      ...complaints.map((c) => ({ text: c.text, href: c.href ?? '#act' })),
    ];
    const presses = can.filter(isOnePress);
    // R2: who has to give the rank at reporting gives it in the list
    const asksForRank = presses.includes('report') && d.rank_fixed_at === null && (await findBatch(db, d.batch_id))?.rankBy === 'unit';
    return page(
      'review/check',
      {
        title: `${o.applicant.name}：${name}`,
        heading: o.applicant.name,
        breadcrumbs: [homeCrumb, { text: queue.title, href: addressOf(queue.address, query) }, { text: o.applicant.name }],
        errors,
        ...(act
          ? {
              notice: {
                kind: 'success' as const,
                text: doneText(act),
                lines: ['下面是下一项。'],
                ...(isStillSeen ? { href: withQuery(at(act.id), query), linkText: `返回查看${act.name}的申报` } : {}),
              },
            }
          : {}),
      },
      {
        d: { id: d.id, round: d.round, committee: o.batch.committee },
        name,
        tag: { text: stateText(d.state, d.stop_position), colour: states[d.state].colour },
        list: {
          title: queue.title,
          href: addressOf(queue.address, query),
          previousHref: neighbours.previous && withQuery(at(neighbours.previous), query),
          nextHref: neighbours.next && withQuery(at(neighbours.next), query),
          text: `${queue.shows.find((s) => s.value === filter.show)?.text ?? ''} ${rest}`,
        },
        applicant: [
          { label: '姓名', text: o.applicant.name },
          { label: '性别', text: o.applicant.sex },
          { label: '民族', text: o.applicant.ethnicity },
          { label: '申报单位', text: o.unit },
          { label: '单位推荐排序', text: d.rank_n === null ? '尚未填写' : `${d.rank_n}/${d.rank_of ?? ''}` },
        ],
        photoHref: photoOf(o),
        changes:
          o.comparedWith === undefined
            ? undefined
            : { round: o.comparedWith, list: changed.map((s) => ({ text: `${s.title}（${changesText(s)}）`, href: `#section-${s.id}` })) },
        asked: asked && { by: asked.event.on_behalf_of, at: showMoment(asked.event.at), opinion: asked.event.opinion },
        sections: sectionsToRead(o, {
          fileHref,
          marks: o.comparedWith !== undefined,
          asked: asked?.of,
          notes: notes.map((n) => ({ ...n, at: n.created_at, by: n.author_name })),
          refused: problem,
        }),
        evidence: evidenceToRead(o, fileHref),
        canNote,
        noteAction: `${here}/notes`,
        reasons: [...standardReasons, ...reasons.map((r) => r.text)],
        noteCount: notes.length,
        preview: await previewBeside(deps, visit, o, fileHref),
        action: here,
        version: d.version,
        back: query,
        presses: presses
          .filter((m) => m !== 'report' || !asksForRank)
          .map((m) => ({ move: m, text: moves[m].text, note: moves[m].confirm })),
        returnHref: canNote ? withQuery(`${here}/return`, query) : undefined,
        others: can
          .filter((m) => isByHand(m) && !isOnePress(m) && !returnMoves.includes(m) && m !== 'report')
          .map((m) => ({ text: moves[m].text, href: paths.move(d.id, m), kind: moves[m].kind === 'danger' ? 'warning' : 'secondary' })),
        reportHref: can.includes('report') ? paths.report() : undefined,
        historyHref: paths.declaration(d.id),
        reviewFormHref: paths.reviewForm(d.id),
      },
      isPosted ? 422 : 200,
    );
  }

  /** After a move: the next declaration of the list, the one before it, or the list when it is empty. */
  async function goOn(visit: Visit, id: string, from: { filter: QueueFilter; query: string }): Promise<Reply> {
    const { next, previous } = await findNeighbours(db, scope(visit.actor), from.filter, from.filter, id);
    const to = next ?? previous;
    return seeOther(withQuery(to === undefined ? queue.address : at(to), from.query, { after: id }));
  }

  async function press(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    const from = postedQuery(visit);
    const asked = visit.body.one('do');
    const move = (Object.keys(moves) as MoveName[]).find((m) => m === asked && isOnePress(m));
    if (!move) return refusal(400, '提交的内容格式不正确，请返回上一页重新操作', { text: '返回列表', href: queue.address });
    const version = wholeNumber(visit.body.one('version'));
    const outcome = await inTransaction(db, (trx) =>
      moveDeclaration(deps, trx, id, move, visit.actor, { ...noInput, ...(version === undefined ? {} : { version }) }, visit.requestId),
    );
    const look = { text: '查看最新内容', href: withQuery(at(id), from.query) };
    switch (outcome.kind) {
      case 'moved':
        return goOn(visit, id, from);
      case 'hidden':
        return notFound;
      case 'not-now':
        return refusal(409, outcome.reason, look);
      case 'blocked':
        return checkPage(visit, undefined, outcome.complaints);
    }
  }

  async function notes(visit: Visit): Promise<Reply> {
    const subject = declarationOf(visit);
    const desk = deskOf(visit.actor);
    const { query } = postedQuery(visit);
    const section = declarationSections.find((s) => s.id === visit.body.one('section'))?.id;
    const back = (id: string): Reply => seeOther(`${withQuery(at(subject.id), query, { file: visit.body.one('file') })}#section-${id}`);
    if (section === undefined) return refusal(400, '提交的内容格式不正确，请返回上一页重新操作', { text: '返回列表', href: queue.address });
    const [act, id = ''] = visit.body.one('do').split(':');
    if (act === 'remove') {
      await inTransaction(db, (trx) => removeNote(trx, desk, subject.id, wholeNumber(id) ?? 0));
      return back(section);
    }
    if (returnsOf(visit, subject).length === 0)
      return refusal(409, '该申报当前不由贵单位处理，意见没有保存', { text: '查看最新内容', href: withQuery(at(subject.id), query) });
    const typed = normaliseText(visit.body.one('text'));
    const field = visit.body.one('field').slice(0, 100);
    const text = [typed, visit.body.one('reason')].filter((x) => x !== '').join('\n');
    if (text === '') return checkPage(visit, { section, text: '请填写意见，或者选择一条常用意见', typed, field });
    if (countCharacters(text) > NOTE_LIMIT)
      return checkPage(visit, { section, text: `意见最多 ${NOTE_LIMIT} 个字，现有 ${countCharacters(text)} 个字`, typed, field });
    const d = await findDeclaration(db, subject.id);
    await inTransaction(db, (trx) =>
      insertNote(trx, desk, { declaration: subject.id, round: d?.round ?? 0, section, field, text, by: visit.actor }),
    );
    return back(section);
  }

  // ---- 「退回」

  interface Typed {
    entries: Record<string, string>;
    ready: readonly string[];
  }

  async function returnPage(visit: Visit, from: { query: string }, typed?: Typed, errors: PageError[] = [], status = 200): Promise<Reply> {
    const o = await open(visit);
    const { d } = o;
    const desk = deskOf(visit.actor);
    const own: ReviewNote[] = await listNotes(db, desk, d.id);
    const kept = await listReasons(db, desk);
    const choices = returnsOf(visit, o.subject);
    const proposal = choices.includes('request-correction') ? await proposeCorrectionDay(db, d.batch_id) : undefined;
    const chosen = typed?.entries.to ?? choices[0];
    const comment = (id: string): string => (typed ? (typed.entries[`comment.${id}`] ?? '') : commentOf(own, id));
    return page(
      'review/return',
      {
        title: `退回：${o.applicant.name}`,
        breadcrumbs: [
          homeCrumb,
          { text: queue.title, href: addressOf(queue.address, from.query) },
          { text: o.applicant.name, href: withQuery(at(d.id), from.query) },
          { text: '退回' },
        ],
        errors,
      },
      {
        action: `${at(d.id)}/return`,
        back: from.query,
        backHref: withQuery(at(d.id), from.query),
        version: typed?.entries.version ?? d.version,
        isOvertaken: status === 409,
        choices: choices.map((m) => ({ value: m, text: moves[m].text, hint: moves[m].confirm, checked: m === chosen })),
        due: proposal !== undefined,
        dueHint: proposal?.hint,
        sections: o.sections.map((s) => ({
          id: s.id,
          title: s.title,
          checked: typed ? (typed.entries[`reopen.${s.id}`] ?? '') !== '' : comment(s.id) !== '',
          comment: comment(s.id),
        })),
        ready: [
          ...standardReasons.map((text, i) => ({ value: `standard:${i}`, text })),
          ...kept.map((r) => ({ value: `own:${r.id}`, text: r.text })),
        ].map((r) => ({ ...r, checked: typed?.ready.includes(r.value) ?? false })),
        opinion: typed?.entries.opinion ?? '',
        dueOn: typed?.entries.dueOn ?? proposal?.day ?? '',
        reasonsHref: paths.returnReasons(),
      },
      status,
    );
  }

  async function postReturn(visit: Visit): Promise<Reply> {
    const subject = declarationOf(visit);
    const from = postedQuery(visit);
    const ready = visit.body.all('ready');
    const typed: Typed = { entries: Object.fromEntries(visit.body.entries().filter(([k]) => k !== 'ready')), ready };
    const asked = visit.body.one('to');
    const move = returnMoves.find((m) => m === asked);
    if (!move) return returnPage(visit, from, typed, [{ text: '请选择退回给谁', href: '#to' }], 422);
    const kept = await listReasons(db, deskOf(visit.actor));
    const words = new Map<string, string>([
      ...standardReasons.map((text, i): [string, string] => [`standard:${i}`, text]),
      ...kept.map((r): [string, string] => [`own:${r.id}`, r.text]),
    ]);
    const opinion = [visit.body.one('opinion'), ...ready.map((r) => words.get(r) ?? '')].filter((x) => x.trim() !== '').join('\n');
    const days = await loadMoveDays(db);
    const { input, complaints } = readMoveInput(
      move,
      { one: (n) => (n === 'opinion' ? opinion : visit.body.one(n)), has: (n) => visit.body.has(n) },
      declarationSections.map((s) => s.id),
      days,
    );
    if (complaints.length > 0)
      return returnPage(
        visit,
        from,
        typed,
        complaints.map((c) => ({ text: c.text, href: c.href ?? '#main' })),
        422,
      );
    const outcome = await returnDeclaration(deps, visit.actor, { id: subject.id, move, input, requestId: visit.requestId });
    switch (outcome.kind) {
      case 'moved':
        return goOn(visit, subject.id, from);
      case 'hidden':
        return notFound;
      case 'not-now':
        return returnPage(visit, from, typed, [{ text: outcome.reason, href: '#main' }], 409);
      case 'blocked':
        return returnPage(
          visit,
          from,
          typed,
          outcome.complaints.map((c) => ({ text: c.text, href: c.href ?? '#main' })),
          422,
        );
    }
  }

  async function showReturn(visit: Visit): Promise<Reply> {
    const subject = declarationOf(visit);
    const { query } = filterOf(visit.query);
    if (returnsOf(visit, subject).length === 0)
      return refusal(409, '该申报当前不由贵单位处理，不能退回', { text: '查看最新内容', href: withQuery(at(subject.id), query) });
    return returnPage(visit, { query });
  }

  const one = `${queue.address}/:declaration`;
  const returns = returnMoves.map((m) => `declaration.${m}`).join(' ');
  return [
    { method: 'get', path: one, access: 'declaration.check', audit: null, handle: (visit) => checkPage(visit) },
    {
      method: 'post',
      path: one,
      access: 'declaration.check',
      audit: queue.moves
        .filter(isOnePress)
        .map((m) => `declaration.${m}`)
        .join(' '),
      handle: press,
    },
    { method: 'post', path: `${one}/notes`, access: 'declaration.check', audit: null, handle: notes },
    { method: 'get', path: `${one}/return`, access: 'declaration.check', audit: null, handle: showReturn },
    { method: 'post', path: `${one}/return`, access: 'declaration.check', audit: returns, handle: postReturn },
  ];
}
