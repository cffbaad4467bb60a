import { paths } from './http/paths';
import type { NavItem } from './http/render';
import type { Actor, Role } from './policy/actor';

/** A menu's second line: what is set up and looked up beside the daily work, and help at its end. */
const second = (...items: NavItem[]): NavItem[] => items.map((item) => ({ ...item, isSecond: true }));

/** C5: the menus, plain and always visible; long ones in two lines, the daily work in the first. */
export function navigation(actor: Pick<Actor, 'role'> | undefined): NavItem[] {
  if (!actor) {
    return [
      { text: '登录', href: paths.signIn() },
      { text: '通知公告', href: paths.notices() },
      { text: '常见问题', href: paths.faq() },
      { text: '使用指南', href: paths.guides() },
      { text: '评审委员会', href: paths.committees() },
      { text: '结果公示', href: paths.publicities() },
      { text: '证书查验', href: paths.certificateCheck() },
    ];
  }
  const home = { text: '首页', href: paths.home() };
  switch (actor.role) {
    case 'person':
      return [
        home,
        { text: '我的申报信息', href: paths.declarations() },
        { text: '基本信息', href: paths.profile() },
        { text: '常见问题', href: paths.faq() },
        { text: '使用指南', href: paths.guide('applicant') },
      ];
    case 'unit':
      return [
        home,
        { text: '职称申报数据审核', href: paths.review() },
        { text: '单位公示', href: paths.unitPublicities() },
        { text: '职称申报数据上报', href: paths.report() },
        { text: '一览表', href: paths.roster() },
        { text: '路径审核', href: paths.pathReview() },
        ...second(
          { text: '权限申请', href: paths.unitPermission() },
          { text: '单位路径申请', href: paths.unitPaths() },
          { text: '经办人管理', href: paths.operators() },
          { text: '组建评委会', href: paths.foundedCommittees() },
          { text: '文件导出', href: paths.tasks() },
          { text: '常见问题', href: paths.faq() },
          { text: '使用指南', href: paths.guide('unit') },
        ),
      ];
    case 'bureau':
      return [
        home,
        { text: '单位权限审核', href: paths.permissions() },
        { text: '评委会审核', href: paths.committeeReview() },
        { text: '评审计划审核', href: paths.planReview() },
        { text: '评审结果确认', href: paths.results() },
        { text: '公示异议', href: paths.resultObjections() },
        { text: '复查申请', href: paths.rechecks() },
        { text: '辖区申报情况', href: paths.regionDeclarations() },
        ...second(
          { text: '单位信息维护', href: paths.bureauUnits() },
          { text: '单位登记库', href: paths.register() },
          { text: '继续教育学时导入', href: paths.learningImports() },
          { text: '组建评委会', href: paths.foundedCommittees() },
          { text: '批量处理', href: paths.tasks() },
          { text: '常见问题', href: paths.faq() },
          { text: '使用指南', href: paths.guide('bureau') },
        ),
      ];
    case 'office':
      return [
        home,
        { text: '申报受理与评审', href: paths.office() },
        { text: '受理情况总览', href: paths.officeOverview() },
        { text: '评审会议', href: paths.meetings() },
        { text: '公示异议', href: paths.resultObjections() },
        { text: '复查申请', href: paths.rechecks() },
        { text: '一览表', href: paths.roster() },
        { text: '评委会路径审核', href: paths.pathReview() },
        ...second(
          { text: '申报批次', href: paths.batches() },
          { text: '评审计划', href: paths.plans() },
          { text: '评委管理', href: paths.judges() },
          { text: '文件导出', href: paths.tasks() },
          { text: '常见问题', href: paths.faq() },
          { text: '使用指南', href: paths.guide('office') },
        ),
      ];
    case 'judge':
      return [
        home,
        { text: '我的评审', href: paths.sittings() },
        { text: '常见问题', href: paths.faq() },
        { text: '使用指南', href: paths.guide('judge') },
      ];
    case 'support':
      return [
        home,
        { text: '账号查询', href: paths.findAccounts() },
        { text: '更正复核', href: paths.corrections() },
        { text: '解除二次验证', href: paths.factorResets() },
        { text: '常见问题维护', href: paths.editFaqs() },
        { text: '通知公告维护', href: paths.editNotices() },
        { text: '短信记录', href: paths.smsLog() },
        { text: '使用指南', href: paths.guides() },
      ];
    case 'admin':
      return [
        home,
        { text: '申报批次', href: paths.batches() },
        { text: '工作日历', href: paths.calendar() },
        { text: '职称目录', href: paths.catalogue() },
        { text: '行政区划', href: paths.divisions() },
        { text: '申报条件', href: paths.eligibility() },
        { text: '证书编号规则', href: paths.certificateSchemes() },
        ...second(
          { text: '工作人员账号', href: paths.staff() },
          { text: '解除二次验证', href: paths.factorResets() },
          { text: '系统设置', href: paths.settings() },
          { text: '演示时钟', href: paths.clock() },
          { text: '使用指南', href: paths.guides() },
        ),
      ];
    case 'auditor':
      return [
        home,
        { text: '操作日志', href: paths.audit() },
        { text: '常见问题', href: paths.faq() },
        { text: '使用指南', href: paths.guide('auditor') },
      ];
  }
}

/** Pages outside the menu that texts speak of. */
const everywhere: readonly NavItem[] = [
  { text: '常见问题', href: paths.faq() },
  { text: '通知公告', href: paths.notices() },
  { text: '评审委员会', href: paths.committees() },
  { text: '结果公示', href: paths.publicities() },
  { text: '证书查验', href: paths.certificateCheck() },
  { text: '使用指南', href: paths.guides() },
  { text: '找回用户名或密码', href: paths.recover() },
  { text: '人社局联系电话', href: paths.bureaus() },
];
const ofAccounts: readonly NavItem[] = [
  { text: '修改密码', href: paths.password() },
  { text: '我的登录', href: paths.ownSessions() },
];
const ownMobile: NavItem = { text: '更换手机号码', href: paths.changeMobile() };
const contact: NavItem = { text: '联系电话', href: paths.contact() };
const byRole: Partial<Record<Role, readonly NavItem[]>> = {
  bureau: [ownMobile, contact],
  office: [ownMobile, contact],
  person: [
    ownMobile,
    { text: '新增申报信息', href: paths.newDeclaration() },
    { text: '提醒短信', href: paths.reminders() },
    { text: '下载我的全部信息', href: paths.ownData() },
    { text: '注销账号', href: paths.closeAccount() },
  ],
  unit: [
    { text: '新增路径', href: paths.newPath() },
    { text: '复制上年度路径', href: paths.copyPaths() },
    { text: '常用退回意见', href: paths.returnReasons() },
    { text: '提醒短信', href: paths.reminders() },
    { text: '二次验证', href: paths.ownFactor() },
  ],
};

/** The pages that a text may lead this visitor to by their name. Who has not signed in is led to what applicants and units have, by way of the sign-in page. */
export function placesOf(actor: Pick<Actor, 'role'> | undefined): NavItem[] {
  if (actor) return [...navigation(actor), ...(byRole[actor.role] ?? [ownMobile]), ...ofAccounts, ...everywhere];
  const ofRole = (role: Role): NavItem[] => [...navigation({ role }).filter((n) => n.text !== '首页'), ...(byRole[role] ?? [])];
  return [
    ...ofRole('unit'),
    ...ofRole('person'),
    { text: '个人注册', href: paths.registerPerson() },
    { text: '单位注册', href: paths.registerUnit() },
    { text: '立即登录', href: paths.signIn() },
    ...everywhere,
  ];
}
