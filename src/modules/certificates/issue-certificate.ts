import type { Deps } from '../../deps';
import type { Trx } from '../../db/db';
import { makeCertificateNumber, scopeOf, type CertificateNumberParts } from '../../lib/certificate-number';
import { codeText, sexes } from '../../lib/codes';
import { bureauName, levelText, type Level } from '../catalogue';
import { findPassedDeclaration, insertCertificate, takeSerial } from './certificates.store';
import { lockCurrentScheme, takeScopeSerial } from './schemes.store';
import { makeQueryCode } from '../../lib/query-code';

/** The scheme that migration 0060 brings. */
const FIRST_SCHEME_ID = 1;
const levelDigits: Record<Level, CertificateNumberParts['level']> = { senior: 1, associate: 2, middle: 3, junior: 4 };

/**
 * J5: issues the certificate of a declaration that the committee passed and the bureau confirms; gives its number. Everything happens in the caller's transaction:
 * serials have no gaps, and the certificate is printed only if the confirmation holds. The number counts within the year of declaration, not of issue.
 * `replacesId`: the revoked certificate that this one is issued in place of.
 */
export async function issueCertificate(
  deps: Pick<Deps, 'catalogue' | 'jobs'>,
  trx: Trx,
  declarationId: string,
  replacesId?: number,
): Promise<string> {
  const d = await findPassedDeclaration(trx, declarationId);
  if (!d) throw new Error(`no declaration ${declarationId} to certify`);
  if (d.passedOn === null || d.isPassed !== true) throw new Error(`declaration ${declarationId} was not passed by a vote`);
  const title = d.titleId === null ? '' : (await deps.catalogue.get()).titleText(d.titleId);
  if (title === '') throw new Error(`declaration ${declarationId} names no title`);
  const scheme = await lockCurrentScheme(trx, 'SHARE');
  const says = { year: d.year, seriesCode: d.seriesCode, level: levelDigits[d.level], division: d.divisionCode };
  // the first scheme counts where programs of before schemes count
  const serial =
    scheme.id === FIRST_SCHEME_ID
      ? await takeSerial(trx, { year: d.year, seriesId: d.seriesId, level: d.level, divisionCode: d.divisionCode })
      : await takeScopeSerial(trx, scheme.id, scopeOf(says, scheme));
  const number = makeCertificateNumber({ ...says, serial }, scheme);
  const content = {
    name: d.name,
    sex: codeText(sexes, d.sex) ?? '',
    bornOn: d.bornOn,
    photoSha256: d.photoSha256,
    series: d.seriesName,
    speciality: d.speciality,
    title,
    level: levelText(d.level),
    committee: d.committee,
    issuer: bureauName(d.divisionFullName),
    passedOn: d.passedOn,
    issuedOn: d.today,
    number,
  };
  const id = await insertCertificate(trx, declarationId, makeQueryCode(), content, replacesId, scheme.id);
  await deps.jobs.add(trx, 'certificate:print', { certificateId: id }, `certificate-${id}`);
  return number;
}
