import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { pdflibAddPlaceholder } from '@signpdf/placeholder-pdf-lib';
import { SignPdf } from '@signpdf/signpdf';
import { Signer, SUBFILTER_ETSI_CADES_DETACHED } from '@signpdf/utils';
import { PDFDocument } from 'pdf-lib';
import { detachedSignature } from './cms';

export interface SignatureWords {
  /** whose signature it is, why and where; any text */
  name: string;
  reason: string;
  location: string;
  /** the signer's own word, by the database's clock: no authority for time stamps is asked */
  at: Date;
}

export interface SigningCertificate {
  /** in one line */
  subject: string;
  /** SHA-256, in hexadecimal digits */
  fingerprint: string;
  validFrom: Date;
  validTo: Date;
}

export interface PdfSigner {
  certificate(): Promise<SigningCertificate>;
  /** The document with one signature over all of it (PAdES baseline B, `ETSI.CAdES.detached`). Its bytes are new; only they are to be kept and given out. */
  sign(pdf: Buffer, words: SignatureWords): Promise<Buffer>;
}

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

/** A key and its certificates that do not belong together, or cannot be read. */
export class SigningKeyError extends Error {}

interface Loaded {
  key: KeyObject;
  own: X509Certificate;
  chain: Uint8Array[];
}

function load(pem: string): Loaded {
  try {
    const key = createPrivateKey(pem);
    const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)].map(
      ([text]) => new X509Certificate(text),
    );
    const [own] = found;
    if (!own) throw new SigningKeyError('there is no certificate beside the key');
    if (!own.checkPrivateKey(key)) throw new SigningKeyError('the first certificate is not the one of the key');
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') throw new SigningKeyError('the key is neither RSA nor EC');
    return { key, own, chain: found.map((c) => c.raw) };
  } catch (e) {
    if (e instanceof SigningKeyError) throw e;
    throw new SigningKeyError(`the key or a certificate cannot be read: ${(e as Error).message}`);
  }
}

/**
 * Signs with the key of a PEM text that holds a private key (RSA or EC) and its certificates, the key's own first. `readPem` is called when the key is needed for
 * the first time. All reject with SigningKeyError when it is no good.
 */
export function pdfSigner(readPem: () => Promise<string>): PdfSigner {
  let loading: Promise<Loaded> | undefined;
  const keys = (): Promise<Loaded> => {
    loading ??= readPem()
      .then(load)
      .catch((e: unknown) => {
        loading = undefined;
        throw e;
      });
    return loading;
  };
  return {
    async certificate() {
      const { own } = await keys();
      return {
        subject: own.subject.split('\n').reverse().join(', '),
        fingerprint: own.fingerprint256.replace(/:/g, '').toLowerCase(),
        validFrom: new Date(own.validFrom),
        validTo: new Date(own.validTo),
      };
    },
    async sign(pdf, { name, reason, location, at }) {
      const { key, chain } = await keys();
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
    },
  };
}
