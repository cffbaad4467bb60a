import { createFirstAdmin } from '../modules/accounts';
import { runCommand } from './run-command';

/** `npm run admin:create -- <登录名> <姓名>`: the first system administrator of an empty installation. The password is printed once and must be replaced. */
runCommand(async ({ db, cipher, say, complain }) => {
  const [loginName = '', name = ''] = process.argv.slice(2);
  const outcome = await createFirstAdmin({ db, cipher }, loginName, name);
  if (outcome.kind === 'refused') {
    complain(`没有建立账号：${outcome.problem}\n用法：npm run admin:create -- <登录名> <姓名>`);
    return 1;
  }
  say(`已建立系统管理员「${loginName}」，临时密码：${outcome.password}\n第一次登录时须修改密码。`);
  return 0;
});
