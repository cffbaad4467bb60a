import { types } from 'node:util';

/** What was thrown or rejected with, as an Error: itself when it is one, of this realm or another, so that its code stays readable. */
export const asError = (e: unknown): Error =>
  e instanceof Error || types.isNativeError(e) ? e : new Error(typeof e === 'string' ? e : JSON.stringify(e));
