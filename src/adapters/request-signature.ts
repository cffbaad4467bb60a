import { createHmac } from 'node:crypto';

/** HMAC-SHA256 over timestamp, full stop and body as sent, in hexadecimal digits: how requests to other people's servers are signed. */
export function signatureOf(key: string, timestamp: string, body: string): string {
  return createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
}

/** Seconds since 1970 by this machine's clock, which other people's servers compare with theirs. */
export const signatureTime = (): string => String(Math.floor(Date.now() / 1000));

/** The kind of fault of a request without its message, which could repeat what was sent. */
export function faultName(e: unknown): string {
  const { name, cause } = (e ?? {}) as { name?: unknown; cause?: { code?: unknown } | null };
  const known = [cause?.code, name].find((x): x is string => typeof x === 'string' && /^\w+$/.test(x));
  return known ?? 'unknown fault';
}
