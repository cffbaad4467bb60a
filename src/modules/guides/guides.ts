import type { Access } from '../../http/route';
import type { Role } from '../../policy/actor';

export interface Guide {
  /** stands in the address, and names the file in docs/guides */
  id: string;
  title: string;
  /** one line for the list of guides */
  about: string;
  access: Access;
  /** whose guide it is: their menu leads straight to it */
  roles: readonly Role[];
}

/** Everybody's guide, in the order of the work. Applicants and units read theirs before they have an account; those of the authorities are for the authorities. */
export const guides: readonly Guide[] = [
  { id: 'applicant', title: '申报人使用指南', about: '注册、填报、提交、查看进度、下载证书', access: 'public', roles: ['person'] },
  {
    id: 'unit',
    title: '用人单位、主管部门使用指南',
    about: '单位注册、权限和路径申请、审核、公示、上报',
    access: 'public',
    roles: ['unit'],
  },
  {
    id: 'bureau',
    title: '人社局使用指南',
    about: '单位权限、单位信息、评委会和评审计划审核、结果确认',
    access: 'guide.bureau',
    roles: ['bureau'],
  },
  { id: 'office', title: '评委会办事机构使用指南', about: '受理、补正、评审会议、结果公示', access: 'guide.office', roles: ['office'] },
  { id: 'judge', title: '评委使用指南', about: '签到、查看材料、评分、回避、投票', access: 'guide.judge', roles: ['judge'] },
  {
    id: 'support',
    title: '技术支持使用指南',
    about: '查找账号、解除锁定、更正姓名和证件号码',
    access: 'guide.support',
    roles: ['support'],
  },
  {
    id: 'admin',
    title: '系统管理员使用指南',
    about: '批次、目录、日历、申报条件、工作人员账号',
    access: 'guide.admin',
    roles: ['admin'],
  },
  { id: 'auditor', title: '审计管理员使用指南', about: '查看和验证操作日志', access: 'guide.auditor', roles: ['auditor'] },
];
