import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText, type Field } from '../../form/field';
import { text } from '../../form/fields';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import type { SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { normaliseLine } from '../../lib/text';
import { countEntries, findEntry, listEntries, type DivisionEntry, type DivisionFilter } from './divisions.store';
import { addDivision, endOrRestoreDivision, nameDivision, type SwitchDivisionOutcome } from './save-division';

const PART = 'division';
const nameField: Field = text({
  id: 'name',
  label: '名称',
  required: true,
  max: 30,
  width: 'm',
  hint: '本级名称，例如「环翠区」，不写上级地区',
  check: (v) => (/^[\p{Script=Han}·]+$/u.test(v) ? undefined : '「名称」请用汉字填写'),
});
const codeField: Field = text({
  id: 'code',
  label: '代码',
  required: true,
  max: 6,
  width: 's',
  inputmode: 'numeric',
  hint: '国家标准 GB/T 2260 的六位数字，以后不能修改。所属的省、市由代码确定',
  check: (v) => (/^[1-9]\d[0-9]{4}$/.test(v) ? undefined : '「代码」请填写六位数字'),
});
const form = (isNew: boolean): SectionDefinition => ({
  id: 'division',
  title: '行政区划',
  parts: [{ kind: 'group', id: PART, fields: isNew ? [codeField, nameField] : [nameField] }],
  rules: [],
});

const stateOptions = [
  { value: 'used', text: '使用中' },
  { value: 'ended', text: '已停用' },
] as const;
const doneTexts: Readonly<Record<string, string>> = {
  add: '已新增，注册和建立账号时可以选择',
  rename: '已改名，下级地区的全称随之修改',
  end: '已停用。已经登记的单位和账号不受影响，新的不能再选择',
  restore: '已恢复',
};
const saveProblems = {
  name: '同一上级地区已有这个名称的地区',
  code: '这个代码已经有了；已停用的，请在列表中恢复',
  parent: '代码所属的上级地区不存在或者已经停用，请先新增或者恢复上级地区',
} as const;
const switchProblems: Record<Extract<SwitchDivisionOutcome, { kind: 'refused' }>['why'], string> = {
  already: '该地区已经是这个状态',
  children: '下级地区还在使用，请先停用下级地区',
  parent: '上级地区已经停用，请先恢复上级地区',
  name: '同一上级地区已有这个名称的地区在使用，不能恢复',
};
const listCrumb: Crumb = { text: '行政区划', href: paths.divisions() };

/** K6 「行政区划」 of the administrator. Nothing is deleted: what is not used any more is ended. */
export function divisionsRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);
  const entryOf = (visit: Visit): Promise<DivisionEntry | undefined> => findEntry(db, visit.param('code'));

  const list = async (visit: Visit): Promise<Reply> => {
    const filter: DivisionFilter = {
      text: normaliseLine(visit.query.one('text')).slice(0, 50),
      state: stateOptions.find((s) => s.value === visit.query.one('state'))?.value ?? '',
    };
    const paging = pagingOf(visit.query.one('page'), await countEntries(db, filter));
    const entries = await listEntries(db, filter, paging.limit, paging.offset);
    const done = doneTexts[visit.query.one('done')];
    const notice: PageMeta['notice'] = done === undefined ? undefined : { kind: 'success', text: done };
    return page(
      'admin/list',
      { title: '行政区划', breadcrumbs: [homeCrumb, { text: '行政区划' }], ...(notice ? { notice } : {}) },
      {
        create: { text: '新增地区', href: paths.newDivision() },
        filter: {
          action: paths.divisions(),
          resetHref: paths.divisions(),
          controls: [
            textFilter('text', '名称或者代码', filter.text, 'm'),
            choiceFilter('state', '状态', anyOr(stateOptions), filter.state),
          ],
        },
        table: {
          caption: '行政区划',
          emptyText: '没有符合条件的地区',
          emptyHref: paths.divisions(),
          emptyAction: '查看全部地区',
          columns: [
            { key: 'code', text: '代码' },
            { key: 'name', text: '地区' },
            { key: 'units', text: '登记单位', numeric: true },
            { key: 'state', text: '状态' },
            { key: 'rename', text: '改名', hidden: true },
            { key: 'switch', text: '停用或者恢复', hidden: true },
          ],
          rows: entries.map((e) => ({
            cells: [
              { text: e.code },
              { text: e.fullName },
              { text: String(e.units) },
              { tag: e.isEnded ? { text: '已停用' } : { text: '使用中', colour: 'green' } },
              { text: '改名', href: paths.division(e.code), hiddenText: `：${e.fullName}` },
              { text: e.isEnded ? '恢复' : '停用', href: paths.switchDivision(e.code), hiddenText: `：${e.fullName}` },
            ],
          })),
        },
        paging: pagingLinks(paging, paths.divisions(), { text: filter.text, state: filter.state }),
      },
    );
  };

  const show = async (visit: Visit, entry: DivisionEntry | undefined): Promise<Reply> => {
    const address = entry ? paths.division(entry.code) : paths.newDivision();
    const section = form(!entry);
    const typed = await formFlow(deps, 'admin-form', section, address).shown(visit, {
      groups: { [PART]: entry ? { name: entry.name } : {} },
      rows: {},
    });
    const title = entry ? '修改地区名称' : '新增地区';
    return page(
      'admin/form',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }], errors: problemLinks(typed.problems) },
      {
        ...(entry
          ? {
              lead: '改名后，单位、评审委员会和下级地区都显示新的名称；已提交的申报版本和已发的证书保留原来的名称。',
              facts: [
                { label: '代码', text: entry.code },
                { label: '全称', text: entry.fullName },
              ],
            }
          : {}),
        form: smallForm({
          section,
          raw: typed.raw,
          ctx: await contextOf(),
          problems: typed.problems,
          action: address,
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        backHref: paths.divisions(),
      },
    );
  };

  const save = async (visit: Visit, entry: DivisionEntry | undefined): Promise<Reply> => {
    const address = entry ? paths.division(entry.code) : paths.newDivision();
    const section = form(!entry);
    const flow = formFlow(deps, 'admin-form', section, address);
    const typed = flow.posted(visit);
    const checked = checkSection(section, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, address, typed, checked.problems);
    const values = checked.groups[PART]?.values ?? {};
    const [name, code] = [asText(values.name), entry?.code ?? asText(values.code)];
    const outcome = entry
      ? await nameDivision(deps, visit.actor, code, name, visit.requestId)
      : await addDivision(deps, visit.actor, { code, name }, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.divisions(), { text: code, done: entry ? 'rename' : 'add' }));
      case 'gone':
        return notFound;
      case 'refused':
        return flow.again(visit, address, typed, [
          { part: PART, field: outcome.why === 'name' ? 'name' : 'code', severity: 'rule', text: saveProblems[outcome.why] },
        ]);
    }
  };

  const askSwitch = async (visit: Visit): Promise<Reply> => {
    const entry = await entryOf(visit);
    if (!entry) return notFound;
    const title = entry.isEnded ? '恢复地区' : '停用地区';
    return page(
      'admin/confirm',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }] },
      {
        action: paths.switchDivision(entry.code),
        rows: [
          { label: '地区', text: entry.fullName },
          { label: '代码', text: entry.code },
          { label: '登记单位', text: `${entry.units} 个` },
        ],
        warning: entry.isEnded
          ? '恢复后，注册和建立账号时可以再次选择。'
          : '停用后，已经登记的单位和账号不受影响，新的注册和账号不能再选择。可以随时恢复。',
        fields: { do: entry.isEnded ? 'restore' : 'end' },
        confirmText: entry.isEnded ? '确认恢复' : '确认停用',
        kind: entry.isEnded ? 'primary' : 'warning',
        backHref: paths.divisions(),
      },
    );
  };

  const doSwitch = async (visit: Visit): Promise<Reply> => {
    const act = visit.body.one('do');
    const code = visit.param('code');
    const back = { text: '返回行政区划', href: addressOf(paths.divisions(), { text: code }) };
    if (act !== 'end' && act !== 'restore') return refusal(400, '没有这样的操作，请返回上一页重新操作', back);
    const outcome = await endOrRestoreDivision(deps, visit.actor, code, act, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.divisions(), { text: code, done: act }));
      case 'gone':
        return notFound;
      case 'refused':
        return refusal(409, switchProblems[outcome.why], back);
    }
  };

  const withEntry =
    (handle: (visit: Visit, entry: DivisionEntry) => Promise<Reply>) =>
    async (visit: Visit): Promise<Reply> => {
      const entry = await entryOf(visit);
      return entry ? handle(visit, entry) : notFound;
    };
  const access = 'reference.manage';
  return [
    { method: 'get', path: paths.divisions(), access, audit: null, handle: list },
    { method: 'get', path: paths.newDivision(), access, audit: null, handle: (visit) => show(visit, undefined) },
    { method: 'post', path: paths.newDivision(), access, audit: 'division.add', handle: (visit) => save(visit, undefined) },
    { method: 'get', path: paths.division(':code'), access, audit: null, handle: withEntry(show) },
    { method: 'post', path: paths.division(':code'), access, audit: 'division.rename', handle: withEntry(save) },
    { method: 'get', path: paths.switchDivision(':code'), access, audit: null, handle: askSwitch },
    { method: 'post', path: paths.switchDivision(':code'), access, audit: 'division.end, division.restore', handle: doSwitch },
  ];
}
