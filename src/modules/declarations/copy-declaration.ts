import { appendAudit } from '../../audit/audit.store';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { copySection } from '../../form/copy-section';
import { restoreSection } from '../../form/read-section';
import type { Actor } from '../../policy/actor';
import { copyAttachments } from '../attachments';
import { findAttachments, findDeclaration, findSections, saveSectionRow, updateDeclaration, type Declaration } from './declarations.store';
import { loadDeclaration } from './load-declaration';
import { projectApplication } from './project-section';
import { application } from './sections/application.section';
import { insertRecheck } from './rechecks.store';
import { sections } from './sections';

/**
 * D0: fills a new declaration with what carries over from an earlier one of the same person: values by each field's own rule, under today's definitions, and files by
 * their content. `fixed`: what the batch decides stands already. False when the earlier one is not theirs, not earlier, or gone.
 */
export async function copyDeclaration(
  deps: Deps,
  trx: Trx,
  actor: Actor,
  to: Declaration,
  fromId: string,
  requestId: string,
): Promise<boolean> {
  const from = await findDeclaration(trx, fromId);
  if (from?.person_id !== actor.accountId || from.id === to.id || from.year >= to.year) return false;
  const stored = new Map((await findSections(trx, from.id)).map((s) => [s.section, s.raw]));
  const files = await findAttachments(trx, from.id);
  const present = await loadDeclaration(deps, trx, to);
  for (const section of sections) {
    const old = stored.get(section.id);
    const copied = copySection(section, restoreSection(section, old));
    const carried = files.filter((f) => f.section === section.id && copied.carriesFiles({ part: f.part, row: f.row_id, field: f.field }));
    if (old === undefined && carried.length === 0) continue;
    const fixed = present.typed(section);
    for (const [part, values] of Object.entries(fixed.groups)) copied.raw.groups[part] = { ...copied.raw.groups[part], ...values };
    if (!(await saveSectionRow(trx, to.id, section.id, copied.raw, present.stored.get(section.id)?.version ?? 0, actor.accountId)))
      throw new Error(`section ${section.id} of ${to.id} was there before its declaration`);
    await copyAttachments(
      trx,
      carried.map((f) => f.id),
      to.id,
      actor.accountId,
    );
    if (copied.recheck.length > 0) await insertRecheck(trx, to.id, { section: section.id, fromYear: from.year, places: copied.recheck });
  }
  const loaded = await loadDeclaration(deps, trx, to);
  await updateDeclaration(trx, to.id, projectApplication(loaded.check(application)));
  await appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'declaration.copy',
    subjectKind: 'declaration',
    subjectId: to.id,
    detail: { copiedFrom: from.id },
    requestId,
  });
  return true;
}
