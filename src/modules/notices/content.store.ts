import type { Handle, Trx } from '../../db/db';

/** A question with its answer, as the staff edit it. */
export interface FaqContent {
  category: string;
  question: string;
  answer: string;
  /** place within the whole list */
  position: number;
}
export interface NoticeContent {
  title: string;
  issuedBy: string;
  body: string;
}

export async function listFaqContents(h: Handle, limit: number, offset: number): Promise<(FaqContent & { id: number })[]> {
  return (await h('faqs')
    .orderBy(['position', 'id'])
    .limit(limit)
    .offset(offset)
    .select('id', 'category', 'question', 'answer', 'position')) as (FaqContent & {
    id: number;
  })[];
}

export async function countRows(h: Handle, table: 'faqs' | 'notices'): Promise<number> {
  const [row] = (await h(table).count('* as n')) as { n: number | string }[];
  return Number(row?.n ?? 0);
}

export async function listFaqCategories(h: Handle): Promise<string[]> {
  const { rows } = await h.raw<{ rows: { category: string }[] }>('SELECT category FROM faqs GROUP BY category ORDER BY min(position)');
  return rows.map((r) => r.category);
}

export async function findFaqContent(h: Handle, id: number): Promise<(FaqContent & { version: number }) | undefined> {
  return (await h('faqs').where({ id }).first('category', 'question', 'answer', 'position', 'version')) as
    (FaqContent & { version: number }) | undefined;
}

/** The place after the last one. */
export async function nextFaqPosition(h: Handle): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>('SELECT coalesce(max(position), 0) + 1 AS n FROM faqs');
  return rows[0]?.n ?? 1;
}

/** Violates `faqs_question_key` when the question is there already. */
export async function insertFaq(trx: Trx, c: FaqContent): Promise<number> {
  const [row] = (await trx('faqs')
    .insert({ ...c })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('faqs: insert gave no id');
  return row.id;
}
export async function updateFaq(trx: Trx, id: number, c: FaqContent): Promise<boolean> {
  return (
    (await trx('faqs')
      .where({ id })
      .update({ ...c, version: trx.raw('version + 1') })) === 1
  );
}

export interface NoticeRow extends NoticeContent {
  id: number;
  publishedAt: Date;
}
export async function listNoticeContents(h: Handle, limit: number, offset: number): Promise<NoticeRow[]> {
  const { rows } = await h.raw<{ rows: NoticeRow[] }>(
    `SELECT id, title, issued_by AS "issuedBy", body, published_at AS "publishedAt" FROM notices ORDER BY published_at DESC, id DESC LIMIT ? OFFSET ?`,
    [limit, offset],
  );
  return rows;
}
export async function findNoticeContent(h: Handle, id: number): Promise<(NoticeContent & { version: number }) | undefined> {
  const { rows } = await h.raw<{ rows: (NoticeContent & { version: number })[] }>(
    'SELECT title, issued_by AS "issuedBy", body, version FROM notices WHERE id = ?',
    [id],
  );
  return rows[0];
}
const noticeColumns = (c: NoticeContent) => ({ title: c.title, issued_by: c.issuedBy, body: c.body });

export async function insertNotice(trx: Trx, c: NoticeContent): Promise<number> {
  const [row] = (await trx('notices').insert(noticeColumns(c)).returning('id')) as { id: number }[];
  if (!row) throw new Error('notices: insert gave no id');
  return row.id;
}
/** The day of publication stays. */
export async function updateNotice(trx: Trx, id: number, c: NoticeContent): Promise<boolean> {
  return (
    (await trx('notices')
      .where({ id })
      .update({ ...noticeColumns(c), version: trx.raw('version + 1') })) === 1
  );
}

/** Locks an entry against whoever else changes it; gives its version, undefined when it is gone. */
export async function lockContent(trx: Trx, table: 'faqs' | 'notices', id: number): Promise<number | undefined> {
  const row = (await trx(table).where({ id }).forUpdate().first('version')) as { version: number } | undefined;
  return row?.version;
}

export async function deleteRow(trx: Trx, table: 'faqs' | 'notices', id: number): Promise<boolean> {
  return (await trx(table).where({ id }).delete()) === 1;
}
