import type { SectionText, TextLine } from '../../form/section-text';
import { showMoment } from '../../lib/moment';
import { showDate, showYearMonth } from '../../lib/dates';
import { refusalReasons } from '../../policy/declaration-moves';
import type { Person } from '../accounts';
import type { Declaration, DeclarationEvent, findPublicity, findStops, findVote, FrozenContent } from '../declarations';
import type { FormFacts } from './review-form.read';
import { chineseNumber, printSection, type PrintSection } from './section-print';

type Stop = Awaited<ReturnType<typeof findStops>>[number];
type Vote = NonNullable<Awaited<ReturnType<typeof findVote>>>;
type Publicity = NonNullable<Awaited<ReturnType<typeof findPublicity>>>;

export interface ReviewFormInput {
  declaration: Declaration;
  content: FrozenContent;
  /** undefined: not what was submitted, but what is being written */
  sha256: string | undefined;
  facts: FormFacts;
  /** ID number and mobile number as they are to be printed */
  person: Pick<Person, 'idType' | 'idNumber' | 'mobile'>;
  /** B4: the name that holds now and since when, where the submitted one has been corrected */
  newerName: { name: string; at: Date } | undefined;
  hasPhoto: boolean;
  stops: readonly Stop[];
  events: readonly DeclarationEvent[];
  vote: Vote | undefined;
  publicity: Publicity | undefined;
  certificateNumber: string | undefined;
}

/** 「…意见」: what was decided by whom, and the places to sign and seal on paper. */
export interface OpinionBox {
  title: string;
  /** the bodies that gave it, one after the other; none: an empty box to fill in by hand */
  entries: { name: string; lines: string[] }[];
  emptyText: string;
  signatures: string[];
  seal: string;
  /** figures to be written in by hand */
  figures?: string[];
}

export interface ReviewForm {
  title: string;
  isDraft: boolean;
  checkCode: string;
  cover: TextLine[];
  madeBy: string;
  notes: string[];
  commitment: string[];
  acceptedOn: string;
  basics: TextLine[][];
  /** '' where the name is still the submitted one */
  nameNote: string;
  hasPhoto: boolean;
  sections: (PrintSection & { numeral: string })[];
  numerals: { basics: string; opinions: string; committee: string; outcome: string };
  opinions: OpinionBox[];
  group: OpinionBox;
  committee: OpinionBox;
  vote: (Vote & { result: string }) | null;
  publicity: OpinionBox;
  confirmation: OpinionBox;
}

const EMPTY = '无';
const dayOf = (at: Date | null | undefined): string => showMoment(at).split(' ')[0] ?? '';

/** The answer under a label of a section's groups or of the first row; '' when the section or the label is not there. */
function answer(sections: readonly SectionText[], section: string, label: string): string {
  const lines = (sections.find((s) => s.id === section)?.parts ?? []).flatMap((p) => [...p.lines, ...(p.items[0]?.lines ?? [])]);
  return lines.find((l) => l.label === label)?.text ?? '';
}

function entryOf(stop: Stop, events: readonly DeclarationEvent[], declaration: Declaration): OpinionBox['entries'][number] | undefined {
  const last = (move: DeclarationEvent['move']) => events.filter((e) => e.move === move && e.stop_position === stop.position).at(-1);
  const pass = stop.passed_at === null ? undefined : last('pass');
  const report = stop.reported_at === null ? undefined : last('report');
  if (!pass && !report) return undefined;
  const rank =
    stop.position === 0 && declaration.rank_fixed_at !== null
      ? [`单位推荐排序：${declaration.rank_n ?? ''}/${declaration.rank_of ?? ''}`]
      : [];
  const act = (e: DeclarationEvent | undefined, word: string): string[] =>
    e ? [`${word}（经办人：${e.actor_name}，${dayOf(e.at)}）`, ...(e.opinion === '' ? [] : [e.opinion])] : [];
  return {
    name: stop.name,
    lines: [...act(pass, '审核通过'), ...rank, ...act(report, '数据上报')],
  };
}

/** The declaring unit, the units between, and the unit that reports to the committee. */
function opinionBoxes({ stops, events, declaration }: ReviewFormInput): OpinionBox[] {
  const units = stops.filter((s) => s.unit_id !== null);
  const hasReached = stops.some((s) => s.committee_id !== null);
  const above = units.filter((s) => s.position > 0);
  const reporter = hasReached ? above.at(-1) : undefined;
  const box = (title: string, of: readonly Stop[]): OpinionBox => ({
    title,
    entries: of.flatMap((s) => entryOf(s, events, declaration) ?? []),
    emptyText: hasReached && of.length === 0 ? EMPTY : '',
    signatures: ['审核人（签名）', '负责人（签名）'],
    seal: '公章',
  });
  return [
    {
      title: '单位推荐委员会意见',
      entries: [],
      emptyText: '',
      signatures: ['主任委员（签名）'],
      seal: '公章',
      figures: ['总人数', '到会人数', '同意', '不同意', '弃权'],
    },
    box(
      '单位意见',
      units.filter((s) => s.position === 0),
    ),
    box(
      '主管部门意见',
      above.filter((s) => s !== reporter),
    ),
    box('呈报部门意见', reporter ? [reporter] : []),
  ];
}

function committeeBox({ content, events, vote }: ReviewFormInput, title: string): OpinionBox {
  const refused = events.filter((e) => e.move === 'refuse').at(-1);
  const accepted = events.filter((e) => e.move === 'accept').at(-1);
  const lines: string[] = [];
  if (accepted) lines.push(`受理（经办人：${accepted.actor_name}，${dayOf(accepted.at)}）`);
  if (refused) {
    const reason = (refused.detail as { reason?: string }).reason ?? refusalReasons.at(-1)?.text ?? '';
    lines.push(
      `不予受理（经办人：${refused.actor_name}，${dayOf(refused.at)}）`,
      `原因：${reason}`,
      ...(refused.opinion === '' ? [] : [refused.opinion]),
    );
  }
  if (vote) {
    lines.push(
      vote.is_passed
        ? `${showDate(vote.met_on)}召开评审会议，经投票表决，赞成票达到出席人数的三分之二，通过${title}职称评审。`
        : `${showDate(vote.met_on)}召开评审会议，经投票表决，赞成票未达到出席人数的三分之二，未通过${title}职称评审。`,
    );
  }
  return {
    title: '评审委员会评审意见',
    entries: lines.length === 0 ? [] : [{ name: content.batch.committee, lines }],
    emptyText: '',
    signatures: ['主任（副主任）委员（签名）'],
    seal: '评审委员会印章',
  };
}

function outcomeBoxes({ content, events, publicity, certificateNumber }: ReviewFormInput): {
  publicity: OpinionBox;
  confirmation: OpinionBox;
} {
  const confirmed = events.filter((e) => e.move === 'confirm').at(-1);
  const stage = confirmed || publicity?.is_over === true ? '公示期满' : '正在公示';
  return {
    publicity: {
      title: '公示结果',
      entries: publicity
        ? [
            {
              name: content.batch.committee,
              lines: [`公示时间：${showDate(publicity.starts_on)}至${showDate(publicity.ends_on)}`, `${stage}。`],
            },
          ]
        : [],
      emptyText: '',
      signatures: ['经办人（签名）'],
      seal: '评审委员会办事机构印章',
    },
    confirmation: {
      title: '确认意见',
      entries: confirmed
        ? [
            {
              name: confirmed.on_behalf_of,
              lines: [
                `确认评审结果（经办人：${confirmed.actor_name}，${dayOf(confirmed.at)}）`,
                ...(confirmed.opinion === '' ? [] : [confirmed.opinion]),
                ...(certificateNumber === undefined ? [] : [`证书编号：${certificateNumber}`]),
              ],
            },
          ]
        : [],
      emptyText: '',
      signatures: ['负责人（签名）'],
      seal: '人力资源和社会保障部门公章',
    },
  };
}

/** 「基本情况」 out of the sections that ask for more than one table; versions frozen before there were such sections have none of it. */
function furtherBasics(sections: readonly SectionText[]): TextLine[][] {
  const has = (id: string): boolean => sections.some((s) => s.id === id);
  const line = (label: string, section: string, of = label): TextLine => ({ label, text: answer(sections, section, of) || EMPTY });
  const listed = (section: string, ...labels: string[]): string => {
    const items = sections.find((s) => s.id === section)?.parts.flatMap((p) => p.items) ?? [];
    const words = items.map((i) => labels.flatMap((l) => i.lines.find((x) => x.label === l)?.text ?? []).join('，'));
    return words.filter((w) => w !== '').join('；') || EMPTY;
  };
  return [
    ...(has('basics') ? [[line('曾用名', 'basics'), line('身体状况', 'basics')], [line('出生地', 'basics')]] : []),
    ...(has('administrative-post')
      ? [[{ label: '行政职务及任职时间', text: listed('administrative-post', '现任（含兼任）行政职务', '任职时间') }]]
      : []),
    ...(has('languages') ? [[line('外语水平', 'languages', '懂何种外语，达到何种程度')], [line('计算机水平', 'languages')]] : []),
    ...(has('societies')
      ? [[{ label: '学术团体、社会兼职', text: listed('societies', '学术团体名称', '担任的职务', '兼职单位', '兼任的职务') }]]
      : []),
  ];
}

/** 「评审表」 as it is laid out on paper (pages after the form in use in Shandong); pure. Every section of the content is printed, known here or not. */
export function reviewForm(input: ReviewFormInput): ReviewForm {
  const { content, facts, person, sha256 } = input;
  const isDraft = sha256 === undefined;
  const main = (label: string): string => answer(content.sections, 'application', label);
  const current = (label: string): string => answer(content.sections, 'current-title', label);
  const or = (text: string, other = EMPTY): string => (text === '' ? other : text);
  const workUnit = or(main('工作单位'), or(content.unit));
  const level = or(main('申报级别'), content.batch.level);
  const series = or(main('申报系列'), content.batch.series);
  const title = main('申报职称');
  const line = (label: string, text: string): TextLine => ({ label, text });
  const filledOn = isDraft || facts.frozenAt === null ? showDate(facts.today) : dayOf(facts.frozenAt);
  const count = content.sections.length;
  return {
    title: '山东省专业技术职称评审表',
    isDraft,
    checkCode:
      sha256 === undefined
        ? ''
        : sha256
            .slice(0, 16)
            .toUpperCase()
            .replace(/(.{4})(?=.)/g, '$1-'),
    cover: [
      line('单位', workUnit),
      line('姓名', content.applicant.name),
      line('现任专业技术职务', or(current('现专业技术职称'))),
      line('申报专业技术职务', or(title)),
      line('申报系列', series),
      line('申报专业', or(main('现从事专业'))),
      line('申报级别', level),
      line('申报方式', or(main('申报方式'))),
      line('年度', `${content.batch.year}年`),
      line('填表日期', filledOn),
    ],
    madeBy: '山东省人力资源和社会保障厅',
    notes: [
      '本表由系统根据申报人提交的内容生成，内容与系统中的申报数据一致，打印后不得涂改。',
      '「基本情况」至各项申报内容由申报人填写；各级意见由相应单位审核后签署。没有内容的项目填写「无」。',
      '单位名称使用法定全称，与单位公章一致；时间填写到年、月；代表性成果按时间先后排列。',
      '申报人须在「诚信承诺书」上亲笔签名。提供虚假材料的，按有关规定处理。',
      '封面和页脚的校验码由所提交的内容计算得出，校验码不同的，内容也不同。',
    ],
    commitment: facts.commitment.split(/\n+/).filter((p) => p.trim() !== ''),
    acceptedOn: dayOf(facts.acceptedAt),
    basics: [
      [line('姓名', content.applicant.name), line('性别', content.applicant.sex)],
      [line('出生年月', showYearMonth(content.applicant.bornOn)), line('民族', content.applicant.ethnicity)],
      [line('籍贯', or(content.applicant.nativePlace)), line('政治面貌', or(content.applicant.politicalStatus))],
      [line(person.idType === 'resident' ? '身份证号' : '证件号码', person.idNumber)],
      [line('参加工作时间', or(main('参加工作时间'))), line('专业工作年限', or(main('专业工作年限')))],
      [line('工作单位', workUnit)],
      [line('申报单位', or(content.unit))],
      [line('现任职称', or(current('现专业技术职称'))), line('获得资格时间', or(current('获得资格时间')))],
      [line('聘任时间', or(current('聘任时间'))), line('聘任年限', or(current('聘任年限')))],
      [line('现从事专业', or(main('现从事专业'))), line('联系电话', person.mobile)],
      ...furtherBasics(content.sections),
    ],
    nameNote: input.newerName
      ? `申报人的姓名已于${dayOf(input.newerName.at)}由「${content.applicant.name}」更正为「${input.newerName.name}」，本表保留提交时的姓名。`
      : '',
    hasPhoto: input.hasPhoto,
    sections: content.sections.map((s, n) => ({ ...printSection(s), numeral: chineseNumber(n + 2) })),
    numerals: {
      basics: chineseNumber(1),
      opinions: chineseNumber(count + 2),
      committee: chineseNumber(count + 3),
      outcome: chineseNumber(count + 4),
    },
    opinions: opinionBoxes(input),
    group: {
      title: '专业组评议意见',
      entries: [],
      emptyText: '',
      signatures: ['组长（签名）'],
      seal: '评审委员会办事机构印章',
      figures: ['组别', '应到人数', '实到人数', '同意', '不同意', '弃权'],
    },
    committee: committeeBox(input, title),
    vote: input.vote ? { ...input.vote, result: input.vote.is_passed ? '通过' : '未通过' } : null,
    ...outcomeBoxes(input),
  };
}
