import { createStaffAccount, type NewStaff } from '../../src/modules/accounts';
import type { World } from './world';

/** Accounts of the authorities; office accounts follow with their committees. */
export const bureaus = [
  {
    loginName: 'weihai_rsj',
    displayName: '刘振海',
    divisionCode: '371000',
    phone: '0631-5190100',
    trial: '查看全市；环翠、荣成的权限申请和评审结果',
  },
  {
    loginName: 'huancui_rsj',
    displayName: '王建军',
    divisionCode: '371002',
    phone: '0631-5190201',
    trial: '「单位权限审核」中有待处理的申请；「单位信息维护」；「评审结果确认」',
  },
  {
    loginName: 'rongcheng_rsj',
    displayName: '张立波',
    divisionCode: '371082',
    phone: '0631-5190301',
    trial: '「单位权限审核」中有一个单位待处理',
  },
] as const;

export const operators = [
  { loginName: 'admin', displayName: '周海峰', role: 'admin', trial: '「申报批次」「职称目录」「工作人员账号」「系统设置」「演示时钟」' },
  { loginName: 'auditor', displayName: '丛立新', role: 'auditor', trial: '「操作日志」：查看谁在何时做了什么，验证日志是否完整' },
  {
    loginName: 'support',
    displayName: '孙晓东',
    role: 'support',
    trial: '「账号查询」「更正复核」；「短信记录」：演示环境的短信验证码在这里查看',
  },
  { loginName: 'support2', displayName: '姜晓敏', role: 'support', trial: '「更正复核」：复核 support 提出的证件号码更正' },
] as const;

type WithoutPassword<T> = T extends NewStaff ? Omit<T, 'passwordHash'> : never;

export async function addStaff(world: World, staff: WithoutPassword<NewStaff>): Promise<void> {
  const id = await createStaffAccount(world.trx, world.deps, { ...staff, passwordHash: world.passwordHash });
  world.accounts.set(staff.loginName, id);
}

/** Bureaus and operators: there before anybody registers. */
export async function makeStaff(world: World): Promise<void> {
  for (const { loginName, displayName, role } of operators) await addStaff(world, { loginName, displayName, role });
  for (const { loginName, displayName, divisionCode, phone } of bureaus) {
    await addStaff(world, { role: 'bureau', loginName, displayName, divisionCode });
    await world.trx('divisions').where({ code: divisionCode }).update({ phone });
  }
}
