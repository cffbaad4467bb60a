import { paths } from '../../http/paths';
import { codeText, correctionKinds, correctionStates } from '../../lib/codes';
import { showMoment } from '../../lib/moment';
import { roleTexts } from '../../policy/actor';
import { auditActionText } from '../../policy/audit-actions';
import type { SupportAccount } from './account-lookup.read';
import type { AuditLine } from './audit-log.read';
import { detailText } from './audit-log.view';
import type { Correction, CorrectionKind, CorrectionState } from './correction.store';

export interface Tag {
  text: string;
  colour: string;
}

export function accountTag(a: SupportAccount): Tag {
  if (a.disabledAt) return { text: '已停用', colour: 'red' };
  return a.lockedUntil ? { text: '已锁定', colour: 'orange' } : { text: '正常', colour: 'green' };
}

/** What an account is called in lists and headings: the unit, or the person. */
export const titleOf = (a: SupportAccount): string => a.unitName ?? a.displayName;

export function accountRows(a: SupportAccount): { label: string; text: string }[] {
  const lock = a.lockedUntil
    ? `密码连续输入错误，锁定至 ${showMoment(a.lockedUntil)}`
    : a.failedCount > 0
      ? `没有锁定，密码已连续输入错误 ${a.failedCount} 次`
      : '没有锁定';
  return [
    { label: '账号类型', text: a.role === 'person' ? roleTexts.person : roleTexts.unit },
    ...(a.role === 'person'
      ? [
          { label: '姓名', text: a.displayName },
          { label: '证件类型', text: a.idTypeText },
          { label: '证件号码', text: a.idNumberMasked },
        ]
      : [
          { label: '单位名称', text: a.unitName ?? '' },
          { label: '统一社会信用代码', text: a.creditCode ?? '' },
          { label: '所属地区', text: a.divisionName ?? '' },
          { label: a.isOwner ? '主经办人' : '经办人', text: a.displayName },
        ]),
    { label: '手机号码', text: a.mobileMasked },
    { label: '登录名', text: a.loginName },
    { label: '锁定情况', text: lock },
    { label: '注册时间', text: showMoment(a.createdAt) },
  ];
}

export function foundTable(accounts: readonly SupportAccount[]): object {
  return {
    caption: '查询结果',
    columns: [
      { key: 'name', text: '名称' },
      { key: 'role', text: '账号类型' },
      { key: 'number', text: '号码' },
      { key: 'login', text: '登录名' },
      { key: 'state', text: '状态' },
    ],
    rows: accounts.map((a) => ({
      cells: [
        { text: titleOf(a), href: paths.supportAccount(a.id) },
        { text: roleTexts[a.role] },
        { text: a.creditCode ?? a.idNumberMasked },
        { text: a.loginName },
        { tag: accountTag(a) },
      ],
    })),
  };
}

/** Entries of the log about one account. What is about declarations shows the act alone: their contents are no business of support (X2). */
export function trailTable(caption: string, emptyText: string, lines: readonly AuditLine[]): object {
  return {
    caption,
    emptyText,
    columns: [
      { key: 'at', text: '时间', nowrap: true },
      { key: 'actor', text: '人员', width: 's' },
      { key: 'action', text: '操作', width: 'm' },
      { key: 'detail', text: '内容', width: 'l' },
    ],
    rows: lines.map((l) => ({
      cells: [
        { text: showMoment(l.at) },
        { text: l.actorName },
        { text: auditActionText(l.action) },
        { text: l.subjectKind === 'account' ? detailText(l) : '' },
      ],
    })),
  };
}

const stateTag = (state: CorrectionState, colour: Tag['colour']): Tag => ({ text: codeText(correctionStates, state) ?? state, colour });
export const correctionTags: Record<CorrectionState, Tag> = {
  pending: stateTag('pending', 'yellow'),
  confirmed: stateTag('confirmed', 'green'),
  refused: stateTag('refused', 'red'),
};
export const kindText = (kind: CorrectionKind): string => codeText(correctionKinds, kind) ?? kind;

export function correctionsTable(caption: string, emptyText: string, list: readonly Correction[], withPerson: boolean): object {
  return {
    caption,
    emptyText,
    columns: [
      { key: 'what', text: '更正内容' },
      ...(withPerson ? [{ key: 'person', text: '姓名' }] : []),
      { key: 'state', text: '状态' },
      { key: 'by', text: '提出' },
      { key: 'decided', text: '复核' },
    ],
    rows: list.map((c) => ({
      cells: [
        {
          text: kindText(c.change.kind),
          href: paths.correction(c.id),
          hiddenText: `：${c.personName}`,
          ...(c.change.kind === 'name' ? { sub: `${c.change.oldName} → ${c.change.newName}` } : {}),
        },
        ...(withPerson ? [{ text: c.personName }] : []),
        { tag: correctionTags[c.state] },
        { text: c.requestedByName, sub: showMoment(c.requestedAt) },
        c.decidedByName === null
          ? { text: c.state === 'pending' ? '' : '不需要复核' }
          : { text: c.decidedByName, sub: showMoment(c.decidedAt) },
      ],
    })),
  };
}
