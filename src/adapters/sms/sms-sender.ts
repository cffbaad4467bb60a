/** One short message. `id` stays the same however often it is tried: whoever sends uses it to send once. `text` is one line. */
export interface SmsMessage {
  id: string;
  /** 11 digits */
  mobile: string;
  text: string;
  purpose: string;
}

/**
 * sent: taken over for delivery · refused: this message will never be taken, `reason` says why (no number in it) · unreachable: nobody knows whether it was taken;
 * the same message may be tried again
 */
export type SmsResult = { kind: 'sent' } | { kind: 'refused'; reason: string } | { kind: 'unreachable'; reason: string };

/** The way out to telephones. Expected outcomes are returned, nothing is thrown for a gateway that is down. */
export interface SmsSender {
  /** outbox: messages leave the program nowhere, they are read in 「短信记录」 */
  readonly kind: 'outbox' | 'http';
  send(message: SmsMessage): Promise<SmsResult>;
}

/** The sender of development and demonstration: the message stays in the outbox table, where support staff read it. */
export const outboxSender: SmsSender = { kind: 'outbox', send: () => Promise.resolve({ kind: 'sent' }) };
