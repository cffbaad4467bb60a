import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { scanWaiting, verifyStored } from '../../src/modules/attachments';
import { away, EICAR, openScanner, type Scanner } from '../support/clamd';
import { makeBatch, makeCommittee, makePerson, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let scanner: Scanner;
let person: Visitor;
let id: string;

beforeAll(async () => {
  scanner = await openScanner();
  site = await openSite({ CLAMD: `127.0.0.1:${scanner.port}` });
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  person = await signInAs(site, await makePerson(site));
  const started = await person.submit(await person.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(async () => {
  await site.close();
  await scanner.close();
});

const picture = (colour: string): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 90, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
const upload = async (name: string, content: Buffer): Promise<Page> =>
  person.send(
    await person.open(`/declarations/${id}/sections/education`),
    {},
    {
      button: 'do=upload:fullTime.diploma',
      files: [{ field: 'files:fullTime.diploma', name, content }],
    },
  );
interface Row {
  id: string;
  scan: string;
  sha256: string;
}
const live = (): Promise<Row[]> => site.db('attachments').where({ declaration_id: id }).whereNull('removed_at').orderBy('position');
const complaints = async (): Promise<{ text: string; href: string }[]> =>
  (await person.get(`/declarations/${id}/check`))
    .all('a')
    .map((a) => ({ text: a.text.trim(), href: a.getAttribute('href') ?? '' }))
    .filter((a) => a.text.includes('附件「'));

describe('S51 uploads through the scanner', () => {
  it('S51 EICAR is refused in words, and nothing of it is kept', async () => {
    const page = await upload('2020年7月毕业证书.jpg', Buffer.concat([await picture('#123456'), Buffer.from(EICAR)]));
    expect(page.text()).toContain('「2020年7月毕业证书.jpg」未能上传：这个文件里检出病毒');
    expect(await live()).toEqual([]);
  });

  it('S51 while the scanner is away a file waits, nobody opens it; found clean it opens, found infected it stops the submission with a link', async () => {
    scanner.says(away);
    for (const [name, colour] of [
      ['2020年7月毕业证书.jpg', '#204060'],
      ['2020年7月学位证书.jpg', '#604020'],
    ] as const)
      await upload(name, await picture(colour));
    const [one, two] = (await live()) as [Row, Row];
    expect([one.scan, two.scan]).toEqual(['waiting', 'waiting']);
    expect((await person.get(`/declarations/${id}/sections/education`)).text()).toContain('待扫描');
    expect((await person.get(`/declarations/${id}/attachments/${one.id}`)).status).toBe(409);
    expect(await scanWaiting(site.deps)).toBe(0);

    let seen = 0;
    scanner.says(() => (++seen === 1 ? 'stream: OK' : 'stream: Win.Test FOUND'));
    expect(await scanWaiting(site.deps)).toBe(2);
    const [clean] = (await live()).filter((a) => a.scan === 'clean');
    const [bad] = (await live()).filter((a) => a.scan === 'infected');
    expect((await person.get(`/declarations/${id}/attachments/${clean?.id}`)).status).toBe(200);
    expect((await person.get(`/declarations/${id}/attachments/${bad?.id}`)).status).not.toBe(200);
    const found = await complaints();
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain('检出病毒，请删除后重新上传');
    expect(found[0]?.href).toBe(`/declarations/${id}/sections/education?check=1#f-fullTime-diploma`);
    await site.db('attachments').where({ id: bad?.id }).delete();
    scanner.says();
  });

  it('S52 a file found damaged at night stops the submission until it is whole again', async () => {
    const [file] = (await live()) as [Row];
    const find = (dir: string): string | undefined => {
      for (const e of fs.readdirSync(dir, { withFileTypes: true })) {
        const here = path.join(dir, e.name);
        const inside = e.isDirectory() ? find(here) : e.name.includes(file.sha256.slice(4)) ? here : undefined;
        if (inside !== undefined) return inside;
      }
      return undefined;
    };
    const stored = find(path.join(site.deps.config.dataDir, 'blobs')) ?? '';
    const content = fs.readFileSync(stored);
    fs.chmodSync(stored, 0o600);
    fs.writeFileSync(stored, 'something else');
    expect((await verifyStored(site.deps)).damaged).toBe(1);
    expect((await complaints())[0]?.text).toContain('已损坏，请删除后重新上传');
    fs.writeFileSync(stored, content);
    expect((await verifyStored(site.deps)).damaged).toBe(0);
    expect(await complaints()).toEqual([]);
  });
});
