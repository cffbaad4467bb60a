import { paths } from './http/paths';
import type { NavItem } from './http/render';
import type { Actor } from './policy/actor';

/** C5: the menus, plain and always visible. */
export function navigation(actor: Actor | undefined): NavItem[] {
  if (!actor) {
    return [
      { text: '登录', href: paths.signIn() },
      { text: '通知公告', href: paths.notices() },
      { text: '常见问题', href: paths.faq() },
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
      ];
    case 'unit':
      return [
        home,
        { text: '职称申报数据审核', href: paths.review() },
        { text: '单位公示', href: paths.unitPublicities() },
        { text: '职称申报数据上报', href: paths.report() },
        { text: '一览表', href: paths.roster() },
        { text: '单位路径申请', href: paths.unitPaths() },
        { text: '路径审核', href: paths.pathReview() },
        { text: '文件导出', href: paths.tasks() },
        { text: '权限申请', href: paths.unitPermission() },
        { text: '经办人管理', href: paths.operators() },
        { text: '组建评委会', href: paths.foundedCommittees() },
        { text: '常见问题', href: paths.faq() },
      ];
    case 'bureau':
      return [
        home,
        { text: '单位权限审核', href: paths.permissions() },
        { text: '单位信息维护', href: paths.bureauUnits() },
        { text: '单位登记库', href: paths.register() },
        { text: '继续教育学时导入', href: paths.learningImports() },
        { text: '评委会审核', href: paths.committeeReview() },
        { text: '评审计划审核', href: paths.planReview() },
        { text: '评审结果确认', href: paths.results() },
        { text: '公示异议', href: paths.resultObjections() },
        { text: '组建评委会', href: paths.foundedCommittees() },
        { text: '常见问题', href: paths.faq() },
      ];
    case 'office':
      return [
        home,
        { text: '申报受理与评审', href: paths.office() },
        { text: '公示异议', href: paths.resultObjections() },
        { text: '一览表', href: paths.roster() },
        { text: '评委会路径审核', href: paths.pathReview() },
        { text: '申报批次', href: paths.batches() },
        { text: '文件导出', href: paths.tasks() },
        { text: '评审计划', href: paths.plans() },
        { text: '评委管理', href: paths.judges() },
        { text: '评审会议', href: paths.meetings() },
        { text: '常见问题', href: paths.faq() },
      ];
    case 'judge':
      return [home, { text: '我的评审', href: paths.sittings() }, { text: '常见问题', href: paths.faq() }];
    case 'support':
      return [
        home,
        { text: '账号查询', href: paths.findAccounts() },
        { text: '更正复核', href: paths.corrections() },
        { text: '解除二次验证', href: paths.factorResets() },
        { text: '常见问题维护', href: paths.editFaqs() },
        { text: '通知公告维护', href: paths.editNotices() },
        { text: '短信记录', href: paths.smsLog() },
      ];
    case 'admin':
      return [
        home,
        { text: '申报批次', href: paths.batches() },
        { text: '职称目录', href: paths.catalogue() },
        { text: '行政区划', href: paths.divisions() },
        { text: '工作日历', href: paths.calendar() },
        { text: '工作人员账号', href: paths.staff() },
        { text: '申报条件', href: paths.eligibility() },
        { text: '系统设置', href: paths.settings() },
        { text: '解除二次验证', href: paths.factorResets() },
        { text: '演示时钟', href: paths.clock() },
      ];
    case 'auditor':
      return [home, { text: '操作日志', href: paths.audit() }, { text: '常见问题', href: paths.faq() }];
  }
}
