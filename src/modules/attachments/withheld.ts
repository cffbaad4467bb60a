import type { Handle } from '../../db/db';
import { refusal, type Reply } from '../../http/route';
import type { ScanState } from './attachments.store';
import { findScan } from './file-scans.store';

interface WayBack {
  text: string;
  href: string;
}

/** S51: why nobody may open a file now; undefined when they may. */
export function withheld(scan: ScanState, back: WayBack): Reply | undefined {
  if (scan === 'waiting') return refusal(409, '这个文件正在等待病毒扫描，暂时不能打开。请稍后再试', back);
  return scan === 'infected' ? refusal(403, '这个文件检出病毒，不能打开。请联系上传文件的人员重新上传', back) : undefined;
}

/** The same for a content that is no attachment of a declaration: evidence, proof, a file of a notice. */
export const withheldContent = async (h: Handle, sha256: string, back: WayBack): Promise<Reply | undefined> =>
  withheld(await findScan(h, sha256), back);
