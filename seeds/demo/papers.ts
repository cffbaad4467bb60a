import { demand } from './world';
import type { Career, Result } from './careers';
import { makeScan, type ScanData, type ScanFormat, type ScanKind } from './scans';

/** A scanned paper that belongs to one item of the form. */
export interface Paper {
  section: string;
  /** `part.field` or `part.row.field` */
  item: string;
  /** 时间+内容, as the guide of 2022 (part 3) asks */
  title: string;
  kind: ScanKind;
  data: ScanData;
  format: ScanFormat;
}

const EDUCATION = { university: '大学', college: '大专', postgraduate: '研究生' };
const DEGREE = { bachelor: '学士', master: '硕士', none: '无' };

/** The papers of a complete form. Papers about a work carry no name and are drawn once for all who share it. */
export function papersOf(c: Career, name: string, unitName: string, year: number): Paper[] {
  const graduated = year - c.graduated;
  const papers: Paper[] = [
    {
      section: 'education',
      item: 'fullTime.diploma',
      title: `${graduated}年7月毕业证书`,
      kind: 'diploma',
      format: 'jpg',
      data: {
        name,
        lines: [
          `于${graduated - (c.education === 'university' ? 4 : 3)}年9月至${graduated}年7月在本校${c.major}专业学习，修完全部课程，成绩合格，准予毕业。`,
          `学历：${EDUCATION[c.education]}`,
        ],
        date: `${graduated}年7月1日`,
        seal: c.school,
      },
    },
    {
      section: 'education',
      item: 'fullTime.registration',
      title: `${graduated}年7月学历证书电子注册备案表`,
      kind: 'registration-report',
      format: 'pdf',
      data: {
        name,
        lines: [
          `姓名：${name}`,
          `院校：${c.school}`,
          `专业：${c.major}`,
          `学历层次：${EDUCATION[c.education]}`,
          `毕业时间：${graduated}年7月`,
          `在线验证码：${registerCode(c.loginName)}`,
        ],
        date: `${year - 1}年9月1日`,
      },
    },
  ];
  if (c.degree !== 'none') {
    papers.push({
      section: 'education',
      item: 'fullTime.degreeProof',
      title: `${graduated}年7月学位证书`,
      kind: 'proof',
      format: 'png',
      data: {
        name: '',
        lines: [`${c.school}${graduated}届${c.major}专业毕业生，经审核授予${DEGREE[c.degree]}学位。`],
        date: `${graduated}年7月1日`,
        seal: c.school,
      },
    });
  }
  if (c.held) {
    const held = year - c.held.since;
    papers.push(
      {
        section: 'current-title',
        item: 'titles.title1.certificate',
        title: `${held}年12月${c.held.title}资格证书`,
        kind: 'title-certificate',
        format: 'jpg',
        data: {
          name,
          lines: ['经评审，具备下列专业技术职务资格：', `${c.held.title}（${c.speciality}）`],
          date: `${held}年12月10日`,
          seal: '环翠区专业技术职务',
        },
      },
      {
        section: 'current-title',
        item: 'titles.title1.appointment',
        title: `${held + 1}年1月${c.held.title}聘书`,
        kind: 'appointment',
        format: 'jpg',
        data: { name, lines: [`兹聘任您为${c.held.title}，聘期自${held + 1}年1月起。`], date: `${held + 1}年1月5日`, seal: unitName },
      },
    );
  }
  return [...papers, ...yearlyPapersOf(c, unitName, year), ...c.results.map((r, i) => paperOf(r, i, year))];
}

/** When the English test was passed: in the third year at the university. */
export const englishTestOf = (c: Career, year: number): string => `${year - c.graduated - 1}年12月`;
/** Two of three belong to the association of their field. */
export const isMember = (c: Career): boolean => c.loginName.length % 3 !== 0;

/** Papers that do not speak of the person by name, so that they are drawn once for many. */
function yearlyPapersOf(c: Career, unitName: string, year: number): Paper[] {
  const employer = c.workUnit?.replace(/（.*$/, '') ?? unitName;
  const paper = (section: string, item: string, title: string, lines: string[], date: string, seal: string): Paper => ({
    section,
    item,
    title,
    kind: 'proof',
    // what a unit hands out comes as one document of several pages
    format: 'pdf',
    data: { name: '各有关部门', lines, date, seal },
  });
  const papers: Paper[] = [
    paper(
      'other-files',
      'main.summary',
      `${year}年1月业务工作总结`,
      ['业务工作总结', '本人认真履行岗位职责，完成了各项业务工作任务，总结内容经单位主要负责人审核、推荐委员会成员签字。'],
      `${year}年1月10日`,
      employer,
    ),
    paper(
      'other-files',
      'main.supervision',
      `${year}年1月推荐申报职称六公开监督卡`,
      ['推荐申报职称“六公开”监督卡', '岗位数额、申报条件、推荐办法、申报材料、评议结果、推荐结果已在单位内部公开。'],
      `${year}年1月12日`,
      employer,
    ),
  ];
  if (c.exceptional)
    papers.push(paper('way', 'main.proof', `${year}年1月破格申报审批表`, ['破格申报审批表', c.exceptional], `${year}年1月9日`, employer));
  if (c.post)
    papers.push(
      paper(
        'administrative-post',
        'posts.adpost1.proof',
        `${year - c.post.since}年3月任职文件`,
        ['任职通知', `经研究，任命${c.post.name}一名，自发文之日起任职。`],
        `${year - c.post.since}年3月8日`,
        employer,
      ),
    );
  if (c.held || c.graduated > 1)
    papers.push(
      paper(
        'assessments',
        'proof.file',
        `${year}年1月年度考核结果证明`,
        ['年度考核结果证明', '以上人员各年度考核结果与申报内容一致。'],
        `${year}年1月8日`,
        employer,
      ),
    );
  if (c.education !== 'college')
    papers.push(
      paper(
        'languages',
        'main.foreignProof',
        `${englishTestOf(c, year)}大学英语四级证书`,
        ['大学英语四级考试成绩合格。'],
        englishTestOf(c, year),
        '高等学校英语考试中心',
      ),
    );
  if (isMember(c))
    papers.push(
      paper(
        'societies',
        'societies.society1.proof',
        `${year - 1}年6月会员证`,
        [`威海市${c.speciality}学会会员证`],
        `${year - 1}年6月`,
        `威海市${c.speciality}学会`,
      ),
    );
  return papers;
}

/** The proof of a result: without a name, because several people may have worked on it. */
function paperOf(r: Result, i: number, year: number): Paper {
  const date = `${year - r.yearsAgo}年${r.month}月`;
  const item = { section: 'achievements', item: `results.result${i + 1}.proof` };
  if (r.kind === 'paper') {
    return {
      ...item,
      title: `${date}论文${r.name}`,
      kind: 'paper',
      format: 'pdf',
      data: {
        name: '',
        lines: [r.name.replace(/[《》]/g, ''), `摘要：本文结合县区级公共文化机构的实际工作，讨论${r.name}所涉及的问题，并提出改进办法。`],
        date: `${date}　${r.serial ?? ''}`,
        seal: r.journal ?? '',
      },
    };
  }
  const data = {
    name: '各有关单位',
    lines: [r.kind === 'project' ? `《${r.name}》课题按计划完成研究任务，准予结题。` : `${r.name}。`, '特发此证，以资证明。'],
    date,
    seal: r.authority ?? '',
  };
  return {
    ...item,
    title: `${date}${r.kind === 'award' ? '获奖证书' : '结题证书'}`,
    kind: r.kind === 'award' ? 'award' : 'proof',
    format: 'jpg',
    data,
  };
}

/** 12 digits that look like a verification code of the student register. */
export function registerCode(loginName: string): string {
  const sum = [...loginName].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 1_000_000, 7);
  return `000${String(sum).padStart(9, '0')}`;
}

export interface Scans {
  get: (p: Paper) => Buffer;
}

const keyOf = (p: Paper): string => JSON.stringify([p.kind, p.format, p.data]);

/** Draws every different paper once, two at a time; before the database is touched, because it takes the longest. */
export async function drawScans(papers: readonly Paper[]): Promise<Scans> {
  const drawn = new Map<string, Buffer>();
  const waiting = [...new Map(papers.map((p) => [keyOf(p), p]))];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [key, p] = next;
      drawn.set(key, (await makeScan(p.kind, p.data, p.format)).content);
    }
  };
  await Promise.all([work(), work()]);
  return { get: (p) => demand(drawn.get(keyOf(p)), `scan ${p.title}`) };
}
