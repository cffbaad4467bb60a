import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';

/** What a list remembers between two pages: what was ticked, what came of it, what was typed into rows. */
export type ActPurpose = 'bulk-choice' | 'bulk-result' | 'report-attempt';

export interface ActKey {
  purpose: ActPurpose;
  /** the browser session it belongs to: `visit.owner` */
  owner: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Keeps it, encrypted, for an hour; gives its id. */
export async function keepAct(h: Handle, cipher: Cipher, key: ActKey, content: object): Promise<string> {
  const [made] = (await h('form_drafts')
    .insert({ ...key, content: cipher.encrypt(JSON.stringify(content), 'form-draft'), expires_at: h.raw("now() + interval '1 hour'") })
    .returning('id')) as { id: string }[];
  if (!made) throw new Error('form_drafts: insert gave no id');
  return made.id;
}

const contentOf = (cipher: Cipher, row: { content: Buffer } | undefined): unknown =>
  row && (JSON.parse(cipher.decrypt(row.content, 'form-draft')) as unknown);

/** What was kept under this id; undefined when it is unknown, another session's or past its hour. */
export async function findAct(h: Handle, cipher: Cipher, key: ActKey, id: string): Promise<unknown> {
  if (!UUID.test(id)) return undefined;
  const row = (await h('form_drafts')
    .where({ id, ...key })
    .whereRaw('expires_at > now()')
    .first('content')) as { content: Buffer } | undefined;
  return contentOf(cipher, row);
}

/** Gives it and takes it away, so that it is acted on once: of two takers at once the second gets undefined. */
export async function takeAct(h: Handle, cipher: Cipher, key: ActKey, id: string): Promise<unknown> {
  if (!UUID.test(id)) return undefined;
  const rows = (await h('form_drafts')
    .where({ id, ...key })
    .whereRaw('expires_at > now()')
    .delete('content')) as unknown as { content: Buffer }[];
  return contentOf(cipher, rows[0]);
}
