import { makeThumbnail } from '../../adapters/files/inspect-file';
import { BlobDamagedError, BlobNotFoundError } from '../../adapters/storage';
import type { Deps } from '../../deps';
import type { StoredAttachment } from './attachments.store';

/** The small picture of an attachment; one that a loss of power took is made again. Undefined where there is none, for what is no picture. */
export async function readThumbnail(
  { storage, log }: Pick<Deps, 'storage' | 'log'>,
  { id, sha256, thumbSha256, mediaType }: Pick<StoredAttachment, 'id' | 'sha256' | 'thumbSha256' | 'mediaType'>,
): Promise<Buffer | undefined> {
  if (thumbSha256 === null) return undefined;
  try {
    return await storage.get(thumbSha256);
  } catch (e) {
    if (!(e instanceof BlobNotFoundError || e instanceof BlobDamagedError)) throw e;
    log.warn({ attachment: id, err: e }, 'a thumbnail is lost and made again');
  }
  const made = await makeThumbnail(await storage.get(sha256), mediaType);
  // durably this time; another version of the image library may draw it a little otherwise: then nobody refers to it, and it is collected
  if (made) await storage.put(made);
  return made;
}
