import { createHash } from 'node:crypto';
import { PDFDocument } from 'pdf-lib';
import { findActor } from '../../src/modules/accounts';
import { printCertificate } from '../../src/modules/certificates';
import { moveDeclaration, noInput } from '../../src/modules/declarations';
import type { Actor } from '../../src/policy/actor';
import { pdfSig, withPdfSig } from '../support/pdf-sig';
import { openSite, type Site } from '../support/site';
import { certify, declare, makeWorld, RARE_NAME, type Declared, type World } from './certificate-fixture';
import { fontsOf, hasPdfToText, keepPrint, skipped, textOf, withPdfToText } from './read-pdf';

interface Row {
  id: number;
  number: string;
  query_code: string;
  pdf_sha256: string | null;
}

let site: Site;
let world: World;
const rowOf = async (d: Declared): Promise<Row> => (await site.db('certificates').where({ declaration_id: d.id }).first()) as Row;

beforeAll(async () => {
  site = await openSite({ BASE_URL: 'https://zhicheng.example.gov.cn' });
  world = await makeWorld(site);
  await site.deps.printer.warm();
});
afterAll(() => site.close());

describe('J5 the printed certificate', () => {
  let d: Declared;
  let pdf: Buffer;
  beforeAll(async () => {
    d = await declare(site, world);
    await certify(site, d.id);
    pdf = await printCertificate(site.deps, (await rowOf(d)).id);
    keepPrint('certificate.pdf', pdf);
  });

  it('is one lying A4 page, all fonts embedded', async () => {
    const file = await PDFDocument.load(pdf);
    expect(file.getPageCount()).toBe(1);
    const { width, height } = file.getPage(0).getSize();
    expect([width, height].map((points) => Math.round((points / 72) * 25.4))).toEqual([297, 210]);
    const { names, notEmbedded } = await fontsOf(pdf);
    expect(names.length).toBeGreaterThan(0);
    expect(notEmbedded).toEqual([]);
  });

  withPdfSig('S35 is signed by the key of the settings, whole, under the hash that is kept', async () => {
    const found = pdfSig(pdf);
    expect(found).toContain('Signature is Valid');
    expect(found).toContain('Total document signed');
    expect(found).toContain('ETSI.CAdES.detached');
    const { id, pdf_sha256 } = await rowOf(d);
    expect(createHash('sha256').update(pdf).digest('hex')).toBe(pdf_sha256);
    const { fingerprint } = (await site.deps.signer?.certificate()) ?? {};
    expect(await site.db('certificate_files').where({ certificate_id: id })).toMatchObject([
      { sha256: pdf_sha256, signer_fingerprint: fingerprint },
    ]);
  });

  withPdfToText(`B5 says everything, with rare characters and the ID number in full${skipped}`, async () => {
    const { number, query_code } = await rowOf(d);
    const text = textOf(pdf);
    for (const words of [
      '专业技术职称证书',
      RARE_NAME,
      '女',
      '1985年6月',
      d.idNumber,
      '群众文化',
      '中级职称',
      world.speciality,
      '馆员',
      world.committee.name,
      '2026年11月20日',
      number,
      query_code,
      '山东省威海市环翠区人力资源和社会保障局',
      'https://zhicheng.example.gov.cn/certificates/check',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('演示');
  });

  it('is printed once: later calls, and the job, give the same bytes', async () => {
    const row = await rowOf(d);
    expect(row.pdf_sha256).toMatch(/^[0-9a-f]{64}$/);
    const prints = site.deps.printer.stats().prints;
    expect((await printCertificate(site.deps, row.id)).equals(pdf)).toBe(true);
    await site.drainJobs();
    expect(site.deps.printer.stats().prints).toBe(prints);
    expect((await rowOf(d)).pdf_sha256).toBe(row.pdf_sha256);
  });

  it('is the same for all who print it at the same moment', async () => {
    const other = await declare(site, world, { name: '于海洋' });
    await certify(site, other.id);
    const { id } = await rowOf(other);
    const all = await Promise.all([1, 2, 3].map(() => printCertificate(site.deps, id)));
    expect(new Set(all.map((b) => b.toString('base64'))).size).toBe(1);
  });

  it('is printed anew when the storage lost it, and the log says so', async () => {
    const row = await rowOf(d);
    await site.deps.storage.delete(row.pdf_sha256 ?? '');
    expect((await printCertificate(site.deps, row.id)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await site.deps.storage.has((await rowOf(d)).pdf_sha256 ?? '')).toBe(true);
    expect(site.log.some((l) => l.includes('printing it anew'))).toBe(true);
  });

  it('B5 a name of 50 characters and a person without a photograph fit the page', async () => {
    const name = '阿卜杜热合曼'.repeat(4) + '·' + '买买提依明江'.repeat(4) + '䶮';
    expect([...name]).toHaveLength(50);
    const long = await declare(site, world, { name, photo: false });
    await certify(site, long.id);
    const printed = await printCertificate(site.deps, (await rowOf(long)).id);
    keepPrint('certificate-long.pdf', printed);
    expect((await PDFDocument.load(printed)).getPageCount()).toBe(1);
    if (hasPdfToText) expect(textOf(printed)).toContain(name);
  });

  it('is not printed without a photograph that the storage has lost: the job tries again', async () => {
    const lost = await declare(site, world, { name: '于海燕' });
    await certify(site, lost.id);
    await site.db.raw(`UPDATE certificates SET content = jsonb_set(content, '{photoSha256}', to_jsonb(?::text)) WHERE declaration_id = ?`, [
      'e'.repeat(64),
      lost.id,
    ]);
    await expect(printCertificate(site.deps, (await rowOf(lost)).id)).rejects.toThrow('no stored content');
    expect((await rowOf(lost)).pdf_sha256).toBeNull();
  });

  it('J5 is not issued where production has no key', async () => {
    const keyless = { ...site.deps, signer: undefined };
    const other = await declare(site, world, { name: '于海峰' });
    await certify(site, other.id);
    await expect(printCertificate(keyless, (await rowOf(other)).id)).rejects.toThrow('CERTIFICATE_KEY_FILE');
    const waiting = await declare(site, world, { name: '于海岩' });
    await site.db.raw("UPDATE clock SET shift = shift + interval '20 days'");
    const bureau = await findActor(site.db, world.bureau.accountId);
    const outcome = await site.db.transaction((trx) =>
      moveDeclaration(keyless, trx, waiting.id, 'confirm', bureau as Actor, noInput, 'test'),
    );
    expect(outcome).toMatchObject({ kind: 'blocked', complaints: [{ text: expect.stringContaining('签名密钥') as string }] });
    expect(await rowOf(waiting)).toBeUndefined();
  });
});

describe('J5 certificates of a demonstration', () => {
  withPdfToText(
    `say 演示 across the page${skipped}`,
    async () => {
      const demo = await openSite({ DEMO: '1' });
      try {
        const d = await declare(demo, await makeWorld(demo));
        await certify(demo, d.id);
        await demo.drainJobs();
        const { pdf_sha256 } = (await demo.db('certificates').where({ declaration_id: d.id }).first()) as Row;
        const pdf = await demo.deps.storage.get(pdf_sha256 ?? '');
        keepPrint('certificate-demo.pdf', pdf);
        expect(textOf(pdf)).toContain('演示');
      } finally {
        await demo.close();
      }
    },
    60_000,
  );
});
