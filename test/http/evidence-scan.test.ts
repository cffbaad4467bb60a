/** S51: what is uploaded outside of a declaration's sections goes through the same scanner, by the same definition. */
import sharp from 'sharp';
import { scanWaiting } from '../../src/modules/attachments';
import { declare, makeWorld, type Declared, type World } from '../print/certificate-fixture';
import { away, EICAR, openScanner, type Scanner } from '../support/clamd';
import { knowCaptcha, makeBatch, makePerson, makeStaff, signInAs } from '../support/factories';
import { makeDeclaration } from '../support/declarations';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let scanner: Scanner;
let world: World;
let support: Visitor;
let office: Visitor;

beforeAll(async () => {
  scanner = await openScanner();
  site = await openSite({ CLAMD: `127.0.0.1:${scanner.port}` });
  world = await makeWorld(site);
  support = await signInAs(site, await makeStaff(site, { role: 'support' }));
  office = await signInAs(site, world.office);
}, 60_000);
afterAll(async () => {
  await scanner.close();
  await site.close();
});
beforeEach(() => {
  scanner.says();
});

let shade = 0;
/** never the same picture twice: what was found once is known of the content */
const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 90, channels: 3, background: { r: 200, g: 100, b: ++shade } } })
    .png()
    .toBuffer();
const infected = async (): Promise<Buffer> => Buffer.concat([await picture(), Buffer.from(EICAR)]);

interface Place {
  name: string;
  /** uploads this file; gives the page that comes out */
  upload: (content: Buffer) => Promise<Page>;
  /** opens what was uploaded last */
  open: () => Promise<Page>;
  /** how many files are kept there */
  count: () => Promise<number>;
}

async function ofNotice(): Promise<Place> {
  const [row] = (await site.db('notices').insert({ title: '有附件', issued_by: '人社局', body: '见附件' }).returning('id')) as {
    id: number;
  }[];
  const id = row?.id ?? 0;
  return {
    name: 'a notice',
    upload: async (content) =>
      support.send(
        await support.get(`/support/notices/${id}`),
        {},
        { form: 'main form[enctype="multipart/form-data"]', files: [{ field: 'files', name: '附件.png', content }] },
      ),
    open: async () => site.visitor().get((await site.visitor().get(`/notices/${id}`)).link('附件')),
    count: async () => (await site.db('notice_files').where({ notice_id: id })).length,
  };
}

async function ofCorrection(): Promise<Place> {
  const person = await makePerson(site, { name: '王丽' });
  const rows = () =>
    site.db('identity_corrections').where({ account_id: person.accountId }).orderBy('id', 'desc') as Promise<{ id: number }[]>;
  return {
    name: 'evidence of a correction',
    upload: async (content) => {
      const form = await support.send(
        await support.get(`/support/accounts/${person.accountId}/corrections/name`),
        { 'correction.name': `王莉${'花草树木'[shade % 4]}`, 'correction.reason': '户籍更名，已核对户口簿' },
        { files: [{ field: 'files:correction.evidence', name: '户口簿.png', content }], button: 'do=next' },
      );
      return form.errors().length > 0 ? form : support.send(form);
    },
    open: async () => support.get(`/support/corrections/${(await rows())[0]?.id}/evidence`),
    count: async () => (await rows()).length,
  };
}

async function ofObjection(): Promise<Place> {
  const d: Declared = await declare(site, world, { name: '于海洋', photo: false });
  const { publicity_id: publicity } = (await site.db('publicity_items').where({ declaration_id: d.id }).first()) as {
    publicity_id: number;
  };
  await site
    .db('publicities')
    .where({ id: publicity })
    .update({ ends_on: site.db.raw('app_today() + 7'), starts_on: site.db.raw('app_today()') });
  const rows = () =>
    site.db('result_objections').where({ declaration_id: d.id }).whereNotNull('file_sha256').orderBy('id', 'desc') as Promise<
      { id: number }[]
    >;
  return {
    name: 'proof of an objection',
    upload: async (content) => {
      const visitor = site.visitor();
      const page = await visitor.open(`/publicities/${publicity}/objections/new`);
      await knowCaptcha(site, page);
      return visitor.send(
        page,
        { declaration: d.id, kind: 'anonymous', content: '代表作不是本人完成。', 'captcha.answer': 'test' },
        { files: [{ field: 'file', name: '材料.png', content }] },
      );
    },
    open: async () => office.get(`/results/objections/${(await rows())[0]?.id}/file`),
    count: async () => (await rows()).length,
  };
}

async function ofEntrusted(): Promise<Place> {
  const batch = await makeBatch(site, { committeeId: world.committee.id, seriesId: world.seriesId, level: 'middle', year: 2025 });
  await site.db('batches').where({ id: batch.id }).update({ entrusted_evidence_by: 'unit' });
  const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [world.unit] });
  await site.db('declarations').where({ id }).update({ is_entrusted: true });
  const unit = await signInAs(site, world.unit);
  const rows = () => site.db('attachments').where({ declaration_id: id }).orderBy('uploaded_at', 'desc') as Promise<{ id: string }[]>;
  return {
    name: 'evidence of 委托评审',
    upload: async (content) =>
      unit.send(
        await unit.get(`/unit/report/${id}/entrusted`),
        {},
        { files: [{ field: 'evidence', name: '委托评审函.png', content }], button: 'do=upload' },
      ),
    open: async () => unit.get(`/declarations/${id}/attachments/${(await rows())[0]?.id}`),
    count: async () => (await rows()).length,
  };
}

describe('S51 evidence and files of notices go through the scanner', () => {
  test.each([
    ['a notice', ofNotice],
    ['a correction', ofCorrection],
    ['an objection', ofObjection],
    ['委托评审', ofEntrusted],
  ] as const)(
    'S51 %s: EICAR is refused; what the scanner has not seen is opened by nobody until it is clean; what it finds later stays shut',
    async (_name, make) => {
      const place = await make();
      expect((await place.upload(await infected())).text()).toContain('检出病毒');
      expect(await place.count()).toBe(0);

      scanner.says(away);
      expect((await place.upload(await picture())).errors()).toEqual([]);
      expect(await place.count()).toBe(1);
      expect((await place.open()).status).toBe(409);
      scanner.says();
      expect(await scanWaiting(site.deps)).toBe(1);
      expect((await place.open()).status).toBe(200);

      if (place.name === 'evidence of a correction') return; // one correction of a name at a time
      scanner.says(away);
      await place.upload(await picture());
      scanner.says(() => 'stream: Win.Test FOUND');
      expect(await scanWaiting(site.deps)).toBe(1);
      if (place.name === 'a notice') {
        const last = (await site.db('notice_files').orderBy('position', 'desc').first('id', 'notice_id')) as {
          id: string;
          notice_id: number;
        };
        expect((await site.visitor().get(`/notices/${last.notice_id}/files/${last.id}`)).status).toBe(403);
      } else expect((await place.open()).status).toBe(403);
      expect(await site.db('audit_log').where({ action: 'attachment.infected' })).not.toEqual([]);
    },
  );

  test('S51 an infected photograph is refused', async () => {
    const person = await makePerson(site, { photo: false });
    const owner = await signInAs(site, person);
    const page = await owner.send(
      await owner.get('/profile'),
      {},
      { button: 'do=upload:profile.photo', files: [{ field: 'files:profile.photo', name: '照片.png', content: await infected() }] },
    );
    expect(page.errors().join()).toContain('检出病毒');
  });
});
