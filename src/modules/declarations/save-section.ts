import { randomBytes } from 'node:crypto';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { FormContext, RawSection } from '../../form/field';
import { readSection, restoreSection, type PostedForm } from '../../form/read-section';
import type { SectionDefinition } from '../../form/section';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { insertAttachments, removeAttachment, type NewAttachment } from '../attachments';
import { findDeclarationSubject } from './declaration-subject.store';
import { findSections, lockDeclaration, saveSectionRow, updateDeclaration } from './declarations.store';
import { loadDeclaration } from './load-declaration';
import { projectApplication } from './project-section';
import { application } from './sections/application.section';

export interface SaveInput {
  id: string;
  section: SectionDefinition;
  form: PostedForm;
  /** of the stored section when the form was made; 0 when there was none */
  version: number;
  /** name of the button: save, next, refresh, add-row:<part>, remove-row:<part>:<row>, delete-file:<id>, upload:<item>, accept:<item>, find-unit:<field> */
  action: string;
  /** files that passed their inspection, blobs already stored */
  uploads: NewAttachment[];
  actor: Actor;
  requestId: string;
}

export type SaveOutcome =
  | { kind: 'saved'; addedRow?: { part: string; id: string } }
  | { kind: 'conflict'; typed: RawSection; stored: RawSection; storedVersion: number }
  | { kind: 'hidden' }
  | { kind: 'closed'; reason: string };

/** Row buttons act on what was just typed, so nothing typed is lost. */
function applyRowAction(section: SectionDefinition, raw: RawSection, action: string): { part: string; id: string } | undefined {
  const [verb, partId = '', rowId = ''] = action.split(':');
  const rows = raw.rows[partId];
  if (!rows || !section.parts.some((p) => p.kind === 'rows' && p.id === partId)) return undefined;
  if (verb === 'add-row' && rows.length < 60) {
    const id = randomBytes(6).toString('hex');
    rows.push({ id, values: {} });
    return { part: partId, id };
  }
  if (verb === 'remove-row') raw.rows[partId] = rows.filter((r) => r.id !== rowId);
  return undefined;
}

/** 「按计算结果填写」: what the field proposes takes the place of what was typed. */
function acceptProposal(section: SectionDefinition, raw: RawSection, ctx: FormContext, item: string): void {
  const [partId = '', ...rest] = item.split('.');
  const part = section.parts.find((p) => p.id === partId);
  const field = part?.fields.find((f) => f.id === rest.at(-1));
  const values = part?.kind === 'rows' ? raw.rows[partId]?.find((r) => r.id === rest[0])?.values : raw.groups[partId];
  const proposal = values && field?.propose?.(values, ctx);
  if (field && proposal) values[field.id] = proposal.value;
}

/** Saves a section as typed, at any time, incomplete too (D1). The later save of stale data is refused with both versions. */
export async function saveSection(deps: Deps, input: SaveInput): Promise<SaveOutcome> {
  const { id, section, actor } = input;
  return inTransaction(deps.db, async (trx): Promise<SaveOutcome> => {
    const row = await lockDeclaration(trx, id);
    const subject = row && (await findDeclarationSubject(trx, id));
    if (!row || !subject) return { kind: 'hidden' };
    const decision = can(actor, 'declaration.edit', subject);
    if (!decision.ok) return decision.why === 'not-now' ? { kind: 'closed', reason: decision.reason } : { kind: 'hidden' };
    if (row.reopened_sections !== null && !row.reopened_sections.includes(section.id)) {
      return { kind: 'closed', reason: `「${section.title}」不在本次退回修改的范围内，不能修改` };
    }
    const storedRow = (await findSections(trx, id)).find((s) => s.section === section.id);
    const stored = restoreSection(section, storedRow?.raw);
    const raw = readSection(section, input.form, stored);
    if ((storedRow?.version ?? 0) !== input.version) {
      // the same words saved twice are no conflict, whoever was first
      if (JSON.stringify(raw) === JSON.stringify(stored) && input.uploads.length === 0) return { kind: 'saved' };
      return { kind: 'conflict', typed: raw, stored, storedVersion: storedRow?.version ?? 0 };
    }
    const addedRow = applyRowAction(section, raw, input.action);
    if (input.action.startsWith('accept:')) {
      const loaded = await loadDeclaration(deps, trx, row, { section, raw });
      acceptProposal(section, raw, loaded.context(section), input.action.slice('accept:'.length));
    }
    if (!(await saveSectionRow(trx, id, section.id, raw, input.version, actor.accountId)))
      throw new Error(`section ${section.id} of ${id} changed under its lock`);
    if (input.action.startsWith('delete-file:')) await removeAttachment(trx, id, section.id, input.action.slice('delete-file:'.length));
    await insertAttachments(trx, id, input.uploads, actor.accountId);
    const projected =
      section === application ? projectApplication((await loadDeclaration(deps, trx, row, { section, raw })).check(section, raw)) : {};
    await updateDeclaration(trx, id, projected);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'section.save',
      subjectKind: 'declaration',
      subjectId: id,
      detail: { section: section.id, files: input.uploads.length },
      requestId: input.requestId,
    });
    return addedRow ? { kind: 'saved', addedRow } : { kind: 'saved' };
  });
}
