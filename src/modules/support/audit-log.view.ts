import type { ControlModel } from '../../form/control';
import { textFilter } from '../../form/filter-controls';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import type { FormInput } from '../../http/form-input';
import type { PageError } from '../../http/route';
import { readDate } from '../../lib/dates';
import { normaliseLine } from '../../lib/text';
import { stateNames, states } from '../../policy/declaration-moves';
import { levelText } from '../catalogue';
import { auditActions, auditActionText, subjectKindText } from '../../policy/audit-actions';
import type { AuditFilter, AuditLine, AuditPage } from './audit-log.read';
import { verdictText } from './verify-log';

export interface AuditQuery {
  filter: AuditFilter;
  before: number | undefined;
  /** as typed, for the form and for links */
  typed: Record<'action' | 'actor' | 'from' | 'to' | 'subject', string>;
  errors: PageError[];
}

/** The filter out of the address. A day that can't be read filters nothing and is named beside its field. */
export function readAuditQuery(query: FormInput): AuditQuery {
  const text = (name: string): string => normaliseLine(query.one(name)).slice(0, 100);
  const typed = { action: text('action'), actor: text('actor'), from: text('from'), to: text('to'), subject: text('subject') };
  const action = auditActions.some((a) => a.action === typed.action) ? typed.action : '';
  const from = readDate(typed.from);
  const to = readDate(typed.to);
  const errors: PageError[] = [
    ...(typed.from !== '' && from === undefined ? [{ text: '「开始日期」请按年、月、日填写，例如 2026.11.5', href: '#f-from' }] : []),
    ...(typed.to !== '' && to === undefined ? [{ text: '「结束日期」请按年、月、日填写，例如 2026.11.5', href: '#f-to' }] : []),
  ];
  return {
    filter: {
      action,
      actor: typed.actor,
      subject: typed.subject,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
    before: /^\d{1,15}$/.test(query.one('before')) ? Number(query.one('before')) : undefined,
    typed: { ...typed, action },
    errors,
  };
}

/** The form above the list. */
export function auditFilterForm({ typed, errors }: AuditQuery): object {
  const field = (name: keyof AuditQuery['typed'], label: string, width: 's' | 'm'): ControlModel => {
    const problem = errors.find((e) => e.href === `#f-${name}`)?.text;
    return textFilter(name, label, typed[name], width, problem);
  };
  const options = [{ action: '', text: '全部' }, ...auditActions];
  const action: ControlModel = {
    type: 'choice',
    style: 'select',
    id: 'f-action',
    name: 'action',
    label: '操作',
    required: false,
    value: typed.action,
    width: 'm',
    items: options.map((o) => ({ value: o.action, text: o.text, selected: o.action === typed.action })),
  };
  return {
    action: paths.audit(),
    resetHref: paths.audit(),
    controls: [
      action,
      field('actor', '人员', 'm'),
      field('from', '开始日期', 's'),
      field('to', '结束日期', 's'),
      field('subject', '对象编号', 'm'),
    ],
  };
}

/** Words for the facts of an entry, in the order in which they are read. */
const detailTexts: Readonly<Record<string, string>> = {
  change: '调整',
  daysAheadBefore: '原来快几天',
  daysAhead: '现在快几天',
  from: '原状态',
  to: '新状态',
  round: '提交次数',
  section: '部分',
  fields: '修改的项目',
  files: '上传文件数',
  attachment: '附件',
  year: '年度',
  level: '级别',
  seriesId: '系列编号',
  unitId: '单位编号',
  committeeId: '评审委员会编号',
  divisionCode: '地区代码',
  automatic: '自动校验通过',
  doubts: '自动校验结果',
  reason: '原因',
  tries: '次数',
  locked: '锁定期间',
  before: '更正前',
  after: '更正后',
  correction: '更正编号',
  declarations: '随之更正的申报',
  found: '查到的账号数',
  accounts: '账号编号',
  role: '账号类型',
  title: '标题',
  mobile: '更正了手机号码',
  evidence: '证明材料校验值',
  settings: '修改的设置',
};
const order = Object.keys(detailTexts);
const placeOf = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);

function valueText(value: unknown): string {
  if (value === true) return '是';
  if (value === false) return '否';
  if (Array.isArray(value)) return value.length === 0 ? '无' : value.map(valueText).join('、');
  if (typeof value !== 'string') return JSON.stringify(value);
  // of a content hash the beginning is enough to compare
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.slice(0, 16)}…`;
  const state = stateNames.find((s) => s === value);
  return (state && states[state].text) || levelText(value) || value;
}

/** Facts of an entry as one line; what has no words here stays as it was written. */
export function detailText({ action, detail }: AuditLine): string {
  if (action === 'audit.verify') return verdictText(detail).text;
  return Object.entries(detail)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([key, value]) => `${detailTexts[key] ?? key}：${valueText(value)}`)
    .join('；');
}

export function auditTable({ lines }: AuditPage): object {
  return {
    caption: '操作日志',
    emptyText: '没有符合条件的记录',
    emptyHref: paths.audit(),
    emptyAction: '查看全部记录',
    columns: [
      { key: 'id', text: '编号', numeric: true },
      { key: 'at', text: '时间', nowrap: true },
      { key: 'actor', text: '人员', width: 's' },
      { key: 'action', text: '操作', width: 'm' },
      { key: 'subject', text: '对象', width: 'm' },
      { key: 'detail', text: '内容', width: 'l' },
    ],
    rows: lines.map((l) => ({
      cells: [
        { text: String(l.id) },
        { text: showMoment(l.at) },
        { text: l.actorName },
        { text: auditActionText(l.action) },
        { text: subjectKindText(l.subjectKind), ...(l.subjectId ? { sub: l.subjectId } : {}) },
        { text: detailText(l) },
      ],
    })),
  };
}

/** Links to the newest and to older entries, with the filter kept. */
export function auditLinks({ typed, before }: AuditQuery, shown: AuditPage): { newest?: string; older?: string } {
  return {
    ...(before === undefined ? {} : { newest: addressOf(paths.audit(), typed) }),
    ...(shown.older === undefined ? {} : { older: addressOf(paths.audit(), { ...typed, before: String(shown.older) }) }),
  };
}

/** The state of the chain as it was found last. */
export function chainState(last: AuditLine | undefined): { isKnown: boolean; isWhole?: boolean; text?: string; at?: Date; by?: string } {
  return last ? { isKnown: true, ...verdictText(last.detail), at: last.at, by: last.actorName } : { isKnown: false };
}
