import { ScannerAwayError } from '../../adapters/scanning';
import { isLost } from '../../adapters/storage';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { findWaiting, recordScan } from './file-scans.store';

const AT_A_TIME = 500;

/** S51: has the scanner look at what waits for it, the oldest first; gives how many files got a verdict. Ends quietly when the scanner is still away. */
export async function scanWaiting(deps: Deps): Promise<number> {
  const waiting = await findWaiting(deps.db, AT_A_TIME);
  if (waiting.length === 0) return 0;
  if (!deps.scanner) {
    deps.log.warn({ files: waiting.length }, 'files wait for a virus scanner, but none is connected (CLAMD)');
    return 0;
  }
  let scanned = 0;
  for (const { sha256, attachment } of waiting) {
    try {
      const verdict = await deps.scanner.scan(await deps.storage.get(sha256));
      await inTransaction(deps.db, async (trx) => {
        await recordScan(trx, sha256, verdict.kind);
        if (verdict.kind === 'infected')
          await appendAudit(trx, {
            actorId: null,
            actorName: '系统',
            action: 'attachment.infected',
            detail: attachment === null ? { sha256 } : { attachment },
          });
      });
      scanned += 1;
    } catch (e) {
      if (e instanceof ScannerAwayError) {
        deps.log.warn({ err: e }, 'files still wait for the virus scanner');
        return scanned;
      }
      if (!isLost(e)) throw e;
      deps.log.error({ err: e, sha256 }, 'a file that waits for the virus scanner is lost or damaged');
    }
  }
  return scanned;
}
