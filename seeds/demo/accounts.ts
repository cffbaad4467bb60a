import { roleTexts } from '../../src/policy/actor';
import { cases } from './cases';
import { committeeName, committees } from './committees';
import { judges } from './meeting';
import { people } from './people';
import { bureaus, operators } from './staff';
import { units } from './units';

/** One password for every account of the demonstration. */
export const DEMO_PASSWORD = 'Haian-Yanshi-2580';

export interface DemoAccount {
  loginName: string;
  /** person or body */
  who: string;
  role: '系统管理员' | '审计管理员' | '技术支持' | '人社局' | '评委会办事机构' | '评委' | '用人单位' | '个人';
  /** what can be tried with it */
  trial: string;
}

const trialOf = (loginName: string): string =>
  cases.find((c) => c.loginName === loginName)?.trial ?? '还没有申报，可以「新增申报信息」；美术系列已经截止，批准个别延期';
const DIVISION: Record<string, string> = { '371000': '威海市', '371002': '环翠区', '371082': '荣成市' };

/** Everybody who can sign in to the demonstration. */
export const demoAccounts: readonly DemoAccount[] = [
  ...operators.map((o): DemoAccount => ({ ...o, who: o.displayName, role: roleTexts[o.role] as DemoAccount['role'] })),
  ...bureaus.map((b): DemoAccount => ({ ...b, who: `${DIVISION[b.divisionCode] ?? ''}人社局`, role: '人社局' })),
  ...committees.map((c): DemoAccount => ({ ...c.office, who: committeeName(c), role: '评委会办事机构' })),
  ...judges.map((j): DemoAccount => ({ loginName: j.loginName, who: j.name, role: '评委', trial: j.trial })),
  ...units.map((u): DemoAccount => ({ loginName: u.loginName, who: u.name, role: '用人单位', trial: u.trial })),
  ...people.map((p): DemoAccount => ({ loginName: p.loginName, who: p.name, role: '个人', trial: trialOf(p.loginName) })),
];

/** Columns a terminal takes for a text: Han characters and full-width marks take two. */
const widthOf = (text: string): number =>
  [...text].reduce((n, c) => n + ((c.codePointAt(0) ?? 0) > 0x2e7f || '「」·—'.includes(c) ? 2 : 1), 0);
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(1, width - widthOf(text)));

/** What is printed when the program has started. */
export function accountsText(): string {
  const blocks = (['个人', '用人单位', '人社局', '评委会办事机构', '评委', '系统管理员', '审计管理员', '技术支持'] as const).map((role) =>
    [
      `【${role}】`,
      ...demoAccounts
        .filter((a) => a.role === role)
        .map(
          (a) =>
            `  ${pad(a.loginName, 14)}${['个人', '评委', '系统管理员', '审计管理员', '技术支持'].includes(role) ? pad(a.who, 20) : ''}${role === '用人单位' || role === '评委会办事机构' ? `${a.who}：` : ''}${a.trial}`,
        ),
    ].join('\n'),
  );
  return ['', '演示数据均为虚构。可以用下列登录名登录，密码均为：' + DEMO_PASSWORD, '', ...blocks, ''].join('\n');
}
