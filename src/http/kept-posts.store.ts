import type { Db, Handle } from '../db/db';
import type { Cipher } from '../lib/cipher';
import { isUuid } from '../lib/ids';
import type { UploadedFile } from './route';
import { hashOfToken } from './signed-cookie';

/** A9: how long what was sent too late lies ready, and how much of it. */
export const KEPT_MINUTES = 60;
export const KEPT_BYTES = 31 * 1024 * 1024;
const KEPT_PER_ACCOUNT = 5;
/** A page may be sent after its session has ended, but not for ever. */
const FORM_HOURS = 24;

/** A form that came after its session had ended: what the route of the table needs to be run with it. */
export interface KeptPost {
  /** path pattern of the route */
  route: string;
  /** the address with its query, and the values of the pattern's parameters */
  url: string;
  params: Record<string, string>;
  fields: [string, string][];
  files: UploadedFile[];
}
export interface KeptSummary {
  id: string;
  url: string;
  /** fields that hold something */
  filled: number;
  files: { name: string; size: number }[];
  keptAt: Date;
}

interface StoredPost extends Omit<KeptPost, 'files'> {
  files: { field: string; name: string; content: string }[];
}
interface Row {
  id: string;
  summary: Buffer;
  kept_at: Date;
}

/** Only hashes of form tokens and of browsers are stored, contents are encrypted; a kept form is bound to the browser that sent it and to the account whose page it was. */
export function createKeptPosts(db: Db, cipher: Cipher) {
  const own = (browser: Buffer, accountId: number) =>
    db('kept_posts')
      .where({ browser_hash: browser, account_id: accountId })
      .whereRaw('kept_at > now() - make_interval(mins => ?)', [KEPT_MINUTES]);

  return {
    /** Whose page carried this form token; undefined for one that is unknown or too old. */
    async accountOf(token: string): Promise<number | undefined> {
      const row = (await db('session_forms')
        .where({ token_hash: hashOfToken(token) })
        .whereRaw('made_at > now() - make_interval(hours => ?)', [FORM_HOURS])
        .first('account_id')) as { account_id: number } | undefined;
      return row?.account_id;
    },
    /** Puts a form aside; the same form sent again lies there once. Passwords are never kept: they are asked for again. */
    async keep(browser: Buffer, accountId: number, digest: string, post: KeptPost): Promise<void> {
      const fields = post.fields.filter(([name]) => !/password/i.test(name));
      const stored: StoredPost = {
        ...post,
        fields,
        files: post.files.map((f) => ({ field: f.field, name: f.name, content: f.content.toString('base64') })),
      };
      const summary: Omit<KeptSummary, 'id' | 'keptAt'> = {
        url: post.url,
        filled: fields.filter(([name, value]) => value.trim() !== '' && !/^_|^do$|^version$|\.rows$/.test(name)).length,
        files: post.files.map((f) => ({ name: f.name, size: f.content.length })),
      };
      await db('kept_posts')
        .insert({
          browser_hash: browser,
          account_id: accountId,
          digest,
          summary: cipher.encrypt(JSON.stringify(summary), 'kept-post'),
          content: cipher.encrypt(JSON.stringify(stored), 'kept-post'),
        })
        .onConflict(['browser_hash', 'account_id', 'digest'])
        .merge({ kept_at: db.raw('now()') });
      await db.raw(
        `DELETE FROM kept_posts WHERE account_id = ? AND id NOT IN (SELECT id FROM kept_posts WHERE account_id = ? ORDER BY kept_at DESC LIMIT ${KEPT_PER_ACCOUNT})`,
        [accountId, accountId],
      );
    },
    /** What this account may go on with in this browser, oldest first. */
    async list(browser: Buffer, accountId: number): Promise<KeptSummary[]> {
      const rows = (await own(browser, accountId).orderBy('kept_at').select('id', 'summary', 'kept_at')) as Row[];
      return rows.map((r) => ({
        ...(JSON.parse(cipher.decrypt(r.summary, 'kept-post')) as Omit<KeptSummary, 'id' | 'keptAt'>),
        id: r.id,
        keptAt: r.kept_at,
      }));
    },
    async find(browser: Buffer, accountId: number, id: string): Promise<KeptPost | undefined> {
      if (!isUuid(id)) return undefined;
      const row = (await own(browser, accountId).where({ id }).first('content')) as { content: Buffer } | undefined;
      if (!row) return undefined;
      const stored = JSON.parse(cipher.decrypt(row.content, 'kept-post')) as StoredPost;
      return { ...stored, files: stored.files.map((f) => ({ ...f, content: Buffer.from(f.content, 'base64') })) };
    },
    async remove(browser: Buffer, accountId: number, id: string): Promise<void> {
      if (isUuid(id)) await db('kept_posts').where({ browser_hash: browser, account_id: accountId, id }).delete();
    },
    /** How many forms of this account wait in this browser. */
    async count(browser: Buffer, accountId: number): Promise<number> {
      const [row] = await own(browser, accountId).count<{ n: number }[]>('* as n');
      return Number(row?.n ?? 0);
    },
    /** Somebody has signed in in this browser: what another account left there is dropped. */
    async settle(browser: Buffer, accountId: number): Promise<void> {
      await db('kept_posts').where({ browser_hash: browser }).whereNot({ account_id: accountId }).delete();
    },
  };
}
export type KeptPosts = ReturnType<typeof createKeptPosts>;

export async function pruneKeptPosts(h: Handle): Promise<number> {
  const removed = await h('kept_posts').whereRaw('kept_at < now() - make_interval(mins => ?)', [KEPT_MINUTES]).delete();
  await h('session_forms').whereRaw('made_at < now() - make_interval(hours => ?)', [FORM_HOURS]).delete();
  return removed;
}
