import type { Deps } from '../../deps';
import { diffSections, type DiffSection } from '../../form/diff-sections';
import { showSize } from '../../form/form-model';
import { paths } from '../../http/paths';
import type { Visit } from '../../http/route';
import { showMoment } from '../../lib/moment';
import { auditReading, findAttachment } from '../attachments';
import {
  ENTRUSTED_SECTION,
  findDeclaration,
  listEntrustedEvidence,
  sectionTitleOf,
  submittedContent,
  type Declaration,
  type FrozenContent,
} from '../declarations';
import { checkSectionView, fieldLabels, filesOf, type PlacedFile } from './check.view';

/** so many pages of a PDF stand beside the text; all of them in 「预览」 */
const PAGES_BESIDE = 20;

/** What the pages on which one declaration is read beside its attachments share. */
export interface Dossier {
  d: Declaration;
  /** as it was submitted last, against what it is compared with */
  sections: DiffSection[];
  /** what the unit uploaded for 「委托评审」 */
  evidence: { id: string; name: string; mediaType: string; size: number }[];
  applicant: FrozenContent['applicant'];
  batch: FrozenContent['batch'];
  unit: string;
}

/** `before`: what the reader saw the last time, by the declaration's present row; without it nothing counts as changed. */
export async function openDossier(
  deps: Deps,
  id: string,
  before?: (d: Declaration) => Promise<FrozenContent['sections'] | undefined>,
): Promise<Dossier> {
  const d = await findDeclaration(deps.db, id);
  if (!d) throw new Error(`declaration ${id} vanished between guard and handler`);
  const content = await submittedContent(deps, deps.db, d);
  const evidence = await listEntrustedEvidence(deps.db, d.id);
  return {
    d,
    sections: diffSections((await before?.(d)) ?? content.sections, content.sections),
    evidence: evidence.map((a) => ({ id: a.id, name: a.name, mediaType: a.media_type, size: a.size })),
    applicant: content.applicant,
    batch: content.batch,
    unit: content.unit,
  };
}

/** The evidence for 「委托评审」 as files that lead to their preview beside the text. */
export const evidenceToRead = (o: Dossier, fileHref: (id: string) => string) =>
  o.evidence.map((e) => ({ name: e.name, href: fileHref(e.id), size: showSize(e.size), preview: true }));

export const photoOf = (o: Dossier): string | undefined => (o.applicant.photoSha256 ? paths.photo(o.d.id) : undefined);

/** A reader's note on a section. */
export interface Noted {
  id: number;
  section: string;
  /** label of the field; '' for the section as a whole */
  field: string;
  text: string;
  at: Date;
  /** where several write */
  by?: string;
}
/** A note that was refused, to stand in its form again. */
export interface RefusedNote {
  section: string;
  field: string;
  typed: string;
}
const noteLine = (n: Noted) => ({ id: n.id, text: n.text, field: n.field, meta: [n.by, showMoment(n.at)].filter(Boolean).join('，') });

/** Notes and form of one section, or with '' of the declaration as a whole, for `notesOf` of views/review/beside.njk. */
export const notesToShow = (s: { id: string; title: string; fields: string[] }, notes: readonly Noted[], refused?: RefusedNote) => ({
  ...s,
  notes: notes.filter((n) => n.section === s.id).map(noteLine),
  typed: refused?.section === s.id ? refused.typed : '',
  typedField: refused?.section === s.id ? refused.field : '',
});

/** The sections with the reader's notes on them. `marks`: what has changed is marked; `asked`: what the reader's desk asked for the last time. */
export const sectionsToRead = (
  o: Dossier,
  r: {
    fileHref: (id: string) => string;
    notes: readonly Noted[];
    refused?: RefusedNote | undefined;
    marks?: boolean;
    asked?: ((section: string) => { text: string; by: string; at: string }[]) | undefined;
  },
) =>
  o.sections.map((s) => ({
    view: checkSectionView(o.d.id, s, { marks: r.marks ?? false, fileHref: r.fileHref, asked: r.asked?.(s.id) ?? [] }),
    ...notesToShow({ id: s.id, title: s.title, fields: fieldLabels(s) }, r.notes, r.refused),
  }));

/** The asked-for attachment beside the text: a picture, or the pages of a PDF drawn as pictures (D14). What is shown here has been read (X1). */
export async function previewBeside(deps: Deps, visit: Visit, o: Dossier, fileHref: (id: string) => string) {
  const files: PlacedFile[] = [
    ...filesOf(o.sections),
    ...o.evidence.map((e) => ({ ...e, sectionId: ENTRUSTED_SECTION, sectionTitle: sectionTitleOf(ENTRUSTED_SECTION) ?? '' })),
  ];
  const n = files.findIndex((f) => f.id === visit.query.one('file'));
  const i = n >= 0 ? n : 0;
  const file = files[i];
  if (!file) return undefined;
  const before = files[i - 1];
  const after = files[i + 1];
  const stored = file.mediaType === 'application/pdf' ? await findAttachment(deps.db, o.d.id, file.id) : undefined;
  const isOpen = stored !== undefined && stored.scan !== 'waiting' && stored.scan !== 'infected';
  if (isOpen) await auditReading(deps, visit, { id: o.d.id, personId: o.d.person_id }, file.id);
  const pageCount = isOpen ? (stored.pages ?? 1) : 0;
  return {
    name: file.name,
    section: { title: file.sectionTitle, href: `#section-${file.sectionId}` },
    number: i + 1,
    total: files.length,
    isPicture: file.mediaType !== 'application/pdf',
    href: paths.attachment(o.d.id, file.id),
    pageHref: paths.preview(o.d.id, file.id),
    pages: Array.from({ length: Math.min(pageCount, PAGES_BESIDE) }, (_x, p) => ({
      number: p + 1,
      src: paths.attachmentPage(o.d.id, file.id, p + 1),
    })),
    pageCount,
    ...(before ? { previousHref: fileHref(before.id) } : {}),
    ...(after ? { nextHref: fileHref(after.id) } : {}),
  };
}
