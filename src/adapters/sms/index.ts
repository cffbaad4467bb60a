/**
 * Short messages. A use-case calls `queueSms(deps, trx, { mobile, text, purpose, minutes })` inside its transaction; the job 'sms:send' does the rest.
 * `deps.sms` is the way out: the outbox (development, demonstration) or the gateway of docs/sms-gateway.md.
 */
export { httpGateway, type GatewaySettings } from './http-gateway';
export { NEWS_MINUTES, queueAllSms, queueSms, sendQueuedSms, type QueuedSms } from './outbox';
export { findSmsState, listSms, pruneSms, type ListedSms, type SmsState } from './outbox.store';
export { outboxSender, type SmsMessage, type SmsResult, type SmsSender } from './sms-sender';
