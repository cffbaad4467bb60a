/**
 * The case of the 2022 guide: 威海市环翠区, 群众文化, 初级职称, 助理馆员, 舞蹈 — with an invented person. One description, typed into the pages by the http and
 * the browser journeys alike.
 */
import { makeScan } from '../../seeds/demo/scans';

export const SERIES = 91; // 群众文化
export const LEVEL = 'junior';

export const applicant = {
  name: '于𬀩',
  idNumber: '37100219950312002X',
  mobile: '13900001234',
  loginName: 'yuhui1995',
  password: 'Haibian-Wuqu-95',
};

/** Field values by section, as they are typed; `unit` is chosen in the unit search. Row parts: one record for each row. */
export interface SectionCase {
  section: string;
  groups?: Record<string, Record<string, string>>;
  rows?: Record<string, Record<string, string>[]>;
  /** item `<part>.<field>` or `<part>.<row number>.<field>` → scan */
  files?: Record<string, { kind: Parameters<typeof makeScan>[0]; format: 'jpg' | 'png' | 'pdf'; lines: string[]; date: string }>;
}

export function caseSections(year: number, rank = '1/1'): SectionCase[] {
  return [
    {
      section: 'application',
      groups: {
        main: {
          year: String(year),
          rank,
          speciality: '舞蹈',
          way: 'normal',
          isWorkUnit: 'yes',
          isEntrusted: 'no',
          startedOn: '2018.7',
          years: '6',
        },
      },
    },
    {
      section: 'education',
      groups: {
        fullTime: {
          has: 'yes',
          school: '山东艺术学院',
          major: '舞蹈编导',
          education: 'university',
          degree: 'bachelor',
          graduatedOn: '2018年6月',
          isDomestic: 'yes',
          registerCode: 'a1b2c3d4e5f6g7h8',
        },
        basis: { isSame: 'yes' },
      },
      files: {
        'fullTime.diploma': { kind: 'diploma', format: 'jpg', lines: ['舞蹈编导专业', '四年制本科'], date: '2018年6月' },
        'fullTime.registration': { kind: 'registration-report', format: 'pdf', lines: ['教育部学历证书电子注册备案表'], date: '2026年3月' },
        'fullTime.degreeProof': { kind: 'degree', format: 'png', lines: ['艺术学学士'], date: '2018年6月' },
      },
    },
    { section: 'current-title', rows: { titles: [{ level: 'none', series: 'none', title: 'other', titleOther: '无' }] } },
    {
      section: 'work-history',
      rows: {
        jobs: [
          {
            from: '2018.7',
            to: '2021.8',
            post: '威海市环翠区文化馆-文艺部-无',
            work: '舞蹈编排与辅导',
            position: '无',
            brief: '负责社区舞蹈队辅导',
          },
          {
            from: '2021-09',
            to: '',
            post: '威海市环翠区文化馆-活动部-无',
            work: '群众文化活动组织与舞蹈创作',
            position: '无，活动部副主任',
            brief: '',
          },
        ],
      },
    },
    {
      section: 'achievements',
      rows: {
        results: [
          {
            kind: 'award',
            name: '《海之舞》获山东省群众舞蹈大赛二等奖',
            date: '2023.9',
            rank: '2/3',
            authority: '山东省文化和旅游厅',
            level: 'provincial',
          },
          { kind: 'paper', name: '社区广场舞的编排与普及', journal: '群众文化研究', serial: 'CN37-0000/G0', date: '2022.5', rank: '独立' },
        ],
      },
      files: {
        'results.1.proof': { kind: 'award', format: 'jpg', lines: ['山东省群众舞蹈大赛', '二等奖'], date: '2023年9月' },
        'results.2.proof': { kind: 'paper', format: 'pdf', lines: ['社区广场舞的编排与普及'], date: '2022年5月' },
      },
    },
    {
      section: 'performance',
      groups: {
        main: { text: '任现职以来，组织群众文化活动 120 余场，编排舞蹈作品 15 个，辅导基层舞蹈队 32 支。\n作品多次在省、市比赛中获奖。' },
      },
    },
  ];
}

export async function scanOf(f: {
  kind: Parameters<typeof makeScan>[0];
  format: 'jpg' | 'png' | 'pdf';
  lines: string[];
  date: string;
}): Promise<{ fileName: string; content: Buffer }> {
  return makeScan(f.kind, { name: applicant.name, lines: f.lines, date: f.date, seal: '演示专用章' }, f.format);
}
