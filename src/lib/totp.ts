import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One-time codes by time (RFC 6238): HMAC-SHA-1, six digits, 30 seconds, as every authenticator application takes them. */
const SECONDS = 30;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 without padding: how a secret is typed and stands in a QR code. */
export function base32(bytes: Buffer): string {
  let bits = '';
  for (const b of bytes) bits += b.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET.charAt(parseInt(five.padEnd(5, '0'), 2))).join('');
}

/** The bytes of a base32 text. Throws RangeError when it is none. */
export function fromBase32(text: string): Buffer {
  if (!/^[A-Z2-7]*$/.test(text)) throw new RangeError('not base32');
  const bits = [...text].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

/** A new secret of 160 bits, in base32. */
export const newTotpSecret = (): string => base32(randomBytes(20));

/** The interval that a moment lies in. */
export const totpStep = (at: Date): number => Math.floor(at.getTime() / 1000 / SECONDS);

/** The code of an interval (RFC 4226 5.3); `secret` in base32. */
export function totpCode(secret: string, step: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const number = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The interval whose code was typed: now, or one before or after it for clocks that differ; undefined when it is none of these. */
export function matchingStep(secret: string, typed: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(typed)) return undefined;
  const step = totpStep(now);
  return [step, step - 1, step + 1].find((s) => timingSafeEqual(Buffer.from(totpCode(secret, s)), Buffer.from(typed)));
}

/** What an authenticator application reads from the QR code. */
export function totpAddress(secret: string, site: string, account: string): string {
  const name = `${encodeURIComponent(site)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${name}?${new URLSearchParams({ secret, issuer: site }).toString().replace(/\+/g, '%20')}`;
}
