import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { ownMobile } from './account.store';
import { mobileIndex } from './mobile-index.store';
import type { ProfileChange } from './profile-section';

/** Writes the data if nobody has changed them since `version`; false when somebody has. */
export async function updateProfile(h: Handle, accountId: number, version: number, change: ProfileChange): Promise<boolean> {
  const changed = await h('persons')
    .where({ account_id: accountId, version })
    .update({
      born_on: change.bornOn,
      ethnicity: change.ethnicity,
      political_status: change.politicalStatus,
      native_place: change.nativePlace,
      version: h.raw('version + 1'),
      updated_at: h.raw('app_now()'),
    });
  return changed === 1;
}

/** The number that an account gets its messages on, not a unit's; undefined when there is none. */
export async function findOwnMobile(h: Handle, cipher: Cipher, accountId: number): Promise<string | undefined> {
  const r = (await h('accounts as a')
    .leftJoin('persons as p', 'p.account_id', 'a.id')
    .where('a.id', accountId)
    .first('p.mobile as person', 'a.mobile as own')) as { person: Buffer | null; own: Buffer | null } | undefined;
  if (r?.person) return cipher.decrypt(r.person, 'person.mobile');
  return r?.own ? cipher.decrypt(r.own, 'account.mobile') : undefined;
}

/** B3: a number of staff that a code has proven. */
export async function updateStaffMobile(h: Handle, cipher: Cipher, accountId: number, mobile: string): Promise<void> {
  await h('accounts').where({ id: accountId }).update(ownMobile(cipher, mobile));
}

/** B3: a number that a code has proven, or technical support the paper for (B4). It is not part of the version: it never stands in anybody's open form. */
export async function updateMobile(h: Handle, cipher: Cipher, accountId: number, mobile: string): Promise<void> {
  await h('persons')
    .where({ account_id: accountId })
    .update({ mobile: cipher.encrypt(mobile, 'person.mobile'), mobile_index: mobileIndex(cipher, mobile), updated_at: h.raw('app_now()') });
}

/** The photo is not part of the version: it never stands in anybody's open form. */
export async function updatePhoto(h: Handle, accountId: number, sha256: string): Promise<void> {
  await h('persons').where({ account_id: accountId }).update({ photo_sha256: sha256 });
}

export async function findPhotoHash(h: Handle, accountId: number): Promise<string | undefined> {
  const row = (await h('persons').where({ account_id: accountId }).first('photo_sha256')) as { photo_sha256: string | null } | undefined;
  return row?.photo_sha256 ?? undefined;
}
