import type { Deps } from '../../deps';
import { insertStaff } from './create-staff';
import { loginNameProblem } from './login-name';
import { personNameProblem, tidyPersonName } from './person-name';
import { countStaff } from './staff.read';

export type FirstAdminOutcome = { kind: 'done'; password: string } | { kind: 'refused'; problem: string };

/** S12: the first system administrator of an installation, with a password that must be replaced at the first sign-in. Refused where there is one already. */
export async function createFirstAdmin(deps: Pick<Deps, 'db' | 'cipher'>, loginName: string, name: string): Promise<FirstAdminOutcome> {
  const displayName = tidyPersonName(name.trim());
  const problem = loginNameProblem(loginName) ?? (displayName === '' ? '请写明姓名' : personNameProblem(displayName));
  if (problem !== undefined) return { kind: 'refused', problem };
  if ((await countStaff(deps.db, { role: 'admin', name: '' })) > 0)
    return { kind: 'refused', problem: '已经有系统管理员，其他账号请在「工作人员账号」中建立' };
  const made = await insertStaff(deps, { name: '安装程序' }, { role: 'admin', loginName, displayName }, '');
  return made.kind === 'done' ? { kind: 'done', password: made.password } : { kind: 'refused', problem: '这个登录名已经被使用' };
}
