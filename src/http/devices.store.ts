import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Db, Handle } from '../db/db';
import { hashOfToken, type SignedCookies } from './signed-cookie';

/** S02: how long a browser stays known to an account after its last sign-in, and how many browsers of one account are known. */
const DEVICE_DAYS = 180;
const DEVICES_PER_ACCOUNT = 10;

/** Browsers that somebody has signed in with. Only hashes of their cookies are stored; one browser may be known to several accounts. */
export interface Devices {
  /** the hash of this browser's cookie; undefined when it carries none of ours */
  of(req: Request): Buffer | undefined;
  /** after a successful sign-in: from now on this browser is known to the account */
  remember(req: Request, res: Response, accountId: number): Promise<void>;
}

export function createDevices(db: Db, cookies: SignedCookies): Devices {
  return {
    of(req) {
      const token = cookies.read(req, 'device');
      return token === undefined ? undefined : hashOfToken(token);
    },
    async remember(req, res, accountId) {
      const token = cookies.read(req, 'device') ?? randomBytes(32).toString('base64url');
      await db.raw(
        `INSERT INTO device_cookies (token_hash, account_id) VALUES (?, ?) ON CONFLICT (token_hash, account_id) DO UPDATE SET last_used_at = now()`,
        [hashOfToken(token), accountId],
      );
      await db.raw(
        `DELETE FROM device_cookies WHERE account_id = ? AND token_hash NOT IN
           (SELECT token_hash FROM device_cookies WHERE account_id = ? ORDER BY last_used_at DESC LIMIT ${DEVICES_PER_ACCOUNT})`,
        [accountId, accountId],
      );
      cookies.write(res, 'device', token, DEVICE_DAYS * 24 * 3600_000);
    },
  };
}

/** Forgets the browsers that have not been used for so many days; after 180 their cookies have run out. */
export function pruneDevices(h: Handle, days: number): Promise<number> {
  return h('device_cookies').whereRaw('last_used_at < now() - make_interval(days => ?)', [days]).delete();
}
