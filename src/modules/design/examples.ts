import type { ControlModel } from '../../form/control';
import type { PageError } from '../../http/route';

/** Invented, with the longest names there are: what the page 「界面规范」 shows and tests render. */
export const LONG_UNIT = '威海市环翠区孙家疃街道滨海社区公共文化服务与非物质文化遗产保护传承志愿者联合指导中心暨青年舞蹈艺术团';
export const LONG_NAME = '布买日木尼莎·阿卜杜热合曼·托合提买买提';

const control = (over: Partial<ControlModel> & Pick<ControlModel, 'type' | 'id' | 'label'>): ControlModel => ({
  name: over.id,
  required: false,
  value: '',
  ...over,
});
const series = [
  { value: '91', text: '群众文化', selected: false },
  { value: '92', text: '图书资料专业人员', selected: true },
];

export const controls: readonly { title: string; list: readonly ControlModel[] }[] = [
  {
    title: '未填写',
    list: [
      control({ type: 'text', id: 'e-text', label: '姓名', required: true, hint: '与证件一致' }),
      control({ type: 'date', id: 'e-date', label: '评审会议日期', hint: '例如 2026.11.22' }),
      control({
        type: 'choice',
        id: 'e-choice',
        label: '申报系列',
        style: 'select',
        items: series.map((s) => ({ ...s, selected: false })),
      }),
      control({
        type: 'yesNo',
        id: 'e-yes',
        label: '是否委托评审',
        items: [
          { value: 'yes', text: '是', selected: false },
          { value: 'no', text: '否', selected: false },
        ],
      }),
      control({ type: 'longText', id: 'e-long', label: '工作成绩及表现', limit: 500, count: 0, rows: 3 }),
      control({ type: 'computed', id: 'e-computed', label: '任现职年限' }),
      control({
        type: 'files',
        id: 'e-files',
        label: '学历证书',
        files: [],
        upload: { name: 'files:e', accept: '.jpg,.pdf', buttonValue: 'upload:e', hint: '支持 jpg、pdf 格式，最多 3 个文件', max: 3 },
      }),
      control({ type: 'unitPicker', id: 'e-unit', label: '申报单位', picker: { text: '', searchHref: '/design' } }),
    ],
  },
  {
    title: '已填写',
    list: [
      control({ type: 'text', id: 'v-text', label: '姓名', required: true, value: LONG_NAME }),
      control({ type: 'yearMonth', id: 'v-month', label: '参加工作时间', value: '2018.8' }),
      control({ type: 'choice', id: 'v-choice', label: '申报系列', style: 'select', items: series }),
      control({
        type: 'yesNo',
        id: 'v-yes',
        label: '是否委托评审',
        items: [
          { value: 'yes', text: '是', selected: true },
          { value: 'no', text: '否', selected: false },
        ],
      }),
      control({
        type: 'longText',
        id: 'v-long',
        label: '工作成绩及表现',
        limit: 500,
        count: 18,
        rows: 3,
        value: '组织编排广场舞，在全市推广。\n辅导学员。',
      }),
      control({
        type: 'integer',
        id: 'v-years',
        label: '专业工作年限',
        value: '7',
        proposal: { text: '8', working: '自 2018年8月 至 2026年12月，满 8 年', buttonValue: 'take:e', isTaken: false },
        advice: ['填写的年限与工作经历不一致'],
      }),
      control({
        type: 'unitPicker',
        id: 'v-unit',
        label: '申报单位',
        value: '1',
        picker: { text: LONG_UNIT, detail: '山东省威海市环翠区', searchHref: '/design' },
      }),
    ],
  },
  {
    title: '有误',
    list: [
      control({
        type: 'text',
        id: 'w-text',
        label: '证件号码',
        required: true,
        value: '371002199503120023',
        problem: '证件号码的校验码不符，请逐位核对',
      }),
      control({ type: 'fraction', id: 'w-rank', label: '单位推荐排序', value: '3/2', problem: '名次不能大于总人数' }),
      control({
        type: 'choice',
        id: 'w-choice',
        label: '申报级别',
        style: 'select',
        items: series.map((s) => ({ ...s, selected: false })),
        problem: '请选择申报级别',
      }),
      control({
        type: 'longText',
        id: 'w-long',
        label: '工作成绩及表现',
        limit: 5,
        count: 9,
        rows: 2,
        value: '超过了字数限制的',
        problem: '请删减到 5 字以内',
      }),
    ],
  },
  {
    title: '只读',
    list: [
      control({ type: 'text', id: 'r-text', label: '姓名', value: '丛晓雯', readonly: true }),
      control({ type: 'choice', id: 'r-choice', label: '申报系列', style: 'select', items: series, value: '92', readonly: true }),
      control({ type: 'computed', id: 'r-computed', label: '任现职年限', value: '8 年' }),
    ],
  },
];

export const exampleErrors: PageError[] = [
  { text: '证件号码的校验码不符，请逐位核对', href: '#w-text' },
  { text: '名次不能大于总人数', href: '#w-rank' },
  { text: '请选择申报级别', href: '#w-choice' },
  { text: '请删减到 5 字以内', href: '#w-long' },
];

const columns = [
  { key: 'name', text: '姓名', href: '/design?sort=name', sorted: 'asc' },
  { key: 'title', text: '申报职称', href: '/design?sort=title' },
  { key: 'unit', text: '申报单位', width: 'l' },
  { key: 'state', text: '状态' },
  { key: 'rank', text: '名次', numeric: true },
];
const row = (id: string, name: string, unit: string, state: { text: string; colour?: string }, rank: string) => ({
  id,
  name,
  cells: [
    { text: name, href: '/design' },
    { text: '助理馆员', sub: '2026年度，群众文化，初级职称' },
    { text: unit },
    { tag: state },
    { text: rank },
  ],
});

export const examples = {
  controls,
  tags: [
    { text: '未提交' },
    { text: '等待单位审核', colour: 'blue' },
    { text: '已通过', colour: 'green' },
    { text: '审核中', colour: 'yellow' },
    { text: '待处理', colour: 'orange' },
    { text: '未通过', colour: 'red' },
  ],
  tables: [
    {
      title: '没有记录',
      table: {
        caption: '没有记录的列表',
        columns,
        rows: [],
        emptyText: '没有等待审核的申报',
        emptyAction: '职称申报数据上报',
        emptyHref: '/design',
      },
    },
    {
      title: '一条记录',
      table: {
        caption: '一条记录的列表',
        columns,
        rows: [row('a', '丛晓雯', '威海市环翠区文化馆', { text: '等待单位审核', colour: 'blue' }, '1/12')],
      },
    },
    {
      title: '可以勾选，有问题的行，很长的名称',
      table: {
        caption: '可以勾选的列表',
        columns,
        selectable: true,
        rows: [
          { ...row('b', LONG_NAME, LONG_UNIT, { text: '待处理', colour: 'orange' }, '2/12'), problem: '单位公示尚未期满' },
          row('c', '王䶮', '威海市环翠区文化馆', { text: '未提交' }, '3/12'),
          { ...row('d', '李𬀩', '威海市环翠区图书馆', { text: '已通过', colour: 'green' }, '12/12'), selected: true },
        ],
      },
    },
  ],
  paging: [
    { total: 3, page: 1, pages: 1, base: '/design?page=' },
    { total: 1_000, page: 7, pages: 50, base: '/design?page=' },
  ],
  filters: {
    action: '/design',
    label: '示例查询条件',
    resetHref: '/design',
    controls: [
      control({
        type: 'choice',
        id: 'f-series',
        label: '职称系列',
        style: 'select',
        items: [{ value: '', text: '全部', selected: true }, ...series.map((s) => ({ ...s, selected: false }))],
      }),
      control({ type: 'text', id: 'f-name', label: '姓名' }),
    ],
  },
  answers: [
    { label: '姓名', text: LONG_NAME },
    { label: '申报单位', text: LONG_UNIT, changeHref: '/design' },
    { label: '曾用名', text: '' },
  ],
  tasks: [
    { title: '申报信息', href: '/design', status: { text: '已完成' } },
    {
      title: '学历信息',
      href: '/design',
      hint: '学历证书的姓名与证件一致',
      status: { text: '未完成', colour: 'orange' },
      missing: [{ text: '请上传学历证书', href: '/design' }],
    },
    { title: '单位路径申请', hint: '取得权限之后才能办理', status: { text: '取得权限后办理' } },
  ],
  work: [
    {
      title: '职称申报数据审核',
      href: '/design',
      n: 12,
      unit: '人',
      since: '最早的一条自 2026年11月20日 09:30 起等待，已有 3 天',
      blocks: '上报截止时间 2026年12月22日 17:00，还有 30 天',
    },
    {
      title: '上级单位退回',
      href: '/design',
      n: 1,
      unit: '人',
      since: '最早的一条自 2026年11月23日 08:10 起等待',
      blocks: '请处理后重新上报',
      contact: { text: '威海市环翠区文化和旅游局', phone: '0631-5200102' },
    },
    { title: '路径审核', href: '/design', n: 0, unit: '条', since: '', blocks: '' },
  ],
  chart: {
    title: '近 14 日收到的申报',
    unit: '人',
    bars: [0, 0, 3, 12, 7, 0, 1, 0, 25, 40, 12, 8, 0, 3].map((n, i) => ({ label: `11月${i + 9}日`, n })),
  },
  emptyChart: { title: '近 14 日收到的申报', unit: '人', bars: [0, 0].map((n, i) => ({ label: `11月${i + 21}日`, n })) },
  steps: [
    { title: '确定申报', who: '丛晓雯', at: '2026年11月13日 12:10', state: 'done' },
    { title: '单位审核', who: LONG_UNIT, at: '2026年11月16日到达', state: 'now', phone: '0631-5200100', comment: '请补充学历证书。' },
    { title: '评审委员会受理', state: 'todo' },
  ],
  stops: [
    { name: '威海市环翠区文化馆', note: '申请单位', state: 'done' },
    { name: LONG_UNIT, note: '审核中', state: 'now' },
    { name: '威海市环翠区群众文化专业职务资格初级评审委员会', note: '尚未申请', state: 'stuck' },
    { name: '环翠区人力资源和社会保障局', state: 'todo' },
  ],
  files: [
    { name: '2020年7月毕业证书.pdf', href: '/design', size: '1.2 MB' },
    { name: `${LONG_UNIT}聘任文件.jpg`, href: '/design', size: '380 KB', note: '300 × 400 像素' },
  ],
  verdict: { tag: { text: '符合', colour: 'green' }, reasons: ['符合「大学学历，从事专业工作满 1 年」'] },
  verdicts: { tag: { text: '需要核对', colour: 'orange' }, reasons: ['工作经历有 3 个月没有连续填写', '学历取得时间晚于参加工作时间'] },
  changes: [
    { label: '姓名', before: '丛小雯', after: '丛晓雯' },
    { label: '主管部门', before: '', after: LONG_UNIT },
  ],
  report: {
    fileName: '单位登记库.csv',
    total: 120,
    added: 100,
    changed: 10,
    unchanged: 8,
    refused: 2,
    problems: [
      { line: 17, text: '统一社会信用代码的校验码不符' },
      { line: 88, text: '没有单位名称' },
    ],
  },
};
