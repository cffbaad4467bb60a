import { faultName, signatureOf, signatureTime } from '../request-signature';
import { normaliseLine } from '../../lib/text';
import type { SmsMessage, SmsResult, SmsSender } from './sms-sender';

export interface GatewaySettings {
  /** the address that messages are posted to */
  url: string;
  /** shared secret of the signature */
  key: string;
  /** name of this site at the gateway */
  account: string;
  /** how long an answer may take; 5 seconds */
  timeoutMs?: number;
  /** how long nothing is sent after an answer did not come in time; 10 seconds */
  restMs?: number;
}

const TIMEOUT_MS = 5000;
const REST_MS = 10_000;

/** What the gateway says about a refusal, as one short line; a number that it repeats is taken out. */
async function reasonOf(answer: Response): Promise<string> {
  const parsed: unknown = await answer.json().catch(() => undefined);
  const said =
    typeof parsed === 'object' && parsed !== null && 'reason' in parsed && typeof parsed.reason === 'string' ? parsed.reason : '';
  return (
    normaliseLine(said)
      .replace(/\d{5,}/g, '…')
      .slice(0, 100) || `HTTP ${answer.status}`
  );
}

/** Statuses that speak about this one message. All others but success (wrong address or key, too many, faults) may pass, so the message waits. */
const REFUSALS = new Set([400, 413, 422]);

/**
 * Sends over HTTP by the protocol of docs/sms-gateway.md. After an answer that did not come in time it rests for a while, so that a gateway that swallows
 * everything does not hold up the other work of the job queue.
 */
export function httpGateway({ url, key, account, timeoutMs = TIMEOUT_MS, restMs = REST_MS }: GatewaySettings): SmsSender {
  let restsUntil = 0;
  return {
    kind: 'http',
    async send(message: SmsMessage): Promise<SmsResult> {
      if (performance.now() < restsUntil) return { kind: 'unreachable', reason: 'resting' };
      const body = JSON.stringify({ id: message.id, mobile: message.mobile, text: message.text, purpose: message.purpose });
      const timestamp = signatureTime();
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json; charset=utf-8',
            'Idempotency-Key': message.id,
            'X-Sms-Account': account,
            'X-Sms-Timestamp': timestamp,
            'X-Sms-Signature': `sha256=${signatureOf(key, timestamp, body)}`,
          },
          body,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (REFUSALS.has(answer.status)) return { kind: 'refused', reason: await reasonOf(answer) };
        await answer.body?.cancel();
        // 409: this id has been taken before
        if (answer.ok || answer.status === 409) return { kind: 'sent' };
        return { kind: 'unreachable', reason: `HTTP ${answer.status}` };
      } catch (e) {
        const reason = faultName(e);
        if (reason === 'TimeoutError') restsUntil = performance.now() + restMs;
        return { kind: 'unreachable', reason };
      }
    },
  };
}
