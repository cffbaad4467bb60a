import { makePhoto } from '../../adapters/files/images';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { scanUpload, VIRUS_FOUND } from '../attachments';
import { updatePhoto } from './profile.store';

export type SavePhotoOutcome = { kind: 'done' } | { kind: 'refused'; problem: string };

/** B3: the photo as it will be printed, 295 × 413 pixels, takes the place of the former one. */
export async function savePhoto(deps: Deps, actor: Actor, content: Buffer, requestId: string): Promise<SavePhotoOutcome> {
  // S51: what the scanner has not seen yet is harmless here: nothing of the file is kept but pixels drawn anew
  if ((await scanUpload(deps, content)).kind === 'infected') return { kind: 'refused', problem: VIRUS_FOUND };
  const photo = await makePhoto(content);
  if (!photo.ok) return { kind: 'refused', problem: photo.problem };
  const { sha256 } = await deps.storage.put(photo.content);
  await inTransaction(deps.db, async (trx) => {
    await updatePhoto(trx, actor.accountId, sha256);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'profile.photo',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
  });
  return { kind: 'done' };
}
