import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText, CHOOSE, type Field, type RawSection } from '../../form/field';
import { choice, text } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import type { SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { findEntry, isEntryKind, listEntries, type Entry, type EntryInput, type EntryKind } from './catalogue.store';
import { levelText, type Level } from './levels';
import { actOnEntry, isEntryAct, saveEntry } from './save-entry';

const PART = 'entry';
const nouns: Record<EntryKind, string> = { series: '职称系列', title: '职称', speciality: '专业' };
/** 级别 as a title's name has it; 助理级 and 员级 are both 初级 */
const ranks: readonly { rankName: string; level: Level }[] = [
  { rankName: '正高级', level: 'senior' },
  { rankName: '副高级', level: 'associate' },
  { rankName: '中级', level: 'middle' },
  { rankName: '助理级', level: 'junior' },
  { rankName: '员级', level: 'junior' },
];

const plain = (label: string) => (v: string) => (/[<>]/.test(v) ? `「${label}」不能包含「<」「>」` : undefined);
const nameField = (kind: EntryKind): Field =>
  text({ id: 'name', label: `${nouns[kind]}名称`, required: true, max: 40, width: 'm', check: plain(`${nouns[kind]}名称`) });

/** Code and level of an entry are part of what was issued by them: only new ones ask for them. */
function entryForm(kind: EntryKind, isNew: boolean): SectionDefinition {
  const fields: Field[] = [nameField(kind)];
  if (kind === 'series' && isNew)
    fields.unshift(
      text({
        id: 'code',
        label: '系列代码',
        required: true,
        max: 2,
        width: 's',
        hint: '两位数字，写在证书编号中，以后不能修改',
        check: (v) => (/^\d{2}$/.test(v) && v !== '00' ? undefined : '「系列代码」请填写两位数字'),
      }),
    );
  if (kind === 'title') {
    if (isNew)
      fields.unshift(
        choice({
          id: 'rank',
          label: '级别',
          required: true,
          options: [CHOOSE, ...ranks.map((r) => ({ value: r.rankName, text: r.rankName }))],
        }),
      );
    fields.push(
      text({ id: 'branch', label: '类别', max: 40, width: 'm', hint: '同一系列有同名职称的填写，没有的不填', check: plain('类别') }),
    );
  }
  return { id: `${kind}-entry`, title: nouns[kind], parts: [{ kind: 'group', id: PART, fields }], rules: [] };
}

const doneTexts: Readonly<Record<string, string>> = {
  saved: '已保存，新的申报从现在起使用',
  moved: '顺序已调整',
  end: '已停用。已经选择的申报不受影响，新的申报不能再选择',
  restore: '已恢复',
};
const listCrumb: Crumb = { text: '职称目录', href: paths.catalogue() };
const back = (e: Pick<Entry, 'seriesId'>, kind: EntryKind): string =>
  kind === 'series' ? paths.catalogue() : paths.catalogueSeries(e.seriesId);

/** K1 「职称目录」 of the system administrator: series, titles, specialities. Nothing is deleted: what is not used any more is ended. */
export function catalogueRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const noticeOf = (visit: Visit): Pick<PageMeta, 'notice'> => {
    const found = doneTexts[visit.query.one('done')];
    return found === undefined ? {} : { notice: { kind: 'success', text: found } };
  };
  const rowsOf = (kind: EntryKind, entries: readonly Entry[]) =>
    entries.map((e, i) => ({
      name: e.name,
      href: kind === 'series' ? paths.catalogueSeries(e.id) : undefined,
      detail:
        kind === 'series' ? e.code : kind === 'title' ? [levelText(e.level), e.rankName, e.branch].filter((x) => x !== '').join('，') : '',
      isEnded: e.isEnded,
      editHref: paths.catalogueEntry(kind, e.id),
      action: paths.catalogueAct(kind, e.id),
      isFirst: i === 0,
      isLast: e.isEnded || entries[i + 1] === undefined || entries[i + 1]?.isEnded === true,
    }));

  const list = async (visit: Visit): Promise<Reply> =>
    page(
      'catalogue/entries',
      { title: '职称目录', breadcrumbs: [homeCrumb, { text: '职称目录' }], ...noticeOf(visit) },
      {
        lists: [
          {
            title: '职称系列',
            detailTitle: '代码',
            rows: rowsOf('series', await listEntries(db, 'series')),
            createHref: paths.catalogueEntry('series', 'new'),
          },
        ],
      },
    );
  const show = async (visit: Visit): Promise<Reply> => {
    const series = await findEntry(db, 'series', wholeNumber(visit.param('series'), 4) ?? 0);
    if (!series) return notFound;
    const [titles, specialities] = [await listEntries(db, 'title', series.id), await listEntries(db, 'speciality', series.id)];
    const create = (kind: EntryKind): string => addressOf(paths.catalogueEntry(kind, 'new'), { series: String(series.id) });
    return page(
      'catalogue/entries',
      {
        title: `职称目录：${series.name}`,
        heading: series.name,
        breadcrumbs: [homeCrumb, listCrumb, { text: series.name }],
        ...noticeOf(visit),
      },
      {
        lists: [
          { title: '职称', detailTitle: '级别和类别', rows: rowsOf('title', titles), createHref: create('title') },
          { title: '专业', rows: rowsOf('speciality', specialities), createHref: create('speciality') },
        ],
      },
    );
  };

  /** which entry the address speaks of; `series`: the one a new title or speciality is for */
  const subjectOf = async (visit: Visit): Promise<{ kind: EntryKind; entry: Entry | undefined; series: Entry | undefined } | undefined> => {
    const kind = visit.param('kind');
    if (!isEntryKind(kind)) return undefined;
    if (visit.param('entry') === 'new') {
      const series = kind === 'series' ? undefined : await findEntry(db, 'series', wholeNumber(visit.query.one('series'), 4) ?? 0);
      return kind === 'series' || series ? { kind, entry: undefined, series } : undefined;
    }
    const entry = await findEntry(db, kind, wholeNumber(visit.param('entry'), 9) ?? 0);
    return entry && { kind, entry, series: await findEntry(db, 'series', entry.seriesId) };
  };
  const addressFor = (s: { kind: EntryKind; entry: Entry | undefined; series: Entry | undefined }): string =>
    s.entry
      ? paths.catalogueEntry(s.kind, s.entry.id)
      : addressOf(paths.catalogueEntry(s.kind, 'new'), { series: s.kind === 'series' ? '' : String(s.series?.id ?? '') });
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);

  const edit = async (visit: Visit): Promise<Reply> => {
    const s = await subjectOf(visit);
    if (!s) return notFound;
    const section = entryForm(s.kind, !s.entry);
    const stored: RawSection = { groups: { [PART]: s.entry ? { name: s.entry.name, branch: s.entry.branch } : {} }, rows: {} };
    const typed = await formFlow(deps, 'admin-form', section, addressFor(s)).shown(visit, stored);
    const title = `${s.entry ? '修改' : '新增'}${nouns[s.kind]}`;
    return page(
      'admin/form',
      {
        title,
        breadcrumbs: [
          homeCrumb,
          listCrumb,
          ...(s.series && s.kind !== 'series' ? [{ text: s.series.name, href: paths.catalogueSeries(s.series.id) }] : []),
          { text: title },
        ],
        errors: problemLinks(typed.problems),
      },
      {
        ...(s.entry ? { lead: '已经提交的申报保留提交时的名称。正在填写的申报：职称显示新名称；已选择的专业保留原名称，可以改选。' } : {}),
        form: smallForm({
          section,
          raw: typed.raw,
          ctx: await contextOf(),
          problems: typed.problems,
          action: addressFor(s),
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        backHref: s.kind === 'series' ? paths.catalogue() : paths.catalogueSeries(s.series?.id ?? 0),
      },
    );
  };
  const save = async (visit: Visit): Promise<Reply> => {
    const s = await subjectOf(visit);
    if (!s) return notFound;
    const section = entryForm(s.kind, !s.entry);
    const flow = formFlow(deps, 'admin-form', section, addressFor(s));
    const typed = flow.posted(visit);
    const checked = checkSection(section, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, addressFor(s), typed, checked.problems);
    const v = checked.groups[PART]?.values ?? {};
    const rank = ranks.find((r) => r.rankName === asText(v.rank));
    const input: EntryInput = {
      seriesId: s.series?.id ?? 0,
      name: asText(v.name),
      code: asText(v.code),
      level: rank?.level ?? '',
      rankName: rank?.rankName ?? '',
      branch: asText(v.branch),
    };
    const outcome = await saveEntry(deps, visit.actor, s.kind, s.entry?.id, input, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(s.kind === 'series' ? paths.catalogue() : paths.catalogueSeries(outcome.seriesId), { done: 'saved' }));
      case 'exists':
        return flow.again(visit, addressFor(s), typed, [
          { part: PART, field: 'name', severity: 'rule', text: `这个${nouns[s.kind]}已经有了；已停用的，请在列表中恢复` },
        ]);
      case 'gone':
        return notFound;
    }
  };

  const act = async (visit: Visit): Promise<Reply> => {
    const kind = visit.param('kind');
    const asked = visit.body.one('do');
    if (!isEntryKind(kind)) return notFound;
    if (!isEntryAct(asked)) return refusal(400, '没有这样的操作，请返回上一页重新操作', { text: '职称目录', href: paths.catalogue() });
    const outcome = await actOnEntry(deps, visit.actor, kind, wholeNumber(visit.param('entry'), 9) ?? 0, asked, visit.requestId);
    if (!outcome) return notFound;
    const to = back(outcome, kind);
    if (outcome.isRunning)
      return refusal(409, '该职称系列还有没有截止的申报批次，申报人和单位正在使用，不能停用。请在全部批次截止之后停用', {
        text: '查看申报批次',
        href: paths.batches(),
      });
    if (!outcome.isDone && (asked === 'end' || asked === 'restore'))
      return refusal(409, asked === 'end' ? '已经停用' : '已经恢复', { text: '返回列表', href: to });
    return seeOther(addressOf(to, { done: asked === 'up' || asked === 'down' ? 'moved' : asked }));
  };

  const access = 'reference.manage';
  return [
    { method: 'get', path: paths.catalogue(), access, audit: null, handle: list },
    { method: 'get', path: paths.catalogueSeries(':series'), access, audit: null, handle: show },
    { method: 'get', path: paths.catalogueEntry(':kind', ':entry'), access, audit: null, handle: edit },
    { method: 'post', path: paths.catalogueEntry(':kind', ':entry'), access, audit: 'catalogue.add, catalogue.rename', handle: save },
    {
      method: 'post',
      path: paths.catalogueAct(':kind', ':entry'),
      access,
      audit: 'catalogue.end, catalogue.restore, catalogue.move',
      handle: act,
    },
  ];
}
