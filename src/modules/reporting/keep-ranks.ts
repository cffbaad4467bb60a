import { appendAudits } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { isUuid } from '../../lib/ids';
import type { Actor } from '../../policy/actor';
import { rankText } from '../review';
import { checkRanks } from './check-ranks';
import { lockOwn, writeRanks } from './ranks.store';
import { findReportable, type ReportRow } from './reporting.read';

/** One rank as typed, and as it stood in the page; `was` is missing where the page did not say. */
export interface TypedOver {
  typed: string;
  was?: string;
}

export interface KeptRanks {
  /** how many were written */
  kept: number;
  /** those that were not, with the reason */
  problems: { id: string; name: string; reasons: { text: string }[] }[];
}

/** The rank in its field: '' where there is none. */
export const typedRank = (r: Pick<ReportRow, 'rankN' | 'rankOf'>): string => (r.rankN === null ? '' : rankText(r));

/**
 * Keeps ranks typed beside declarations that are not reported yet, so that they are there again tomorrow (R2). Only what was changed in the page is written: what
 * somebody else has saved meanwhile stays, and is a problem where both have changed it. A wrong rank keeps back only itself; places that were reported are looked
 * at when these are reported.
 */
export async function keepRanks(deps: Deps, actor: Actor, entries: ReadonlyMap<string, TypedOver>, requestId: string): Promise<KeptRanks> {
  const { unitId } = actor;
  const ids = [...entries].filter(([id, e]) => isUuid(id) && e.typed !== e.was).map(([id]) => id);
  if (unitId === undefined || ids.length === 0) return { kept: 0, problems: [] };
  return inTransaction(deps.db, async (trx) => {
    await lockOwn(trx, unitId, ids);
    const rows = (await findReportable(trx, unitId, [...entries.keys()].filter(isUuid))).filter((r) => r.takesRank);
    const { ranks, problems: wrong } = checkRanks(rows.map((r) => ({ ...r, typed: entries.get(r.id)?.typed ?? '' })));
    const problems: KeptRanks['problems'] = [];
    const good: { id: string; rank: { n: number; of: number } | null }[] = [];
    for (const r of rows.filter((x) => ids.includes(x.id))) {
      const rank = ranks.get(r.id) ?? null;
      const now = typedRank(r);
      if ((rank ? `${rank.n}/${rank.of}` : '') === now && !wrong.has(r.id)) continue;
      const was = entries.get(r.id)?.was ?? now;
      const problem =
        wrong.get(r.id) ?? (was === now ? undefined : `其他经办人刚刚${now === '' ? '清除了这一排序' : `保存为 ${now}`}，请核对后重新保存`);
      if (problem === undefined) good.push({ id: r.id, rank });
      else problems.push({ id: r.id, name: r.name, reasons: [{ text: problem }] });
    }
    if (good.length > 0) {
      await writeRanks(trx, good);
      await appendAudits(
        trx,
        good.map(({ id, rank }) => ({
          actorId: actor.accountId,
          actorName: actor.name,
          action: 'declaration.rank',
          subjectKind: 'declaration',
          subjectId: id,
          detail: { rank: rank ? `${rank.n}/${rank.of}` : '' },
          requestId,
        })),
      );
    }
    return { kept: good.length, problems };
  });
}
