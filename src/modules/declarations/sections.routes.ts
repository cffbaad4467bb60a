import type { Deps } from '../../deps';
import type { RawSection } from '../../form/field';
import { formModel, problemLinks } from '../../form/form-model';
import { flatText, mergeChoices, postedFrom } from '../../form/merge-sections';
import { readSection, restoreSection } from '../../form/read-section';
import { fieldId, type Problem, type SectionDefinition } from '../../form/section';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import type { ActClaim } from '../../http/one-time-token.store';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { codeText, ethnicities, politicalStatuses, sexes } from '../../lib/codes';
import { showDate } from '../../lib/dates';
import { siteAddress } from '../../http/site-address';
import { wholeNumber } from '../../lib/ids';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { newToken } from '../../lib/new-token';
import { findPerson, type Person } from '../accounts';
import { receiveFiles, sayNotAdded, type ReceivedFiles } from '../attachments';
import { inviteUnit, searchUnits } from '../units';
import { declarationName, mineCrumbs, openComments, rowOf } from './declaration-pages';
import { askForLearning, DRAW_LEARNING, drawnLearning, LEARNING_SECTION } from './drawn-learning';
import { sectionOfSubject } from './declaration-subject.store';
import { findEvents, type Declaration } from './declarations.store';
import { fileNote } from './declarations.view';
import { isNamed, isShut, shutReason } from './lock-section';
import { loadDeclaration, sectionsOf, type LoadedDeclaration } from './load-declaration';
import type { Recheck } from './rechecks.store';
import { saveSection, saveSectionQuickly, type RemovedRow, type SaveOutcome } from './save-section';
import { findSection } from './sections';
import { basics } from './sections/basics.section';

interface SectionView {
  section: SectionDefinition;
  d: Declaration;
  raw?: RawSection;
  messages?: FileMessages;
  showProblems: boolean;
  saved: boolean;
  /** id of the row that was just taken out */
  removedRow?: string;
}

/** What 「撤销删除」 of a row puts back, bound to the session that took it out; like a removed file it can be taken back for a day. */
interface KeptRow extends RemovedRow {
  declaration: string;
  section: string;
}
const RESTORE_ROW = 'restore-row';
const KEPT_ROW_MINUTES = 24 * 60;

interface FileMessages {
  problems: string[];
  notes: string[];
}

/** D0: what came over from an earlier year and changes from year to year, as links to the fields. */
function recheckOf(section: SectionDefinition, found: Recheck | null | undefined): object | undefined {
  if (!found) return undefined;
  const labels = found.places.flatMap((p) => {
    const field = section.parts.find((x) => x.id === p.part)?.fields.find((f) => f.id === p.field);
    return field ? [{ text: field.label, href: `#${fieldId(p)}` }] : [];
  });
  return labels.length > 0 ? { year: found.fromYear, labels } : undefined;
}

/** What the printed form takes from the account. */
const accountRows = (p: Person): { label: string; text: string }[] => [
  { label: '姓名', text: p.name },
  { label: '性别', text: codeText(sexes, p.sex) ?? '' },
  { label: '出生日期', text: showDate(p.bornOn) },
  { label: '民族', text: codeText(ethnicities, p.ethnicity) ?? p.ethnicity },
  { label: '籍贯', text: p.nativePlace },
  { label: '政治面貌', text: codeText(politicalStatuses, p.politicalStatus) ?? '' },
  { label: '证件号码', text: maskIdNumber(p.idNumber) },
  { label: '联系电话', text: maskMobile(p.mobile) },
  { label: '照片', text: p.photoSha256 === null ? '还没有上传，请在账号的「基本信息」中上传' : '已上传' },
];

/** The page of a section after it was saved: it says so, and what is still missing, if anything is. */
const savedAddress = (id: string, section: SectionDefinition, note = ''): string =>
  `${paths.section(id, section.id)}?saved=1${note}#error-summary`;

/** That it was saved, first; what is left to do is said in the same breath, so that its list is not taken for a refusal. */
function savedWords(notes: readonly string[], problems: readonly Problem[]): Pick<PageMeta, 'notice' | 'saved'> {
  const text = ['已保存', ...notes].join('。');
  if (problems.length === 0) return { notice: { kind: 'success', text } };
  const isOnlyMissing = problems.every((p) => p.severity === 'missing');
  return { saved: `${text}。还有 ${problems.length} 处需要${isOnlyMissing ? '补充' : '修改或者补充'}，提交前完成即可` };
}

/** `messages`: id of what there is to be said about files. */
const noteOf = (messages: string | undefined): string => (messages === undefined ? '' : `&messages=${messages}`);

/** Where a button leads once everything is saved; 「保存并继续」 asks what is missing first. */
function addressAfter(id: string, section: SectionDefinition, action: string, messages?: string): string {
  const [verb = '', item = ''] = action.split(/:(.*)/s);
  const here = paths.section(id, section.id);
  const page = `${here}${messages === undefined ? '' : `?messages=${messages}`}`;
  switch (verb) {
    // the page says what is still missing, if anything is
    case 'save':
      return savedAddress(id, section, noteOf(messages));
    case 'arrange':
      return paths.arrangeFiles(id, section.id, item);
    case 'find-unit':
      return paths.findUnit(id, section.id, item);
    case 'upload':
    case 'accept':
      return `${page}#f-${item.replaceAll('.', '-')}`;
    case DRAW_LEARNING:
      return `${page}#learning`;
    default:
      return page;
  }
}

/** D1, D2: the pages of one section: the form, its conflicts, the search for the unit. */
export function sectionsRoutes(deps: Deps): Route[] {
  async function findKeptRow(visit: Visit, declaration: string, section: SectionDefinition, id: string): Promise<RemovedRow | undefined> {
    const kept = await findDraft<KeptRow>(deps.db, deps.cipher, 'removed-row', visit.owner, id);
    return kept?.declaration === declaration && kept.section === section.id ? kept : undefined;
  }

  async function renderSection(visit: Visit, v: SectionView): Promise<Reply> {
    const { section, d } = v;
    const loaded = await loadDeclaration(deps, deps.db, d, v.raw ? { section, raw: v.raw } : undefined, section);
    const raw = loaded.typed(section);
    const checked = loaded.check(section);
    const problems: Problem[] = v.showProblems ? checked.problems : [];
    const action = paths.section(d.id, section.id);
    const kept = await findKeptRow(visit, d.id, section, v.removedRow ?? '');
    // put back meanwhile: there is nothing to undo
    const removed = raw.rows[kept?.part ?? '']?.some((r) => r.id === kept?.row.id) ? undefined : kept;
    const form = formModel({
      section,
      raw,
      ctx: loaded.context(section),
      problems,
      advice: v.showProblems ? checked.advice : [],
      action,
      token: newToken(),
      version: loaded.stored.get(section.id)?.version ?? 0,
      buttons: [
        { value: 'next', text: '保存并继续', kind: 'primary' },
        { value: 'save', text: '保存', kind: 'secondary' },
        ...(section.id === LEARNING_SECTION && deps.learning
          ? [{ value: DRAW_LEARNING, text: '保存并获取学习记录', kind: 'secondary' as const }]
          : []),
      ],
      files: {
        view: (id) => paths.preview(d.id, id),
        thumbnail: (id) => paths.thumbnail(d.id, id),
        note: (id) => fileNote(loaded.attachments.find((a) => a.id === id)),
        canArrange: true,
        removed: (part, rowId, field) => loaded.removed.find((f) => f.part === part && f.row_id === rowId && f.field === field),
      },
      unitSearch: (field) => paths.findUnit(d.id, section.id, field),
      removedRow: removed && { part: removed.part, at: removed.at, restoreValue: `${RESTORE_ROW}:${v.removedRow}` },
    });
    const all = sectionsOf(loaded);
    const at = all.indexOf(section);
    const previous = all.slice(0, at).findLast((s) => isNamed(d, s));
    const person = section === basics ? await findPerson(deps.db, deps.cipher, d.person_id) : undefined;
    const events = d.state === 'draft' ? [] : await findEvents(deps.db, d.id);
    const hasFileProblems = (v.messages?.problems.length ?? 0) > 0;
    return page(
      'declarations/section',
      {
        title: section.title,
        breadcrumbs: [
          ...mineCrumbs,
          { text: declarationName(d, loaded.batch.seriesName, loaded.batch.levelText), href: paths.declaration(d.id) },
          { text: section.title },
        ],
        errors: [...(v.messages?.problems ?? []).map((text) => ({ text, href: '#form' })), ...problemLinks(problems)],
        ...((v.saved || (v.messages?.notes.length ?? 0) > 0) && !hasFileProblems ? savedWords(v.messages?.notes ?? [], problems) : {}),
      },
      {
        form,
        account: person && { rows: accountRows(person), changeHref: paths.profile(d.id) },
        intro: section.intro ?? [],
        position: { number: at + 1, of: all.length },
        previous: previous && { text: previous.title, href: paths.section(d.id, previous.id) },
        overviewHref: paths.declaration(d.id),
        comments: openComments(events, d).filter((c) => c.section === section.id),
        recheck: recheckOf(section, loaded.stored.get(section.id)?.recheck),
        learning: section.id === LEARNING_SECTION ? await drawnLearning(deps, d) : undefined,
        savedAt: showMoment(loaded.stored.get(section.id)?.updated_at),
      },
    );
  }

  /** Said before anything is typed into it. */
  const shut = (d: Declaration, section: SectionDefinition): Reply =>
    refusal(403, shutReason(section), { text: '返回申报详情', href: paths.declaration(d.id) });

  async function showSection(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    if (!section) return notFound;
    const d = await rowOf(deps, visit);
    if (!isNamed(d, section) && isShut(await loadDeclaration(deps, deps.db, d), section)) return shut(d, section);
    const saved = visit.query.one('saved') === '1';
    const messages = await findDraft<FileMessages>(deps.db, deps.cipher, 'file-problems', visit.owner, visit.query.one('messages'));
    return renderSection(visit, {
      section,
      d,
      saved,
      removedRow: visit.query.one('removed'),
      showProblems: visit.query.one('saved') !== '' || visit.query.one('check') === '1',
      ...(messages ? { messages } : {}),
    });
  }

  /** 「保存并继续」: to what comes next, or back to what is still missing. */
  function nextAddress(d: Declaration, section: SectionDefinition, loaded: LoadedDeclaration, note = ''): string {
    if (loaded.check(section).problems.length > 0 || note !== '') return savedAddress(d.id, section, note);
    const all = sectionsOf(loaded).filter((s) => s === section || !isShut(loaded, s));
    const following = all[all.indexOf(section) + 1];
    return following ? paths.section(d.id, following.id) : paths.declaration(d.id);
  }

  const received = new WeakMap<Visit, ReceivedFiles>();

  /** What came with this form, looked at and stored once, whichever way it is saved. */
  async function receivedOf(visit: Visit, section: SectionDefinition): Promise<ReceivedFiles> {
    const known = received.get(visit);
    if (known) return known;
    // as it stood when this request was let in: rows that files belong to were on the page
    const before = restoreSection(section, sectionOfSubject(declarationOf(visit))?.raw);
    const files = await receiveFiles(deps, section, readSection(section, visit.body, before), visit.files);
    received.set(visit, files);
    return files;
  }

  const isUsual = (action: string): boolean => action === 'save' || action.startsWith('upload:');

  /** The buttons that everybody uses: with words alone, or with files of which nothing is to be said. */
  async function quickSave(visit: Visit, claim: ActClaim): Promise<Reply | undefined> {
    const section = findSection(visit.param('section'));
    const action = visit.body.one('do') || 'save';
    const hasFiles = visit.files.length > 0;
    if (!section || !(hasFiles ? isUsual(action) : ['save', 'next'].includes(action)) || visit.body.has('resolve')) return undefined;
    const files = hasFiles ? await receivedOf(visit, section) : undefined;
    if (files && files.problems.length + files.notes.length > 0) return undefined;
    const to = await saveSectionQuickly(deps, {
      subject: declarationOf(visit),
      section,
      form: visit.body,
      version: wholeNumber(visit.body.one('version'), 9) ?? 0,
      uploads: files?.good ?? [],
      actor: visit.actor,
      requestId: visit.requestId,
      claim,
      leadsTo: async (d, raw) =>
        isUsual(action)
          ? addressAfter(d.id, section, action)
          : nextAddress(d, section, await loadDeclaration(deps, deps.db, d, { section, raw }, section)),
    });
    return to === undefined ? undefined : seeOther(to);
  }

  async function save(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    if (!section) return notFound;
    const { id } = declarationOf(visit);
    const action = visit.body.one('do') || 'save';
    const version = wholeNumber(visit.body.one('version'), 9) ?? 0;
    const files = await receivedOf(visit, section);
    const [verb, kept = ''] = action.split(':');
    const restore = verb === RESTORE_ROW ? await findKeptRow(visit, id, section, kept) : undefined;
    let removed: string | undefined;
    const outcome = await saveSection(deps, {
      id,
      section,
      form: visit.body,
      version,
      action,
      uploads: files.good,
      actor: visit.actor,
      requestId: visit.requestId,
      ...(restore ? { restore } : {}),
      // where nothing is left to be said, it is answered with the act, in one write to the disk
      settle: async (trx, saved) => {
        if (isUsual(action) && saved.notAdded.length + files.problems.length + files.notes.length === 0)
          await visit.settle(trx, addressAfter(id, section, action));
        if (!saved.removedRow) return;
        const row: KeptRow = { declaration: id, section: section.id, ...saved.removedRow };
        removed = await keepDraft(trx, deps.cipher, 'removed-row', visit.owner, row, KEPT_ROW_MINUTES);
      },
    });
    if (outcome.kind === 'saved' && section.id === LEARNING_SECTION && action === DRAW_LEARNING) await askForLearning(deps, visit);
    const problems = [...files.problems, ...('notAdded' in outcome ? outcome.notAdded.map((n) => sayNotAdded(n)) : [])];
    const messages =
      problems.length + files.notes.length > 0
        ? await keepDraft(deps.db, deps.cipher, 'file-problems', visit.owner, { problems, notes: files.notes }, 30)
        : undefined;
    if (outcome.kind === 'saved' && outcome.removedRow && removed !== undefined)
      return seeOther(`${paths.section(id, section.id)}?removed=${removed}${noteOf(messages)}#removed-${outcome.removedRow.part}`);
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
    if (outcome.addedRow) {
      const { part, id: row } = outcome.addedRow;
      return seeOther(`${paths.section(id, section.id)}${messages === undefined ? '' : `?messages=${messages}`}#row-${part}-${row}`);
    }
    if (action !== 'next') return seeOther(addressAfter(id, section, action, messages));
    const d = await rowOf(deps, visit);
    return seeOther(nextAddress(d, section, await loadDeclaration(deps, deps.db, d, undefined, section), noteOf(messages)));
  }

  /** D1: two tabs. Both texts side by side; the choice is made field by field. */
  async function showConflict(visit: Visit, section: SectionDefinition, c: Extract<SaveOutcome, { kind: 'conflict' }>): Promise<Reply> {
    const { id } = declarationOf(visit);
    const d = await rowOf(deps, visit);
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
    const text = (loaded: LoadedDeclaration, raw: RawSection) => flatText(section, raw, loaded.context(section));
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
        breadcrumbs: [...mineCrumbs, { text: section.title, href: paths.section(id, section.id) }, { text: '内容已被更改' }],
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
    const d = await rowOf(deps, visit);
    const stored = (await loadDeclaration(deps, deps.db, d)).typed(section);
    const merged = mergeChoices(section, kept.typed, stored, (key) => visit.body.one(`keep.${key}`) !== 'saved');
    const version = wholeNumber(visit.body.one('version'), 9) ?? 0;
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
      {
        title: '查找单位',
        breadcrumbs: [...mineCrumbs, { text: section.title, href: paths.section(id, section.id) }, { text: '查找单位' }],
        ...(visit.query.one('invited') === '1'
          ? { notice: { kind: 'success' as const, text: '已向该单位登记的手机号码发送短信。单位取得权限后，请再来选择' } }
          : {}),
      },
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
          barred: found.rows.filter((u) => !u.permitted && !u.withdrawal),
          withdrawn: found.rows.filter((u) => u.withdrawal),
        },
        unpermitted: found.rows
          .filter((u) => !u.permitted && !u.withdrawal)
          .map((u) => ({ id: u.id, name: u.name, divisionName: u.divisionName })),
        inviteAction: paths.inviteUnit(id, section.id),
        guide: siteAddress(deps.config) + paths.unitGuide(),
        backHref: `${paths.section(id, section.id)}#f-${field.replace('.', '-')}`,
      },
    );
  }

  /** P4: asks a unit without the permission to apply for it; back to what was searched for. */
  async function invite(visit: Visit): Promise<Reply> {
    const section = findSection(visit.param('section'));
    if (!section) return notFound;
    const search = paths.findUnit(declarationOf(visit).id, section.id, visit.body.one('field'));
    const back = `${search}&q=${encodeURIComponent(visit.body.one('q').slice(0, 60))}`;
    const outcome = await inviteUnit(deps, visit.actor, wholeNumber(visit.body.one('unit')) ?? 0, visit.requestId);
    const next = { text: '返回查找单位', href: back };
    switch (outcome.kind) {
      case 'invited':
        return seeOther(`${back}&invited=1`);
      case 'no-unit':
        return notFound;
      case 'permitted':
        return refusal(409, '该单位已经取得「职称评审」权限，可以直接选择', next);
      case 'asked-today':
        return refusal(429, '今天已经有人提醒过该单位，同一单位一天只发一次短信。也可以直接与单位人事部门联系', next);
      case 'too-many':
        return refusal(429, '您今天已经提醒了三个单位，请明天再试，或者直接与单位人事部门联系', next);
    }
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
    const d = await rowOf(deps, visit);
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

  return [
    { method: 'get', path: '/declarations/:declaration/sections/:section', access: 'declaration.edit', audit: null, handle: showSection },
    {
      method: 'post',
      path: '/declarations/:declaration/sections/:section',
      access: 'declaration.edit',
      audit: 'section.save',
      files: 20,
      quick: quickSave,
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
    {
      method: 'post',
      path: '/declarations/:declaration/sections/:section/invite-unit',
      access: 'declaration.edit',
      audit: 'unit.invite',
      handle: invite,
    },
  ];
}
