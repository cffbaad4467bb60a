import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Handle } from '../db/db';
import { hashOfToken, type SignedCookies } from './signed-cookie';

/** S02: how long a browser stays known to an account after its last sign-in, and how many browsers of one account are known. */
const DEVICE_DAYS = 180;
export const DEVICES_PER_ACCOUNT = 10;

/** Browsers that somebody has signed in with. Only hashes of their cookies are stored; one browser may be known to several accounts. */
export interface Devices {
  /** the hash of this browser's cookie; undefined when it carries none of ours */
  of(req: Request): Buffer | undefined;
  /** at a sign-in: `hash` of this browser's cookie, or of a new one, is to be stored (`openSession`); once it is, `give` lets the browser keep the cookie for another while */
  meet(req: Request, res: Response): { hash: Buffer; give: () => void };
}

export function createDevices(cookies: SignedCookies): Devices {
  return {
    of(req) {
      const token = cookies.read(req, 'device');
      return token === undefined ? undefined : hashOfToken(token);
    },
    meet(req, res) {
      const token = cookies.read(req, 'device') ?? randomBytes(32).toString('base64url');
      return { hash: hashOfToken(token), give: () => cookies.write(res, 'device', token, DEVICE_DAYS * 24 * 3600_000) };
    },
  };
}

/** Forgets the browsers that have not been used for so many days; after 180 their cookies have run out. */
export function pruneDevices(h: Handle, days: number): Promise<number> {
  return h('device_cookies').whereRaw('last_used_at < now() - make_interval(days => ?)', [days]).delete();
}
