import { randomBytes } from 'node:crypto';

/** A fresh one-time token for a form (A2, F04). */
export const newToken = (): string => randomBytes(18).toString('base64url');
