import type { Cipher } from '../../lib/cipher';

export interface Contact {
  contactName: string | null;
  /** encrypted with purpose 'unit.mobile' */
  mobile: Buffer | null;
  phone: string | null;
}

/** 「请联系于海燕，13906310001」, 「联系电话 0631-5231234」; '' when nobody left a number. */
export function whomToCall(c: Contact, cipher: Cipher): string {
  if (c.contactName !== null && c.mobile !== null) return `请联系${c.contactName}，${cipher.decrypt(c.mobile, 'unit.mobile')}`;
  return c.phone ? `联系电话 ${c.phone}` : '';
}
