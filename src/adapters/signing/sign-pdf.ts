import type { KeyObject } from 'node:crypto';
import { pdflibAddPlaceholder } from '@signpdf/placeholder-pdf-lib';
import { SignPdf } from '@signpdf/signpdf';
import { Signer, SUBFILTER_ETSI_CADES_DETACHED } from '@signpdf/utils';
import { PDFDocument } from 'pdf-lib';
import { detachedSignature } from './cms';
import type { SignatureWords } from './pdf-signer';

/** Hexadecimal digits that the signature and its certificates may take; three certificates of usual size fit. */
const SIGNATURE_LENGTH = 24_576;

/** Any text as the content of a PDF literal string: UTF-16BE with its mark, each byte as an octal escape, which no reader can take for syntax. */
const pdfText = (text: string): string =>
  [...Buffer.from(`\ufeff${text}`, 'utf16le').swap16()].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

class CmsSigner extends Signer {
  constructor(
    private readonly key: KeyObject,
    private readonly chain: readonly Uint8Array[],
  ) {
    super();
  }
  override sign(pdf: Buffer): Promise<Buffer> {
    return Promise.resolve(detachedSignature(pdf, this.key, this.chain));
  }
}

/** The document with one signature over all of it, by this key and its certificates (DER, the key's own first). */
export async function signPdf(
  pdf: Buffer,
  { name, reason, location, at }: SignatureWords,
  key: KeyObject,
  chain: readonly Uint8Array[],
): Promise<Buffer> {
  const doc = await PDFDocument.load(pdf, { updateMetadata: false });
  pdflibAddPlaceholder({
    pdfDoc: doc,
    name: pdfText(name),
    reason: pdfText(reason),
    location: pdfText(location),
    contactInfo: '',
    signingTime: at,
    signatureLength: SIGNATURE_LENGTH,
    subFilter: SUBFILTER_ETSI_CADES_DETACHED,
  });
  // the signature stands outside of object streams, where its place can be found
  const withPlace = Buffer.from(await doc.save({ useObjectStreams: false, updateFieldAppearances: false }));
  return new SignPdf().sign(withPlace, new CmsSigner(key, chain), at);
}
