import type { Handle } from '../../db/db';
import { files } from '../../form/fields';
import type { RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import { APPEAL_SECTION } from '../attachments';
import { findAttachments, type AttachmentRow } from '../declarations';

export const MAX_EVIDENCE = 10;

/** The applicant's own upload; it stands beside the declaration's sections, not among them. */
export const evidenceSection: SectionDefinition = {
  id: APPEAL_SECTION,
  title: '复查申请材料',
  parts: [
    {
      kind: 'rows',
      id: 'main',
      rowLabel: '复查申请',
      addLabel: '',
      emptyText: '',
      min: 0,
      max: () => 1,
      fields: [files({ id: 'evidence', label: '复查申请材料', hint: '能够说明申请理由的材料', max: MAX_EVIDENCE })],
    },
  ],
  rules: [],
};

const rowOf = (resultEventId: number): string => `r${resultEventId}`;

export const evidenceRaw = (resultEventId: number): RawSection => ({
  groups: {},
  rows: { main: [{ id: rowOf(resultEventId), values: {} }] },
});
export const evidenceField = (resultEventId: number): string => `files:main.${rowOf(resultEventId)}.evidence`;

/** One query. */
export async function listEvidence(h: Handle, declaration: string, resultEventId: number): Promise<AttachmentRow[]> {
  return (await findAttachments(h, declaration)).filter((a) => a.section === APPEAL_SECTION && a.row_id === rowOf(resultEventId));
}
