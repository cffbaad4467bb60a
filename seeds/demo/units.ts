import { appendAudit } from '../../src/audit/audit.store';
import { createUnitAccount } from '../../src/modules/accounts';
import { decidePath, requestPath } from '../../src/modules/paths';
import { decidePermission, requestPermission, withdrawPermission } from '../../src/modules/units';
import { creditCode, mobile } from './codes';
import { committeeOf, LEVEL, type Field } from './committees';
import type { Plan } from './clock';
import { actorOf, demand, expectKind, REQUEST_ID, unitActorOf, type World } from './world';

export interface DemoUnit {
  loginName: string;
  name: string;
  creditCode: string;
  nature: string;
  divisionCode: string;
  superiorName: string;
  contactName: string;
  mobile: string;
  /** how the permission came about: from the register, by a bureau, refused, still waiting, never asked for */
  permission: 'register' | 'bureau' | 'refused' | 'waiting' | 'none';
  /** why its bureau has taken the permission back */
  withdrawn?: string;
  trial: string;
}

const BUREAU_OF: Record<string, string> = { '371002': 'huancui_rsj', '371082': 'rongcheng_rsj' };
const CULTURE_BUREAU = '威海市环翠区文化和旅游局';

/** Invented bodies; the one of fifty characters is there to try long names. */
export const units: readonly DemoUnit[] = [
  {
    loginName: 'wenlvju',
    name: CULTURE_BUREAU,
    creditCode: creditCode('11', '371002', 'MB0X0101'),
    nature: 'authority',
    divisionCode: '371002',
    superiorName: '',
    contactName: '丁永刚',
    mobile: mobile(101),
    permission: 'register',
    trial: '主管部门，审核、上报下级单位的申报；「路径审核」中有待审核的路径',
  },
  {
    loginName: 'wenhuaguan',
    name: '威海市环翠区文化馆',
    creditCode: creditCode('12', '371002', 'MB0X0102'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: CULTURE_BUREAU,
    contactName: '毕秀娟',
    mobile: mobile(102),
    permission: 'register',
    trial: '用人单位，「职称申报数据审核」「职称申报数据上报」，有退回单位的申报',
  },
  {
    loginName: 'tushuguan',
    name: '威海市环翠区图书馆',
    creditCode: creditCode('12', '371002', 'MB0X0103'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: CULTURE_BUREAU,
    contactName: '邢丽萍',
    mobile: mobile(103),
    permission: 'register',
    trial: '上报时由单位填写「单位推荐排序」；有一条路径未通过',
  },
  {
    loginName: 'dongshan',
    name: '威海市环翠区文化馆东山分馆',
    creditCode: creditCode('12', '371002', 'MB0X0104'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: '威海市环翠区文化馆',
    contactName: '邵明霞',
    mobile: mobile(104),
    permission: 'register',
    trial: '三级上报，由分馆、文化馆、主管部门，再到评委会',
  },
  {
    loginName: 'yishutuan',
    name: '威海海韵歌舞剧团有限公司',
    creditCode: creditCode('91', '371002', 'MAX00105'),
    nature: 'state-enterprise',
    divisionCode: '371002',
    superiorName: CULTURE_BUREAU,
    contactName: '原振华',
    mobile: mobile(105),
    permission: 'bureau',
    trial: '群众文化系列的路径等待主管部门审核',
  },
  {
    loginName: 'weilan_hr',
    name: '威海蔚蓝湾人力资源管理服务有限公司',
    creditCode: creditCode('91', '371002', 'MAX00106'),
    nature: 'private-enterprise',
    divisionCode: '371002',
    superiorName: '',
    contactName: '柳晓辉',
    mobile: mobile(106),
    permission: 'bureau',
    trial: '劳务派遣单位，没有主管部门，直接上报评委会',
  },
  {
    loginName: 'lianhe',
    name: '威海市环翠区孙家疃街道滨海社区公共文化服务与非物质文化遗产保护传承志愿者联合指导中心暨青年舞蹈艺术团',
    creditCode: creditCode('52', '371002', 'MJX00107'),
    nature: 'social-organisation',
    divisionCode: '371002',
    superiorName: CULTURE_BUREAU,
    contactName: '侯玉兰',
    mobile: mobile(107),
    permission: 'bureau',
    trial: '名称很长的单位，还没有申请路径',
  },
  {
    loginName: 'zhangcun',
    name: '威海市环翠区张村镇综合文化服务中心',
    creditCode: creditCode('12', '371002', 'MB0X0108'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: '威海市环翠区张村镇人民政府',
    contactName: '谭海生',
    mobile: mobile(108),
    permission: 'none',
    trial: '刚刚注册，尚未办理「权限申请」',
  },
  {
    loginName: 'jingyuan',
    name: '威海市环翠区鲸园街道综合文化站',
    creditCode: creditCode('12', '371002', 'MB0X0109'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: '威海市环翠区人民政府鲸园街道办事处',
    contactName: '郭小丽',
    mobile: mobile(109),
    permission: 'waiting',
    trial: '权限申请等待环翠区人社局审核',
  },
  {
    loginName: 'shuhuayuan',
    name: '荣成市滨海书画院',
    creditCode: creditCode('52', '371082', 'MJX00110'),
    nature: 'social-organisation',
    divisionCode: '371082',
    superiorName: '',
    contactName: '汤一鸣',
    mobile: mobile(110),
    permission: 'waiting',
    trial: '权限申请等待荣成市人社局审核',
  },
  {
    loginName: 'wanghailou',
    name: '威海望海楼文化传媒有限公司',
    creditCode: creditCode('91', '371002', 'MAX00111'),
    nature: 'private-enterprise',
    divisionCode: '371002',
    superiorName: '',
    contactName: '牟振东',
    mobile: mobile(111),
    permission: 'refused',
    trial: '权限申请未通过，可修改后重新申请',
  },
  {
    loginName: 'shaoniangong',
    name: '威海市环翠区少年宫',
    creditCode: creditCode('12', '371002', 'MB0X0112'),
    nature: 'public-institution',
    divisionCode: '371002',
    superiorName: CULTURE_BUREAU,
    contactName: '隋晓梅',
    mobile: mobile(112),
    permission: 'register',
    withdrawn: '单位已并入威海市环翠区文化馆，不再单独办理职称申报',
    trial: '权限已被环翠区人社局收回，可以重新申请',
  },
];

interface DemoPath {
  from: string;
  to: { unit: string } | { committee: Field };
  field: Field;
  /** not decided: it waits at the upstream */
  decided: 'approved' | 'refused' | 'waiting';
  reason?: string;
}

const up = (from: string, unit: string, field: Field, decided: DemoPath['decided'] = 'approved', reason?: string): DemoPath => ({
  from,
  to: { unit },
  field,
  decided,
  ...(reason ? { reason } : {}),
});
const toCommittee = (from: string, field: Field, decided: DemoPath['decided'] = 'approved'): DemoPath => ({
  from,
  to: { committee: field },
  field,
  decided,
});

export const paths: readonly DemoPath[] = [
  ...(['qzwh', 'tszl', 'ys', 'ms', 'wwbw'] as const).map((field) => toCommittee('wenlvju', field)),
  ...(['qzwh', 'ms'] as const).map((field) => up('wenhuaguan', 'wenlvju', field)),
  up('tushuguan', 'wenlvju', 'tszl'),
  up('tushuguan', 'wenlvju', 'qzwh', 'refused', '贵单位没有群众文化系列的专业技术岗位，请核对后重新申请'),
  up('dongshan', 'wenhuaguan', 'qzwh'),
  up('yishutuan', 'wenlvju', 'ys'),
  up('yishutuan', 'wenlvju', 'qzwh', 'waiting'),
  toCommittee('weilan_hr', 'qzwh'),
  toCommittee('weilan_hr', 'tszl', 'waiting'),
];

/** Registration, 「权限申请」 and its decision, for every unit. */
export async function planUnits(plan: Plan, world: World): Promise<void> {
  const known = units.filter((u) => u.permission === 'register');
  await world.trx('unit_register').insert(known.map((u) => ({ credit_code: u.creditCode, name: u.name, division_code: u.divisionCode })));
  for (const u of units) {
    const isRecent = u.permission === 'none' || u.permission === 'waiting';
    plan.add(isRecent ? 4 : 55, '09:10', () => register(world, u));
    if (u.permission !== 'none') plan.add(isRecent ? 4 : 55, '10:00', () => askPermission(world, u));
    if (u.permission === 'bureau' || u.permission === 'refused') plan.add(53, '15:30', () => decidePermissionOf(world, u));
    if (u.withdrawn !== undefined) plan.add(6, '14:20', () => withdrawPermissionOf(world, u, u.withdrawn ?? ''));
  }
}

async function register(world: World, u: DemoUnit): Promise<void> {
  const { accountId, unitId } = await createUnitAccount(world.trx, world.deps, {
    ...u,
    unitName: u.name,
    passwordHash: world.passwordHash,
  });
  world.accounts.set(u.loginName, accountId);
  world.units.set(u.loginName, unitId);
  await appendAudit(world.trx, {
    actorId: accountId,
    actorName: u.contactName,
    action: 'account.register-unit',
    subjectKind: 'account',
    subjectId: String(accountId),
    requestId: REQUEST_ID,
  });
}

async function askPermission(world: World, u: DemoUnit): Promise<void> {
  const asked = await requestPermission(world.deps, await unitActorOf(world, u.loginName), {
    creditCode: u.creditCode,
    divisionCode: u.divisionCode,
    requestId: REQUEST_ID,
  });
  expectKind(asked, u.permission === 'register' ? 'granted' : 'requested', `permission of ${u.loginName}`);
}

async function decidePermissionOf(world: World, u: DemoUnit): Promise<void> {
  const { rows } = await world.trx.raw<{ rows: { id: number }[] }>('SELECT max(id) AS id FROM permission_requests WHERE unit_id = ?', [
    demand(world.units.get(u.loginName), `unit ${u.loginName}`),
  ]);
  const isRefused = u.permission === 'refused';
  const outcome = await decidePermission(world.deps, await actorOf(world, demand(BUREAU_OF[u.divisionCode], 'bureau')), {
    permissionId: demand(rows[0], 'permission request').id,
    decision: isRefused ? 'refuse' : 'grant',
    reason: isRefused ? '统一社会信用代码与营业执照不一致，请核对后重新申请' : '',
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'done', `decision on ${u.loginName}`);
}

async function withdrawPermissionOf(world: World, u: DemoUnit, reason: string): Promise<void> {
  const outcome = await withdrawPermission(world.deps, await actorOf(world, demand(BUREAU_OF[u.divisionCode], 'bureau')), {
    unitId: demand(world.units.get(u.loginName), `unit ${u.loginName}`),
    reason,
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'done', `withdrawal of ${u.loginName}`);
}

/** 「新增路径」 and 「路径审核」. */
export function planPaths(plan: Plan, world: World): void {
  for (const p of paths) {
    const isWaiting = p.decided === 'waiting';
    plan.add(isWaiting ? 5 : 50, '10:20', async () => {
      const pathId = await askPath(world, p);
      if (!isWaiting) plan.add(49, '16:00', () => decidePathOf(world, p, pathId));
    });
  }
}

async function askPath(world: World, p: DemoPath): Promise<number> {
  const asked = await requestPath(world.deps, await unitActorOf(world, p.from), {
    seriesId: committeeOf(p.field).seriesId,
    level: LEVEL,
    year: world.year,
    upward:
      'unit' in p.to
        ? { kind: 'unit', unitId: demand(world.units.get(p.to.unit), `unit ${p.to.unit}`) }
        : { kind: 'committee', committeeId: demand(world.committees.get(p.to.committee), `committee ${p.to.committee}`) },
    requestId: REQUEST_ID,
  });
  if (asked.kind !== 'done') throw new Error(`demonstration data: path of ${p.from} gave ${asked.kind}`);
  return asked.pathId;
}

async function decidePathOf(world: World, p: DemoPath, pathId: number): Promise<void> {
  const decider = 'unit' in p.to ? p.to.unit : committeeOf(p.field).office.loginName;
  const outcome = await decidePath(world.deps, await actorOf(world, decider), {
    pathId,
    decision: p.decided === 'refused' ? 'refuse' : 'grant',
    reason: p.reason ?? '',
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'done', `decision on the path of ${p.from}`);
}
