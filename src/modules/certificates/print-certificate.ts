import { isLost } from '../../adapters/storage';
import { qrSvg } from '../../adapters/qr';
import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { siteAddress } from '../../http/site-address';
import { countCharacters } from '../../lib/text';
import { findPerson } from '../accounts';
import type { Certificate } from './certificate';
import { findCertificate, setCertificateFile } from './certificates.store';

type PrintDeps = Pick<Deps, 'config' | 'db' | 'cipher' | 'storage' | 'printer' | 'renderer' | 'log' | 'signer'>;

async function render(deps: PrintDeps, c: Certificate): Promise<Buffer> {
  const person = await findPerson(deps.db, deps.cipher, c.personId);
  if (!person) throw new Error(`certificate ${c.id}: its holder is gone`);
  const checkAddress = siteAddress(deps.config) + paths.certificateByCode(c.queryCode);
  const { photoSha256 } = c.content;
  const html = deps.renderer.document('print/certificate', {
    c: c.content,
    queryCode: c.queryCode.replace(/(.{4})(?=.)/g, '$1 '),
    idLabel: person.idType === 'resident' ? '身份证号' : '证件号码',
    idNumber: person.idNumber,
    hasPhoto: photoSha256 !== null,
    longName: countCharacters(c.content.name) > 8,
    checkPage: siteAddress(deps.config) + paths.certificateCheck(),
    seal: sealText(c.content.issuer),
  });
  return deps.printer.pdf(html, {
    landscape: true,
    files: {
      '/qr.svg': { body: Buffer.from(await qrSvg(checkAddress)), contentType: 'image/svg+xml' },
      ...(photoSha256 === null ? {} : { '/photo': { body: await deps.storage.get(photoSha256), contentType: 'image/jpeg' } }),
    },
  });
}

/** Radius on which the name runs round the seal, in units of its drawing (120 across). */
const SEAL_RADIUS = 42;

/** The issuer's name on the circle of the seal, centred at the top: short names stay together, long ones are set smaller and run most of the way round. */
function sealText(issuer: string): { radius: number; length: number; size: number; turn: number } {
  const count = countCharacters(issuer);
  const length = Math.min(228, count * 19);
  const angle = (length / 2 / SEAL_RADIUS) * (180 / Math.PI);
  return { radius: SEAL_RADIUS, length, size: Math.min(13.5, (length / count) * 1.05), turn: 90 - angle };
}

/**
 * The PDF of a certificate: printed and signed once and kept; every later call gives the same bytes. A kept file that the storage lost or damaged is printed
 * and signed anew, and both stand in the record of signed files. Job `certificate:print`. Throws when there is no such certificate, and when no key is configured.
 */
export async function printCertificate(deps: PrintDeps, certificateId: number): Promise<Buffer> {
  const c = await findCertificate(deps.db, certificateId);
  if (!c) throw new Error(`no certificate ${certificateId}`);
  const kept = await keptPdf(deps, c);
  if (kept) return kept;
  if (!deps.signer) throw new Error('no key to sign certificates with: set CERTIFICATE_KEY_FILE');
  const printed = await render(deps, c);
  const { now } = await databaseNow(deps.db);
  const pdf = await deps.signer.sign(printed, { name: c.content.issuer, reason: '签发电子职称证书', location: '中国山东', at: now });
  const signer = await deps.signer.certificate();
  const { sha256 } = await deps.storage.put(pdf);
  const isFirst = await inTransaction(deps.db, async (trx) => {
    const file = { sha256, signerSubject: signer.subject, signerFingerprint: signer.fingerprint, signedAt: now };
    if (!(await setCertificateFile(trx, c.id, c.pdfSha256, file))) return false;
    await appendAudit(trx, {
      actorId: null,
      actorName: '系统',
      action: 'certificate.sign',
      subjectKind: 'declaration',
      subjectId: c.declarationId,
      detail: { number: c.number, sha256, signer: signer.fingerprint },
    });
    return true;
  });
  if (isFirst) return pdf;
  const first = await findCertificate(deps.db, certificateId);
  if (!first?.pdfSha256) throw new Error(`certificate ${certificateId} went away while it was printed`);
  return deps.storage.get(first.pdfSha256);
}

async function keptPdf(deps: PrintDeps, c: Certificate): Promise<Buffer | undefined> {
  if (c.pdfSha256 === null) return undefined;
  try {
    return await deps.storage.get(c.pdfSha256);
  } catch (e) {
    if (!isLost(e)) throw e;
    deps.log.error({ err: e, certificate: c.id }, 'the stored print of a certificate is lost: printing it anew');
    return undefined;
  }
}
