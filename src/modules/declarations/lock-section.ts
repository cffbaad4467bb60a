import type { Trx } from '../../db/db';
import type { SectionDefinition } from '../../form/section';
import type { Actor } from '../../policy/actor';
import { can, type DeclarationSubject } from '../../policy/policy';
import { lockForEdit } from './declaration-subject.store';
import type { Declaration } from './declarations.store';

export type LockedSection = { kind: 'open'; row: Declaration } | { kind: 'hidden' } | { kind: 'closed'; reason: string };

/** Locks a declaration and asks the policy again on the locked row: every write to a section begins here. */
export async function lockSection(trx: Trx, actor: Actor, id: string, section: SectionDefinition): Promise<LockedSection> {
  const locked = await lockForEdit(trx, id);
  return locked ? lockedSection(actor, locked, section) : { kind: 'hidden' };
}

/** What the policy says of a declaration that is held as it stands. */
export function lockedSection(
  actor: Actor,
  { row, subject }: { row: Declaration; subject: DeclarationSubject },
  section: SectionDefinition,
): LockedSection {
  const decision = can(actor, 'declaration.edit', subject);
  if (!decision.ok) return decision.why === 'not-now' ? { kind: 'closed', reason: decision.reason } : { kind: 'hidden' };
  if (row.reopened_sections !== null && !row.reopened_sections.includes(section.id))
    return { kind: 'closed', reason: `「${section.title}」不在本次退回修改的范围内，不能修改` };
  return { kind: 'open', row };
}
