import { BlobDamagedError, BlobNotFoundError } from '../../adapters/storage';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { nextHashes, recordIntegrity } from './attachments.store';

const AT_A_TIME = 200;

async function isWhole(deps: Deps, sha256: string): Promise<boolean> {
  try {
    await deps.storage.get(sha256); // reads every byte and compares the hash
    return true;
  } catch (e) {
    if (e instanceof BlobNotFoundError || e instanceof BlobDamagedError) return false;
    throw e;
  }
}

/** S52: reads every content that attachments refer to and compares its SHA-256; what is lost or changed is noted, logged and audited. One content in memory at a time. */
export async function verifyStored(deps: Deps): Promise<{ checked: number; damaged: number }> {
  let [checked, damaged, after] = [0, 0, ''];
  for (;;) {
    const hashes = await nextHashes(deps.db, after, AT_A_TIME);
    for (const sha256 of hashes) {
      const whole = await isWhole(deps, sha256);
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
