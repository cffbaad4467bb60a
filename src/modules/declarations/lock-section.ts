import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { SectionDefinition } from '../../form/section';
import type { Actor } from '../../policy/actor';
import { can, type DeclarationSubject } from '../../policy/policy';
import { lockForEdit } from './declaration-subject.store';
import type { Declaration } from './declarations.store';
import { loadDeclaration, sectionsOf, type LoadedDeclaration } from './load-declaration';

export type LockedSection = { kind: 'open'; row: Declaration } | { kind: 'hidden' } | { kind: 'closed'; reason: string };

/** D17: named when the declaration was returned, or never returned. */
export const isNamed = (row: Declaration, section: SectionDefinition): boolean =>
  row.reopened_sections === null || row.reopened_sections.includes(section.id);

/**
 * D17: nobody named it, and nothing is wrong in it. What the corrections of other sections have made wrong here (参加工作时间 and 工作经历, 申报方式 and its grounds) is to be
 * corrected with them: it could never be handed in again otherwise.
 */
export const isShut = (loaded: LoadedDeclaration, section: SectionDefinition): boolean =>
  !isNamed(loaded.row, section) && !(sectionsOf(loaded).includes(section) && loaded.check(section).problems.length > 0);

export const shutReason = (section: SectionDefinition): string => `「${section.title}」不在本次退回修改的范围内，不能修改`;

/** Locks a declaration and asks the policy again on the locked row: every write to a section begins here. */
export async function lockSection(deps: Deps, trx: Trx, actor: Actor, id: string, section: SectionDefinition): Promise<LockedSection> {
  const locked = await lockForEdit(trx, id);
  if (!locked) return { kind: 'hidden' };
  const found = lockedSection(actor, locked, section);
  if (found.kind !== 'unnamed') return found;
  return isShut(await loadDeclaration(deps, trx, locked.row), section)
    ? { kind: 'closed', reason: shutReason(section) }
    : { kind: 'open', row: locked.row };
}

/** What the policy says of a declaration that is held as it stands; `unnamed`: what else it holds decides. */
export function lockedSection(
  actor: Actor,
  { row, subject }: { row: Declaration; subject: DeclarationSubject },
  section: SectionDefinition,
): LockedSection | { kind: 'unnamed' } {
  const decision = can(actor, 'declaration.edit', subject);
  if (!decision.ok) return decision.why === 'not-now' ? { kind: 'closed', reason: decision.reason } : { kind: 'hidden' };
  return isNamed(row, section) ? { kind: 'open', row } : { kind: 'unnamed' };
}
