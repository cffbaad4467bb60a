import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type * as SignPdf from './sign-pdf';

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
    async sign(pdf, words) {
      const { key, chain } = await keys();
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the libraries are loaded where something is signed
      const { signPdf } = require('./sign-pdf') as typeof SignPdf;
      return signPdf(pdf, words, key, chain);
    },
  };
}
