import type { Handle, Trx } from '../../db/db';
import { choiceWithOther, integer, longText, text } from '../../form/fields';
import { asText, type FormContext, type RawGroup } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import {
  countRows,
  deleteRow,
  findFaqContent,
  findNoticeContent,
  insertFaq,
  insertNotice,
  listFaqCategories,
  listFaqContents,
  listNoticeContents,
  lockContent,
  nextFaqPosition,
  updateFaq,
  updateNotice,
  type FaqContent,
  type NoticeContent,
} from './content.store';

export const PART = 'content';

interface Cell {
  text: string;
  href?: string;
}
interface Listed {
  columns: { key: string; text: string; numeric?: true }[];
  rows: { cells: Cell[] }[];
}

/** What the two kinds of texts that technical support looks after do differently (A4, A5); list, form, confirm page and record are the same. */
export interface ContentKind {
  name: 'faq' | 'notice';
  /** heading of the list */
  title: string;
  noun: string;
  section: SectionDefinition;
  list: string;
  create: string;
  edit: (id: number | string) => string;
  remove: (id: number | string) => string;
  /** where everybody reads it */
  view: (id: number) => string;
  /** a message for an entry that is there already, by the constraint that says so */
  duplicate?: { constraint: string; field: string; text: string };
  count: (h: Handle) => Promise<number>;
  rows: (h: Handle, limit: number, offset: number) => Promise<Listed>;
  context: (h: Handle, today: string) => Promise<FormContext>;
  /** the fields of a new entry */
  blank: (h: Handle) => Promise<RawGroup>;
  /** the fields of an entry as typed; undefined when it is gone */
  find: (h: Handle, id: number) => Promise<{ title: string; raw: RawGroup; version: number } | undefined>;
  /** its version, locked */
  lock: (trx: Trx, id: number) => Promise<number | undefined>;
  insert: (trx: Trx, checked: CheckedSection) => Promise<number>;
  update: (trx: Trx, id: number, checked: CheckedSection) => Promise<boolean>;
  delete: (trx: Trx, id: number) => Promise<boolean>;
}

const valuesOf = (checked: CheckedSection): CheckedSection['groups'][string]['values'] => checked.groups[PART]?.values ?? {};

const faqOf = (checked: CheckedSection): FaqContent => {
  const v = valuesOf(checked);
  return { category: asText(v.category), question: asText(v.question), answer: asText(v.answer), position: Number(v.position) };
};

export const faqKind: ContentKind = {
  name: 'faq',
  title: '常见问题维护',
  noun: '常见问题',
  section: {
    id: 'faq',
    title: '常见问题',
    parts: [
      {
        kind: 'group',
        id: PART,
        fields: [
          choiceWithOther({
            id: 'category',
            label: '类别',
            required: true,
            otherLabel: '新的类别',
            otherMax: 20,
            options: (_raw, ctx) => ctx.options('categories'),
          }),
          integer({ id: 'position', label: '排列顺序', required: true, min: 1, max: 9999, hint: '从 1 起，数小的排在前面' }),
          text({ id: 'question', label: '问题', required: true, max: 100, width: 'full' }),
          longText({ id: 'answer', label: '解答', required: true, limit: 2000, rows: 8, hint: '每一行为一段' }),
        ],
      },
    ],
    rules: [],
  },
  list: paths.editFaqs(),
  create: paths.newFaq(),
  edit: paths.editFaq,
  remove: paths.removeFaq,
  view: () => paths.faq(),
  duplicate: { constraint: 'faqs_question_key', field: 'question', text: '这个问题已经有了，请修改原来的问题' },
  count: (h) => countRows(h, 'faqs'),
  rows: async (h, limit, offset) => ({
    columns: [
      { key: 'position', text: '顺序', numeric: true },
      { key: 'category', text: '类别' },
      { key: 'question', text: '问题' },
    ],
    rows: (await listFaqContents(h, limit, offset)).map((f) => ({
      cells: [{ text: String(f.position) }, { text: f.category }, { text: f.question, href: paths.editFaq(f.id) }],
    })),
  }),
  context: async (h, today) => {
    const categories = (await listFaqCategories(h)).map((c) => ({ value: c, text: c }));
    return smallFormContext(today, { options: () => categories });
  },
  blank: async (h) => ({ position: String(await nextFaqPosition(h)) }),
  find: async (h, id) => {
    const f = await findFaqContent(h, id);
    return (
      f && {
        title: f.question,
        version: f.version,
        raw: { category: f.category, position: String(f.position), question: f.question, answer: f.answer },
      }
    );
  },
  lock: (trx, id) => lockContent(trx, 'faqs', id),
  insert: (trx, checked) => insertFaq(trx, faqOf(checked)),
  update: (trx, id, checked) => updateFaq(trx, id, faqOf(checked)),
  delete: (trx, id) => deleteRow(trx, 'faqs', id),
};

const noticeOf = (checked: CheckedSection): NoticeContent => {
  const v = valuesOf(checked);
  return { title: asText(v.title), issuedBy: asText(v.issuedBy), body: asText(v.body) };
};

export const noticeKind: ContentKind = {
  name: 'notice',
  title: '通知公告维护',
  noun: '通知公告',
  section: {
    id: 'notice',
    title: '通知公告',
    parts: [
      {
        kind: 'group',
        id: PART,
        fields: [
          text({ id: 'title', label: '标题', required: true, max: 100, width: 'full' }),
          text({ id: 'issuedBy', label: '发布单位', required: true, max: 60 }),
          longText({ id: 'body', label: '正文', required: true, limit: 10_000, rows: 14, hint: '每一行为一段' }),
        ],
      },
    ],
    rules: [],
  },
  list: paths.editNotices(),
  create: paths.newNotice(),
  edit: paths.editNotice,
  remove: paths.removeNotice,
  view: paths.notice,
  count: (h) => countRows(h, 'notices'),
  rows: async (h, limit, offset) => ({
    columns: [
      { key: 'title', text: '标题' },
      { key: 'by', text: '发布单位' },
      { key: 'at', text: '发布时间' },
    ],
    rows: (await listNoticeContents(h, limit, offset)).map((n) => ({
      cells: [{ text: n.title, href: paths.editNotice(n.id) }, { text: n.issuedBy }, { text: showMoment(n.publishedAt) }],
    })),
  }),
  context: (_h, today) => Promise.resolve(smallFormContext(today)),
  blank: () => Promise.resolve({}),
  find: async (h, id) => {
    const n = await findNoticeContent(h, id);
    return n && { title: n.title, version: n.version, raw: { title: n.title, issuedBy: n.issuedBy, body: n.body } };
  },
  lock: (trx, id) => lockContent(trx, 'notices', id),
  insert: (trx, checked) => insertNotice(trx, noticeOf(checked)),
  update: (trx, id, checked) => updateNotice(trx, id, noticeOf(checked)),
  delete: (trx, id) => deleteRow(trx, 'notices', id),
};
