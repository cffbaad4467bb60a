import { resultLevels } from '../../../lib/codes';
import { choice, files, fraction, text, yearMonth } from '../../../form/fields';
import { asText, type Condition } from '../../../form/field';
import type { SectionDefinition, SectionRule } from '../../../form/section';
import { readYearMonth, showYearMonth } from '../../../lib/dates';
import { plainName, workNameOf } from '../../../lib/wording';
import { rowProblem, sameRows } from './rules';

const kinds = [
  { value: 'paper', text: '论文/著作' },
  { value: 'project', text: '课题' },
  { value: 'award', text: '获奖' },
  { value: 'other', text: '其他' },
];
const genres = [
  { value: 'paper', text: '论文' },
  { value: 'book', text: '著作' },
  { value: 'translation', text: '译著' },
  { value: 'textbook', text: '教材' },
];
const is =
  (kind: string): Condition =>
  (raw) =>
    raw.kind === kind;
const isPaper = is('paper');
const isNotPaper: Condition = (raw) => raw.kind !== 'paper';

/** G22 §三.16: the same result counts once, at its highest prize. */
const noDuplicates: SectionRule = (s) =>
  sameRows(s.rows.results ?? [], (r) => plainName(asText(r.values.name))).map(({ row, index, first }) =>
    rowProblem('results', row, index, 'name', `与第 ${first + 1} 条的成果名称相同，同一成果只填写一条，获奖的填写最高奖项`),
  );

/** The same work under another prize or in another shape: only a person can tell, so it is pointed out and bars nothing. */
const sameWork: SectionRule = (s) => {
  const rows = s.rows.results ?? [];
  const twins = new Set(sameRows(rows, (r) => plainName(asText(r.values.name))).map((x) => x.row.id));
  return sameRows(rows, (r) => workNameOf(asText(r.values.name)))
    .filter(({ row }) => !twins.has(row.id))
    .map(({ row, index, first }) =>
      rowProblem(
        'results',
        row,
        index,
        'name',
        `与第 ${first + 1} 条可能是同一成果；同一作品的不同奖项只填写最高奖项，获奖论文、获奖著作只算一条`,
        'advice',
      ),
    );
};

/** 任现职以来: what lies before the appointment is pointed out. */
const sinceAppointment: SectionRule = (s, ctx) => {
  const appointed = readYearMonth(String(ctx.policy.appointedOn ?? ''));
  return (s.rows.results ?? []).flatMap((row, i) => {
    const date = asText(row.values.date);
    return appointed !== undefined && date !== '' && date < appointed
      ? [
          rowProblem(
            'results',
            row,
            i,
            'date',
            `早于现职称的聘任时间（${showYearMonth(appointed)}）；本栏只填写任现职以来取得的成果`,
            'advice',
          ),
        ]
      : [];
  });
};

/** D10 「代表性成果」, G22 §三.16. */
export const achievements: SectionDefinition = {
  id: 'achievements',
  title: '任现职以来取得的代表性成果',
  group: '业绩与成果',
  intro: [
    '请填写反映本人任现职以来取得的成果，系统按时间先后排列。同一成果的不同奖项只填写最高奖项。没有成果的可以不填。',
    '除艺术系列参演集体剧目外，没有署个人名字的单位集体奖项不作为个人成果填报。',
  ],
  parts: [
    {
      kind: 'rows',
      id: 'results',
      title: '代表性成果',
      rowLabel: '成果',
      addLabel: '新增成果',
      emptyText: '还没有填写成果，没有的可以不填',
      min: 0,
      max: (ctx) => Number(ctx.policy.maxResults),
      sortBy: (v) => asText(v.date),
      fields: [
        choice({ id: 'kind', label: '成果类别', required: true, refreshes: true, options: kinds, width: 's' }),
        text({
          id: 'name',
          label: '成果名称',
          hint: '论文、著作填写题目；课题填写课题名称；获奖与证书表述一致，例如「《作品名称》获某某奖一等奖」',
          required: true,
          width: 'full',
          max: 150,
        }),
        choice({ id: 'genre', label: '论著类型', required: true, appliesWhen: isPaper, options: genres, width: 's' }),
        text({
          id: 'journal',
          label: '刊物或者出版社',
          hint: '刊物名称和期号，例如「群众文化研究 2022年第5期」',
          required: true,
          appliesWhen: isPaper,
          max: 100,
        }),
        text({
          id: 'serial',
          label: '刊号或者书号',
          hint: '例如 CN37-1234/J 或者 ISBN 978-7-5000-0000-0',
          required: true,
          appliesWhen: isPaper,
          max: 60,
          width: 'm',
        }),
        text({
          id: 'number',
          label: '立项编号',
          hint: '立项文件上的编号，没有的填写「无」',
          required: true,
          appliesWhen: is('project'),
          max: 60,
          width: 'm',
        }),
        choice({
          id: 'stage',
          label: '课题进展',
          required: true,
          appliesWhen: is('project'),
          options: [
            { value: 'closed', text: '已结题' },
            { value: 'running', text: '在研' },
          ],
          width: 's',
        }),
        text({
          id: 'prize',
          label: '奖项等级',
          hint: '例如 一等奖；证书上没有等级的填写「无」',
          required: true,
          appliesWhen: is('award'),
          max: 20,
          width: 's',
        }),
        text({
          id: 'about',
          label: '成果说明',
          hint: '成果的内容和应用情况',
          required: true,
          appliesWhen: is('other'),
          max: 100,
          width: 'full',
        }),
        yearMonth({ id: 'date', label: '时间', hint: '证书、刊物的落款时间，例如 2023.5', required: true, notInFuture: true }),
        fraction({ id: 'rank', label: '位次', hint: '本人独立完成填写 1/1；3 人合作、本人第 2，填写 2/3', required: true }),
        text({
          id: 'authority',
          label: '批准机关',
          hint: '证书落款单位的法定全称，不得简化',
          required: true,
          appliesWhen: isNotPaper,
          max: 100,
        }),
        choice({
          id: 'level',
          label: '等级',
          required: true,
          appliesWhen: isNotPaper,
          options: resultLevels.map((c) => ({ value: c.code, text: c.text })),
          width: 's',
        }),
        files({
          id: 'proof',
          label: '证书和佐证材料',
          hint: '论文、著作上传封面、目录、正文和封底；获奖上传证书和表彰文件；课题上传立项文件和结题报告',
          required: true,
          proposeName: (raw) => {
            const month = readYearMonth(raw.date ?? '');
            const name = Array.from(raw.name ?? '')
              .slice(0, 40)
              .join('');
            return month && name !== '' ? `${showYearMonth(month)}${name}` : undefined;
          },
        }),
        files({
          id: 'ensemble',
          label: '集体剧目的角色证明和演出照片',
          hint: '没有署个人名字的集体剧目，须由单位说明本人的角色和作用，并附标明申报人的演出照片；其他获奖不用上传',
          appliesWhen: is('award'),
        }),
      ],
    },
  ],
  rules: [noDuplicates, sameWork, sinceAppointment],
};
