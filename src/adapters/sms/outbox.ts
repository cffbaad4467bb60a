import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { normaliseLine } from '../../lib/text';
import { findWaitingSms, insertSms, settleSms } from './outbox.store';
import type { SmsSender } from './sms-sender';

/** What queueing needs; Deps fits. */
export interface SmsQueueDeps {
  cipher: Cipher;
  jobs: { addAll(h: Handle, name: 'sms:send', payloads: readonly { messageId: string }[]): Promise<void> };
}

export interface QueuedSms {
  /** checked, 11 digits */
  mobile: string;
  /** without the site's signature, which is put before it; line breaks and invisible marks are taken out (S41) */
  text: string;
  /** what the message is for, such as `register-person`; part of the record, never shown to the receiver */
  purpose: string;
  /** after so many minutes nobody needs the message any more: it is not sent then */
  minutes: number;
  /** looks and costs like a message, but is never sent */
  isDecoy?: boolean;
}

/** How long news of what was decided is worth sending, in minutes: a unit reads its messages on the next working day. */
export const NEWS_MINUTES = { person: 12 * 60, unit: 24 * 60 } as const;

/**
 * Puts a message into the outbox within the caller's transaction; the job queue sends it after the transaction has committed, and tries again while the gateway
 * can't be reached. Gives the message's id.
 */
export async function queueSms(deps: SmsQueueDeps, trx: Trx, message: QueuedSms): Promise<string> {
  const [messageId] = await queueAllSms(deps, trx, [message]);
  if (messageId === undefined) throw new Error('sms_outbox: insert gave no id');
  return messageId;
}

/** The same for the messages of one act: two statements, however many they are. Gives their ids, in no order. */
export async function queueAllSms(deps: SmsQueueDeps, trx: Trx, messages: readonly QueuedSms[]): Promise<string[]> {
  if (messages.length === 0) return [];
  const ids = await insertSms(
    trx,
    deps.cipher,
    messages.map(({ text, isDecoy = false, ...m }) => ({ ...m, isDecoy, text: normaliseLine(`【职称申报系统】${text}`) })),
  );
  await deps.jobs.addAll(
    trx,
    'sms:send',
    ids.map((messageId) => ({ messageId })),
  );
  return ids;
}

/** The job `sms:send`. Throws when the gateway can't be reached, so that the queue tries again later, until the message is too late. */
export async function sendQueuedSms(deps: { db: Handle; cipher: Cipher; sms: SmsSender }, messageId: string): Promise<void> {
  const waiting = await findWaitingSms(deps.db, deps.cipher, messageId);
  if (!waiting) return;
  if (waiting.isLate) return settleSms(deps.db, messageId, 'expired');
  const result = waiting.isDecoy ? ({ kind: 'sent' } as const) : await deps.sms.send(waiting.message);
  switch (result.kind) {
    case 'sent':
      return settleSms(deps.db, messageId, 'sent');
    case 'refused':
      return settleSms(deps.db, messageId, 'refused', result.reason);
    case 'unreachable':
      await settleSms(deps.db, messageId, 'waiting', result.reason);
      throw new Error(`sms gateway out of reach: ${result.reason}`);
  }
}
