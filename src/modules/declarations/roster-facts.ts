import type { TextItem, TextLine, TextPart } from '../../form/section-text';
import { showYearMonth } from '../../lib/dates';
import type { FrozenContent } from './freeze-version';

/**
 * What 「一览表」 says of a declaration beside what its row holds: in words, out of the frozen version, and kept with it (declaration_versions.roster), so that
 * a table of a thousand rows does not have to read a thousand whole declarations.
 */
export interface RosterFacts {
  sex: string;
  bornOn: string;
  /** 参加工作时间 and 专业工作年限 */
  startedOn: string;
  years: string;
  /** 全日制学历, 评审依据学历: school, subject, date, education, degree */
  fullTime: string;
  basis: string;
  /** 现职称 and when it was obtained */
  current: string;
  /** 聘任时间/年限 */
  appointed: string;
  /** 行政职务 */
  post: string;
  /** 近年考核 */
  assessments: string;
  /** 继续教育学时 */
  hours: string;
  way: string;
  /** results other than papers and books; papers and books */
  results: string;
  papers: string;
}

const NONE = '无';
const allOf = (p: TextPart): TextLine[][] => [p.lines, ...p.items.map((i) => i.lines)];
const line = (lines: readonly TextLine[], label: string): string => lines.find((l) => l.label === label)?.text ?? '';
const joined = (texts: readonly string[], by: string): string => texts.filter((t) => t !== '' && t !== '未填写' && t !== NONE).join(by);

/** The first answer under this label in any section whose title holds `section`. */
function answer(content: FrozenContent, section: string, label: string): string {
  for (const s of content.sections)
    if (s.title.includes(section))
      for (const lines of s.parts.flatMap(allOf)) {
        const text = line(lines, label);
        if (text !== '') return text;
      }
  return '';
}

function educationText(lines: readonly TextLine[]): string {
  return joined(
    ['毕业院校', '专业', '毕业时间', '学历', '学位'].map((l) => line(lines, l)),
    '，',
  );
}

/** What an answer says where its question does not stand beside it: of 「是否…」 what is so, and nothing when it is not. */
const alone = (l: TextLine): string => (l.label.startsWith('是否') ? (l.text === '是' ? l.label.slice(2) : '') : l.text);

/** A row of a list in one line: its short answers, in the order of the form. */
const rowText = (item: TextItem, without: readonly string[] = []): string =>
  joined(item.lines.filter((l) => !without.includes(l.label) && [...l.text].length <= 80).map(alone), '，');

const itemsOf = (content: FrozenContent, section: string): TextItem[] =>
  content.sections.filter((s) => s.title.includes(section)).flatMap((s) => s.parts.flatMap((p) => p.items));

/** The sum of all whole or decimal numbers that stand under 「学时」; '' when there are none. */
function hoursOf(content: FrozenContent): string {
  const hours = itemsOf(content, '继续教育')
    .map((i) => Number(/[\d.]+/.exec(i.lines.find((l) => l.label.includes('学时'))?.text ?? '')?.[0]))
    .filter((n) => Number.isFinite(n));
  return hours.length === 0 ? '' : String(Math.round(hours.reduce((a, b) => a + b, 0) * 10) / 10);
}

/** Pure; works by the words of the form, so that frozen versions of every revision can be read. What a form does not ask for is 「无」. */
export function rosterFacts(content: FrozenContent): RosterFacts {
  const education = content.sections.find((s) => s.id === 'education')?.parts ?? [];
  const fullTime = educationText(education.find((p) => p.id === 'fullTime')?.lines ?? []);
  const basisLines = education.find((p) => p.id === 'basis')?.lines ?? [];
  const [current] = itemsOf(content, '现专业技术职称');
  const results = itemsOf(content, '代表性成果');
  const isPaper = (i: TextItem): boolean => /论文|著作/.test(line(i.lines, '成果类别'));
  const list = (items: readonly TextItem[]): string => items.map((i, n) => `${n + 1}. ${rowText(i, ['刊号或者书号'])}`).join('；');
  const or = (text: string): string => (text === '' ? NONE : text);
  return {
    sex: content.applicant.sex,
    bornOn: showYearMonth(content.applicant.bornOn),
    startedOn: answer(content, '申报信息', '参加工作时间'),
    years: answer(content, '申报信息', '专业工作年限'),
    fullTime: or(fullTime),
    basis: or(educationText(basisLines) || fullTime),
    current: or(current ? joined([line(current.lines, '现专业技术职称'), line(current.lines, '获得资格时间')], '，') : ''),
    appointed: or(current ? joined([line(current.lines, '聘任时间'), line(current.lines, '聘任年限')], '/') : ''),
    post: or(
      joined(
        content.sections
          .filter((s) => s.title.includes('行政职务'))
          .flatMap((s) => s.parts.flatMap(allOf))
          .map((lines) => rowText({ id: '', lines, files: [] })),
        '；',
      ),
    ),
    assessments: or(
      joined(
        itemsOf(content, '考核').map((i) => rowText(i)),
        '；',
      ),
    ),
    hours: or(hoursOf(content)),
    way: answer(content, '申报信息', '申报方式'),
    results: or(list(results.filter((i) => !isPaper(i)))),
    papers: or(list(results.filter(isPaper))),
  };
}
