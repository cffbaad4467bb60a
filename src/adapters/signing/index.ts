export { pdfSigner, SigningKeyError, type PdfSigner, type SignatureWords, type SigningCertificate } from './pdf-signer';
export { selfMadeKey } from './self-made-key';
