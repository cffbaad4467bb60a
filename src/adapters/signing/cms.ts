import { createHash, sign, type KeyObject } from 'node:crypto';
import * as asn1 from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';

const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsa: '1.2.840.113549.1.1.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
const octets = (data: Uint8Array): asn1.OctetString => new asn1.OctetString({ valueHex: new Uint8Array(data) });

/** RFC 5035: which certificate the signature is by; the hash is SHA-256, which DER leaves unsaid. */
const signingCertificate = (der: Uint8Array): asn1.Sequence =>
  new asn1.Sequence({ value: [new asn1.Sequence({ value: [new asn1.Sequence({ value: [octets(sha256(der))] })] })] });

/** DER wants the members of a SET in the order of their encodings. */
const inOrder = (attributes: Attribute[]): Attribute[] =>
  attributes
    .map((attribute) => ({ attribute, der: Buffer.from(attribute.toSchema().toBER()) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map((x) => x.attribute);

/**
 * A detached CMS signature (RFC 5652) over `content` as CAdES and PAdES baseline B ask for: SHA-256, content type, message digest and signing-certificate-v2, no
 * signing time, since that stands in the PDF. `chain`: DER, the signer's own certificate first. DER.
 */
export function detachedSignature(content: Uint8Array, key: KeyObject, chain: readonly Uint8Array[]): Buffer {
  const [own] = chain;
  if (!own) throw new Error('a signature needs the certificate of its key');
  const certificates = chain.map((der) => Certificate.fromBER(new Uint8Array(der)));
  const [signer] = certificates as [Certificate];
  const signedAttrs = new SignedAndUnsignedAttributes({
    type: 0,
    attributes: inOrder([
      new Attribute({ type: oids.contentType, values: [new asn1.ObjectIdentifier({ value: oids.data })] }),
      new Attribute({ type: oids.messageDigest, values: [octets(sha256(content))] }),
      new Attribute({ type: oids.signingCertificateV2, values: [signingCertificate(own)] }),
    ]),
  });
  const toSign = Buffer.from(signedAttrs.toSchema().toBER());
  toSign[0] = 0x31; // what is signed is the SET itself, not its place [0] in the structure (RFC 5652, 5.4)
  const isRsa = key.asymmetricKeyType === 'rsa';
  const signedData = new SignedData({
    version: 1,
    digestAlgorithms: [new AlgorithmIdentifier({ algorithmId: oids.sha256 })],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: oids.data }),
    certificates,
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: signer.issuer, serialNumber: signer.serialNumber }),
        digestAlgorithm: new AlgorithmIdentifier({ algorithmId: oids.sha256 }),
        signedAttrs,
        signatureAlgorithm: isRsa
          ? new AlgorithmIdentifier({ algorithmId: oids.rsa, algorithmParams: new asn1.Null() })
          : new AlgorithmIdentifier({ algorithmId: oids.ecdsaWithSha256 }),
        signature: octets(sign('sha256', toSign, key)),
      }),
    ],
  });
  return Buffer.from(new ContentInfo({ contentType: oids.signedData, content: signedData.toSchema(true) }).toSchema().toBER());
}
