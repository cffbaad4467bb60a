import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { FormContext, RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { notFound, page, refusal, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { PART, type ContentKind } from './content-kind';
import { removeContent, saveContent } from './save-content';

interface Draft {
  kind: ContentKind['name'];
  id?: number;
  raw: RawSection;
  problems: Problem[];
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
    const title = id === undefined ? `新增${content.noun}` : `修改${content.noun}`;
    return page(
      'notices/edit',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }], errors: problemLinks(problems) },
      {
        form: smallForm({
          section: content.section,
          raw,
          ctx: await contextOf(),
          problems,
          action: id === undefined ? content.create : content.edit(id),
          buttons: [{ value: 'save', text: id === undefined ? '发布' : '保存', kind: 'primary' }],
        }),
        noun: content.noun,
        viewHref: id === undefined ? undefined : content.view(id),
        removeHref: id === undefined ? undefined : content.remove(id),
      },
    );
  };

  const save = async (visit: Visit, id: number | undefined): Promise<Reply> => {
    const raw = readSection(content.section, visit.body, emptySection(content.section));
    const checked = checkSection(content.section, raw, await contextOf());
    const again = async (problems: Problem[]): Promise<Reply> => {
      const draft: Draft = { kind: content.name, ...(id === undefined ? {} : { id }), raw, problems };
      const key = await keepDraft(db, cipher, 'content', visit.owner, draft);
      return seeOther(addressOf(id === undefined ? content.create : content.edit(id), { draft: key }));
    };
    if (checked.problems.length > 0) return again(checked.problems);
    const typed = raw.groups[PART] ?? {};
    const outcome = await saveContent(deps, visit.actor, content, {
      id,
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
