import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText, type RawSection } from '../../form/field';
import { longText } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { addressOf, countOrNone } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, unitOf, type Reply, type Route, type Visit } from '../../http/route';
import { maskNumbersIn } from '../../lib/mask';
import { findPermissionUse, type PermissionUse } from './permission-use.read';
import { unitRows } from './permission.view';
import { findUnit } from './unit.store';
import { withdrawPermission } from './withdraw-permission';

const PART = 'withdrawal';
const withdrawalForm: SectionDefinition = {
  id: 'withdrawal',
  title: '收回权限',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        longText({
          id: 'reason',
          label: '收回原因',
          hint: '该单位可以看到，例如：单位已并入其他单位（请写明名称）；单位已撤销；审核有误',
          limit: 200,
          rows: 3,
          required: true,
        }),
      ],
    },
  ],
  rules: [],
};

const held = (u: PermissionUse): number => u.toReview + u.returned + u.toReport;

/** What stands where now, for who decides. */
const useRows = (u: PermissionUse): { label: string; text: string }[] => [
  {
    label: '正在该单位的申报',
    text: held(u) === 0 ? '没有' : `${held(u)} 份（待审核 ${u.toReview} 份，上级退回 ${u.returned} 份，待上报 ${u.toReport} 份）`,
  },
  { label: '由该单位退回、申报人正在修改的申报', text: countOrNone(u.withApplicants, '份') },
  { label: '选择该单位、尚未提交的申报', text: countOrNone(u.drafts, '份') },
  { label: '该单位已上报、正在办理的申报', text: countOrNone(u.onward, '份') },
  { label: '该单位的上报路径', text: countOrNone(u.paths, '条') },
  { label: '向该单位上报的下级单位', text: countOrNone(u.lowerUnits, '个') },
  { label: '该单位的经办人', text: u.operators.join('、') || '没有' },
];

/** What will be so afterwards. */
const consequences = (u: PermissionUse): string[] => [
  '申报人不能再选择该单位，该单位不能再审核、上报，也不能申请和审核路径；经办人仍然可以登录，查看以前的申报。',
  ...(held(u) === 0
    ? []
    : ['正在该单位的申报不会丢失。收回之后，请在该单位的页面上退回：申报人直接提交的，退回申报人另选单位；下级单位上报的，退回下级单位。']),
  ...(u.withApplicants === 0
    ? []
    : [
        '由该单位退回、申报人正在修改的：申报人直接提交到该单位的，可以在「申报信息」中另选单位后重新提交，系统发短信告知；下级单位上报的，重新提交后送达下级单位，由下级单位按新的路径上报。',
      ]),
  ...(u.onward === 0 ? [] : ['该单位已经上报的申报不受影响，继续办理。']),
  ...(u.lowerUnits === 0 ? [] : ['下级单位不能再向该单位上报，须终止原来的路径，向其他上级单位重新申请，系统发短信告知。']),
  '系统发短信告知该单位。该单位可以重新申请，由人社局审核；审核通过后，原来的路径继续有效。',
];

/** C3 「收回权限」 */
export function withdrawalRoutes(deps: Deps): Route[] {
  const { db } = deps;

  const confirmPage = async (visit: Visit, raw: RawSection, problems: readonly Problem[] = []): Promise<Reply> => {
    const { id } = unitOf(visit);
    const [unit, use, { today }] = await Promise.all([findUnit(db, id), findPermissionUse(db, id), databaseNow(db)]);
    if (!unit) throw new Error(`no unit ${id}`);
    return page(
      'units/withdraw-permission',
      {
        title: '收回权限',
        heading: '收回「职称评审」权限',
        breadcrumbs: [
          homeCrumb,
          { text: '单位信息维护', href: paths.bureauUnits() },
          { text: unit.name, href: paths.bureauUnit(id) },
          { text: '收回权限' },
        ],
        errors: problemLinks(problems),
      },
      {
        unit: unitRows(unit).slice(0, 4),
        use: useRows(use),
        consequences: consequences(use),
        form: smallForm({
          section: withdrawalForm,
          raw,
          ctx: smallFormContext(today),
          problems,
          action: paths.withdrawPermission(id),
          buttons: [{ value: 'withdraw', text: '确认收回', kind: 'warning' }],
        }),
        backHref: paths.bureauUnit(id),
      },
      problems.length > 0 ? 422 : 200,
    );
  };

  const withdraw = async (visit: Visit): Promise<Reply> => {
    const { id } = unitOf(visit);
    const raw = readSection(withdrawalForm, visit.body, emptySection(withdrawalForm));
    const { groups, problems } = checkSection(withdrawalForm, raw, smallFormContext((await databaseNow(db)).today));
    if (problems.length > 0) return confirmPage(visit, raw, problems);
    const reason = maskNumbersIn(asText(groups[PART]?.values.reason));
    const outcome = await withdrawPermission(deps, visit.actor, { unitId: id, reason, requestId: visit.requestId });
    return outcome.kind === 'done'
      ? seeOther(addressOf(paths.bureauUnit(id), { done: 'withdraw' }))
      : refusal(409, '该单位的权限刚刚被其他人员收回，您填写的原因没有保存', { text: '返回该单位', href: paths.bureauUnit(id) });
  };

  const access = 'permission.withdraw';
  const path = paths.withdrawPermission(':unit');
  return [
    { method: 'get', path, access, audit: null, handle: (visit) => confirmPage(visit, emptySection(withdrawalForm)) },
    { method: 'post', path, access, audit: 'permission.withdraw', handle: withdraw },
  ];
}
