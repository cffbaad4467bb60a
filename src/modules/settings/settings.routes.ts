import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { definitions, isSettingKey, settingKeys, settingParts, settingsOf, settingText, type Settings } from './definitions';
import { saveSettings } from './save-settings';
import { lastChange, listChanges, readSettings } from './settings.store';

const CHANGES_SHOWN = 30;

const settingsForm: SectionDefinition = {
  id: 'settings',
  title: '系统设置',
  parts: settingParts.map(({ id, title, hint }) => ({
    kind: 'group',
    id,
    title,
    ...(hint ? { hint } : {}),
    fields: settingKeys.filter((key) => definitions[key].part === id).map((key) => definitions[key].field),
  })),
  rules: [],
};

const rawValue = (value: string | number | boolean): string => (value === true ? 'yes' : value === false ? 'no' : String(value));
const rawOf = (settings: Settings): RawSection => ({
  groups: Object.fromEntries(
    settingParts.map(({ id }) => [
      id,
      Object.fromEntries(settingKeys.filter((key) => definitions[key].part === id).map((key) => [key, rawValue(settings[key])])),
    ]),
  ),
  rows: {},
});
/** The settings that a form without problems asks for. */
const wantedOf = (checked: CheckedSection): Settings =>
  Object.fromEntries(settingKeys.map((key) => [key, checked.groups[definitions[key].part]?.values[key]])) as Settings;

/** 「系统设置」 of the administrator: what may change while the site runs, with who changed it when. */
export function settingsRoutes(deps: Deps): Route[] {
  const { db, config } = deps;
  const flow = formFlow(deps, 'admin-form', settingsForm, paths.settings());
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);

  const show = async (visit: Visit): Promise<Reply> => {
    const before = wholeNumber(visit.query.one('before'), 9);
    const version = await lastChange(db);
    const [typed, changes, ctx] = [
      await flow.shown(visit, rawOf(settingsOf(await readSettings(db), config)), version),
      await listChanges(db, CHANGES_SHOWN + 1, before),
      await contextOf(),
    ];
    const last = changes[CHANGES_SHOWN - 1];
    const done = visit.query.one('done');
    const notice: PageMeta['notice'] =
      done === 'saved'
        ? { kind: 'success', text: '设置已保存，立即生效' }
        : done === 'same'
          ? { kind: 'info', text: '没有变化' }
          : undefined;
    return page(
      'settings/settings',
      {
        title: '系统设置',
        breadcrumbs: [homeCrumb, { text: '系统设置' }],
        errors: problemLinks(typed.problems),
        ...(notice ? { notice } : {}),
      },
      {
        form: smallForm({
          section: settingsForm,
          raw: typed.raw,
          ctx,
          problems: typed.problems,
          action: paths.settings(),
          version: typed.version ?? version,
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        changes: {
          caption: '修改记录',
          emptyText: '还没有修改过',
          columns: ['时间', '人员', '设置', '修改前', '修改后'].map((text) => ({ key: text, text, nowrap: text === '时间' })),
          rows: changes.slice(0, CHANGES_SHOWN).map((c) => ({
            cells: [
              { text: showMoment(c.at) },
              { text: c.byName ?? '系统维护人员' },
              { text: isSettingKey(c.key) ? definitions[c.key].field.label : c.key },
              { text: c.before === null ? '默认' : isSettingKey(c.key) ? settingText(c.key, c.before) : '' },
              { text: isSettingKey(c.key) ? settingText(c.key, c.after) : '' },
            ],
          })),
        },
        olderHref: changes.length > CHANGES_SHOWN && last ? addressOf(paths.settings(), { before: String(last.id) }) : undefined,
        newestHref: before === undefined ? undefined : paths.settings(),
      },
    );
  };

  const save = async (visit: Visit): Promise<Reply> => {
    const typed = flow.posted(visit);
    const checked = checkSection(settingsForm, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, paths.settings(), typed, checked.problems);
    const outcome = await saveSettings(deps, visit.actor, wantedOf(checked), typed.version ?? 0, visit.requestId);
    if (outcome.kind === 'done') return seeOther(addressOf(paths.settings(), { done: outcome.changed > 0 ? 'saved' : 'same' }));
    const problems = outcome.overtaken.map(({ key, byName, text }): Problem => ({
      part: definitions[key].part,
      field: key,
      severity: 'rule',
      text: `「${definitions[key].field.label}」已由${byName}改为「${text}」，请核对后再保存`,
    }));
    return flow.again(visit, paths.settings(), { raw: typed.raw, version: outcome.version }, problems);
  };

  const access = 'settings.manage';
  return [
    { method: 'get', path: paths.settings(), access, audit: null, handle: show },
    { method: 'post', path: paths.settings(), access, audit: 'settings.save', reauth: true, handle: save },
  ];
}
