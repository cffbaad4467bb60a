import type { SectionComment } from '../../src/modules/declarations/declarations.store';
import type { MoveName, StateName } from '../../src/policy/declaration-moves';

/** What the site itself does, such as ending what has missed its deadline. */
export const SYSTEM = 'system';

/** One move of somebody's story: when, what, by whose account, and what was given along. */
export interface Deed {
  daysAgo: number;
  time: string;
  move: MoveName;
  by: string;
  opinion?: string;
  comments?: SectionComment[];
  reason?: string;
  /** days from the day of the move */
  dueInDays?: number;
  /** present, in favour, against; eleven members in all, the rest abstained */
  vote?: { present: number; yes: number; no: number };
  rank?: { n: number; of: number };
}

export interface Case {
  loginName: string;
  started: number;
  filled: 'empty' | 'half' | 'complete';
  /** began a declaration last year too, did not hand it in, and begins this one as its copy (D0) */
  earlier?: true;
  deeds: readonly Deed[];
  /** where it has come to today */
  ends: StateName;
  trial: string;
}

const deed = (
  daysAgo: number,
  time: string,
  by: string,
  move: MoveName,
  more: Omit<Deed, 'daysAgo' | 'time' | 'by' | 'move'> = {},
): Deed => ({
  daysAgo,
  time,
  by,
  move,
  ...more,
});

const AGREED = { opinion: '经审核，申报材料真实、完整，同意推荐。' };
/** The whole way of 威海市环翠区文化馆: submitted, passed and reported, passed and reported by the bureau above. */
const throughTwoUnits = (person: string, days: readonly [number, number, number], unit = 'wenhuaguan'): Deed[] => [
  deed(days[0], '10:40', person, 'submit'),
  deed(days[1], '09:20', unit, 'pass', AGREED),
  deed(days[1], '11:00', unit, 'report'),
  deed(days[2], '14:10', 'wenlvju', 'pass', AGREED),
  deed(days[2], '16:00', 'wenlvju', 'report'),
];
const throughDongshan = (person: string): Deed[] => [
  deed(33, '10:10', person, 'submit'),
  deed(32, '09:10', 'dongshan', 'pass', AGREED),
  deed(32, '09:50', 'dongshan', 'report'),
  ...throughTwoUnits(person, [33, 31, 29]).slice(1),
];
const PASSED_VOTE = { vote: { present: 9, yes: 8, no: 0 } };

/** Everybody's declaration and how far it has come: every state there is. */
export const cases: readonly Case[] = [
  { loginName: 'yuhaining', started: 5, filled: 'empty', deeds: [], ends: 'draft', trial: '申报未提交，还没有填写' },
  {
    loginName: 'songyutong',
    started: 7,
    filled: 'half',
    earlier: true,
    deeds: [],
    ends: 'draft',
    trial: '申报未提交，由去年没有提交的申报带入，内容待核对；继续教育学时已由人社局导入',
  },
  { loginName: 'congxiaowen', started: 9, filled: 'complete', deeds: [], ends: 'draft', trial: '申报已填写完整，可以「确定申报」' },
  {
    loginName: 'wangyan',
    started: 12,
    filled: 'complete',
    deeds: [deed(3, '12:30', 'wangyan', 'submit')],
    ends: 'unit_review',
    trial: '等待单位审核，可以「撤回」；姓名含生僻字',
  },
  {
    loginName: 'liwei',
    started: 14,
    filled: 'complete',
    deeds: [
      deed(8, '13:10', 'liwei', 'submit'),
      deed(6, '10:30', 'wenhuaguan', 'return-to-applicant', {
        opinion: '请按各项意见修改后重新提交。',
        comments: [
          { section: 'education', text: '《教育部学历证书电子注册备案表》缺少单位审核人签名和单位印章，请到办公室盖章后重新上传。' },
          { section: 'achievements', text: '“小戏《潮信》”的获奖证书扫描件不完整，请补充表彰文件。' },
        ],
      }),
    ],
    ends: 'returned_to_applicant',
    trial: '单位已退回，按意见修改后「重新提交」；姓名含生僻字',
  },
  {
    loginName: 'jiangshulan',
    started: 15,
    filled: 'complete',
    deeds: [deed(7, '09:40', 'jiangshulan', 'submit'), deed(4, '15:10', 'wenhuaguan', 'pass', AGREED)],
    ends: 'unit_passed',
    trial: '单位审核通过，等待上报',
  },
  {
    loginName: 'guletian',
    started: 16,
    filled: 'complete',
    deeds: throughTwoUnits('guletian', [10, 5, 4]).slice(0, 3),
    ends: 'unit_review',
    trial: '单位已上报，等待主管部门审核',
  },
  {
    loginName: 'sunliqun',
    started: 20,
    filled: 'complete',
    deeds: [
      ...throughTwoUnits('sunliqun', [13, 11, 8]).slice(0, 3),
      deed(8, '10:50', 'wenlvju', 'return-to-unit', { opinion: '聘任文件未体现最近一年的聘任情况，请单位核实后重新上报。' }),
    ],
    ends: 'returned_to_unit',
    trial: '主管部门退回单位，由单位处理',
  },
  {
    loginName: 'ayinuer',
    started: 22,
    filled: 'complete',
    deeds: throughTwoUnits('ayinuer', [15, 10, 6]),
    ends: 'office_review',
    trial: '等待评委会办事机构受理；姓名含间隔号',
  },
  {
    loginName: 'chimingyuan',
    started: 25,
    filled: 'complete',
    deeds: [
      ...throughTwoUnits('chimingyuan', [18, 14, 10]),
      deed(5, '09:30', 'pwh_qzwh', 'request-correction', {
        opinion: '请一次性补正下列材料。',
        comments: [
          { section: 'work-history', text: '请上传最近一段工作经历的劳动合同或者聘用合同。' },
          { section: 'performance', text: '请补充近两年完成的具体工作量。' },
        ],
        dueInDays: 15,
      }),
    ],
    ends: 'correction',
    trial: '评委会要求补正，有补正期限',
  },
  {
    loginName: 'miaoqinghe',
    started: 30,
    filled: 'complete',
    deeds: [...throughTwoUnits('miaoqinghe', [25, 21, 17]), deed(11, '10:00', 'pwh_qzwh', 'accept')],
    ends: 'accepted',
    trial: '已受理，等待评审',
  },
  {
    loginName: 'lvchunhui',
    started: 36,
    filled: 'complete',
    deeds: [...throughDongshan('lvchunhui'), deed(24, '10:40', 'pwh_qzwh', 'accept')],
    ends: 'accepted',
    trial: '已受理，等待评审；由三级单位上报',
  },
  {
    loginName: 'gulanxin',
    started: 30,
    filled: 'complete',
    deeds: [
      deed(25, '10:50', 'gulanxin', 'submit'),
      deed(21, '14:20', 'wenlvju', 'pass', AGREED),
      deed(21, '16:20', 'wenlvju', 'report'),
      deed(11, '10:10', 'pwh_qzwh', 'accept'),
    ],
    ends: 'accepted',
    trial: '已受理，等待评审；由主管部门直接申报',
  },
  {
    loginName: 'zouyongli',
    started: 30,
    filled: 'complete',
    deeds: [
      deed(24, '11:20', 'zouyongli', 'submit'),
      deed(22, '09:40', 'weilan_hr', 'pass', AGREED),
      deed(22, '10:10', 'weilan_hr', 'report'),
      deed(16, '15:00', 'pwh_qzwh', 'refuse', { reason: 'conditions', opinion: '劳动合同期限不满一年，不符合申报条件。' }),
    ],
    ends: 'refused',
    trial: '不予受理，可查看原因',
  },
  {
    loginName: 'qiruolan',
    started: 32,
    filled: 'complete',
    deeds: [
      deed(27, '14:20', 'qiruolan', 'submit'),
      deed(25, '09:40', 'weilan_hr', 'pass', AGREED),
      deed(25, '10:10', 'weilan_hr', 'report'),
      deed(15, '15:10', 'pwh_qzwh', 'accept'),
      deed(4, '14:30', 'pwh_qzwh', 'record-vote', PASSED_VOTE),
    ],
    ends: 'voted_passed',
    trial: '评审通过，等待公示；由人力资源公司派遣',
  },
  {
    loginName: 'chejianye',
    started: 35,
    filled: 'complete',
    deeds: [
      ...throughDongshan('chejianye'),
      deed(24, '10:10', 'pwh_qzwh', 'accept'),
      deed(9, '14:40', 'pwh_qzwh', 'record-vote', { vote: { present: 9, yes: 4, no: 5 } }),
    ],
    ends: 'voted_failed',
    trial: '评审未通过，已申请复查，等待答复',
  },
  {
    loginName: 'tengjianing',
    started: 35,
    filled: 'complete',
    deeds: [
      ...throughDongshan('tengjianing'),
      deed(24, '10:20', 'pwh_qzwh', 'accept'),
      deed(4, '14:50', 'pwh_qzwh', 'record-vote', PASSED_VOTE),
      deed(3, '10:00', 'pwh_qzwh', 'publish'),
    ],
    ends: 'publicity',
    trial: '评审结果公示中，有一件异议正在核查',
  },
  ...['conglijuan', 'conglijuan2'].map((loginName): Case => ({
    loginName,
    started: 36,
    filled: 'complete',
    deeds: [
      ...throughDongshan(loginName),
      deed(26, '10:50', 'pwh_qzwh', 'accept'),
      deed(22, '15:10', 'pwh_qzwh', 'record-vote', PASSED_VOTE),
      deed(20, '10:00', 'pwh_qzwh', 'publish'),
    ],
    ends: 'publicity',
    trial: '公示期满，等待人社局确认；同一单位有同名人员',
  })),
  {
    loginName: 'linxiyue',
    started: 37,
    filled: 'complete',
    deeds: [
      ...throughTwoUnits('linxiyue', [34, 31, 29]),
      deed(26, '10:30', 'pwh_qzwh', 'accept'),
      deed(22, '14:50', 'pwh_qzwh', 'record-vote', PASSED_VOTE),
      deed(20, '10:00', 'pwh_qzwh', 'publish'),
      deed(2, '09:30', 'huancui_rsj', 'confirm'),
    ],
    ends: 'certified',
    trial: '已发证，可以「下载证书」',
  },
  {
    loginName: 'ouyangmx',
    started: 36,
    filled: 'complete',
    deeds: [
      deed(34, '13:10', 'ouyangmx', 'submit'),
      deed(33, '09:00', 'wenhuaguan', 'return-to-applicant', {
        opinion: '请补充后重新提交。',
        comments: [{ section: 'performance', text: '请写明书法普及工作的人次和场次。' }],
      }),
      deed(33, '15:20', 'ouyangmx', 'resubmit'),
      ...throughTwoUnits('ouyangmx', [34, 31, 29]).slice(1),
      deed(26, '10:40', 'pwh_qzwh', 'accept'),
      deed(22, '15:00', 'pwh_qzwh', 'record-vote', { vote: { present: 9, yes: 7, no: 1 } }),
      deed(20, '10:00', 'pwh_qzwh', 'publish'),
      deed(2, '09:40', 'huancui_rsj', 'confirm'),
    ],
    ends: 'certified',
    trial: '曾被退回修改，现已发证；证书已撤销并重新核发，「证书状态」可以查看',
  },
  {
    loginName: 'dongzhiqiu',
    started: 18,
    filled: 'complete',
    deeds: [deed(9, '10:20', 'dongzhiqiu', 'submit'), deed(7, '14:10', 'tushuguan', 'pass', AGREED)],
    ends: 'not_recommended',
    trial: '单位公示期间异议成立，单位不予推荐',
  },
  {
    loginName: 'bumairimu',
    started: 17,
    filled: 'complete',
    deeds: [deed(9, '12:50', 'bumairimu', 'submit'), deed(7, '14:30', 'tushuguan', 'pass', AGREED)],
    ends: 'unit_passed',
    trial: '单位公示中，期满后上报，由单位填写「单位推荐排序」；姓名很长',
  },
  {
    loginName: 'quwenbo',
    started: 10,
    filled: 'complete',
    deeds: [deed(2, '12:40', 'quwenbo', 'submit')],
    ends: 'unit_review',
    trial: '等待图书馆审核',
  },
  {
    loginName: 'xiahouwq',
    started: 38,
    filled: 'complete',
    deeds: [
      // put up by its unit in between: seeds/demo/publicities.ts
      deed(37, '10:40', 'xiahouwq', 'submit'),
      deed(36, '09:20', 'tushuguan', 'pass', AGREED),
      deed(13, '11:00', 'tushuguan', 'report', { rank: { n: 1, of: 4 } }),
      deed(12, '14:10', 'wenlvju', 'pass', AGREED),
      deed(12, '16:00', 'wenlvju', 'report'),
      deed(11, '10:20', 'pwh_tszl', 'request-correction', {
        opinion: '请补正后重新提交。',
        comments: [{ section: 'performance', text: '请写明任现职以来完成的编目和读者服务工作量。' }],
        dueInDays: 7,
      }),
      deed(3, '09:05', SYSTEM, 'abandon'),
    ],
    ends: 'abandoned',
    trial: '逾期未补正，视为放弃；复姓',
  },
  {
    loginName: 'piaoyinghua',
    started: 19,
    filled: 'complete',
    deeds: throughTwoUnits('piaoyinghua', [11, 6, 5], 'yishutuan').slice(0, 3),
    ends: 'unit_review',
    trial: '艺术系列，等待主管部门审核',
  },
  {
    loginName: 'sarengaowa',
    started: 33,
    filled: 'complete',
    deeds: [...throughTwoUnits('sarengaowa', [26, 20, 16]), deed(10, '09:30', 'pwh_ms', 'accept')],
    ends: 'accepted',
    trial: '美术系列，已受理',
  },
];
