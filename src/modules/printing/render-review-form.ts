import { createHash } from 'node:crypto';
import { BlobNotFoundError, isLost } from '../../adapters/storage';
import type { PrintOptions } from '../../adapters/printing';
import type { AuditEntry } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { findPerson } from '../accounts';
import { findNewerName } from '../support';
import { findCertificateOf } from '../certificates';
import {
  currentContent,
  findDeclaration,
  findEvents,
  findPublicity,
  findStops,
  findVersion,
  findVote,
  loadDeclaration,
} from '../declarations';
import type { FrozenContent } from '../declarations';
import { findKeptForm, keepForm, type FormReader } from './printed-forms.store';
import { findFormFacts } from './review-form.read';
import { reviewForm } from './review-form.view';
import { templateRevision } from './template-revision';

/** States in which the applicant is writing: what they print is what stands there now, marked 「草稿」. */
const WRITING = ['draft', 'returned_to_applicant', 'correction'];

export interface MadeForm {
  pdf: Buffer;
  /** SHA-256 of the bytes, for forms of what was submitted: asked for again, they are the same (M6) */
  sha256?: string;
  applicantName: string;
}

/**
 * R4 「评审表」 as PDF (A4). `reader`: the applicant sees ID and mobile number in full and, while correcting, the present text; all others what was submitted
 * and both numbers masked. A form that was printed already is the file that was kept;
 * with `keep` false a new one is not kept (a whole list of them would fill the storage). `record`: the row of the log, written before a byte is read or printed. Undefined when there is no
 * such declaration.
 */
export async function renderReviewForm(
  deps: Deps,
  declarationId: string,
  reader: FormReader = 'other',
  { keep = true, record }: { keep?: boolean; record?: AuditEntry } = {},
): Promise<MadeForm | undefined> {
  const { db } = deps;
  const kept = await findKeptForm(db, declarationId, reader, await templateRevision(deps.config.rootDir), record);
  const print = kept && (await keptPrint(deps, kept.sha256));
  if (kept?.sha256 && print) return { pdf: print, sha256: kept.sha256, applicantName: kept.applicantName ?? '' };
  const document = await layOutForm(deps, declarationId, reader);
  if (!document) return undefined;
  const pdf = await deps.printer.pdf(document.html, document.options);
  const { applicantName } = document;
  if (!kept || !document.isWhole) return { pdf, applicantName };
  if (keep) void keepPrint(deps, kept.key, declarationId, { pdf, applicantName });
  return { pdf, sha256: createHash('sha256').update(pdf).digest('hex'), applicantName };
}

/** Nobody waits for it: a print that is not kept is made once more when somebody asks. */
async function keepPrint(deps: Deps, key: string, declarationId: string, made: Pick<MadeForm, 'pdf' | 'applicantName'>): Promise<void> {
  try {
    const { sha256 } = await deps.storage.put(made.pdf);
    await keepForm(deps.db, key, declarationId, made.applicantName, sha256);
  } catch (e) {
    deps.log.warn({ err: e, declaration: declarationId }, 'the print of a review form could not be kept');
  }
}

/** A kept print that the storage lost or damaged is printed anew. */
async function keptPrint(deps: Deps, sha256: string | null): Promise<Buffer | undefined> {
  if (sha256 === null) return undefined;
  try {
    return await deps.storage.get(sha256);
  } catch (e) {
    if (!isLost(e)) throw e;
    deps.log.error({ err: e }, 'a kept print of a review form is lost: printing it anew');
    return undefined;
  }
}

interface FormDocument {
  html: string;
  options: PrintOptions;
  applicantName: string;
  /** false when something that belongs on it could not be had just now */
  isWhole: boolean;
}

/** The form as it goes to the printing browser. */
export async function layOutForm(deps: Deps, declarationId: string, reader: FormReader): Promise<FormDocument | undefined> {
  const { db } = deps;
  const row = await findDeclaration(db, declarationId);
  if (!row) return undefined;
  const asSubmitted = !(reader === 'applicant' && WRITING.includes(row.state));
  const version = asSubmitted && row.round > 0 ? await findVersion(db, row.id, row.round) : undefined;
  const { content, sha256 } = version
    ? { content: version.content as FrozenContent, sha256: version.sha256 }
    : await currentContent(deps, db, await loadDeclaration(deps, db, row), asSubmitted);
  const { photoSha256 } = content.applicant;
  // M6: none of these waits for another
  const [person, newerName, photo, facts, stops, events, vote, publicity, certificate] = await Promise.all([
    findPerson(db, deps.cipher, row.person_id),
    // B4: what was submitted keeps its name; a draft is printed with the present one
    sha256 === undefined ? undefined : findNewerName(db, row.person_id, content.applicant.name),
    photoOf(deps, photoSha256, row.id),
    findFormFacts(db, row.id),
    findStops(db, row.id),
    findEvents(db, row.id),
    findVote(db, row.id),
    findPublicity(db, row.id),
    findCertificateOf(db, row.id),
  ]);
  if (!person) throw new Error(`declaration ${row.id}: its person is gone`);
  const form = reviewForm({
    declaration: row,
    content,
    sha256,
    facts,
    newerName,
    person:
      reader === 'applicant'
        ? person
        : { idType: person.idType, idNumber: maskIdNumber(person.idNumber), mobile: maskMobile(person.mobile) },
    hasPhoto: photo !== undefined,
    stops,
    events,
    vote,
    publicity,
    certificateNumber: certificate?.number,
  });
  return {
    html: deps.renderer.document('print/review-form', { form }),
    options: photo ? { files: { '/photo': { body: photo, contentType: 'image/jpeg' } } } : {},
    applicantName: content.applicant.name,
    isWhole: photoSha256 === null || photo !== undefined,
  };
}

/** A lost photograph must not keep the form from being printed: its place stays empty, as for one that is still to come. */
async function photoOf({ storage, log }: Deps, sha256: string | null, declarationId: string): Promise<Buffer | undefined> {
  if (sha256 === null) return undefined;
  try {
    return await storage.get(sha256);
  } catch (e) {
    if (!(e instanceof BlobNotFoundError)) throw e;
    log.error({ err: e, declaration: declarationId }, 'the photograph of a declaration is not in the storage');
    return undefined;
  }
}
