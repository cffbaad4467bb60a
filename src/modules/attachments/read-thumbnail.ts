import { makeThumbnail } from '../../adapters/files/inspect-file';
import { isLost } from '../../adapters/storage';
import type { Deps } from '../../deps';
import type { StoredAttachment } from './attachments.store';

type Picture = Pick<StoredAttachment, 'id' | 'sha256' | 'mediaType'>;

/** Draws the small picture of a stored picture once more and stores it durably. Undefined for what is no picture. Another version of the image library may draw it a little otherwise. */
export async function drawThumbnail(
  { storage, log }: Pick<Deps, 'storage' | 'log'>,
  { id, sha256, mediaType }: Picture,
): Promise<{ content: Buffer; sha256: string } | undefined> {
  log.warn({ attachment: id }, 'a thumbnail is lost and drawn again');
  const content = await makeThumbnail(await storage.get(sha256), mediaType);
  return content && { content, sha256: (await storage.put(content)).sha256 };
}

/** The small picture of an attachment; one that a loss of power took is drawn again. Undefined where there is none, for what is no picture. */
export async function readThumbnail(
  deps: Pick<Deps, 'storage' | 'log'>,
  attachment: Picture & Pick<StoredAttachment, 'thumbSha256'>,
): Promise<Buffer | undefined> {
  if (attachment.thumbSha256 === null) return undefined;
  try {
    return await deps.storage.get(attachment.thumbSha256);
  } catch (e) {
    if (!isLost(e)) throw e;
  }
  // where it comes out otherwise the nightly look at all contents writes down its new name: reading changes nothing (S23)
  return (await drawThumbnail(deps, attachment))?.content;
}
