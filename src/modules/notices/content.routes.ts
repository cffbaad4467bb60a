import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { FormContext, RawSection } from '../../form/field';
import { OTHER } from '../../form/fields';
import { problemLinks, showSize } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { notFound, page, refusal, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { paths } from '../../http/paths';
import { wholeNumber } from '../../lib/ids';
import { PART, type ContentKind } from './content-kind';
import { listNoticeFiles, MAX_NOTICE_FILES } from './notice-files.store';
import { removeContent, saveContent } from './save-content';

interface Draft {
  kind: ContentKind['name'];
  id?: number;
  raw: RawSection;
  problems: Problem[];
  version?: number;
}
/** What was wrong with uploaded files of a notice. */
interface FileProblems {
  notice: number;
  problems: string[];
}

const doneTexts: Readonly<Record<string, string>> = { create: '已发布', edit: '修改已保存', remove: '已删除' };

/** A4 「常见问题维护」 and A5 「通知公告维护」: list, form, removal with a confirm page. */
export function contentRoutes(deps: Deps, content: ContentKind): Route[] {
  const { db, cipher } = deps;
  const listCrumb: Crumb = { text: content.title, href: content.list };
  const contextOf = async (): Promise<FormContext> => content.context(db, (await databaseNow(db)).today);
  const gone = refusal(409, `该${content.noun}已被其他人员删除`, { text: `返回${content.title}`, href: content.list });

  const list = async (visit: Visit): Promise<Reply> => {
    const paging = pagingOf(visit.query.one('page'), await content.count(db));
    const listed = await content.rows(db, paging.limit, paging.offset);
    const done = doneTexts[visit.query.one('done')];
    const notice: PageMeta['notice'] = done === undefined ? undefined : { kind: 'success', text: done };
    return page(
      'notices/edit-list',
      { title: content.title, breadcrumbs: [homeCrumb, { text: content.title }], ...(notice ? { notice } : {}) },
      {
        createHref: content.create,
        noun: content.noun,
        table: { caption: content.noun, emptyText: `目前没有${content.noun}`, ...listed },
        paging: pagingLinks(paging, content.list),
      },
    );
  };

  const show = async (visit: Visit, id: number | undefined): Promise<Reply> => {
    const found = id === undefined ? undefined : await content.find(db, id);
    if (id !== undefined && !found) return notFound;
    const kept = await findDraft<Draft>(db, cipher, 'content', visit.owner, visit.query.one('draft'));
    const draft = kept?.kind === content.name && kept.id === id ? kept : undefined;
    const raw = draft
      ? restoreSection(content.section, draft.raw)
      : { groups: { [PART]: found?.raw ?? (await content.blank(db)) }, rows: {} };
    const problems = draft?.problems ?? [];
    const version = draft?.version ?? found?.version;
    const hasFiles = content.name === 'notice' && id !== undefined;
    const [files, fileProblems] = hasFiles
      ? await Promise.all([
          listNoticeFiles(db, id),
          findDraft<FileProblems>(db, cipher, 'file-problems', visit.owner, visit.query.one('files')),
        ])
      : [[], undefined];
    const added = wholeNumber(visit.query.one('added'), 2);
    const fileNotice = added !== undefined ? `已上传 ${added} 个附件` : visit.query.has('removed') ? '附件已删除' : undefined;
    const title = id === undefined ? `新增${content.noun}` : `修改${content.noun}`;
    return page(
      'notices/edit',
      {
        title,
        breadcrumbs: [homeCrumb, listCrumb, { text: title }],
        errors: [
          ...problemLinks(problems),
          ...(fileProblems && fileProblems.notice === id ? fileProblems.problems : []).map((text) => ({ text, href: '#notice-files' })),
        ],
        ...(fileNotice === undefined ? {} : { notice: { kind: 'success' as const, text: fileNotice } }),
      },
      {
        filesLater: content.name === 'notice' && id === undefined,
        files: hasFiles && {
          action: paths.noticeFiles(id),
          max: MAX_NOTICE_FILES,
          list: files.map((f) => ({
            name: f.name,
            size: showSize(f.size),
            href: paths.noticeFile(id, f.id),
            removeAction: paths.removeNoticeFile(id, f.id),
          })),
        },
        form: smallForm({
          section: content.section,
          raw,
          ctx: await contextOf(),
          problems,
          action: id === undefined ? content.create : content.edit(id),
          ...(version === undefined ? {} : { version }),
          buttons: [{ value: 'save', text: id === undefined ? '发布' : '保存', kind: 'primary' }],
        }),
        noun: content.noun,
        viewHref: id === undefined ? undefined : content.view(id),
        removeHref: id === undefined ? undefined : content.remove(id),
      },
    );
  };

  const fields = content.section.parts.flatMap((p) => p.fields);
  /** A4, A5: of each field the text that stands there now, where the reader chose it over the own one. */
  const takeKept = async (visit: Visit, id: number, raw: RawSection): Promise<void> => {
    const saved = await content.find(db, id);
    const group = (raw.groups[PART] ??= {});
    for (const f of fields) {
      if (!saved || visit.body.one(`keep.${f.id}`) !== 'saved') continue;
      group[f.id] = saved.raw[f.id] ?? '';
      for (const extra of f.extraInputs) delete group[extra];
    }
  };
  const conflictPage = async (id: number, raw: RawSection): Promise<Reply> => {
    const saved = await content.find(db, id);
    if (!saved) return gone;
    const mine = raw.groups[PART] ?? {};
    const shown = (group: Record<string, string>, field: (typeof fields)[number]): string => {
      const own = field.extraInputs.map((extra) => group[extra] ?? '').find((v) => v !== '');
      return group[field.id] === OTHER && own !== undefined ? own : (group[field.id] ?? '');
    };
    const title = `${content.noun}已被其他人员修改`;
    return page(
      'notices/conflict',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }] },
      {
        action: content.edit(id),
        version: saved.version,
        fields: Object.fromEntries(Object.entries(mine).map(([name, value]) => [`${PART}.${name}`, value])),
        rows: fields
          .map((f) => ({ key: f.id, label: f.label, mine: shown(mine, f), saved: shown(saved.raw, f) }))
          .filter((row) => row.mine !== row.saved),
        cancelHref: content.edit(id),
      },
      409,
    );
  };

  const save = async (visit: Visit, id: number | undefined): Promise<Reply> => {
    const raw = readSection(content.section, visit.body, emptySection(content.section));
    const version = wholeNumber(visit.body.one('version'), 9);
    if (id !== undefined && visit.body.one('do') === 'resolve') await takeKept(visit, id, raw);
    const checked = checkSection(content.section, raw, await contextOf());
    const again = async (problems: Problem[]): Promise<Reply> => {
      const draft: Draft = {
        kind: content.name,
        ...(id === undefined ? {} : { id }),
        raw,
        problems,
        ...(version === undefined ? {} : { version }),
      };
      const key = await keepDraft(db, cipher, 'content', visit.owner, draft);
      return seeOther(addressOf(id === undefined ? content.create : content.edit(id), { draft: key }));
    };
    if (checked.problems.length > 0) return again(checked.problems);
    const typed = raw.groups[PART] ?? {};
    const outcome = await saveContent(deps, visit.actor, content, {
      id,
      version,
      checked,
      title: typed.title ?? typed.question ?? '',
      requestId: visit.requestId,
    });
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(content.list, { done: id === undefined ? 'create' : 'edit' }));
      case 'duplicate':
        return again([{ part: PART, field: content.duplicate?.field ?? '', severity: 'rule', text: content.duplicate?.text ?? '' }]);
      case 'gone':
        return gone;
      case 'stale':
        return conflictPage(id ?? 0, raw);
    }
  };

  const confirmRemoval = async (_visit: Visit, id: number): Promise<Reply> => {
    const found = await content.find(db, id);
    if (!found) return notFound;
    const title = `删除${content.noun}`;
    return page(
      'notices/remove',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }] },
      { action: content.remove(id), text: found.title, noun: content.noun, backHref: content.edit(id) },
    );
  };

  const remove = async (visit: Visit, id: number): Promise<Reply> => {
    const found = await content.find(db, id);
    if (!found || !(await removeContent(deps, visit.actor, content, { id, title: found.title, requestId: visit.requestId }))) return gone;
    return seeOther(addressOf(content.list, { done: 'remove' }));
  };

  const withId =
    (handle: (visit: Visit, id: number) => Promise<Reply>) =>
    (visit: Visit): Promise<Reply> => {
      const id = wholeNumber(visit.param('entry'), 9);
      return id === undefined ? Promise.resolve(notFound) : handle(visit, id);
    };
  const access = 'content.edit';
  const { name } = content;
  return [
    { method: 'get', path: content.list, access, audit: null, handle: list },
    { method: 'get', path: content.create, access, audit: null, handle: (visit) => show(visit, undefined) },
    { method: 'post', path: content.create, access, audit: `${name}.create`, handle: (visit) => save(visit, undefined) },
    { method: 'get', path: content.edit(':entry'), access, audit: null, handle: withId(show) },
    { method: 'post', path: content.edit(':entry'), access, audit: `${name}.edit`, handle: withId(save) },
    { method: 'get', path: content.remove(':entry'), access, audit: null, handle: withId(confirmRemoval) },
    { method: 'post', path: content.remove(':entry'), access, audit: `${name}.remove`, handle: withId(remove) },
  ];
}
