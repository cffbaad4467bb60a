import { askPrepared, type Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';

export interface NoticeLine {
  id: number;
  title: string;
  issuedBy: string;
  publishedOn: PlainDate;
}
export interface Notice extends NoticeLine {
  paragraphs: string[];
}

const COLUMNS = `id, title, issued_by AS "issuedBy", (published_at AT TIME ZONE 'Asia/Shanghai')::date AS "publishedOn"`;

export async function countNotices(h: Handle): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>('SELECT count(*)::int AS n FROM notices WHERE published_at <= app_now()');
  return rows[0]?.n ?? 0;
}

/** A5: what is published by now, newest first. */
export async function listNotices(h: Handle, limit: number, offset = 0): Promise<NoticeLine[]> {
  return askPrepared<NoticeLine>(
    h,
    'notices',
    `SELECT ${COLUMNS} FROM notices WHERE published_at <= app_now() ORDER BY published_at DESC, id DESC LIMIT ? OFFSET ?`,
    [limit, offset],
  );
}

/** One notice with its text in paragraphs; undefined before it is published. */
export async function findNotice(h: Handle, id: number): Promise<Notice | undefined> {
  const { rows } = await h.raw<{ rows: (NoticeLine & { body: string })[] }>(
    `SELECT ${COLUMNS}, body FROM notices WHERE id = ? AND published_at <= app_now()`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { body, ...line } = row;
  return { ...line, paragraphs: paragraphsOf(body) };
}

/** Lines of a text as paragraphs, blank ones dropped. */
export const paragraphsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
