import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { pdfSigner, selfMadeKey, SigningKeyError } from '../../../src/adapters/signing';
import { serialOf } from '../../../src/adapters/signing/make-certificate';
import { hasPdfSig, pdfSig, withPdfSig } from '../../support/pdf-sig';

const at = new Date('2026-11-22T08:00:00Z');
const words = { name: '威海市环翠区人力资源和社会保障局', reason: '核发职称证书（演示）\\', location: '中国山东', at };
let dir: string;
let paper: Buffer;

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-signing-'));
  const doc = await PDFDocument.create();
  doc.addPage([300, 200]).drawText('paper');
  paper = Buffer.from(await doc.save());
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('J5 signed PDFs', () => {
  it('carry one CAdES signature over the whole file but its own place', async () => {
    const signed = await pdfSigner(() => selfMadeKey(dir)).sign(paper, words);
    const text = signed.toString('latin1');
    expect(text).toContain('/SubFilter /ETSI.CAdES.detached');
    const [, a, b, c, d] = (/\/ByteRange \[\s*(\d+) (\d+) (\d+) (\d+)\s*\]/.exec(text) ?? []).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    expect(a).toBe(0);
    expect(c + d).toBe(signed.length);
    expect(text[b]).toBe('<');
    expect(text[c - 1]).toBe('>');
    const cms = Buffer.from(text.slice(b + 1, c - 1), 'hex');
    const digest = createHash('sha256')
      .update(signed.subarray(a, a + b))
      .update(signed.subarray(c))
      .digest();
    expect(cms.includes(digest)).toBe(true);
    // signing-certificate-v2, 1.2.840.113549.1.9.16.2.47; and no signing time beside the one of the PDF
    expect(cms.includes(Buffer.from('060b2a864886f70d010910022f', 'hex'))).toBe(true);
    expect(cms.includes(Buffer.from('06092a864886f70d010905', 'hex'))).toBe(false);
  });

  withPdfSig('are found whole by pdfsig, and broken after one changed byte', async () => {
    const signer = pdfSigner(() => selfMadeKey(dir));
    const signed = await signer.sign(paper, words);
    const found = pdfSig(signed);
    expect(found).toContain('Signature is Valid');
    expect(found).toContain('ETSI.CAdES.detached');
    expect(found).toContain('SHA-256');
    expect(found).toContain('Total document signed');
    const other = Buffer.from(signed);
    const place = other.indexOf('MediaBox') + 12;
    other[place] = (other[place] ?? 0) ^ 1;
    expect(pdfSig(other)).not.toContain('Signature is Valid');
  });

  withPdfSig('can be signed by a key of an elliptic curve, with certificates of an authority above it', async () => {
    const file = (name: string): string => path.join(dir, name);
    const openssl = (...args: string[]): void => {
      const r = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
      if (r.status !== 0) throw new Error(r.stderr);
    };
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '30');
    openssl('req', ...curve, '-keyout', 'own.key', '-out', 'own.csr', '-subj', '/CN=bureau');
    openssl('x509', '-req', '-in', 'own.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'own.pem', '-days', '30');
    const pem = ['own.key', 'own.pem', 'ca.pem'].map((n) => fs.readFileSync(file(n), 'utf8')).join('');
    const signer = pdfSigner(() => Promise.resolve(pem));
    expect(await signer.certificate()).toMatchObject({ subject: 'CN=bureau' });
    expect(pdfSig(await signer.sign(paper, words))).toContain('Signature is Valid');
  });

  it('refuse a key without its certificate, with another one, or of another kind', async () => {
    const pem = await selfMadeKey(dir);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const certificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'));
    for (const bad of ['', 'x', pem.slice(0, -certificate.length), other + certificate])
      await expect(pdfSigner(() => Promise.resolve(bad)).certificate()).rejects.toThrow(SigningKeyError);
  });

  it.each([0x00, 0x01, 0x3f, 0x7f, 0x80, 0xff])(
    'give a self-made certificate a serial number that every reader takes, from %i on',
    (first) => {
      const [one = 0, ...others] = serialOf(Uint8Array.from([first, 0x01, 0x80]));
      expect(one).toBeGreaterThanOrEqual(0x40);
      expect(one).toBeLessThanOrEqual(0x7f);
      expect(others).toEqual([0x01, 0x80]);
    },
  );

  it('make one key of their own, also when two processes begin at once, that only its owner can read', async () => {
    const own = fs.mkdtempSync(path.join(dir, 'two-'));
    const [one, two] = await Promise.all([selfMadeKey(own), selfMadeKey(own)]);
    expect(one).toBe(two);
    expect(fs.readdirSync(own)).toEqual(['certificate-signing.pem']);
    expect(fs.statSync(path.join(own, 'certificate-signing.pem')).mode & 0o077).toBe(0);
  });

  if (!hasPdfSig) it.todo('pdfsig (poppler-utils) is not installed here: signatures were not verified by it');
});
