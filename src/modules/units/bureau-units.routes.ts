import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { choiceFilter, textFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, removeDraft } from '../../http/form-drafts.store';
import { addressOf, placeQuery, readPlace, rowsAt, stepLinks } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, unitOf, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { isRowId } from '../../lib/ids';
import { maskMobile, maskNumbersIn } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { compactCode, normaliseLine } from '../../lib/text';
import { covers } from '../../policy/policy';
import { divisionParents, findDivision, listDivisions } from '../catalogue';
import { countBureauUnits, listBureauUnits, type BureauUnitFilter } from './bureau-units.read';
import { changedFacts, correctUnit, factsOf } from './correct-unit';
import { listNamesakes } from './permission-queue.read';
import { countHeld } from './permission-use.read';
import { findWithdrawal } from './permission.store';
import { namesakesTable, permissionTags, unitRows } from './permission.view';
import { resetUnitPassword } from './reset-unit-password';
import {
  correctionContext,
  correctionDefaults,
  factLabels,
  factRows,
  factsFrom,
  factText,
  PART,
  problemAt,
  unitCorrectionForm,
  type DivisionName,
} from './unit-correction-form';
import { factNames, findUnitAccount, listUnitCorrections, type UnitCorrection, type UnitFacts } from './unit-correction.store';
import { findUnit, type Unit } from './unit.store';

interface Draft {
  unitId: number;
  raw: RawSection;
  problems: Problem[];
  /** the unit's data when the form was opened */
  before: UnitFacts;
  /** everything was in order: what the confirm page shows and does */
  after?: UnitFacts;
}

const CODE_TAKEN = '该统一社会信用代码已经由另一个单位注册';
const NAME_TAKEN = '已经存在有权限的同名单位，请先核对同名单位';
const listCrumb: Crumb = { text: '单位信息维护', href: paths.bureauUnits() };

/** C4 「单位信息维护」: the bureau finds units of its division, corrects their data and has their password sent anew. */
export function bureauUnitsRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  const mustFind = async (id: number): Promise<Unit> => {
    const unit = await findUnit(db, id);
    if (!unit) throw new Error(`no unit ${id}`);
    return unit;
  };
  const namesOf = async (codes: readonly string[]): Promise<DivisionName> => {
    const found = await Promise.all([...new Set(codes)].map((code) => findDivision(db, code)));
    return (code) => found.find((d) => d?.code === code)?.fullName ?? code;
  };
  const draftOf = async (visit: Visit, id: string): Promise<Draft | undefined> => {
    const kept = await findDraft<Draft>(db, cipher, 'unit-correction', visit.owner, id);
    return kept?.unitId === unitOf(visit).id ? { ...kept, raw: restoreSection(unitCorrectionForm, kept.raw) } : undefined;
  };

  const filterOf = (visit: Visit): { filter: BureauUnitFilter; address: Record<string, string> } => {
    const name = normaliseLine(visit.query.one('name')).slice(0, 100);
    const code = compactCode(visit.query.one('code')).slice(0, 18);
    const asked = visit.query.one('show');
    const show = asked === 'namesakes' || asked === 'held' ? asked : '';
    return { filter: { name, code, namesakes: show === 'namesakes', held: show === 'held' }, address: { name, code, show } };
  };

  const list = async (visit: Visit): Promise<Reply> => {
    const division = await findDivision(db, visit.actor.divisionCode ?? '');
    if (!division) throw new Error('a bureau without a division');
    const { filter, address } = filterOf(visit);
    const place = readPlace(visit.query, isRowId);
    const count = await countBureauUnits(db, division.code, filter);
    const slice = await listBureauUnits(db, division.code, filter, place, rowsAt(place, count), count.isOpen);
    const show = [
      { value: '', text: '全部单位' },
      { value: 'namesakes', text: '有同名单位的' },
      { value: 'held', text: '权限已收回、还有申报未退回的' },
    ];
    return page(
      'units/bureau-units',
      { title: '单位信息维护', breadcrumbs: [homeCrumb, { text: '单位信息维护' }] },
      {
        division,
        filter: {
          action: paths.bureauUnits(),
          resetHref: paths.bureauUnits(),
          controls: [
            textFilter('name', '单位名称', filter.name, 'm'),
            textFilter('code', '统一社会信用代码', filter.code, 'm'),
            choiceFilter('show', '范围', show, address.show ?? ''),
          ],
        },
        table: {
          caption: '单位',
          emptyText: filter.name || filter.code || address.show ? '没有符合条件的单位' : '本辖区还没有单位注册',
          columns: [
            { key: 'name', text: '单位名称' },
            { key: 'division', text: '所属地区' },
            { key: 'contact', text: '联系人' },
            { key: 'state', text: '权限' },
          ],
          rows: slice.rows.map((u) => ({
            cells: [
              { text: u.name, href: paths.bureauUnit(u.id), sub: u.hasNamesake ? `${u.creditCode}，有同名单位` : u.creditCode },
              { text: u.divisionName },
              { text: u.contactName },
              { tag: permissionTags[u.permissionState] },
            ],
          })),
        },
        pages: stepLinks(slice, count, (to) => addressOf(paths.bureauUnits(), { ...address, ...placeQuery(to) })),
      },
    );
  };

  const namesakesOf = async (name: string, exceptId: number): Promise<object | undefined> => {
    const namesakes = await listNamesakes(db, name, exceptId);
    return namesakes.length === 0 ? undefined : namesakesTable(namesakes);
  };

  const correctionCells = (c: UnitCorrection, name: DivisionName): { text: string; sub?: string }[] => {
    const lines = factNames
      .filter((f) => f !== 'mobile' && c.after[f] !== undefined)
      .map((f) => {
        const value = (facts: UnitCorrection['before']): string => factText(f, (facts as Record<string, string>)[f] ?? '', name) || '无';
        return `${factLabels[f]}：${value(c.before)} → ${value(c.after)}`;
      });
    return [
      { text: showMoment(c.at) },
      { text: c.byName },
      { text: [...lines, ...(c.hasMobile ? ['手机号码'] : [])].join('；') },
      { text: c.reason },
    ];
  };

  const unitPage = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const unit = await mustFind(id);
    const [account, corrections, namesakes, withdrawal, held] = await Promise.all([
      findUnitAccount(db, id),
      listUnitCorrections(db, id),
      namesakesOf(unit.name, id),
      findWithdrawal(db, id),
      countHeld(db, id),
    ]);
    const name = await namesOf(corrections.flatMap((c) => [c.before.divisionCode, c.after.divisionCode].filter((x) => x !== undefined)));
    const mobile = cipher.decrypt(unit.mobile, 'unit.mobile');
    const done = visit.query.one('done');
    const notice: PageMeta['notice'] =
      done === 'correct'
        ? { kind: 'success', text: '单位信息已更正' }
        : done === 'reset'
          ? { kind: 'success', text: `临时密码已发送至 ${maskMobile(mobile)}，单位用它登录后须修改密码` }
          : done === 'withdraw' && withdrawal
            ? { kind: 'success', text: held > 0 ? `权限已收回。还有 ${held} 份申报在该单位，请退回` : '权限已收回' }
            : done === 'send-back'
              ? { kind: 'success', text: '正在该单位的申报已全部退回' }
              : undefined;
    const isPermitted = unit.permissionState === 'granted';
    return page(
      'units/bureau-unit',
      { title: unit.name, breadcrumbs: [homeCrumb, listCrumb, { text: unit.name }], ...(notice ? { notice } : {}) },
      {
        tag: permissionTags[unit.permissionState],
        rows: [...unitRows(unit), { label: '手机号码', text: mobile }, { label: '登录名', text: account?.loginName ?? '没有账号' }],
        correctHref: paths.correctUnit(id),
        withdrawHref: isPermitted ? paths.withdrawPermission(id) : undefined,
        withdrawal,
        sendBack: !isPermitted && held > 0 ? { n: held, href: paths.sendBackHeld(id) } : undefined,
        resetHref: account ? paths.resetUnitPassword(id) : undefined,
        namesakes,
        corrections: {
          caption: '更正记录',
          emptyText: '没有更正记录',
          columns: [
            { key: 'at', text: '时间', nowrap: true },
            { key: 'by', text: '人员', width: 's' },
            { key: 'what', text: '更正内容', width: 'l' },
            { key: 'why', text: '原因', width: 'm' },
          ],
          rows: corrections.map((c) => ({ cells: correctionCells(c, name) })),
        },
      },
    );
  };

  // ---- correcting

  const form = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const unit = await mustFind(id);
    const key = visit.query.one('draft');
    const draft = await draftOf(visit, key);
    const raw = draft?.raw ?? correctionDefaults(factsOf(cipher, unit));
    const [{ today }, divisions] = await Promise.all([
      databaseNow(db),
      listDivisions(db, divisionParents(raw.groups[PART] ?? {}), unit.divisionCode),
    ]);
    const problems = draft?.problems ?? [];
    return page(
      'units/correct-unit',
      {
        title: '更正单位信息',
        breadcrumbs: [homeCrumb, listCrumb, { text: unit.name, href: paths.bureauUnit(id) }, { text: '更正单位信息' }],
        errors: problemLinks(problems),
      },
      {
        form: smallForm({
          section: unitCorrectionForm,
          raw,
          ctx: correctionContext(today, divisions),
          problems,
          action: addressOf(paths.correctUnit(id), { draft: draft ? key : '' }),
          buttons: [{ value: 'next', text: '下一步', kind: 'primary' }],
        }),
      },
    );
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const unit = await mustFind(id);
    const earlier = await draftOf(visit, visit.query.one('draft'));
    const before = earlier?.before ?? factsOf(cipher, unit);
    const raw = readSection(unitCorrectionForm, visit.body, emptySection(unitCorrectionForm));
    const [{ today }, divisions] = await Promise.all([
      databaseNow(db),
      listDivisions(db, divisionParents(raw.groups[PART] ?? {}), unit.divisionCode),
    ]);
    const checked = checkSection(unitCorrectionForm, raw, correctionContext(today, divisions));
    const problems = visit.body.one('do') === 'refresh' ? [] : [...checked.problems];
    const isRead = visit.body.one('do') !== 'refresh' && problems.length === 0;
    const after = isRead ? factsFrom(checked) : undefined;
    if (after && changedFacts(before, after).length === 0) problems.push(problemAt('name', '没有修改任何内容，请修改需要更正的项目'));
    const isReady = after !== undefined && problems.length === 0;
    const draft: Draft = { unitId: id, raw, problems, before, ...(isReady ? { after } : {}) };
    const key = await keepDraft(db, cipher, 'unit-correction', visit.owner, draft);
    return seeOther(addressOf(isReady ? paths.confirmUnit(id) : paths.correctUnit(id), { draft: key }));
  };

  const showConfirm = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const key = visit.query.one('draft');
    const draft = await draftOf(visit, key);
    if (!draft?.after) return seeOther(paths.correctUnit(id));
    const { before, after } = draft;
    const [name, namesakes] = await Promise.all([namesOf([before.divisionCode, after.divisionCode]), namesakesOf(after.name, id)]);
    const own = visit.actor.divisionCode ?? '';
    return page(
      'units/confirm-unit',
      {
        title: '确认更正单位信息',
        breadcrumbs: [homeCrumb, listCrumb, { text: before.name, href: paths.bureauUnit(id) }, { text: '确认更正' }],
      },
      {
        changes: factRows(before, after, name),
        reason: maskNumbersIn(draft.raw.groups[PART]?.reason ?? ''),
        namesakes: after.name === before.name ? undefined : namesakes,
        warnings: [
          ...(after.creditCode === before.creditCode ? [] : ['更正后，该单位用新的统一社会信用代码登录，原来的代码不能再用于登录。']),
          ...(after.mobile === before.mobile
            ? []
            : ['更正后，重置密码和找回密码的短信发送到新的手机号码，系统会发短信告知原来的和新的手机号码。请确认已经核实单位的身份。']),
          ...(covers(own, after.divisionCode) ? [] : ['更正后，该单位不再属于本辖区，由新的所属地区管理。']),
        ],
        action: paths.confirmUnit(id),
        draft: key,
        backHref: addressOf(paths.correctUnit(id), { draft: key }),
      },
    );
  };

  const confirm = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const key = visit.body.one('draft');
    const draft = await draftOf(visit, key);
    const back = { text: '返回该单位', href: paths.bureauUnit(id) };
    if (!draft?.after) return refusal(410, '填写的内容已经失效，请重新填写', back);
    const outcome = await correctUnit(deps, visit.actor, {
      unitId: id,
      before: draft.before,
      after: draft.after,
      reason: maskNumbersIn(draft.raw.groups[PART]?.reason ?? ''),
      requestId: visit.requestId,
    });
    const again = { text: '返回修改', href: addressOf(paths.correctUnit(id), { draft: key }) };
    switch (outcome.kind) {
      case 'done':
        await removeDraft(db, key);
        // a unit that now belongs to another division has no page here any more
        return seeOther(
          covers(visit.actor.divisionCode ?? '', draft.after.divisionCode)
            ? addressOf(paths.bureauUnit(id), { done: 'correct' })
            : paths.bureauUnits(),
        );
      case 'stale':
        return refusal(409, '该单位的信息刚刚被其他人员更正过，请核对后重新填写', back);
      case 'code-taken':
        return refusal(409, CODE_TAKEN, again);
      case 'name-taken':
        return refusal(409, NAME_TAKEN, again);
    }
  };

  // ---- the password

  const showReset = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const unit = await mustFind(id);
    const account = await findUnitAccount(db, id);
    if (!account) return refusal(409, '该单位没有账号', { text: '返回该单位', href: paths.bureauUnit(id) });
    return page(
      'units/reset-password',
      {
        title: '重置密码',
        breadcrumbs: [homeCrumb, listCrumb, { text: unit.name, href: paths.bureauUnit(id) }, { text: '重置密码' }],
      },
      {
        rows: [
          { label: '单位名称', text: unit.name },
          { label: '登录名', text: account.loginName },
          { label: '接收短信的手机号码', text: cipher.decrypt(unit.mobile, 'unit.mobile') },
        ],
        action: paths.resetUnitPassword(id),
        backHref: paths.bureauUnit(id),
      },
    );
  };

  const reset = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const outcome = await resetUnitPassword(deps, visit.actor, id, visit.requestId);
    if (outcome.kind === 'no-account') return refusal(409, '该单位没有账号', { text: '返回该单位', href: paths.bureauUnit(id) });
    return seeOther(addressOf(paths.bureauUnit(id), { done: 'reset' }));
  };

  const access = 'unit.correct';
  return [
    { method: 'get', path: paths.bureauUnits(), access: 'units.find', audit: null, handle: list },
    { method: 'get', path: paths.bureauUnit(':unit'), access, audit: null, handle: unitPage },
    { method: 'get', path: paths.correctUnit(':unit'), access, audit: null, handle: form },
    { method: 'post', path: paths.correctUnit(':unit'), access, audit: null, handle: post },
    { method: 'get', path: paths.confirmUnit(':unit'), access, audit: null, handle: showConfirm },
    { method: 'post', path: paths.confirmUnit(':unit'), access, audit: 'unit.correct', handle: confirm },
    { method: 'get', path: paths.resetUnitPassword(':unit'), access, audit: null, handle: showReset },
    { method: 'post', path: paths.resetUnitPassword(':unit'), access, audit: 'account.reset-password', handle: reset },
  ];
}
