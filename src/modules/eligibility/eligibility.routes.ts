import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { anyOr, choiceFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { codeText, wayOfDeclaring } from '../../lib/codes';
import { showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { seriesOptions, type Catalogue } from '../catalogue';
import { evaluate, isRank, ruleText } from './evaluate';
import { GENERAL, PART, rankOptions, ruleContext, ruleForm, ruleInput, ruleRaw, tryFacts, tryForm, wayOptions } from './rule-form';
import { findVersions, listRules, listRulesFor, type RuleFilter, type StoredRule } from './rules.store';
import { saveRule } from './save-rule';
import { outcomeTags } from './verdict.view';

const TITLE = '申报条件';
const listCrumb: Crumb = { text: TITLE, href: paths.eligibility() };
const doneTexts: Readonly<Record<string, string>> = { create: '已新增', edit: '已保存为新的版本' };

const stateTag = (r: StoredRule, today: string) =>
  r.isEnded && r.validFrom <= today
    ? { text: '已停止', colour: 'grey' }
    : r.validFrom > today
      ? { text: r.isEnded ? '将停止' : '尚未执行', colour: 'yellow' }
      : { text: '执行中', colour: 'green' };

/** of one answer on the page for trying out */
const ASKED_CHARACTERS = 50;

/** K5: the rules of eligibility, their versions, and a page for trying them out. */
export function eligibilityRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const seriesText = (c: Catalogue, id: number | null): string => (id === null ? GENERAL.text : c.seriesName(id));

  async function list(visit: Visit): Promise<Reply> {
    const catalogue = await deps.catalogue.get();
    const { today } = await databaseNow(db);
    const series = visit.query.one('series');
    const seriesId = series === GENERAL.value ? null : wholeNumber(series, 9);
    const rank = visit.query.one('rank');
    const way = visit.query.one('way');
    const filter: RuleFilter = {
      rank: isRank(rank) ? rank : '',
      way: codeText(wayOfDeclaring, way) === undefined ? '' : way,
      ...(seriesId === undefined ? {} : { seriesId }),
    };
    const rows = await listRules(db, filter);
    const done = doneTexts[visit.query.one('done')];
    const notice: PageMeta['notice'] = done === undefined ? undefined : { kind: 'success', text: done };
    return page(
      'eligibility/list',
      { title: TITLE, breadcrumbs: [homeCrumb, { text: TITLE }], ...(notice ? { notice } : {}) },
      {
        filter: {
          action: paths.eligibility(),
          resetHref: paths.eligibility(),
          controls: [
            choiceFilter(
              'series',
              '职称系列',
              anyOr([GENERAL, ...seriesOptions(catalogue.series)]),
              seriesId === null ? GENERAL.value : (seriesId ?? ''),
              'm',
            ),
            choiceFilter('rank', '申报层级', anyOr(rankOptions), filter.rank),
            choiceFilter('way', '申报方式', anyOr(wayOptions), filter.way, 'm'),
          ],
        },
        table: {
          caption: TITLE,
          emptyText: '没有符合条件的记录',
          columns: [
            { key: 'series', text: '职称系列' },
            { key: 'rank', text: '申报层级' },
            { key: 'rule', text: '条件', width: 'l' },
            { key: 'outcome', text: '核对结果' },
            { key: 'from', text: '执行日期' },
            { key: 'state', text: '状态' },
          ],
          rows: rows.map((r) => ({
            cells: [
              { text: seriesText(catalogue, r.seriesId) },
              { text: r.rank, sub: codeText(wayOfDeclaring, r.way) ?? r.way },
              { text: ruleText(r), href: paths.eligibilityRule(r.key), sub: r.basis },
              { tag: outcomeTags[r.outcome] },
              { text: showDate(r.validFrom) },
              { tag: stateTag(r, today) },
            ],
          })),
        },
      },
    );
  }

  const flowOf = (key: string | undefined) => formFlow(deps, 'admin-form', ruleForm, `eligibility-${key ?? 'new'}`);

  async function edit(visit: Visit, versions: readonly StoredRule[]): Promise<Reply> {
    const [newest] = versions;
    const catalogue = await deps.catalogue.get();
    const { today } = await databaseNow(db);
    const blank = { groups: { [PART]: { way: 'normal', outcome: 'pass', isEnded: 'no', validFrom: showDate(today) } }, rows: {} };
    const stored = newest ? { groups: { [PART]: ruleRaw(newest) }, rows: {} } : blank;
    const typed = await flowOf(newest?.key).shown(visit, stored, newest?.version);
    const title = newest ? '修改申报条件' : '新增申报条件';
    return page(
      'eligibility/edit',
      { title, breadcrumbs: [homeCrumb, listCrumb, { text: title }], errors: problemLinks(typed.problems) },
      {
        form: smallForm({
          section: ruleForm,
          raw: typed.raw,
          ctx: ruleContext(today, catalogue),
          problems: typed.problems,
          action: newest ? paths.eligibilityRule(newest.key) : paths.newEligibilityRule(),
          ...(typed.version === undefined ? {} : { version: typed.version }),
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        versions: {
          caption: '历次版本',
          columns: [
            { key: 'version', text: '版本', numeric: true },
            { key: 'rule', text: '条件', width: 'l' },
            { key: 'from', text: '执行日期' },
            { key: 'by', text: '修改人' },
          ],
          rows: versions.map((v) => ({
            cells: [
              { text: String(v.version) },
              { text: `${ruleText(v)}：${outcomeTags[v.outcome].text}`, sub: v.basis },
              { text: showDate(v.validFrom), sub: v.isEnded ? '停止执行' : '' },
              { text: v.by ?? '系统初始数据', sub: showMoment(v.at) },
            ],
          })),
        },
        listHref: paths.eligibility(),
      },
    );
  }

  async function save(visit: Visit, versions: readonly StoredRule[]): Promise<Reply> {
    const [newest] = versions;
    const here = newest ? paths.eligibilityRule(newest.key) : paths.newEligibilityRule();
    const flow = flowOf(newest?.key);
    const typed = flow.posted(visit);
    const { today } = await databaseNow(db);
    const checked = checkSection(ruleForm, typed.raw, ruleContext(today, await deps.catalogue.get()));
    if (visit.body.one('do') === 'refresh') return flow.again(visit, here, typed, []);
    if (checked.problems.length > 0) return flow.again(visit, here, typed, checked.problems);
    // what was typed comes back beside the versions of the others, to be saved over the newest one knowingly
    const changedMeanwhile = (version: number | undefined): Promise<Reply> =>
      flow.again(visit, here, { raw: typed.raw, version }, [
        { part: PART, severity: 'rule', text: '该条件已被其他人员修改，您的修改还没有保存。请核对下面的历次版本，需要时再次保存' },
      ]);
    if (newest && typed.version !== newest.version) return changedMeanwhile(newest.version);
    const rule = ruleInput(checked);
    if (newest && rule.validFrom < newest.validFrom)
      return flow.again(visit, here, typed, [
        {
          part: PART,
          field: 'validFrom',
          severity: 'rule',
          text: `「自何日起执行」不能早于上一版本的执行日期（${showDate(newest.validFrom)}）`,
        },
      ]);
    const outcome = await saveRule(deps, visit.actor, newest && { key: newest.key, version: typed.version ?? 0 }, rule, visit.requestId);
    if (outcome.kind === 'conflict') return changedMeanwhile(newest?.version);
    return seeOther(addressOf(paths.eligibility(), { done: newest ? 'edit' : 'create' }));
  }

  async function tryOut(visit: Visit): Promise<Reply> {
    const catalogue = await deps.catalogue.get();
    const { today } = await databaseNow(db);
    const isAsked = visit.query.has('do');
    const raw: RawSection = isAsked
      ? readSection(tryForm, visit.query, emptySection(tryForm))
      : { groups: { [PART]: { way: 'normal', validFrom: showDate(today) } }, rows: {} };
    const ctx = ruleContext(today, catalogue);
    const checked = checkSection(tryForm, raw, ctx);
    const problems = isAsked && visit.query.one('do') !== 'refresh' ? checked.problems : [];
    const { facts, day } = tryFacts(checked);
    const verdict =
      isAsked && checked.problems.length === 0 && facts.rank ? evaluate(await listRulesFor(db, facts, day), facts) : undefined;
    return page(
      'eligibility/try',
      { title: '试核对', breadcrumbs: [homeCrumb, listCrumb, { text: '试核对' }], errors: problemLinks(problems) },
      {
        form: smallForm({
          section: tryForm,
          raw,
          ctx,
          problems,
          action: paths.tryEligibility(),
          buttons: [{ value: 'try', text: '核对', kind: 'primary' }],
        }),
        verdict: verdict && { ...verdict, tag: outcomeTags[verdict.outcome] },
      },
    );
  }

  /** The form posts as every form does; what it asks then stands in the address, so that an example can be shared. */
  const askTry = (visit: Visit): Promise<Reply> => {
    const raw = readSection(tryForm, visit.body, emptySection(tryForm)).groups[PART] ?? {};
    // no answer is longer than this, and an address of any length is opened by no browser
    const asked = Object.fromEntries(Object.entries(raw).map(([k, v]) => [`${PART}.${k}`, [...v].slice(0, ASKED_CHARACTERS).join('')]));
    return Promise.resolve(
      seeOther(
        addressOf(paths.tryEligibility(), { [`${PART}.rank`]: '', ...asked, do: visit.body.one('do') === 'refresh' ? 'refresh' : 'try' }),
      ),
    );
  };

  const withRule =
    (handle: (visit: Visit, versions: StoredRule[]) => Promise<Reply>) =>
    async (visit: Visit): Promise<Reply> => {
      const key = visit.param('rule');
      const versions = isUuid(key) ? await findVersions(db, key) : [];
      return versions.length === 0 ? notFound : handle(visit, versions);
    };
  const access = 'eligibility.edit';
  return [
    { method: 'get', path: paths.eligibility(), access, audit: null, handle: list },
    { method: 'get', path: paths.tryEligibility(), access, audit: null, handle: tryOut },
    // nothing is written: the answer is a page with the values in its address
    { method: 'post', path: paths.tryEligibility(), access, audit: null, handle: askTry },
    { method: 'get', path: paths.newEligibilityRule(), access, audit: null, handle: (visit) => edit(visit, []) },
    { method: 'post', path: paths.newEligibilityRule(), access, audit: 'eligibility.create', handle: (visit) => save(visit, []) },
    { method: 'get', path: paths.eligibilityRule(':rule'), access, audit: null, handle: withRule(edit) },
    { method: 'post', path: paths.eligibilityRule(':rule'), access, audit: 'eligibility.edit', handle: withRule(save) },
  ];
}
