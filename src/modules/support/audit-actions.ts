import { moveNames, moves } from '../../policy/declaration-moves';

/** What the acts of the log are called; an act that is missing here is shown by its own name. */
export const auditActions: readonly { action: string; text: string }[] = [
  { action: 'account.sign-in', text: '登录' },
  { action: 'account.sign-in-failed', text: '登录失败' },
  { action: 'account.sign-out', text: '退出登录' },
  { action: 'account.register-person', text: '个人注册' },
  { action: 'account.register-unit', text: '单位注册' },
  { action: 'profile.save', text: '修改基本信息' },
  { action: 'profile.photo', text: '上传照片' },
  { action: 'permission.request', text: '权限申请' },
  { action: 'permission.grant', text: '权限审核：通过' },
  { action: 'permission.refuse', text: '权限审核：不通过' },
  { action: 'path.request', text: '路径申请' },
  { action: 'path.approve', text: '路径审核：通过' },
  { action: 'path.refuse', text: '路径审核：不通过' },
  { action: 'path.end', text: '终止路径' },
  { action: 'commitment.accept', text: '同意申报承诺书' },
  { action: 'declaration.start', text: '新增申报信息' },
  { action: 'declaration.delete', text: '删除申报' },
  { action: 'section.save', text: '保存申报内容' },
  ...moveNames.map((m) => ({ action: `declaration.${m}`, text: `申报：${moves[m].text}` })),
  { action: 'declaration.read', text: '查看申报' },
  { action: 'attachment.read', text: '查看附件' },
  { action: 'review-form.download', text: '下载评审表' },
  { action: 'certificate.download', text: '下载证书' },
  { action: 'audit.verify', text: '验证日志' },
  { action: 'clock.set', text: '调整演示时钟' },
];

const texts = new Map(auditActions.map((a) => [a.action, a.text]));
export const auditActionText = (action: string): string => texts.get(action) ?? action;

const kinds: Readonly<Record<string, string>> = {
  account: '账号',
  audit: '操作日志',
  batch: '批次',
  certificate: '证书',
  clock: '演示时钟',
  declaration: '申报',
  path: '路径',
  permission: '权限申请',
  unit: '单位',
};
/** What an entry is about, in words; '' when it is about nothing in particular. */
export const subjectKindText = (kind: string): string => kinds[kind] ?? kind;
