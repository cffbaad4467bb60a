import { auditCodes, auditFacts, type AuditCodes, type AuditDetail } from '../../audit/audit-facts';
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
import { roleTexts, type Role } from '../../policy/actor';
import { auditActions, auditActionText, subjectKindText } from '../../policy/audit-actions';
import type { AuditFilter, AuditLine, AuditPage } from './audit-log.read';
import { verdictText } from './verify-log';

/** What other modules call things that entries name by codes. */
export interface AuditWords {
  sectionTitleOf: (id: string) => string | undefined;
  codes: AuditCodes;
}

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

const order = Object.keys(auditFacts);
const placeOf = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);

/** The words of one value of a fact. What has no words stays as it was written. */
function valueText(fact: keyof AuditDetail | undefined, value: unknown, words?: AuditWords): string {
  if (value === null || value === '') return '无';
  if (value === true) return '是';
  if (value === false) return '否';
  if (Array.isArray(value)) return value.length === 0 ? '无' : value.map((v) => valueText(fact, v, words)).join('、');
  if (typeof value === 'object') {
    const { label, before, after, ...rest } = value as Record<string, unknown>;
    return typeof label !== 'string'
      ? factsText(value as Record<string, unknown>, words)
      : `${label}：${[before, after, ...Object.values(rest)].map((v) => valueText(undefined, v, words)).join('→')}`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const code =
    (fact && (auditCodes[fact]?.[value] ?? words?.codes[fact]?.[value])) ?? (fact === 'section' ? words?.sectionTitleOf(value) : undefined);
  if (fact === 'role' && value in roleTexts) return roleTexts[value as Role];
  if (code !== undefined) return code;
  // of a content hash the beginning is enough to compare
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.slice(0, 16)}…`;
  const state = stateNames.find((s) => s === value);
  return (state && states[state].text) || levelText(value) || value;
}

const isFact = (key: string): key is keyof AuditDetail => key in auditFacts;

const factsText = (facts: Record<string, unknown>, words?: AuditWords): string =>
  Object.entries(facts)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([key, value]) => {
      const fact = isFact(key) ? key : undefined;
      return `${fact ? auditFacts[fact] : key}：${valueText(fact, value, words)}`;
    })
    .join('；');

/** Facts of an entry as one line. */
export function detailText({ action, detail }: AuditLine, words?: AuditWords): string {
  return action === 'audit.verify' ? verdictText(detail).text : factsText(detail, words);
}

export function auditTable({ lines }: AuditPage, words?: AuditWords): object {
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
        { text: detailText(l, words) },
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
