import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import * as asn1 from 'asn1js';
import { AttributeTypeAndValue, BasicConstraints, Certificate, CryptoEngine, Extension, setEngine } from 'pkijs';

const YEARS = 10;
const COMMON_NAME = '演示用签名证书（不具有法律效力）';

/** A serial number as DER wants an integer: positive, and never with a first byte that could be left out (X.690 8.3.2), which OpenSSL refuses to read. */
export function serialOf(random: Uint8Array): Uint8Array<ArrayBuffer> {
  const serial = new Uint8Array(random);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

/** A key and its certificate, as PEM text. */
export async function makeCertificate(): Promise<string> {
  setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto }));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const [secret, open] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']),
    webcrypto.subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), algorithm, true, ['verify']),
  ]);
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ valueHex: serialOf(randomBytes(16)) });
  const name = (): AttributeTypeAndValue =>
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1.Utf8String({ value: COMMON_NAME }) });
  certificate.subject.typesAndValues.push(name());
  certificate.issuer.typesAndValues.push(name());
  // from long ago, since a demonstration's clock may be set back
  certificate.notBefore.value = new Date('2020-01-01T00:00:00Z');
  certificate.notAfter.value = new Date(Date.now() + YEARS * 366 * 86_400_000);
  const keyUsage = new asn1.BitString({ valueHex: new Uint8Array([0xc0]), unusedBits: 6 }); // digital signature, non-repudiation
  certificate.extensions = [
    new Extension({ extnID: '2.5.29.19', critical: true, extnValue: new BasicConstraints({ cA: false }).toSchema().toBER() }),
    new Extension({ extnID: '2.5.29.15', critical: true, extnValue: keyUsage.toBER() }),
  ];
  await certificate.subjectPublicKeyInfo.importKey(open);
  await certificate.sign(secret, 'SHA-256');
  const pem = Buffer.from(certificate.toSchema(true).toBER())
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n');
  return `${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`;
}
