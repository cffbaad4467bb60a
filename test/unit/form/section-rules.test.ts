import { checkSection } from '../../../src/form/check-section';
import type { FormContext, RawSection } from '../../../src/form/field';
import { emptySection } from '../../../src/form/read-section';
import { sectionText } from '../../../src/form/section-text';
import { findSection } from '../../../src/modules/declarations/sections';
import { formContext } from '../../support/form-context';

const sectionOf = (id: string) => {
  const section = findSection(id);
  if (!section) throw new Error(id);
  return section;
};
type Typed = Record<string, Record<string, string> | Record<string, string>[]>;

/** A section as typed: groups by name, rows as lists. */
function check(id: string, typed: Typed, own: Partial<FormContext> = {}) {
  const section = sectionOf(id);
  const raw: RawSection = emptySection(section);
  for (const [part, values] of Object.entries(typed)) {
    if (Array.isArray(values)) raw.rows[part] = values.map((v, i) => ({ id: `rowrow${i}`, values: v }));
    else raw.groups[part] = values;
  }
  const ctx = formContext(own);
  const checked = checkSection(section, raw, ctx);
  return {
    problems: checked.problems.map((p) => p.text),
    at: checked.problems.map((p) => `${p.field ?? p.part}`),
    advice: checked.advice.map((p) => p.text),
    marks: checked.problems.flatMap((p) => p.mark ?? []),
    text: sectionText(section, checked, ctx),
  };
}
const policy = (more: Record<string, string>): Partial<FormContext> => ({ policy: more });

describe('D3 education by year', () => {
  const graduate = (more: Record<string, string>) => ({
    fullTime: { has: 'yes', education: 'university', degree: 'bachelor', isDomestic: 'yes', ...more },
  });
  test.each([
    ['domestic from 2001 on', { graduatedOn: '2001.1' }, true],
    ['domestic before 2001', { graduatedOn: '2000.12' }, false],
    ['foreign', { graduatedOn: '2018.6', isDomestic: 'no' }, false],
    ['a party school', { graduatedOn: '2018.6', education: 'provincial-party-university' }, false],
    ['大学普通班', { graduatedOn: '1979.7', education: 'university-regular-class' }, false],
  ])('学信网验证码: %s', (_name, values, isAsked) => {
    expect(check('education', graduate(values)).problems.some((p) => p.includes('请填写「学信网验证码」'))).toBe(isAsked);
  });

  test.each([
    ['university-regular-class', '1969.9', true],
    ['university-regular-class', '1970.1', false],
    ['university-regular-class', '1976.12', false],
    ['university-regular-class', '1977.2', true],
    ['provincial-spare-time-college', '1992.9', true],
    ['provincial-spare-time-college', '1993.9', false],
    ['provincial-spare-time-university', '1997.9', false],
    ['provincial-spare-time-university', '1998.9', true],
  ])('%s entered in %s is refused: %s', (education, enrolledOn, isRefused) => {
    const found = check('education', graduate({ education, enrolledOn, graduatedOn: '2000.7' })).problems;
    expect(found.some((p) => p.includes('请核对「入学时间」或者「学历」'))).toBe(isRefused);
  });

  test.each([
    ['2008.8', 'bachelor', 'yes', false],
    ['2008.9', 'bachelor', 'yes', true],
    ['2008.9', 'none', 'yes', false],
    ['2018.6', 'master', 'no', false],
  ])('the degree report: graduated %s with %s, domestic %s: %s', (graduatedOn, degree, isDomestic, isAsked) => {
    const found = check('education', graduate({ graduatedOn, degree, isDomestic })).problems;
    expect(found.some((p) => p.includes('请上传「学位证书和《认证报告》」'))).toBe(isAsked);
  });
});

describe('D4 years of appointment', () => {
  const title = (more: Record<string, string>) => ({
    titles: [{ level: 'junior', series: '91', title: '5', obtainedOn: '2017.12', appointedOn: '2017.12', ...more }],
  });
  const proposal = (values: Record<string, string>) =>
    sectionOf('current-title')
      .parts[0]?.fields.find((f) => f.id === 'appointedYears')
      ?.propose?.(values, formContext());

  test('the example of the guide: from December 2017 to the end of 2026 without a break are 9, with a break of a year 8', () => {
    expect(proposal({ appointedOn: '2017.12' })).toEqual({ value: '9', working: '从2017年12月算到2026年12月为 108 个月，满 9 年' });
    expect(proposal({ appointedOn: '2017.12', breaks: '2019.1-2019.12' })).toEqual({
      value: '8',
      working: '从2017年12月算到2026年12月为 108 个月，扣除间断的 12 个月（2019年1月至2019年12月），合计 96 个月，满 8 年',
    });
    expect(proposal({ appointedOn: '2017.12', breaks: '2026.1-2026.12' })?.value).toBe('8');
    expect(proposal({ appointedOn: '去年' })).toBeUndefined();
  });

  test.each([
    [{ appointedYears: '9' }, undefined],
    [{ appointedYears: '4' }, undefined],
    [{ appointedYears: '10' }, '「聘任年限」10 年多于可以计算的年限'],
    [{ appointedYears: '9', breaks: '2019.1-2019.12' }, '「聘任年限」9 年多于可以计算的年限'],
    [{ appointedYears: '5', breaks: '2015.1-2015.3' }, '「聘任间断时间」应在2017年12月至2026年12月之间'],
    [{ appointedOn: '2017.1' }, '「聘任时间」早于「获得资格时间」'],
  ])('%j', (values, expected) => {
    const found = check('current-title', title(values)).problems.filter((p) => !/请(填写|选择|上传)/.test(p));
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found.join()).toContain(expected);
  });

  test('「其他」 and 「无」 ask for no dates and no papers', () => {
    expect(check('current-title', { titles: [{ level: 'none', series: 'none', title: 'other', titleOther: '无' }] }).problems).toEqual([]);
  });
});

const FILE = { id: '1', name: 'a', mediaType: '', size: 1, sha256: '', hasThumbnail: false };

describe('D5, D12 lists that may be empty', () => {
  test.each(['basics', 'administrative-post', 'exams', 'continuing-education', 'earlier-work', 'main-work', 'societies'])(
    '%s may stay empty',
    (id) => expect(check(id, {}).problems).toEqual([]),
  );
  test('X4 an item that was added and left empty is one line, and no other rule speaks of it', () => {
    const EMPTY = '还没有填写，不需要的请点击「删除此条」';
    expect(check('administrative-post', { posts: [{}] })).toMatchObject({ problems: [`第 1 条${EMPTY}`], at: ['posts'] });
    const two = check('administrative-post', { posts: [{ post: '', since: '' }, { post: '馆长' }, {}] }).problems;
    expect(two.filter((p) => p.includes(EMPTY))).toEqual([`第 1 条${EMPTY}`, `第 3 条${EMPTY}`]);
    expect(two.filter((p) => !p.includes(EMPTY)).every((p) => p.startsWith('第 2 条：'))).toBe(true);
    // where there are several lists the line says which
    expect(check('societies', { posts: [{}] }).problems).toEqual([`「社会兼职」第 1 条${EMPTY}`]);
    // a file alone is something
    const files = { files: (_part: string, row: string) => (row === 'rowrow0' ? [FILE] : []) };
    expect(check('societies', { societies: [{}] }, files).problems).toContain('第 1 条：请填写「学术团体名称」');
  });
  test('X4 what a list asks for at least is still asked for field by field', () => {
    const jobs = check('work-history', { jobs: [{}, {}] }).problems;
    expect(jobs.filter((p) => p.startsWith('第 1 条：请')).length).toBeGreaterThan(1);
    expect(jobs.filter((p) => p.startsWith('第 2 条'))).toEqual(['第 2 条还没有填写，不需要的请点击「删除此条」']);
    const filled = check('work-history', { jobs: [{}, { post: '某馆-文艺部-无' }] }).problems;
    expect(filled.filter((p) => p.startsWith('第 1 条'))).toEqual(['第 1 条还没有填写，不需要的请点击「删除此条」']);
  });
  test('the same post twice is pointed out; 「双肩挑」 asks for the approval', () => {
    const post = { post: '威海市环翠区文化馆副馆长', since: '2021.3', isDual: 'yes' };
    const found = check('administrative-post', { posts: [post, { ...post, isDual: 'no' }] }).problems;
    expect(found).toContain('第 1 条：请上传「《事业单位专业技术岗位兼职审批表》」');
    expect(found).toContain('第 2 条：与第 1 条的职务相同，请删除其中一条');
    expect(found.join()).not.toContain('第 2 条：请上传「《事业单位');
  });
});

describe('D6 assessments year by year', () => {
  const years = (...list: number[]) => ({
    years: list.map((year) => ({ year: String(year), post: '馆员', grade: 'qualified', unit: '文化馆' })),
  });
  const files = { files: () => [FILE] };
  test.each([
    ['with a title: from the year after the appointment', '2023.6', '2018.7', [2024, 2025], []],
    ['the years that are missing are named', '2022.6', '2018.7', [2023, 2025], ['缺少 2024年度']],
    ['earlier years count too', '2023.6', '2018.7', [2021, 2023, 2024, 2025], ['缺少 2022年度']],
    ['many missing years are counted', '2010.1', '2008.7', [2025], ['缺少 2011、2012、2013、2014、2015、2016 等 14 个年度']],
    ['without a title last year is enough', '', '2018.7', [2025], []],
    ['without a title and without rows', '', '2018.7', [], ['缺少 2025年度']],
    ['who began to work last year needs none', '', '2025.3', [], []],
    ['a year twice', '2023.6', '2018.7', [2024, 2025, 2025], ['与第 2 条的年份相同']],
    ['a year to come', '2023.6', '2018.7', [2024, 2025, 2027], ['不能晚于申报年度']],
  ])('%s', (_name, appointedOn, startedOn, given, expected) => {
    const { problems } = check('assessments', years(...given), { ...policy({ appointedOn, startedOn }), ...files });
    expect(problems).toHaveLength(expected.length);
    expected.forEach((words, i) => expect(problems[i]).toContain(words));
  });
  test('one proof for all years, no administrative post', () => {
    const found = check('assessments', { years: [{ year: '2025', post: '副馆长', grade: 'qualified', unit: '文化馆' }] }).problems.join();
    expect(found).toContain('不得填写行政职务');
    expect(found).toContain('请上传「考核结果证明」');
  });
});

describe('D7 languages and computers', () => {
  test.each([
    ['英语熟练', '不得使用「熟练」等含糊的词语'],
    ['大学英语四级证书', '请上传「外语证书」'],
    ['无', undefined],
    ['', '请填写「懂何种外语，达到何种程度」'],
  ])('%j', (foreign, expected) => {
    const found = check('languages', { main: { foreign, computer: '无' } }).problems;
    expect(found.join()).toContain(expected ?? '');
    expect(found).toHaveLength(expected === undefined ? 0 : foreign === '英语熟练' ? 2 : 1);
  });
});

describe('D9 the work history runs without a break', () => {
  const job = (from: string, to: string, post = '甲馆-文艺部-无') => ({ from, to, post, work: '辅导', position: '无' });
  test.each([
    ['from the first month on', [job('2018.7', '')], []],
    ['month after month', [job('2018.7', '2020.1'), job('2020.2', '')], []],
    ['the same month', [job('2018.7', '2020.1'), job('2020.1', '')], []],
    [
      'every gap and overlap is named with its dates',
      [job('2018.9', '2020.1'), job('2020.5', '2022.3'), job('2022.1', '2025.12')],
      [
        '2018年7月至2018年8月没有工作经历，工作经历应从参加工作时间（2018年7月）开始填写',
        '2020年2月至2020年4月没有工作经历，在「甲馆-文艺部-无」与「甲馆-文艺部-无」之间',
        '2022年1月至2022年3月有两条经历重叠',
        '2026年1月至2026年11月没有工作经历，仍在岗的，最后一条的「结束时间」不填',
      ],
    ],
  ])('%s', (_name, jobs, expected) => {
    const { problems } = check('work-history', { jobs });
    expect(problems).toHaveLength(expected.length);
    expected.forEach((words, i) => expect(problems[i]).toContain(words));
  });
  test.each([
    ['a time that can not be read', [job('2018.7', '不记得了'), job('2020.5', '')]],
    ['times the wrong way round', [job('2018.7', '2017.1'), job('2020.5', '')]],
  ])('%s is named alone: nothing is made of it', (_name, jobs) => {
    const { problems, at } = check('work-history', { jobs });
    expect(problems).toHaveLength(1);
    expect(at).toEqual(['to']);
  });
  test('an item whose 「单位-部门-岗位」 is wrong or missing is named as typed, or by its number', () => {
    const jobs = [job('2018.7', '2020.6', ''), job('2020.5', '2024.1', '甲馆办公室'), job('2024.6', '', '')];
    const found = check('work-history', { jobs }).problems.filter((p) => p.includes('工作经历') || p.includes('重叠'));
    expect(found).toEqual([
      '2020年5月至2020年6月有两条经历重叠（第 1 条与「甲馆办公室」），请核对起止时间',
      '2024年2月至2024年5月没有工作经历，在「甲馆办公室」与第 3 条之间。工作经历应连续填写，不得间断',
    ]);
  });
  test.each([
    ['甲馆-文艺部-无', undefined],
    ['甲馆—文艺部—主任医师', undefined],
    ['甲馆－文艺部－馆员', undefined],
    ['甲馆', '请按「单位-部门-专业技术职称」的格式填写'],
    ['甲馆-馆员', '请按「单位-部门-专业技术职称」的格式填写'],
    ['甲馆-文艺部-副馆长', '不得写行政职务'],
  ])('「单位-部门-岗位」 %s', (post, expected) => {
    const found = check('work-history', { jobs: [job('2018.7', '', post)] }).problems.join();
    if (expected === undefined) expect(found).toBe('');
    else expect(found).toContain(expected);
  });
});

describe('D10 representative results', () => {
  const award = (name: string, date: string, more: Record<string, string> = {}) => ({
    kind: 'award',
    name,
    prize: '一等奖',
    date,
    rank: '1/1',
    authority: '某局',
    level: 'city',
    ...more,
  });
  test('sorted by date, blank ones first', () => {
    const { text } = check('achievements', { results: [award('丙', '2023.9'), award('甲', '2021.1'), award('乙', '2022.12')] });
    expect(text.parts[0]?.items.map((i) => i.lines[1]?.text)).toEqual(['甲', '乙', '丙']);
  });
  test('at most as many as the batch allows', () => {
    const many = Array.from({ length: 16 }, (_, i) => award(`成果${i}`, '2023.9'));
    expect(check('achievements', { results: many }).problems).toContain('「代表性成果」最多填写 15 条，现有 16 条');
  });
  test('the same name bars; the same work under another prize is pointed out only', () => {
    const found = check('achievements', {
      results: [award('《海之舞》获甲奖', '2023.9'), award('《海之舞》 获甲奖', '2023.9'), award('《海之舞》获乙奖', '2024.9')],
    });
    expect(found.problems.filter((p) => p.includes('成果名称相同'))).toEqual([
      '第 2 条：与第 1 条的成果名称相同，同一成果只填写一条，获奖的填写最高奖项',
    ]);
    expect(found.advice).toEqual(['第 3 条：与第 1 条可能是同一成果；同一作品的不同奖项只填写最高奖项，获奖论文、获奖著作只算一条']);
  });
  test('a result from before the appointment is pointed out', () => {
    const found = check('achievements', { results: [award('甲', '2019.12'), award('乙', '2020.1')] }, policy({ appointedOn: '2020.1' }));
    expect(found.advice).toEqual(['第 1 条：早于现职称的聘任时间（2020年1月）；本栏只填写任现职以来取得的成果']);
  });
  test.each([
    ['paper', ['genre', 'journal', 'serial']],
    ['project', ['number', 'stage', 'authority', 'level']],
    ['award', ['prize', 'authority', 'level']],
    ['other', ['about', 'authority', 'level']],
  ])('%s asks for its own fields', (kind, own) => {
    const { at } = check('achievements', { results: [{ kind }] });
    expect(at.sort()).toEqual([...own, 'name', 'date', 'rank', 'proof'].sort());
  });
  test.each([
    ['2/3', undefined],
    ['３／３', undefined],
    ['独立', undefined],
    ['4/3', '位次 4 大于总人数 3'],
    ['第二', '请按「位次/总人数」的格式填写'],
  ])('位次 %s', (rank, expected) => {
    const found = check('achievements', { results: [award('甲', '2023.9', { rank })] }).problems.filter((p) => p.includes('「位次」'));
    expect(found.join()).toContain(expected ?? '');
    expect(found).toHaveLength(expected === undefined ? 0 : 1);
  });
});

describe('D11 the own name in the text', () => {
  test.each([
    ['本人于𬀩组织活动', '于𬀩'],
    ['本人于 𬀩组织活动', '于 𬀩'],
    ['本人于\n𬀩组织活动', '于 𬀩'],
  ])('%j is shown in its place', (text, found) => {
    const { problems, marks } = check('performance', { main: { text } });
    expect(problems.join()).toContain('不得出现本人姓名');
    expect(marks).toEqual([{ before: '本人', found, after: '组织活动' }]);
  });
  test('a text that is too long is searched for the name all the same', () => {
    const { problems } = check('performance', { main: { text: `本人于𬀩组织活动${'舞'.repeat(1200)}` } });
    expect(problems.join()).toContain('现有 1208 个字');
    expect(problems.join()).toContain('不得出现本人姓名');
  });
  test('a rare character counts as one', () => {
    expect(check('performance', { main: { text: '𬀩'.repeat(1200) } }).problems).toEqual([]);
    expect(check('performance', { main: { text: '𬀩'.repeat(1201) } }).problems.join()).toContain('现有 1201 个字');
  });
});

describe('申报方式 other than 正常晋升', () => {
  test.each([
    ['', false],
    ['normal', false],
    ['exceptional', true],
    ['newcomer', true],
  ])('%j asks for the grounds: %s', (way, isAsked) => {
    expect(sectionOf('way').appliesWhen?.(formContext(policy({ way })))).toBe(isAsked);
  });
  test('委托评审 asks the applicant for the evidence where the batch says so', () => {
    const entrusted = { main: { isEntrusted: 'yes' } };
    expect(check('application', entrusted).at).toContain('entrustedProof');
    expect(check('application', entrusted, policy({ entrustedEvidenceBy: 'unit' })).at).not.toContain('entrustedProof');
  });
});

test('D13 the signed summary is demanded, the four named forms have their places', () => {
  expect(check('other-files', {}).problems).toEqual(['请上传「业务工作总结」']);
  const labels = sectionOf('other-files').parts[0]?.fields.map((f) => f.label);
  for (const name of [
    '《事业单位推荐申报高中级职称评审情况统计表》',
    '《推荐申报职称“六公开”监督卡》',
    '《单位推荐委员会民主评议推荐情况登记表》',
    '《推荐申报职称公示情况报告表》',
  ])
    expect(labels).toContain(name);
});
