import { ScannerAwayError } from '../../adapters/scanning';
import type { Deps } from '../../deps';
import type { ScanState } from './attachments.store';

/** What the person reads whose file was infected. */
export const VIRUS_FOUND = '这个文件里检出病毒。请用杀毒软件检查电脑，再从原件重新扫描或者导出后上传';

export type UploadScan = { kind: 'passed'; scan: Exclude<ScanState, 'infected'> } | { kind: 'infected' };

/**
 * S51: has the scanner look at a file as it was uploaded, before anything else reads it. Without a scanner it is noted as unscanned; when the scanner gives no verdict
 * the file waits for one and nobody can open it until then.
 */
export async function scanUpload(deps: Pick<Deps, 'scanner' | 'log'>, content: Buffer): Promise<UploadScan> {
  if (!deps.scanner) return { kind: 'passed', scan: 'unscanned' };
  try {
    const verdict = await deps.scanner.scan(content);
    if (verdict.kind === 'clean') return { kind: 'passed', scan: 'clean' };
    deps.log.warn({ virus: verdict.name }, 'an uploaded file was refused: virus');
    return { kind: 'infected' };
  } catch (e) {
    if (!(e instanceof ScannerAwayError)) throw e;
    deps.log.error({ err: e }, 'an uploaded file waits for the virus scanner');
    return { kind: 'passed', scan: 'waiting' };
  }
}
