import { isLost } from '../../adapters/storage';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { nextHashes, ownersOfThumbnail, recordIntegrity, referencedBlobs, replaceThumbnail } from './attachments.store';
import { drawThumbnail } from './read-thumbnail';

const AT_A_TIME = 200;

async function isWhole(deps: Deps, sha256: string): Promise<boolean> {
  try {
    await deps.storage.get(sha256); // reads every byte and compares the hash
    return true;
  } catch (e) {
    if (isLost(e)) return false;
    throw e;
  }
}

/** F02: a small picture that is lost is drawn again from its picture, where that is whole. */
async function redraw(deps: Deps, thumbSha256: string): Promise<void> {
  for (const owner of await ownersOfThumbnail(deps.db, thumbSha256)) {
    if (!(await isWhole(deps, owner.sha256))) continue;
    const drawn = await drawThumbnail(deps, owner);
    if (drawn && drawn.sha256 !== thumbSha256)
      await replaceThumbnail(deps.db, { sha256: owner.sha256, old: thumbSha256, drawn: drawn.sha256 });
  }
}

/** S52: reads every content that attachments refer to and compares its SHA-256; what is lost or changed is noted, logged and audited. One content in memory at a time. */
export async function verifyStored(deps: Deps): Promise<{ checked: number; damaged: number }> {
  let [checked, damaged, after] = [0, 0, ''];
  for (;;) {
    const hashes = await nextHashes(deps.db, after, AT_A_TIME);
    for (const sha256 of hashes) {
      let whole = await isWhole(deps, sha256);
      if (!whole) {
        await redraw(deps, sha256);
        // drawn otherwise, it has another name now, and nothing refers to this one any more
        whole = (await isWhole(deps, sha256)) || !(await referencedBlobs(deps.db, [sha256])).has(sha256);
      }
      checked += 1;
      if (!whole) damaged += 1;
      await inTransaction(deps.db, async (trx) => {
        for (const { id, declarationId } of await recordIntegrity(trx, sha256, whole)) {
          deps.log.error(
            { attachment: id, declaration: declarationId },
            whole ? 'a damaged file is whole again' : 'a stored file is lost or damaged',
          );
          await appendAudit(trx, {
            actorId: null,
            actorName: '系统',
            action: whole ? 'attachment.whole' : 'attachment.damaged',
            subjectKind: 'declaration',
            subjectId: declarationId,
            detail: { attachment: id },
          });
        }
      });
    }
    if (hashes.length < AT_A_TIME) return { checked, damaged };
    after = hashes.at(-1) ?? after;
  }
}
