import type { Handle, Trx } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { Level } from '../catalogue';
import type { Actor } from '../../policy/actor';
import type { Certificate, CertificateContent, SignedFile } from './certificate';

/** What a certificate is made from. */
export interface PassedDeclaration {
  year: number;
  seriesId: number;
  seriesCode: string;
  seriesName: string;
  level: Level;
  titleId: number | null;
  speciality: string;
  committee: string;
  divisionCode: string;
  divisionFullName: string;
  name: string;
  sex: string;
  bornOn: PlainDate;
  photoSha256: string | null;
  passedOn: PlainDate | null;
  isPassed: boolean | null;
  today: PlainDate;
}

/** One query. The photo is the one that was reviewed (frozen version), the name the one the person has now: a corrected name counts for the certificate. */
export async function findPassedDeclaration(h: Handle, declarationId: string): Promise<PassedDeclaration | undefined> {
  const { rows } = await h.raw<{ rows: PassedDeclaration[] }>(
    `SELECT d.year, d.series_id AS "seriesId", s.code AS "seriesCode", s.name AS "seriesName", d.level, d.title_id AS "titleId", d.speciality,
       c.name AS committee, c.division_code AS "divisionCode", dv.full_name AS "divisionFullName",
       p.name, p.sex, p.born_on AS "bornOn", coalesce(f.content #>> '{applicant,photoSha256}', p.photo_sha256) AS "photoSha256",
       v.met_on AS "passedOn", v.is_passed AS "isPassed", app_today() AS today
     FROM declarations d
       JOIN batches b ON b.id = d.batch_id
       JOIN committees c ON c.id = b.committee_id
       JOIN divisions dv ON dv.code = c.division_code
       JOIN series s ON s.id = d.series_id
       JOIN persons p ON p.account_id = d.person_id
       LEFT JOIN votes v ON v.declaration_id = d.id
       LEFT JOIN declaration_versions f ON f.declaration_id = d.id AND f.round = d.round
     WHERE d.id = ? AND d.deleted_at IS NULL`,
    [declarationId],
  );
  return rows[0];
}

export interface SerialKey {
  year: number;
  seriesId: number;
  level: Level;
  divisionCode: string;
}

/** The next serial of its kind. The counter's row stays locked until the transaction ends, so that a roll-back leaves no gap and two never get the same. */
export async function takeSerial(trx: Trx, k: SerialKey): Promise<number> {
  const { rows } = await trx.raw<{ rows: { last_serial: number }[] }>(
    `INSERT INTO certificate_serials (year, series_id, level, division_code, last_serial) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT (year, series_id, level, division_code) DO UPDATE SET last_serial = certificate_serials.last_serial + 1
     RETURNING last_serial`,
    [k.year, k.seriesId, k.level, k.divisionCode],
  );
  const [row] = rows;
  if (!row) throw new Error('certificate_serials: no serial came back');
  return row.last_serial;
}

/** Gives the id. A second certificate in force of a declaration violates `certificates_declaration_id_key`. `replacesId`: the revoked one that it stands for now. */
export async function insertCertificate(
  trx: Trx,
  declarationId: string,
  queryCode: string,
  content: CertificateContent,
  replacesId: number | undefined,
  schemeId: number,
): Promise<number> {
  const [row] = (await trx('certificates')
    .insert({
      declaration_id: declarationId,
      number: content.number,
      query_code: queryCode,
      holder_name: content.name,
      content: JSON.stringify(content),
      issued_on: content.issuedOn,
      replaces_id: replacesId ?? null,
      scheme_id: schemeId,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('certificates: insert gave no id');
  return row.id;
}

const SELECT = `SELECT c.id, c.declaration_id AS "declarationId", d.person_id AS "personId", c.number, c.query_code AS "queryCode", c.holder_name AS "holderName",
    c.content, c.issued_on AS "issuedOn", c.pdf_sha256 AS "pdfSha256", c.revoked_at AS "revokedAt", c.revoked_reason AS "revokedReason", c.revoker_name AS "revokerName",
    c.replaces_id AS "replacesId", n.number AS "replacedBy"
  FROM certificates c JOIN declarations d ON d.id = c.declaration_id LEFT JOIN certificates n ON n.replaces_id = c.id`;

async function findBy(h: Handle, column: 'c.id' | 'c.number' | 'c.query_code', value: string | number): Promise<Certificate | undefined> {
  const { rows } = await h.raw<{ rows: Certificate[] }>(`${SELECT} WHERE ${column} = ?`, [value]);
  return rows[0];
}
export const findCertificate = (h: Handle, id: number) => findBy(h, 'c.id', id);
export const findCertificateByNumber = (h: Handle, number: string) => findBy(h, 'c.number', number);
export const findCertificateByCode = (h: Handle, queryCode: string) => findBy(h, 'c.query_code', queryCode);

/** All certificates of a declaration, the newest first: at most one of them is in force. One query. */
export async function listCertificatesOf(h: Handle, declarationId: string): Promise<Certificate[]> {
  const { rows } = await h.raw<{ rows: Certificate[] }>(`${SELECT} WHERE c.declaration_id = ? ORDER BY c.id DESC`, [declarationId]);
  return rows;
}

/** The newest certificate of a declaration, which may be revoked; undefined while there is none. */
export async function findCertificateOf(h: Handle, declarationId: string): Promise<Certificate | undefined> {
  return (await listCertificatesOf(h, declarationId))[0];
}

/** The newest certificate of a declaration, with its row held until the transaction is over. */
export async function lockCertificateOf(trx: Trx, declarationId: string): Promise<Certificate | undefined> {
  // the declaration first: whoever revokes and issues anew holds it as well
  await trx('declarations').where({ id: declarationId }).forNoKeyUpdate().first('id');
  return findCertificateOf(trx, declarationId);
}

export async function revokeCertificateRow(trx: Trx, id: number, reason: string, by: Actor): Promise<void> {
  await trx('certificates')
    .where({ id })
    .update({ revoked_at: trx.raw('app_now()'), revoked_reason: reason, revoked_by: by.accountId, revoker_name: by.name });
}

/** The files signed for these certificates, the newest first. One query. */
export async function listSignedFiles(h: Handle, certificateIds: readonly number[]): Promise<(SignedFile & { certificateId: number })[]> {
  const { rows } = await h.raw<{ rows: (SignedFile & { certificateId: number })[] }>(
    `SELECT certificate_id AS "certificateId", sha256, signer_subject AS "signerSubject", signer_fingerprint AS "signerFingerprint", signed_at AS "signedAt"
     FROM certificate_files WHERE certificate_id = ANY(?) ORDER BY id DESC`,
    [[...certificateIds]],
  );
  return rows;
}

/** Notes the signed file that is the certificate now, in place of `before`. False when another print was quicker. */
export async function setCertificateFile(trx: Trx, id: number, before: string | null, file: SignedFile): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    'UPDATE certificates SET pdf_sha256 = ? WHERE id = ? AND pdf_sha256 IS NOT DISTINCT FROM ?',
    [file.sha256, id, before],
  );
  if (rowCount === 0) return false;
  await trx('certificate_files').insert({
    certificate_id: id,
    sha256: file.sha256,
    signer_subject: file.signerSubject,
    signer_fingerprint: file.signerFingerprint,
    signed_at: file.signedAt,
  });
  return true;
}
