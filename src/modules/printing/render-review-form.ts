import { BlobNotFoundError } from '../../adapters/storage';
import type { Deps } from '../../deps';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { findPerson } from '../accounts';
import { findNewerName } from '../support';
import { findCertificateOf } from '../certificates';
import { currentContent, findDeclaration, findEvents, findPublicity, findStops, findVote, loadDeclaration } from '../declarations';
import { findFormFacts } from './review-form.read';
import { reviewForm } from './review-form.view';

/** States in which the applicant is writing: what they print is what stands there now, marked 「草稿」. */
const WRITING = ['draft', 'returned_to_applicant', 'correction'];

/**
 * R4 「评审表」 as PDF (A4). `reader`: the applicant sees ID and mobile number in full and, while correcting, the present text; all others what was submitted
 * and both numbers masked. Undefined when there is no such declaration.
 */
export async function renderReviewForm(
  deps: Deps,
  declarationId: string,
  reader: 'applicant' | 'other' = 'other',
): Promise<{ pdf: Buffer; applicantName: string } | undefined> {
  const { db } = deps;
  const row = await findDeclaration(db, declarationId);
  if (!row) return undefined;
  const loaded = await loadDeclaration(deps, db, row);
  const { content, sha256 } = await currentContent(deps, db, loaded, !(reader === 'applicant' && WRITING.includes(row.state)));
  const person = await findPerson(db, deps.cipher, row.person_id);
  if (!person) throw new Error(`declaration ${row.id}: its person is gone`);
  // B4: what was submitted keeps its name; a draft is printed with the present one
  const newerName = sha256 === undefined ? undefined : await findNewerName(db, row.person_id, content.applicant.name);
  const photo = await photoOf(deps, content.applicant.photoSha256, row.id);
  const form = reviewForm({
    declaration: row,
    content,
    sha256,
    facts: await findFormFacts(db, row.id),
    newerName,
    person:
      reader === 'applicant'
        ? person
        : { idType: person.idType, idNumber: maskIdNumber(person.idNumber), mobile: maskMobile(person.mobile) },
    hasPhoto: photo !== undefined,
    stops: await findStops(db, row.id),
    events: await findEvents(db, row.id),
    vote: await findVote(db, row.id),
    publicity: await findPublicity(db, row.id),
    certificateNumber: (await findCertificateOf(db, row.id))?.number,
  });
  const pdf = await deps.printer.pdf(
    deps.renderer.document('print/review-form', { form }),
    photo ? { files: { '/photo': { body: photo, contentType: 'image/jpeg' } } } : {},
  );
  return { pdf, applicantName: content.applicant.name };
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
