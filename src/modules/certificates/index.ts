export { actOnCertificate } from './act-on-certificate';
export { issueCertificate } from './issue-certificate';
export { printCertificate } from './print-certificate';
export { certificatesRoutes } from './certificates.routes';
export { findCertificateOf, lockCertificateOf } from './certificates.store';
export type { Certificate, CertificateContent } from './certificate';
