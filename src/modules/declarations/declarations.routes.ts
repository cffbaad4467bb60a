import { randomBytes } from 'node:crypto';
import { databaseNow, inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { completenessOf } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { formModel, problemLinks } from '../../form/form-model';
import { readSection } from '../../form/read-section';
import { fieldId, type Problem, type SectionDefinition } from '../../form/section';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { declarationOf, notFound, page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { appendAudit } from '../../audit/audit.store';
import type { Role } from '../../policy/actor';
import { moveNames, moves, refusalReasons, states, type MoveName } from '../../policy/declaration-moves';
import { can, movesFor } from '../../policy/policy';
import { receiveFiles } from '../attachments';
import { findBatch, listOpenBatches } from '../batches';
import { levelText } from '../catalogue';
import { searchUnits } from '../units';
import { findHolderContact, listOwnDeclarations } from './declarations.read';
import {
  deleteDraft,
  findDeclaration,
  findEvents,
  findStops,
  findVote,
  hasCommitment,
  lockDeclaration,
  type Declaration,
  type DeclarationEvent,
  type SectionComment,
} from './declarations.store';
import { chainOf, moveButtons, stateText, summaryOf, timelineOf } from './declarations.view';
import { currentContent } from './freeze-version';
import { formComplaints } from './guards';
import { loadDeclaration, sectionsOf, type LoadedDeclaration } from './load-declaration';
import { moveDeclaration } from './move-declaration';
import { noInput, readMoveInput } from './move-input';
import { saveSection, type SaveOutcome } from './save-section';
import { findSection, sections } from './sections';
import { startDeclaration } from './start-declaration';

const newToken = (): string => randomBytes(18).toString('base64url');
const sectionTitle = (id: string): string => findSection(id)?.title ?? id;
const home: Crumb = { text: '首页', href: paths.home() };
const mine: Crumb = { text: '我的申报信息', href: paths.declarations() };

/** The list a reviewer comes from and goes back to. */
function listOf(role: Role): Crumb[] {
  if (role === 'unit') return [{ text: '职称申报数据审核', href: paths.review() }];
  if (role === 'office') return [{ text: '申报受理与评审', href: paths.office() }];
  return role === 'bureau' ? [{ text: '评审结果确认', href: paths.results() }] : [];
}

/** Where the work goes on after a move. */
const nextAfter: Partial<Record<MoveName, { href: string; linkText: string }>> = {
  pass: { href: paths.report(), linkText: '职称申报数据上报' },
  publish: { href: paths.publicities(), linkText: '查看「结果公示」' },
};

/** 「2026年度群众文化初级职称」: how a declaration is called on pages. */
const nameOf = (d: { year: number }, seriesName: string, level: string): string => `${d.year}年度${seriesName}${level}`;

function commentsFor(events: readonly DeclarationEvent[], d: Declaration): SectionComment[] {
  if (d.state !== 'returned_to_applicant' && d.state !== 'correction') return [];
  return [...events].reverse().find((e) => e.to_state === d.state)?.comments ?? [];
}

interface FileMessages {
  problems: string[];
  notes: string[];
}

export function declarationsRoutes(deps: Deps): Route[] {
  const row = async (visit: Visit): Promise<Declaration> => {
    const d = await findDeclaration(deps.db, declarationOf(visit).id);
    if (!d) throw new Error('the declaration vanished between guard and handler');
    return d;
  };

  // ---- D0: the list, a new one, the commitment

  async function list(visit: Visit): Promise<Reply> {
    const rows = await listOwnDeclarations(deps.db, visit.actor.accountId);
    const removed = visit.query.one('deleted') === '1';
    return page(
      'declarations/list',
      {
        title: '我的申报信息',
        breadcrumbs: [home, { text: '我的申报信息' }],
        ...(removed ? { notice: { kind: 'success' as const, text: '草稿已删除' } } : {}),
      },
      {
        rows: rows.map((r) => ({
          ...r,
          name: nameOf(r, r.series_name, levelText(r.level)),
          state: { text: states[r.state].text, colour: states[r.state].colour, advice: states[r.state].forApplicant },
          href: paths.declaration(r.id),
          moved: showMoment(r.moved_at),
          closes: showMoment(r.applicant_closes_at),
          isDraft: r.state === 'draft',
          isOver: states[r.state].final === true,
          certificate: r.certificate_number === null ? undefined : { href: paths.certificate(r.id), revoked: r.certificate_revoked },
        })),
      },
    );
  }

  async function chooseBatch(visit: Visit): Promise<Reply> {
    const open = (await listOpenBatches(deps.db)).filter((b) => b.isOpenForApplicants);
    const own = new Map(
      (await listOwnDeclarations(deps.db, visit.actor.accountId)).map((d) => [
        `${d.year}/${d.committee_name}/${d.series_name}/${d.level}`,
        d.id,
      ]),
    );
    const wanted = visit.query.one('q').trim().slice(0, 50);
    const shown =
      wanted === '' ? open : open.filter((b) => `${b.committeeName}${b.seriesName}${b.levelText}${b.divisionName}`.includes(wanted));
    return page(
      'declarations/choose-batch',
      { title: '新增申报信息', breadcrumbs: [home, mine, { text: '新增申报信息' }] },
      {
        q: wanted,
        batches: shown.map((b) => ({
          name: nameOf(b, b.seriesName, b.levelText),
          committee: b.committeeName,
          closes: showMoment(b.applicantClosesAt),
          href: paths.commitment(b.id),
          existing: own.get(`${b.year}/${b.committeeName}/${b.seriesName}/${b.level}`),
        })),
        anyOpen: open.length > 0,
      },
    );
  }

  const batchId = (visit: Visit): number => (/^\d{1,15}$/.test(visit.param('batch')) ? Number(visit.param('batch')) : 0);

  async function commitment(visit: Visit): Promise<Reply> {
    const batch = await findBatch(deps.db, batchId(visit));
    if (!batch) return notFound;
    if (!batch.isOpenForApplicants)
      return refusal(403, `「${batch.committeeName}」现在不在个人申报时间内`, { text: '返回我的申报信息', href: paths.declarations() });
    return page(
      'declarations/commitment',
      { title: '申报承诺书', breadcrumbs: [home, mine, { text: '申报承诺书' }] },
      {
        batch: { ...batch, closes: showMoment(batch.applicantClosesAt) },
        name: nameOf(batch, batch.seriesName, batch.levelText),
        accepted: await hasCommitment(deps.db, visit.actor.accountId, batch.id),
      },
    );
  }

  async function start(visit: Visit): Promise<Reply> {
    const outcome = await startDeclaration(deps, visit.actor, batchId(visit), visit.body.one('agree') === 'yes', visit.requestId);
    switch (outcome.kind) {
      case 'started':
        return seeOther(outcome.isNew ? paths.section(outcome.id, sections[0]?.id ?? '') : paths.declaration(outcome.id));
      case 'no-batch':
        return notFound;
      case 'closed':
        return refusal(403, '现在不在个人申报时间内', { text: '返回我的申报信息', href: paths.declarations() });
      case 'commitment-needed':
        return seeOther(paths.commitment(batchId(visit)));
    }
  }

  // ---- D1, D16: overview and status

  async function holderOf(d: Declaration): Promise<{ name: string; phone: string } | undefined> {
    const c = await findHolderContact(deps.db, d.holder_unit_id, d.holder_committee_id);
    return c && { name: c.name, phone: c.mobile ? `${c.contact} ${deps.cipher.decrypt(c.mobile, 'unit.mobile')}` : c.phone };
  }

  function taskOf(loaded: LoadedDeclaration, s: SectionDefinition, comments: readonly SectionComment[]) {
    const { row: d } = loaded;
    const checked = loaded.check(s);
    const isOpen = d.reopened_sections === null || d.reopened_sections.includes(s.id);
    const wanted = comments.filter((c) => c.section === s.id);
    const complete = completenessOf(checked);
    const status =
      wanted.length > 0
        ? { text: '退回修改', colour: 'orange' }
        : complete === 'complete'
          ? checked.isBlank && !loaded.stored.has(s.id)
            ? { text: '选填' }
            : { text: '已完成' }
          : complete === 'blank' && !loaded.stored.has(s.id)
            ? { text: '未填写', colour: 'grey' }
            : { text: `填写中，还有 ${checked.problems.length} 项`, colour: 'blue' };
    return {
      title: s.title,
      ...(isOpen ? { href: paths.section(d.id, s.id) } : {}),
      ...(wanted.length > 0 ? { hint: wanted.map((c) => `修改意见：${c.text}`).join('；') } : isOpen ? {} : { hint: '本次不需要修改' }),
      status,
    };
  }

  async function overview(visit: Visit): Promise<Reply> {
    const d = await row(visit);
    const subject = declarationOf(visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const events = await findEvents(deps.db, d.id);
    const stops = await findStops(deps.db, d.id);
    const isOwner = visit.actor.accountId === d.person_id;
    const editable = can(visit.actor, 'declaration.edit', subject).ok;
    const holder = await holderOf(d);
    const name = nameOf(d, loaded.batch.seriesName, loaded.batch.levelText);
    const done = visit.query.one('done');
    const doneText = (moveNames as string[]).includes(done) ? `已完成「${moves[done as MoveName].text}」` : undefined;
    const comments = commentsFor(events, d);
    const { content, sha256 } = await currentContent(deps, deps.db, loaded, !editable);
    const vote = await findVote(deps.db, d.id);
    const last = [...events].reverse().find((e) => e.to_state === d.state);
    const back = [home, ...(isOwner ? [mine] : listOf(visit.actor.role))];
    const days = Math.ceil((loaded.batch.applicantClosesAt.getTime() - (await databaseNow(deps.db)).now.getTime()) / 86_400_000);
    return page(
      'declarations/overview',
      {
        title: isOwner ? name : `${d.applicant_name}：${name}`,
        breadcrumbs: [...back, { text: isOwner ? '申报详情' : d.applicant_name }],
        ...(doneText ? { notice: { kind: 'success' as const, text: doneText, ...nextAfter[done as MoveName] } } : {}),
      },
      {
        d: { id: d.id, round: d.round, applicant: d.applicant_name, committee: loaded.batch.committeeName },
        isOwner,
        editable,
        state: { text: stateText(d.state, d.stop_position), colour: states[d.state].colour },
        advice: isOwner ? states[d.state].forApplicant : '',
        returned:
          editable && last && d.state !== 'draft'
            ? { opinion: last.opinion, by: last.on_behalf_of, at: showMoment(last.at), dueOn: d.correction_due_on }
            : undefined,
        tasks: editable ? sectionsOf(loaded).map((s) => taskOf(loaded, s, comments)) : [],
        deadline: { at: showMoment(loaded.batch.applicantClosesAt), days, isOpen: loaded.batch.isOpenForApplicants },
        buttons: moveButtons(d.id, movesFor(visit.actor, subject)).filter((b) => !editable || !['submit', 'resubmit'].includes(b.move)),
        checkHref: paths.checkAnswers(d.id),
        deleteHref: isOwner && d.state === 'draft' ? paths.deleteDraft(d.id) : undefined,
        reviewFormHref: paths.reviewForm(d.id),
        certificateHref: d.state === 'certified' ? paths.certificate(d.id) : undefined,
        sections: editable ? [] : content.sections.map((s) => summaryOf(d.id, s)),
        applicant: content.applicant,
        photoHref: content.applicant.photoSha256 && !isOwner ? paths.photo(d.id) : undefined,
        sha256,
        rank: d.rank_n === null ? undefined : `${d.rank_n}/${d.rank_of}`,
        vote,
        steps: timelineOf({
          events,
          state: d.state,
          stopPosition: d.stop_position,
          ...(holder ? { holder } : {}),
          movedAt: d.moved_at,
          sectionTitle,
        }),
        stops:
          stops.length > 0
            ? chainOf(
                stops,
                d.applicant_name,
                d.holder_unit_id === null && d.holder_committee_id === null ? null : d.stop_position,
                states[d.state].final === true,
              )
            : [],
      },
    );
  }

  // ---- D1: one section

  interface SectionView {
    section: SectionDefinition;
    d: Declaration;
    raw?: RawSection;
    messages?: FileMessages;
    showProblems: boolean;
    saved: boolean;
  }

  async function renderSection(visit: Visit, v: SectionView): Promise<Reply> {
    const { section, d } = v;
    const loaded = await loadDeclaration(deps, deps.db, d, v.raw ? { section, raw: v.raw } : undefined);
    const raw = loaded.typed(section);
    const checked = loaded.check(section);
    const problems: Problem[] = v.showProblems ? checked.problems : [];
    const action = paths.section(d.id, section.id);
    const form = formModel({
      section,
      raw,
      ctx: loaded.context(section),
      problems,
      action,
      token: newToken(),
      version: loaded.stored.get(section.id)?.version ?? 0,
      buttons: [
        { value: 'next', text: '保存并继续', kind: 'primary' },
        { value: 'save', text: '保存', kind: 'secondary' },
      ],
      files: { view: (id) => paths.attachment(d.id, id), thumbnail: (id) => paths.thumbnail(d.id, id) },
      unitSearch: (field) => paths.findUnit(d.id, section.id, field),
    });
    const all = sectionsOf(loaded);
    const at = all.indexOf(section);
    const events = d.state === 'draft' ? [] : await findEvents(deps.db, d.id);
    const hasFileProblems = (v.messages?.problems.length ?? 0) > 0;
    return page(
      'declarations/section',
      {
        title: section.title,
        breadcrumbs: [
          home,
          mine,
          { text: nameOf(d, loaded.batch.seriesName, loaded.batch.levelText), href: paths.declaration(d.id) },
          { text: section.title },
        ],
        errors: [...(v.messages?.problems ?? []).map((text) => ({ text, href: '#form' })), ...problemLinks(problems)],
        ...(v.saved && !hasFileProblems
          ? {
              notice: {
                kind: 'success' as const,
                text:
                  ['已保存', ...(v.messages?.notes ?? [])].join('。') +
                  (problems.length > 0 ? '。以下内容在「确定申报」之前还需要修改或者补充' : ''),
              },
            }
          : {}),
      },
      {
        form,
        intro: section.intro ?? [],
        position: { number: at + 1, of: all.length },
        previous: all[at - 1] ? { text: all[at - 1]?.title, href: paths.section(d.id, all[at - 1]?.id ?? '') } : undefined,
        overviewHref: paths.declaration(d.id),
        comments: commentsFor(events, d).filter((c) => c.section === section.id),
        savedAt: showMoment(loaded.stored.get(section.id)?.updated_at),
      },
    );
  }

  async function showSection(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    if (!section) return notFound;
    const d = await row(visit);
    const saved = visit.query.one('saved') === '1';
    const messages = await findDraft<FileMessages>(deps.db, deps.cipher, 'file-problems', visit.owner, visit.query.one('messages'));
    return renderSection(visit, {
      section,
      d,
      saved,
      showProblems: visit.query.one('saved') !== '' || visit.query.one('check') === '1',
      ...(messages ? { messages } : {}),
    });
  }

  async function save(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    if (!section) return notFound;
    const { id } = declarationOf(visit);
    const action = visit.body.one('do') || 'save';
    const version = Number(/^\d{1,9}$/.test(visit.body.one('version')) ? visit.body.one('version') : '0');
    const d = await row(visit);
    const before = (await loadDeclaration(deps, deps.db, d)).typed(section);
    const files = await receiveFiles(deps, id, section, readSection(section, visit.body, before), visit.files);
    const outcome = await saveSection(deps, {
      id,
      section,
      form: visit.body,
      version,
      action,
      uploads: files.good,
      actor: visit.actor,
      requestId: visit.requestId,
    });
    const messages =
      files.problems.length + files.notes.length > 0
        ? await keepDraft(deps.db, deps.cipher, 'file-problems', visit.owner, { problems: files.problems, notes: files.notes }, 30)
        : undefined;
    return afterSave(visit, section, action, outcome, messages);
  }

  async function afterSave(
    visit: Visit,
    section: SectionDefinition,
    action: string,
    outcome: SaveOutcome,
    messages: string | undefined,
  ): Promise<Reply> {
    const { id } = declarationOf(visit);
    switch (outcome.kind) {
      case 'hidden':
        return notFound;
      case 'closed':
        return refusal(403, outcome.reason, { text: '返回申报详情', href: paths.declaration(id) });
      case 'conflict':
        return showConflict(visit, section, outcome);
      case 'saved':
    }
    const here = paths.section(id, section.id);
    const note = messages ? `&messages=${messages}` : '';
    if (action.startsWith('find-unit:')) return seeOther(paths.findUnit(id, section.id, action.slice('find-unit:'.length)));
    if (outcome.addedRow) return seeOther(`${here}#row-${outcome.addedRow.part}-${outcome.addedRow.id}`);
    if (action === 'next' || action === 'save') {
      const d = await row(visit);
      const loaded = await loadDeclaration(deps, deps.db, d);
      const hasProblems = loaded.check(section).problems.length > 0 || messages !== undefined;
      if (action === 'save' || hasProblems) return seeOther(`${here}?saved=1${note}${hasProblems ? '#error-summary' : ''}`);
      const all = sectionsOf(loaded).filter((s) => d.reopened_sections === null || d.reopened_sections.includes(s.id));
      const following = all[all.indexOf(section) + 1];
      return seeOther(following ? paths.section(id, following.id) : paths.declaration(id));
    }
    const part = action.startsWith('upload:')
      ? `#f-${action.slice('upload:'.length).replaceAll('.', '-')}`
      : action.startsWith('remove-row:')
        ? `#part-${action.split(':')[1] ?? ''}`
        : '';
    return seeOther(`${here}${messages ? `?messages=${messages}` : ''}${part}`);
  }

  /** D1: two tabs. Both texts side by side; the choice is made field by field. */
  async function showConflict(visit: Visit, section: SectionDefinition, c: Extract<SaveOutcome, { kind: 'conflict' }>): Promise<Reply> {
    const { id } = declarationOf(visit);
    const d = await row(visit);
    const kept = await keepDraft(
      deps.db,
      deps.cipher,
      'conflict',
      visit.owner,
      { declaration: id, section: section.id, typed: c.typed },
      24 * 60,
    );
    const mineLoaded = await loadDeclaration(deps, deps.db, d, { section, raw: c.typed });
    const storedLoaded = await loadDeclaration(deps, deps.db, d);
    const text = (loaded: LoadedDeclaration, raw: RawSection) => flatText(loaded, section, raw);
    const typed = text(mineLoaded, c.typed);
    const stored = text(storedLoaded, c.stored);
    const rows = [...new Set([...typed.keys(), ...stored.keys()])]
      .filter((k) => typed.get(k)?.text !== stored.get(k)?.text)
      .map((key) => ({
        key,
        label: (typed.get(key) ?? stored.get(key))?.label ?? '',
        mine: typed.get(key)?.text ?? '',
        saved: stored.get(key)?.text ?? '',
      }));
    return page(
      'declarations/conflict',
      {
        title: '内容已被更改',
        breadcrumbs: [home, mine, { text: section.title, href: paths.section(id, section.id) }, { text: '内容已被更改' }],
      },
      {
        choice: {
          action: paths.section(id, section.id),
          version: c.storedVersion,
          fields: { resolve: kept },
          rows,
          cancelHref: paths.section(id, section.id),
        },
      },
      409,
    );
  }

  async function resolveConflict(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    const { id } = declarationOf(visit);
    const kept = await findDraft<{ declaration: string; section: string; typed: RawSection }>(
      deps.db,
      deps.cipher,
      'conflict',
      visit.owner,
      visit.body.one('resolve'),
    );
    if (!section || kept?.declaration !== id || kept.section !== section.id) {
      return refusal(410, '页面已过期，请重新打开该项目', { text: '返回填写页面', href: paths.section(id, visit.param('section')) });
    }
    const d = await row(visit);
    const stored = (await loadDeclaration(deps, deps.db, d)).typed(section);
    const merged = mergeChoices(section, kept.typed, stored, (key) => visit.body.one(`keep.${key}`) !== 'saved');
    const version = Number(/^\d{1,9}$/.test(visit.body.one('version')) ? visit.body.one('version') : '0');
    const form = postedFrom(section, merged);
    const outcome = await saveSection(deps, {
      id,
      section,
      form,
      version,
      action: 'save',
      uploads: [],
      actor: visit.actor,
      requestId: visit.requestId,
    });
    return afterSave(visit, section, 'save', outcome, undefined);
  }

  // ---- D2: looking for the unit

  async function findUnit(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    const field = visit.query.one('field');
    const known = section?.parts.some(
      (p) => p.kind === 'group' && p.fields.some((f) => f.type === 'unitPicker' && `${p.id}.${f.id}` === field),
    );
    if (!section || !known) return notFound;
    const { id } = declarationOf(visit);
    const q = visit.query.one('q').trim().slice(0, 60);
    const found = q === '' ? { rows: [], total: 0, more: false } : await searchUnits(deps.db, q, 20);
    return page(
      'declarations/find-unit',
      { title: '查找单位', breadcrumbs: [home, mine, { text: section.title, href: paths.section(id, section.id) }, { text: '查找单位' }] },
      {
        q,
        field,
        action: paths.findUnit(id, section.id, field),
        results: {
          q,
          units: found.rows
            .filter((u) => u.permitted)
            .map((u) => ({ id: u.id, name: u.name, detail: `${u.divisionName}　${u.creditCode}` })),
          more: found.more,
        },
        unpermitted: found.rows.filter((u) => !u.permitted).map((u) => u.name),
        backHref: `${paths.section(id, section.id)}#f-${field.replace('.', '-')}`,
      },
    );
  }

  async function chooseUnit(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    const { id } = declarationOf(visit);
    const field = visit.body.one('field');
    const unit = visit.body.one('unit');
    const [partId = '', fieldName = ''] = field.split('.');
    if (
      !section?.parts.some(
        (p) => p.kind === 'group' && p.id === partId && p.fields.some((f) => f.type === 'unitPicker' && f.id === fieldName),
      )
    )
      return notFound;
    if (!/^\d{1,15}$/.test(unit)) return seeOther(paths.findUnit(id, section.id, field));
    const d = await row(visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const raw = loaded.typed(section);
    raw.groups[partId] = { ...raw.groups[partId], [fieldName]: unit };
    const outcome = await saveSection(deps, {
      id,
      section,
      form: postedFrom(section, raw),
      version: loaded.stored.get(section.id)?.version ?? 0,
      action: 'choose-unit',
      uploads: [],
      actor: visit.actor,
      requestId: visit.requestId,
    });
    if (outcome.kind === 'saved') return seeOther(`${paths.section(id, section.id)}#${fieldId({ part: partId, field: fieldName })}`);
    return afterSave(visit, section, 'save', outcome, undefined);
  }

  // ---- D15: everything once more, then 确定申报

  async function checkAnswers(visit: Visit): Promise<Reply> {
    const d = await row(visit);
    const subject = declarationOf(visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const { content } = await currentContent(deps, deps.db, loaded, false);
    const complaints = await formComplaints(deps, deps.db, d);
    const move: MoveName = d.state === 'draft' ? 'submit' : 'resubmit';
    const photoMissing = content.applicant.photoSha256 === null;
    const open = (s: string): boolean => d.reopened_sections === null || d.reopened_sections.includes(s);
    return page(
      'declarations/check',
      {
        title: `${moves[move].text}前核对`,
        heading: '请核对申报内容',
        breadcrumbs: [
          home,
          mine,
          { text: nameOf(d, loaded.batch.seriesName, loaded.batch.levelText), href: paths.declaration(d.id) },
          { text: '核对' },
        ],
      },
      {
        complaints,
        photoMissing,
        sections: content.sections.map((s) => summaryOf(d.id, s, open(s.id) ? { changeHref: paths.section(d.id, s.id) } : {})),
        unit: content.unit,
        canMove: can(visit.actor, `declaration.${move}`, subject).ok,
        deadline: { at: showMoment(loaded.batch.applicantClosesAt), isOpen: loaded.batch.isOpenForApplicants || move === 'resubmit' },
        move: { text: moves[move].text, confirm: moves[move].confirm, action: paths.move(d.id, move) },
        version: d.version,
        overviewHref: paths.declaration(d.id),
        reviewFormHref: paths.reviewForm(d.id),
      },
    );
  }

  // ---- the moves: one confirm page and one act for each row of the table

  async function movePage(
    visit: Visit,
    move: MoveName,
    errors: { text: string; href?: string }[] = [],
    typed: Record<string, string> = {},
  ): Promise<Reply> {
    const d = await row(visit);
    if (move === 'submit' || move === 'resubmit') {
      if (errors.length === 0) return seeOther(paths.checkAnswers(d.id));
    }
    const loaded = await loadDeclaration(deps, deps.db, d);
    const rule = moves[move];
    const name = nameOf(d, loaded.batch.seriesName, loaded.batch.levelText);
    return page(
      'declarations/move',
      {
        title: rule.text,
        breadcrumbs: [
          home,
          ...(visit.actor.role === 'person' ? [mine] : []),
          { text: visit.actor.role === 'person' ? name : d.applicant_name, href: paths.declaration(d.id) },
          { text: rule.text },
        ],
        errors: errors.map((e) => ({ text: e.text, href: e.href ?? '#main' })),
      },
      {
        move: { name: move, ...rule },
        action: paths.move(d.id, move),
        backHref: paths.declaration(d.id),
        version: d.version,
        facts: [
          { label: '申报人', text: d.applicant_name },
          { label: '申报', text: name },
          { label: '申报单位', text: loaded.context(sections[0] as SectionDefinition).unit(String(d.unit_id ?? ''))?.name ?? '' },
          { label: '当前状态', text: stateText(d.state, d.stop_position) },
        ],
        needs: {
          opinion: rule.needs.includes('opinion'),
          comments: rule.needs.includes('comments'),
          reason: rule.needs.includes('reason'),
          due: rule.needs.includes('due-date'),
          vote: rule.needs.includes('vote'),
        },
        sections: sectionsOf(loaded).map((s) => ({
          id: s.id,
          title: s.title,
          checked: (typed[`reopen.${s.id}`] ?? '') !== '',
          comment: typed[`comment.${s.id}`] ?? '',
        })),
        reasons: refusalReasons,
        typed,
        rank: move === 'report' && loaded.batch.rankBy === 'unit' && d.rank_fixed_at === null,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function makeMove(visit: Visit, move: MoveName): Promise<Reply> {
    const { id } = declarationOf(visit);
    const { today } = await databaseNow(deps.db);
    const { input, complaints } = readMoveInput(
      move,
      visit.body,
      sections.map((s) => s.id),
      today,
    );
    const typed = Object.fromEntries(visit.body.entries());
    if (complaints.length > 0) return movePage(visit, move, complaints, typed);
    const outcome = await inTransaction(deps.db, async (trx) => {
      const result = await moveDeclaration(deps, trx, id, move, visit.actor, { ...noInput, ...input }, visit.requestId);
      return result;
    });
    switch (outcome.kind) {
      case 'moved':
        return seeOther(`${paths.declaration(id)}?done=${move}`);
      case 'hidden':
        return notFound;
      case 'not-now':
        return refusal(409, outcome.reason, { text: '查看最新内容', href: paths.declaration(id) });
      case 'blocked':
        return movePage(visit, move, outcome.complaints, typed);
    }
  }

  const moveRoutes = moveNames.flatMap((move): Route[] => [
    {
      method: 'get',
      path: `/declarations/:declaration/moves/${move}`,
      access: `declaration.${move}`,
      audit: null,
      handle: (visit) => movePage(visit, move),
    },
    {
      method: 'post',
      path: `/declarations/:declaration/moves/${move}`,
      access: `declaration.${move}`,
      audit: `declaration.${move}`,
      handle: (visit) => makeMove(visit, move),
    },
  ]);

  // ---- a draft nobody wants

  async function askDelete(visit: Visit): Promise<Reply> {
    const d = await row(visit);
    if (d.state !== 'draft') return refusal(403, '已经提交过的申报不能删除', { text: '返回申报详情', href: paths.declaration(d.id) });
    return page(
      'declarations/delete',
      { title: '删除草稿', breadcrumbs: [home, mine, { text: '删除草稿' }] },
      { action: paths.deleteDraft(d.id), backHref: paths.declaration(d.id) },
    );
  }
  async function remove(visit: Visit): Promise<Reply> {
    const { id } = declarationOf(visit);
    return inTransaction(deps.db, async (trx) => {
      const d = await lockDeclaration(trx, id);
      if (d?.state !== 'draft') return refusal(403, '已经提交过的申报不能删除', { text: '返回申报详情', href: paths.declaration(id) });
      await deleteDraft(trx, id);
      await appendAudit(trx, {
        actorId: visit.actor.accountId,
        actorName: visit.actor.name,
        action: 'declaration.delete',
        subjectKind: 'declaration',
        subjectId: id,
        requestId: visit.requestId,
      });
      return seeOther(`${paths.declarations()}?deleted=1`);
    });
  }

  return [
    { method: 'get', path: '/declarations', access: 'declarations.own', audit: null, handle: list },
    { method: 'get', path: '/declarations/new', access: 'declaration.start', audit: null, handle: chooseBatch },
    { method: 'get', path: '/declarations/new/:batch', access: 'declaration.start', audit: null, handle: commitment },
    { method: 'post', path: '/declarations/new/:batch', access: 'declaration.start', audit: 'declaration.start', handle: start },
    { method: 'get', path: '/declarations/:declaration', access: 'declaration.read', audit: null, handle: overview },
    { method: 'get', path: '/declarations/:declaration/sections/:section', access: 'declaration.edit', audit: null, handle: showSection },
    {
      method: 'post',
      path: '/declarations/:declaration/sections/:section',
      access: 'declaration.edit',
      audit: 'section.save',
      files: 20,
      handle: (visit) => (visit.body.has('resolve') ? resolveConflict(visit) : save(visit)),
    },
    {
      method: 'get',
      path: '/declarations/:declaration/sections/:section/find-unit',
      access: 'declaration.edit',
      audit: null,
      handle: findUnit,
    },
    {
      method: 'post',
      path: '/declarations/:declaration/sections/:section/find-unit',
      access: 'declaration.edit',
      audit: 'section.save',
      handle: chooseUnit,
    },
    { method: 'get', path: '/declarations/:declaration/check', access: 'declaration.edit', audit: null, handle: checkAnswers },
    { method: 'get', path: '/declarations/:declaration/delete', access: 'declaration.edit', audit: null, handle: askDelete },
    { method: 'post', path: '/declarations/:declaration/delete', access: 'declaration.edit', audit: 'declaration.delete', handle: remove },
    ...moveRoutes,
  ];
}

/** Every field of a section as label and text, keyed by its place: what a conflict page compares. */
function flatText(loaded: LoadedDeclaration, section: SectionDefinition, raw: RawSection): Map<string, { label: string; text: string }> {
  const ctx = loaded.context(section);
  const out = new Map<string, { label: string; text: string }>();
  for (const part of section.parts) {
    const groups =
      part.kind === 'group'
        ? [{ id: '', values: raw.groups[part.id] ?? {}, prefix: part.title ? `${part.title}：` : '' }]
        : (raw.rows[part.id] ?? []).map((r, i) => ({ ...r, prefix: `第 ${i + 1} 条：` }));
    for (const g of groups) {
      for (const f of part.fields) {
        if (f.type === 'files') continue;
        const typed = g.values[f.id] ?? '';
        const parsed = typed === '' ? undefined : f.schema(g.values, ctx).safeParse(typed);
        const shown = parsed?.success ? f.text(parsed.data, g.values, ctx) : typed;
        if (shown !== '' || part.kind === 'group')
          out.set([part.id, g.id, f.id].filter((x) => x !== '').join('.'), { label: g.prefix + f.label, text: shown });
      }
    }
  }
  return out;
}

/** Field by field: what the person typed, or what is stored. Rows that only one side has are kept. */
function mergeChoices(section: SectionDefinition, typed: RawSection, stored: RawSection, keepTyped: (key: string) => boolean): RawSection {
  const merged: RawSection = { groups: {}, rows: {} };
  for (const part of section.parts) {
    const pick = (key: string[], a: Record<string, string>, b: Record<string, string>): Record<string, string> => {
      const out: Record<string, string> = {};
      for (const f of part.fields) {
        const source = keepTyped([...key, f.id].join('.')) ? a : b;
        for (const input of [f.id, ...f.extraInputs]) if (source[input] !== undefined) out[input] = source[input];
      }
      return out;
    };
    if (part.kind === 'group') {
      merged.groups[part.id] = pick([part.id], typed.groups[part.id] ?? {}, stored.groups[part.id] ?? {});
      continue;
    }
    const mineRows = typed.rows[part.id] ?? [];
    const storedRows = stored.rows[part.id] ?? [];
    merged.rows[part.id] = [
      ...mineRows.map((r) => {
        const other = storedRows.find((x) => x.id === r.id);
        return other ? { id: r.id, values: pick([part.id, r.id], r.values, other.values) } : r;
      }),
      ...storedRows.filter((r) => !mineRows.some((x) => x.id === r.id)),
    ];
  }
  return merged;
}

/** A raw section as if it had been posted. */
function postedFrom(section: SectionDefinition, raw: RawSection): { one: (n: string) => string; has: (n: string) => boolean } {
  const names = new Map<string, string>();
  for (const part of section.parts) {
    const inputs = part.fields.flatMap((f) => [f.id, ...f.extraInputs]);
    const put = (prefix: string, values: Record<string, string>) => inputs.forEach((k) => names.set(`${prefix}.${k}`, values[k] ?? ''));
    if (part.kind === 'group') put(part.id, raw.groups[part.id] ?? {});
    else {
      const rows = raw.rows[part.id] ?? [];
      names.set(`${part.id}.rows`, rows.map((r) => r.id).join(','));
      for (const r of rows) put(`${part.id}.${r.id}`, r.values);
    }
  }
  return { one: (n) => names.get(n) ?? '', has: (n) => names.has(n) };
}
