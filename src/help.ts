import { paths } from './http/paths';
import { anchorOf, guides } from './modules/guides';
import type { Actor, Role } from './policy/actor';

interface Help {
  at: RegExp;
  /** a heading of the guide */
  heading: string;
}

/** Pages that people without an account see, with the guide that speaks of them. */
const publicHelp: readonly (Help & { guide: string })[] = [
  { at: /^\/register\/unit/, guide: 'unit', heading: '注册单位账号' },
  { at: /^\/register\/person/, guide: 'applicant', heading: '注册账号' },
  { at: /^\/recover/, guide: 'applicant', heading: '找回用户名或密码' },
  { at: /^\/sign-in\/factor/, guide: 'unit', heading: '二次验证' },
  { at: /^\/sign-in/, guide: 'applicant', heading: '登录' },
  { at: /^\/certificates/, guide: 'unit', heading: '查验证书' },
];

/** The paragraph that tells about a page; the first that fits. */
export const helpOfRoles: Record<Role, readonly Help[]> = {
  person: [
    { at: /^\/declarations\/new/, heading: '新增申报信息' },
    { at: /^\/declarations\/[^/]+\/sections\/[^/]+\/files/, heading: '上传附件' },
    { at: /^\/declarations\/[^/]+\/attachments/, heading: '上传附件' },
    { at: /^\/declarations\/[^/]+\/sections/, heading: '填写申报内容' },
    { at: /^\/declarations\/[^/]+\/(check|moves\/submit)/, heading: '核对并提交' },
    { at: /^\/declarations\/[^/]+\/moves\/resubmit/, heading: '修改退回的申报' },
    { at: /^\/declarations/, heading: '查看进度' },
    { at: /^\/profile\/(sessions|data|close|mobile|reminders)/, heading: '账号和个人信息' },
    { at: /^\/(password|confirm-password)/, heading: '账号和个人信息' },
    { at: /^\/profile/, heading: '完善基本信息' },
  ],
  unit: [
    { at: /^\/unit\/permission/, heading: '申请职称评审权限' },
    { at: /^\/unit\/paths/, heading: '申请上报路径' },
    { at: /^\/paths\/[^/]+\/end/, heading: '申请上报路径' },
    { at: /^\/paths/, heading: '审核下级单位的路径' },
    { at: /^\/unit\/review|^\/review|^\/declarations\/[^/]+\/moves\/pass/, heading: '审核申报数据' },
    { at: /^\/declarations\/[^/]+\/moves\/return/, heading: '退回修改' },
    { at: /^\/unit\/publicities/, heading: '单位公示' },
    { at: /^\/unit\/report/, heading: '数据上报' },
    { at: /^\/roster|^\/tasks/, heading: '一览表和文件导出' },
    { at: /^\/unit\/operators/, heading: '管理经办人' },
    { at: /^\/committees\/./, heading: '组建评委会' },
    { at: /^\/profile\/factor/, heading: '二次验证' },
    { at: /^\/declarations/, heading: '审核申报数据' },
  ],
  bureau: [
    { at: /^\/bureau\/permissions/, heading: '审核单位权限' },
    { at: /^\/bureau\/units\/[^/]+\/(withdraw|send-back)/, heading: '收回单位权限' },
    { at: /^\/bureau\/units/, heading: '更正单位信息、重置单位密码' },
    { at: /^\/bureau\/register/, heading: '导入单位登记库' },
    { at: /^\/bureau\/learning/, heading: '导入继续教育学时' },
    { at: /^\/bureau\/results\/bulk|^\/tasks/, heading: '批量处理' },
    { at: /^\/bureau\/results/, heading: '确认评审结果' },
    { at: /^\/results\/rechecks/, heading: '审核复查申请' },
    { at: /^\/bureau\/committees|^\/committees\/./, heading: '审核评审委员会' },
    { at: /^\/(bureau\/)?plans|^\/meetings/, heading: '审核评审计划' },
    { at: /^\/declarations/, heading: '确认评审结果' },
    { at: /^\/profile\/contact/, heading: '填写联系电话' },
  ],
  office: [
    { at: /^\/office\/plans|^\/plans/, heading: '提交评审计划' },
    { at: /^\/office\/judges/, heading: '管理评委库' },
    { at: /^\/office\/meetings|^\/meetings/, heading: '召开评审会议' },
    { at: /^\/office|^\/declarations|^\/review/, heading: '受理申报' },
    { at: /^\/paths/, heading: '审核路径' },
    { at: /^\/batches/, heading: '查看申报批次' },
    { at: /^\/roster|^\/tasks/, heading: '导出一览表' },
    { at: /^\/profile\/contact/, heading: '填写联系电话' },
  ],
  judge: [
    { at: /^\/judge\/meetings\/[^/]+\/items|^\/declarations/, heading: '查看材料和评分' },
    { at: /^\/judge\/meetings\/[^/]+\/(withdraw-)?recusal/, heading: '申请回避' },
    { at: /^\/judge\/meetings\/[^/]+\/ballot/, heading: '无记名投票' },
    { at: /^\/judge/, heading: '参加评审会议' },
  ],
  support: [
    { at: /^\/support\/accounts\/[^/]+\/corrections\/mobile/, heading: '更换手机号码' },
    { at: /^\/support\/accounts\/[^/]+\/corrections/, heading: '更正姓名和证件号码' },
    { at: /^\/support\/corrections/, heading: '复核更正' },
    { at: /^\/support\/accounts/, heading: '查找账号、解除锁定' },
    { at: /^\/support\/factor-resets/, heading: '解除二次验证' },
    { at: /^\/support\/(faqs|notices)/, heading: '维护常见问题和通知公告' },
    { at: /^\/support\/sms/, heading: '查看短信记录' },
  ],
  auditor: [{ at: /^\/admin\/audit/, heading: '查看和验证操作日志' }],
  admin: [
    { at: /^\/batches/, heading: '管理申报批次' },
    { at: /^\/admin\/catalogue/, heading: '维护职称目录' },
    { at: /^\/admin\/calendar/, heading: '维护工作日历' },
    { at: /^\/admin\/staff/, heading: '管理工作人员账号' },
    { at: /^\/admin\/eligibility/, heading: '维护申报条件' },
    { at: /^\/support\/factor-resets/, heading: '解除二次验证' },
    { at: /^\/admin\/clock/, heading: '演示时钟' },
  ],
};

/** The guide of a role: where their menu leads. */
const guideOf = (role: Role): string | undefined => guides.find((g) => g.roles.includes(role))?.id;

/** Where the page at an address is explained to this visitor; the beginning of their guide where no paragraph speaks of it. */
export function helpFor(actor: Actor | undefined, address: string): string {
  const path = address.split('?')[0] ?? '';
  if (!actor) {
    const found = publicHelp.find((h) => h.at.test(path));
    return found ? paths.guide(found.guide, anchorOf(found.heading)) : paths.guides();
  }
  const guide = guideOf(actor.role);
  if (guide === undefined) return paths.guides();
  const found = helpOfRoles[actor.role].find((h) => h.at.test(path));
  return paths.guide(guide, found && anchorOf(found.heading));
}

/** Every heading that a page leads to, for the test that the guides have them. */
export const helpTargets = (): { guide: string; heading: string }[] => [
  ...publicHelp.map(({ guide, heading }) => ({ guide, heading })),
  ...Object.entries(helpOfRoles).flatMap(([role, list]) => list.map(({ heading }) => ({ guide: guideOf(role as Role) ?? role, heading }))),
];
