import { codeText, unitNatures } from '../../lib/codes';
import { showMoment } from '../../lib/moment';
import type { Namesake, PermissionRow } from './permission-queue.read';
import type { EarlierRequest, PermissionRequest } from './permission.store';
import type { PermissionState, RegisterEntry, Unit } from './unit.store';
import { isSameName } from './check-register';

export const permissionTags: Record<PermissionState, { text: string; colour: string }> = {
  none: { text: '未申请', colour: 'grey' },
  requested: { text: '待审核', colour: 'blue' },
  granted: { text: '已取得权限', colour: 'green' },
  refused: { text: '未通过', colour: 'red' },
  withdrawn: { text: '已收回', colour: 'red' },
};

/** Where a request stands: 「已通过」 until what it granted was taken back. */
export const requestTag = (r: Pick<PermissionRequest, 'state' | 'isWithdrawn'>): { text: string; colour: string } =>
  r.isWithdrawn ? permissionTags.withdrawn : r.state === 'granted' ? { text: '已通过', colour: 'green' } : permissionTags[r.state];

export function unitRows(unit: Unit): { label: string; text: string }[] {
  return [
    { label: '单位名称', text: unit.name },
    { label: '统一社会信用代码', text: unit.creditCode },
    { label: '单位性质', text: codeText(unitNatures, unit.nature) ?? unit.nature },
    { label: '所属地区', text: unit.divisionName },
    { label: '主管部门', text: unit.superiorName || '无' },
    { label: '联系人', text: unit.contactName },
  ];
}

/** Units of the same name, as a table: who decides sees what else is there. */
export function namesakesTable(namesakes: readonly Namesake[]) {
  return {
    caption: '同名单位',
    columns: [
      { key: 'code', text: '统一社会信用代码' },
      { key: 'division', text: '所属地区' },
      { key: 'state', text: '「职称评审」权限' },
      { key: 'at', text: '注册时间' },
    ],
    rows: namesakes.map((n) => ({
      cells: [
        { text: n.creditCode },
        { text: n.divisionName },
        { tag: permissionTags[n.permissionState as PermissionState] },
        { text: showMoment(n.createdAt) },
      ],
    })),
  };
}

/** What the unit was told before, and why: who decides again does not ask for the same thing twice, or for another. */
export function earlierTable(requests: readonly EarlierRequest[]) {
  return {
    caption: '以前的申请',
    columns: [
      { key: 'at', text: '申请时间' },
      { key: 'state', text: '结果' },
      { key: 'reason', text: '原因', width: 'l' },
      { key: 'by', text: '审核人' },
      { key: 'decided', text: '审核时间' },
    ],
    rows: requests.map((r) => ({
      cells: [
        { text: showMoment(r.requestedAt) },
        { tag: requestTag(r) },
        { text: r.withdrawnReason ?? r.reason },
        { text: r.isAutomatic ? '自动校验' : (r.decidedBy ?? '') },
        { text: r.decidedAt ? showMoment(r.decidedAt) : '' },
      ],
    })),
  };
}

/** What was declared beside what the register says, and whether they agree. */
export function comparisonRows(
  unit: Unit,
  request: PermissionRequest,
  entry: RegisterEntry | undefined,
): { cells: { text?: string; tag?: { text: string; colour: string } }[] }[] {
  const row = (label: string, declared: string, registered: string | undefined, same: boolean) => ({
    cells: [
      { text: label },
      { text: declared },
      { text: registered ?? '登记库中没有' },
      {
        tag:
          registered === undefined
            ? { text: '无法核对', colour: 'orange' }
            : same
              ? { text: '一致', colour: 'green' }
              : { text: '不一致', colour: 'red' },
      },
    ],
  });
  return [
    row('统一社会信用代码', request.creditCode, entry?.creditCode, entry?.creditCode === request.creditCode),
    row('单位名称', unit.name, entry?.name, entry !== undefined && isSameName(entry.name, unit.name)),
    row('所属地区', request.divisionName, entry?.divisionName, entry?.divisionCode === request.divisionCode),
  ];
}

export const queueColumns = [
  { key: 'unit', text: '单位名称' },
  { key: 'division', text: '申报的所属地区' },
  { key: 'state', text: '状态' },
  { key: 'check', text: '自动校验' },
  { key: 'at', text: '申请时间' },
  { key: 'act', text: '操作' },
];

export function queueRow(r: PermissionRow, href: string): object {
  return {
    cells: [
      { text: r.unitName, href, sub: r.creditCode },
      { text: r.divisionName },
      { tag: requestTag(r) },
      { text: r.isAutomatic ? '全部一致，自动通过' : r.checkNote },
      { text: showMoment(r.requestedAt) },
      { text: r.state === 'requested' ? '审核' : '查看', href, hiddenText: `：${r.unitName}` },
    ],
  };
}
