export { pdfSigner, SigningKeyError, type PdfSigner, type SignatureWords, type SigningCertificate } from './pdf-signer';
export { selfMadeKey, serialOf } from './self-made-key';
