import type { Handle } from '../db/db';
import type { Cipher } from '../lib/cipher';

/**
 * What was typed or found between two pages, kept encrypted for a while and bound to one browser session: registration before it is confirmed, ticked rows
 * before a confirm page, problems that a redirect must carry. The address only ever holds the draft's id.
 */
export type DraftPurpose =
  | 'register-person'
  | 'register-unit'
  | 'sign-in'
  | 'file-problems'
  | 'move'
  | 'bulk'
  | 'report'
  | 'certificate-check'
  | 'conflict'
  | 'profile'
  | 'sign-in-outcome';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps `content` (anything JSON can hold); gives its id. Minutes: how long it may lie. `id`: one that the form knows already and no other draft has. */
export async function keepDraft(
  h: Handle,
  cipher: Cipher,
  purpose: DraftPurpose,
  owner: string,
  content: unknown,
  minutes = 60,
  id?: string,
): Promise<string> {
  const [row] = (await h('form_drafts')
    .insert({
      ...(id === undefined ? {} : { id }),
      purpose,
      owner,
      content: cipher.encrypt(JSON.stringify(content), 'form-draft'),
      expires_at: h.raw('now() + make_interval(mins => ?)', [minutes]),
    })
    .returning('id')) as { id: string }[];
  return (row as { id: string }).id;
}

/** The kept content, or undefined when it is gone, expired, of another purpose or somebody else's. */
export async function findDraft<T>(h: Handle, cipher: Cipher, purpose: DraftPurpose, owner: string, id: string): Promise<T | undefined> {
  if (!UUID.test(id)) return undefined;
  const row = (await h('form_drafts').where({ id, purpose, owner }).whereRaw('expires_at > now()').first('content')) as
    { content: Buffer } | undefined;
  return row && (JSON.parse(cipher.decrypt(row.content, 'form-draft')) as T);
}

/** Writes over a kept content, which lives on as long as before. */
export async function replaceDraft(
  h: Handle,
  cipher: Cipher,
  purpose: DraftPurpose,
  owner: string,
  id: string,
  content: unknown,
): Promise<boolean> {
  if (!UUID.test(id)) return false;
  return (
    (await h('form_drafts')
      .where({ id, purpose, owner })
      .update({ content: cipher.encrypt(JSON.stringify(content), 'form-draft') })) > 0
  );
}

export async function removeDraft(h: Handle, id: string): Promise<void> {
  if (UUID.test(id)) await h('form_drafts').where({ id }).delete();
}
