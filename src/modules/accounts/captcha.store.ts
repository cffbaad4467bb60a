import { createHash } from 'node:crypto';
import { makeArithmetic, makeCaptcha } from '../../adapters/captcha';
import { askPrepared, type Handle } from '../../db/db';
import { isUuid } from '../../lib/ids';
import { compactCode } from '../../lib/text';

export type CaptchaKind = 'picture' | 'words';

/** What the page needs to ask. `question` is '' for a picture. */
export interface Captcha {
  id: string;
  kind: CaptchaKind;
  question: string;
}
export type CaptchaVerdict = 'right' | 'wrong' | 'gone';

/** What stands in the table for an answer. */
export const digestOf = (answer: string): Buffer => createHash('sha256').update(compactCode(answer).toLowerCase()).digest();

/** A new 「验证码」 for this browser session, good for 10 minutes and one try. */
export async function createCaptcha(h: Handle, owner: string, kind: CaptchaKind): Promise<Captcha> {
  const sum = kind === 'words' ? makeArithmetic() : undefined;
  const picture = sum ? undefined : await makeCaptcha();
  const [made] = await askPrepared<{ id: string }>(
    h,
    'captcha-insert',
    `INSERT INTO captchas (owner, answer_hash, question, png, expires_at) VALUES (?, ?, ?, ?, now() + interval '10 minutes') RETURNING id`,
    [owner, digestOf(sum?.answer ?? picture?.text ?? ''), sum?.question ?? '', picture?.png ?? null],
  );
  if (!made) throw new Error('captchas: insert gave no id');
  return { id: made.id, kind, question: sum?.question ?? '' };
}

/** The picture, for the session it was drawn for. */
export async function findCaptchaPicture(h: Handle, id: string, owner: string): Promise<Buffer | undefined> {
  if (!isUuid(id)) return undefined;
  const [row] = await askPrepared<{ png: Buffer | null }>(
    h,
    'captcha-picture',
    'SELECT png FROM captchas WHERE id = CAST(? AS uuid) AND owner = ? AND expires_at > now()',
    [id, owner],
  );
  return row?.png ?? undefined;
}

/** S09: one try, right or wrong, whoever comes first. */
export async function useCaptcha(h: Handle, id: string, owner: string, answer: string): Promise<CaptchaVerdict> {
  if (!isUuid(id)) return 'gone';
  const { rows } = await h.raw<{ rows: { answer_hash: Buffer; fresh: boolean }[] }>(
    'DELETE FROM captchas WHERE id = ? AND owner = ? RETURNING answer_hash, expires_at > now() AS fresh',
    [id, owner],
  );
  const row = rows[0];
  if (!row?.fresh) return 'gone';
  return row.answer_hash.equals(digestOf(answer)) ? 'right' : 'wrong';
}
