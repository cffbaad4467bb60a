import { makeScan } from './scans';
import { idNumber, mobile } from './codes';
import { appendAudit } from '../../src/audit/audit.store';
import { createPersonAccount } from '../../src/modules/accounts';
import { savePhoto } from '../../src/modules/accounts/save-photo';
import type { Plan } from './clock';
import { actorOf, expectKind, REQUEST_ID, type World } from './world';

export interface DemoPerson {
  loginName: string;
  name: string;
  sex: 'male' | 'female';
  /** full years by the end of the present year */
  age: number;
  /** `MM-DD` */
  birthday: string;
  area: string;
  /** GB/T 3304 and GB/T 4762 */
  ethnicity: string;
  politicalStatus: string;
  nativePlace: string;
  /** days before today on which the person registered */
  registered: number;
}

const person = (
  loginName: string,
  name: string,
  sex: 'male' | 'female',
  age: number,
  birthday: string,
  more: Partial<Pick<DemoPerson, 'area' | 'ethnicity' | 'politicalStatus' | 'nativePlace' | 'registered'>> = {},
): DemoPerson => ({
  loginName,
  name,
  sex,
  age,
  birthday,
  area: '371002',
  ethnicity: '01',
  politicalStatus: '13',
  nativePlace: '山东威海',
  registered: 39,
  ...more,
});

/** Invented people; among them rare characters, a middle dot, a compound surname and a very long name (B5). */
export const people: readonly DemoPerson[] = [
  person('bichunxiao', '毕春晓', 'female', 27, '04-18', { politicalStatus: '03', registered: 6 }),
  person('yuhaining', '于海宁', 'male', 29, '11-02', { area: '371083', nativePlace: '山东乳山', registered: 8 }),
  person('songyutong', '宋雨桐', 'female', 26, '07-23', { politicalStatus: '03', registered: 12 }),
  person('congxiaowen', '丛晓雯', 'female', 31, '03-09', { area: '371003', politicalStatus: '01', nativePlace: '山东文登' }),
  person('wangyan', '王䶮', 'male', 33, '09-16', { politicalStatus: '01' }),
  person('liwei', '李𬀩', 'male', 28, '01-27', { area: '371082', nativePlace: '山东荣成' }),
  person('jiangshulan', '姜淑兰', 'female', 46, '05-30'),
  person('guletian', '谷乐天', 'male', 35, '12-11', { area: '370602', nativePlace: '山东烟台' }),
  person('sunliqun', '孙立群', 'male', 41, '08-08', { politicalStatus: '01' }),
  person('ayinuer', '阿依努尔·吐尔逊江', 'female', 30, '10-05', { area: '653101', ethnicity: '05', nativePlace: '新疆喀什' }),
  person('chimingyuan', '迟明远', 'male', 38, '02-14', { politicalStatus: '10' }),
  person('miaoqinghe', '苗青禾', 'female', 34, '06-21', { politicalStatus: '01' }),
  person('zouyongli', '邹永利', 'male', 52, '03-25', { area: '371081', nativePlace: '山东文登' }),
  person('qiruolan', '戚若兰', 'female', 29, '09-03', { politicalStatus: '02' }),
  person('chejianye', '车建业', 'male', 44, '04-12'),
  person('tengjianing', '滕佳宁', 'female', 32, '11-19', { politicalStatus: '05' }),
  person('conglijuan', '丛丽娟', 'female', 30, '01-15', { politicalStatus: '01' }),
  person('conglijuan2', '丛丽娟', 'female', 35, '09-24', { area: '371083', nativePlace: '山东乳山' }),
  person('linxiyue', '林溪月', 'female', 33, '05-06', { politicalStatus: '01' }),
  person('ouyangmx', '欧阳明熙', 'male', 36, '10-28', { nativePlace: '江西宜春', area: '360902' }),
  person('dongzhiqiu', '董知秋', 'female', 30, '08-17', { politicalStatus: '01' }),
  person('bumairimu', '布买日木尼莎·阿卜杜热合曼·托合提买买提', 'female', 31, '02-08', {
    area: '653201',
    ethnicity: '05',
    nativePlace: '新疆和田',
  }),
  person('quwenbo', '曲文博', 'male', 27, '12-30', { politicalStatus: '03' }),
  person('xiahouwq', '夏侯婉清', 'female', 37, '07-14', { nativePlace: '安徽亳州', area: '341602' }),
  person('piaoyinghua', '朴英花', 'female', 25, '03-31', {
    area: '222401',
    ethnicity: '10',
    politicalStatus: '03',
    nativePlace: '吉林延吉',
  }),
  person('sarengaowa', '萨仁高娃', 'female', 39, '06-12', { area: '150502', ethnicity: '02', nativePlace: '内蒙古通辽' }),
  person('lvchunhui', '吕春晖', 'male', 40, '04-09'),
  person('gulanxin', '谷兰馨', 'female', 36, '09-21', { politicalStatus: '01' }),
];

export const bornOn = (p: DemoPerson, year: number): string => `${year - p.age}-${p.birthday}`;

/** Of an invented person; the sequence number is of the place in the list. */
export const idNumberOf = (p: DemoPerson, year: number): string =>
  idNumber(p.area, bornOn(p, year), 900 + 2 * people.indexOf(p) + (p.sex === 'male' ? 1 : 0));

/** 「个人注册」 of everybody, and the portrait in 「基本信息」. */
export function planPeople(plan: Plan, world: World): void {
  people.forEach((p, i) => {
    plan.add(p.registered, '08:10', () => register(world, p, i));
  });
}

async function register(world: World, p: DemoPerson, i: number): Promise<void> {
  const born = bornOn(p, world.year);
  const accountId = await createPersonAccount(world.trx, world.deps, {
    loginName: p.loginName,
    passwordHash: world.passwordHash,
    name: p.name,
    idType: 'resident',
    idNumber: idNumberOf(p, world.year),
    sex: p.sex,
    bornOn: born,
    ethnicity: p.ethnicity,
    mobile: mobile(1001 + i),
    politicalStatus: p.politicalStatus,
    nativePlace: p.nativePlace,
  });
  world.accounts.set(p.loginName, accountId);
  await appendAudit(world.trx, {
    actorId: accountId,
    actorName: p.name,
    action: 'account.register-person',
    subjectKind: 'account',
    subjectId: String(accountId),
    requestId: REQUEST_ID,
  });
  // the one who has only just registered has no photo yet, so that the home page's hint can be seen
  if (p.loginName === 'bichunxiao') return;
  const { content } = await makeScan('photo', { name: p.name, lines: [], date: '' }, 'jpg');
  expectKind(await savePhoto(world.deps, await actorOf(world, p.loginName), content, REQUEST_ID), 'done', `photo of ${p.loginName}`);
}
