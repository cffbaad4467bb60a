import type { Field } from './committees';
import { people } from './people';

/** One of the representative results; `yearsAgo` counts from the present year. */
export interface Result {
  kind: 'paper' | 'project' | 'award' | 'other';
  name: string;
  yearsAgo: number;
  month: number;
  rank: string;
  /** journal and number of a paper; authority and level of anything else */
  journal?: string;
  serial?: string;
  authority?: string;
  level?: 'provincial' | 'city' | 'county';
}

/** What a person declares: everything the sections of the form are filled with. */
export interface Career {
  loginName: string;
  field: Exclude<Field, 'wwbw'>;
  unit: string;
  /** department within the unit */
  department: string;
  title: string;
  speciality: string;
  school: string;
  major: string;
  education: 'university' | 'college' | 'postgraduate';
  degree: 'bachelor' | 'none' | 'master';
  /** years since graduation and first work */
  graduated: number;
  /** 「单位推荐排序」 where the applicant gives it */
  rank?: string;
  /** the title held now; none: 「无」 */
  held?: { title: string; since: number };
  /** the employer that sent the person, where the declaring unit is an agency */
  workUnit?: string;
  /** declares by 「破格」 on these grounds */
  exceptional?: string;
  /** 「现任（含兼任）行政职务」 and since how many years */
  post?: { name: string; since: number };
  results: readonly Result[];
  performance: number;
}

const SCHOOLS = {
  normal: '海岱师范学院',
  arts: '胶东艺术学院',
  bay: '渤海湾大学',
  vocational: '威海湾职业学院',
};

const award = (
  name: string,
  yearsAgo: number,
  month: number,
  rank = '1/1',
  level: 'provincial' | 'city' | 'county' = 'county',
): Result => ({
  kind: 'award',
  name,
  yearsAgo,
  month,
  rank,
  level,
  authority: level === 'county' ? '威海市环翠区文化和旅游局' : level === 'city' ? '威海市文化和旅游局' : '山东省文化和旅游厅',
});
const paper = (name: string, yearsAgo: number, month: number, journal: string, serial: string, rank = '1/1'): Result => ({
  kind: 'paper',
  name,
  yearsAgo,
  month,
  rank,
  journal,
  serial,
});
const project = (name: string, yearsAgo: number, month: number, rank: string): Result => ({
  kind: 'project',
  name,
  yearsAgo,
  month,
  rank,
  level: 'city',
  authority: '威海市社会科学界联合会',
});

const DANCE_AWARD = award('《海那边的灯》获威海市群众舞蹈展演一等奖', 1, 8, '1/3', 'city');
const CHOIR_AWARD = award('《渔家号子新唱》获环翠区合唱展演一等奖', 2, 6, '2/4');
const BASE: Career = {
  loginName: '',
  field: 'qzwh',
  unit: 'wenhuaguan',
  department: '舞蹈部',
  title: '助理馆员',
  speciality: '舞蹈',
  school: SCHOOLS.arts,
  major: '舞蹈编导',
  education: 'university',
  degree: 'bachelor',
  graduated: 5,
  results: [DANCE_AWARD],
  performance: 0,
};
const career = (loginName: string, more: Partial<Career>): Career => ({ ...BASE, loginName, ...more });

/** Age at graduation follows from the age in people.ts. */
const after = (loginName: string, ageAtGraduation: number): number =>
  (people.find((p) => p.loginName === loginName)?.age ?? 0) - ageAtGraduation;

export const careers: readonly Career[] = [
  career('songyutong', { graduated: after('songyutong', 22), rank: '11/12' }),
  career('congxiaowen', {
    graduated: after('congxiaowen', 23),
    rank: '12/12',
    held: { title: '管理员', since: 5 },
    results: [
      DANCE_AWARD,
      paper('《基层文化馆舞蹈普及课程的设计与实践》', 2, 5, '胶东群文', 'CN37-0000/G2'),
      project('社区舞蹈队长效辅导机制研究', 1, 3, '2/5'),
      award('《渔灯谣》获环翠区广场舞展演优秀编导奖', 3, 9),
    ],
  }),
  career('wangyan', {
    graduated: after('wangyan', 23),
    rank: '4/12',
    department: '音乐部',
    speciality: '音乐',
    major: '音乐学',
    school: SCHOOLS.normal,
    results: [CHOIR_AWARD],
    performance: 1,
  }),
  career('liwei', {
    graduated: after('liwei', 22),
    rank: '5/12',
    department: '戏曲部',
    speciality: '戏剧',
    major: '戏剧影视文学',
    results: [award('小戏《潮信》获环翠区小戏小品展演二等奖', 1, 7, '1/2')],
  }),
  career('jiangshulan', {
    graduated: after('jiangshulan', 21),
    rank: '3/12',
    department: '非遗保护部',
    speciality: '非物质文化遗产保护',
    school: SCHOOLS.vocational,
    major: '文秘',
    education: 'college',
    degree: 'none',
    held: { title: '管理员', since: 8 },
    post: { name: '非遗保护部副主任', since: 3 },
    results: [project('环翠区渔家号子口述资料采录', 2, 9, '1/3')],
    performance: 1,
  }),
  career('guletian', {
    graduated: after('guletian', 23),
    rank: '2/12',
    department: '音乐部',
    speciality: '音乐',
    major: '音乐表演',
    results: [CHOIR_AWARD],
    performance: 1,
  }),
  career('sunliqun', {
    graduated: after('sunliqun', 22),
    rank: '6/12',
    department: '摄影部',
    speciality: '摄影',
    major: '广播电视编导',
    school: SCHOOLS.bay,
    held: { title: '管理员', since: 6 },
    results: [],
    performance: 1,
  }),
  career('ayinuer', {
    graduated: after('ayinuer', 23),
    rank: '7/12',
    results: [DANCE_AWARD, award('《石榴花开》获环翠区民族团结文艺展演一等奖', 2, 9)],
  }),
  career('chimingyuan', {
    graduated: after('chimingyuan', 22),
    rank: '8/12',
    department: '文学部',
    speciality: '文学创作',
    major: '汉语言文学',
    school: SCHOOLS.normal,
    results: [paper('《海草房的记忆书写》', 1, 6, '胶东群文', 'CN37-0000/G2')],
    performance: 1,
  }),
  career('miaoqinghe', { graduated: after('miaoqinghe', 23), rank: '1/12', results: [DANCE_AWARD, CHOIR_AWARD] }),
  career('lvchunhui', { graduated: after('lvchunhui', 22), unit: 'dongshan', department: '业务部', rank: '3/5' }),
  career('gulanxin', { graduated: after('gulanxin', 23), unit: 'wenlvju', department: '公共服务科', rank: '1/1', results: [CHOIR_AWARD] }),
  career('zouyongli', {
    graduated: after('zouyongli', 22),
    unit: 'weilan_hr',
    department: '派遣部',
    rank: '1/2',
    speciality: '公共文化服务与管理',
    major: '行政管理',
    school: SCHOOLS.bay,
    workUnit: '威海碧海文化发展有限公司（劳务派遣）',
    results: [],
    performance: 1,
  }),
  career('qiruolan', {
    graduated: after('qiruolan', 22),
    unit: 'weilan_hr',
    department: '派遣部',
    rank: '2/2',
    workUnit: '威海碧海文化发展有限公司（劳务派遣）',
  }),
  career('chejianye', {
    graduated: after('chejianye', 22),
    unit: 'dongshan',
    department: '业务部',
    rank: '2/5',
    speciality: '曲艺',
    major: '艺术设计',
    results: [],
    performance: 1,
  }),
  career('tengjianing', { graduated: after('tengjianing', 23), unit: 'dongshan', department: '业务部', rank: '1/5' }),
  // two of one name in one unit, told apart in what is put up
  career('conglijuan', { graduated: after('conglijuan', 22), unit: 'dongshan', department: '业务部', rank: '4/5' }),
  career('conglijuan2', {
    graduated: after('conglijuan2', 23),
    unit: 'dongshan',
    department: '业务部',
    rank: '5/5',
    results: [CHOIR_AWARD],
  }),
  career('linxiyue', {
    graduated: after('linxiyue', 23),
    rank: '9/12',
    held: { title: '管理员', since: 5 },
    results: [DANCE_AWARD, paper('《广场舞编创中的地方元素》', 3, 4, '胶东群文', 'CN37-0000/G2')],
  }),
  career('ouyangmx', {
    graduated: after('ouyangmx', 24),
    rank: '10/12',
    department: '书法部',
    speciality: '书法',
    major: '书法学',
    school: SCHOOLS.normal,
    education: 'postgraduate',
    degree: 'master',
    exceptional: '书法作品入选市级展览，工作业绩突出，符合破格申报条件中“作品入选市级以上展览”的规定。',
    results: [award('书法作品《沧海帖》入选威海市书法作品展', 2, 5, '1/1', 'city')],
    performance: 1,
  }),
  career('dongzhiqiu', {
    field: 'tszl',
    unit: 'tushuguan',
    department: '读者服务部',
    speciality: '读者服务',
    graduated: after('dongzhiqiu', 23),
    major: '图书馆学',
    school: SCHOOLS.bay,
    results: [paper('《县区级图书馆亲子阅读推广实践》', 1, 5, '半岛图书馆工作', 'CN37-0001/G2')],
  }),
  career('bumairimu', {
    field: 'tszl',
    unit: 'tushuguan',
    department: '参考咨询部',
    speciality: '文献信息开发与参考咨询',
    graduated: after('bumairimu', 23),
    major: '信息管理与信息系统',
    school: SCHOOLS.bay,
    results: [],
  }),
  career('quwenbo', {
    field: 'tszl',
    unit: 'tushuguan',
    department: '技术部',
    speciality: '技术开发与服务',
    graduated: after('quwenbo', 22),
    major: '计算机科学与技术',
    school: SCHOOLS.bay,
    results: [],
  }),
  career('xiahouwq', {
    field: 'tszl',
    unit: 'tushuguan',
    department: '采编部',
    speciality: '文献采访编目',
    graduated: after('xiahouwq', 22),
    major: '历史学',
    school: SCHOOLS.normal,
    held: { title: '管理员', since: 7 },
    results: [paper('《地方文献征集与著录的若干问题》', 2, 7, '半岛图书馆工作', 'CN37-0001/G2')],
  }),
  career('piaoyinghua', {
    field: 'ys',
    unit: 'yishutuan',
    department: '演员队',
    title: '四级演员',
    speciality: '演员',
    graduated: after('piaoyinghua', 22),
    rank: '1/1',
    major: '表演',
    results: [award('歌舞剧《碧海谣》获威海市新创剧目展演表演奖', 1, 9, '3/8', 'city')],
  }),
  career('sarengaowa', {
    field: 'ms',
    unit: 'wenhuaguan',
    department: '美术部',
    title: '四级美术师',
    speciality: '中国画',
    graduated: after('sarengaowa', 23),
    rank: '1/1',
    major: '中国画',
    results: [award('国画《渔港晨曦》入选威海市美术作品展', 1, 6, '1/1', 'city')],
  }),
];
