import type { PlainDate } from '../../lib/dates';

/** Everything a certificate says, frozen when it is issued; all but the ID number, which stands nowhere in plain text and is put in when it is printed. */
export interface CertificateContent {
  name: string;
  sex: string;
  bornOn: PlainDate;
  photoSha256: string | null;
  series: string;
  speciality: string;
  title: string;
  /** in words: 初级职称 … */
  level: string;
  committee: string;
  issuer: string;
  /** day of the meeting that passed it */
  passedOn: PlainDate;
  issuedOn: PlainDate;
  number: string;
}

export interface Certificate {
  id: number;
  declarationId: string;
  personId: number;
  number: string;
  queryCode: string;
  holderName: string;
  content: CertificateContent;
  issuedOn: PlainDate;
  pdfSha256: string | null;
  revokedAt: Date | null;
  revokedReason: string;
  revokerName: string;
  /** the one it was issued in place of */
  replacesId: number | null;
  /** the one that was issued in place of it */
  replacedBy: string | null;
}

/** A file that was signed for a certificate. */
export interface SignedFile {
  sha256: string;
  signerSubject: string;
  signerFingerprint: string;
  signedAt: Date;
}
