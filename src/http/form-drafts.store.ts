import type { Handle } from '../db/db';
import type { Cipher } from '../lib/cipher';
import { isUuid } from '../lib/ids';

/**
 * What was typed or found between two pages, kept encrypted for a while and bound to one browser session: registration before it is confirmed, ticked rows
 * before a confirm page, problems that a redirect must carry. The address only ever holds the draft's id.
 */
export type DraftPurpose =
  | 'register-person'
  | 'register-unit'
  | 'sign-in'
  | 'file-problems'
  | 'bulk-choice'
  | 'bulk-result'
  | 'report-attempt'
  | 'chosen-paths'
  | 'copied-paths'
  | 'certificate-check'
  | 'result-objection'
  | 'appeal'
  | 'conflict'
  | 'removed-row'
  | 'profile'
  | 'change-mobile'
  | 'recover'
  | 'sign-in-outcome'
  | 'account-search'
  | 'identity-correction'
  | 'unit-correction'
  | 'new-staff'
  | 'new-operator'
  | 'content'
  | 'own-data'
  | 'second-factor'
  | 'import-report'
  | 'admin-form'
  | 'extension'
  | 'committee'
  | 'new-judge';

interface Row {
  content: Buffer;
}
const contentOf = <T>(cipher: Cipher, row: Row | undefined): T | undefined =>
  row && (JSON.parse(cipher.decrypt(row.content, 'form-draft')) as T);

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
  if (!isUuid(id)) return undefined;
  const row = (await h('form_drafts').where({ id, purpose, owner }).whereRaw('expires_at > now()').first('content')) as Row | undefined;
  return contentOf(cipher, row);
}

/** Like `findDraft`, and takes it away, so that it is acted on once: of two takers at once the second gets undefined. */
export async function takeDraft<T>(h: Handle, cipher: Cipher, purpose: DraftPurpose, owner: string, id: string): Promise<T | undefined> {
  if (!isUuid(id)) return undefined;
  const rows = (await h('form_drafts').where({ id, purpose, owner }).whereRaw('expires_at > now()').delete('content')) as unknown as Row[];
  return contentOf(cipher, rows[0]);
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
  if (!isUuid(id)) return false;
  return (
    (await h('form_drafts')
      .where({ id, purpose, owner })
      .update({ content: cipher.encrypt(JSON.stringify(content), 'form-draft') })) > 0
  );
}

/** What was kept for one browser session belongs to another now: the same person's, with a new id. */
export async function moveDrafts(h: Handle, fromOwner: string, toOwner: string): Promise<void> {
  await h('form_drafts').where({ owner: fromOwner }).update({ owner: toOwner });
}

export async function removeDraft(h: Handle, id: string): Promise<void> {
  if (isUuid(id)) await h('form_drafts').where({ id }).delete();
}

/** Removes the drafts that are past their time. */
export function pruneDrafts(h: Handle): Promise<number> {
  return h('form_drafts').whereRaw('expires_at < now()').delete();
}
