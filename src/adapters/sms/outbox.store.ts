import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import type { SmsMessage } from './sms-sender';

export type SmsState = 'waiting' | 'sent' | 'refused' | 'expired';

const MOBILE = 'sms.mobile';
const TEXT = 'sms.text';

export interface NewSms {
  mobile: string;
  text: string;
  purpose: string;
  minutes: number;
  isDecoy: boolean;
}

interface Row {
  id: string;
  mobile: Buffer;
  text: Buffer;
  purpose: string;
  is_decoy: boolean;
  state: SmsState;
  tries: number;
  created_at: Date;
}

/** All of them by one statement; gives their ids, in no order. */
export async function insertSms(h: Handle, cipher: Cipher, messages: readonly NewSms[]): Promise<string[]> {
  const made = (await h('sms_outbox')
    .insert(
      messages.map((m) => ({
        mobile: cipher.encrypt(m.mobile, MOBILE),
        text: cipher.encrypt(m.text, TEXT),
        purpose: m.purpose,
        is_decoy: m.isDecoy,
        expires_at: h.raw('app_now() + make_interval(mins => ?)', [m.minutes]),
      })),
    )
    .returning('id')) as { id: string }[];
  return made.map((m) => m.id);
}

/** A message that still waits, ready to be sent; `isLate`: its time is over. Undefined when it is settled or gone. */
export async function findWaitingSms(
  h: Handle,
  cipher: Cipher,
  id: string,
): Promise<{ message: SmsMessage; isDecoy: boolean; isLate: boolean } | undefined> {
  const r = (await h('sms_outbox').where({ id, state: 'waiting' }).first('*', h.raw('expires_at <= app_now() AS is_late'))) as
    (Row & { is_late: boolean }) | undefined;
  return (
    r && {
      message: { id: r.id, mobile: cipher.decrypt(r.mobile, MOBILE), text: cipher.decrypt(r.text, TEXT), purpose: r.purpose },
      isDecoy: r.is_decoy,
      isLate: r.is_late,
    }
  );
}

/** What became of a try: `waiting` counts it and leaves the message to be tried again. */
export async function settleSms(h: Handle, id: string, state: SmsState, reason = ''): Promise<void> {
  await h('sms_outbox')
    .where({ id, state: 'waiting' })
    .update({
      state,
      reason,
      ...(state === 'expired' ? {} : { tries: h.raw('tries + 1') }),
      ...(state === 'waiting' ? {} : { settled_at: h.raw('app_now()') }),
    });
}

/** Where a message is; `tries`: how often it was handed over. Undefined when it is gone. */
export async function findSmsState(h: Handle, id: string): Promise<{ state: SmsState; tries: number } | undefined> {
  return (await h('sms_outbox').where({ id }).first('state', 'tries')) as { state: SmsState; tries: number } | undefined;
}

export interface ListedSms {
  id: string;
  mobile: string;
  text: string;
  purpose: string;
  state: SmsState;
  at: Date;
}

/** The newest messages, without decoys. */
export async function listSms(h: Handle, cipher: Cipher, limit: number): Promise<ListedSms[]> {
  const rows = (await h('sms_outbox').where({ is_decoy: false }).orderBy('created_at', 'desc').orderBy('id').limit(limit)) as Row[];
  return rows.map((r) => ({
    id: r.id,
    mobile: cipher.decrypt(r.mobile, MOBILE),
    text: cipher.decrypt(r.text, TEXT),
    purpose: r.purpose,
    state: r.state,
    at: r.created_at,
  }));
}

/** Removes messages after a day: nobody needs their texts any more. */
export function pruneSms(h: Handle, days: number): Promise<number> {
  return h('sms_outbox').whereRaw('created_at < app_now() - make_interval(days => ?)', [days]).delete();
}
