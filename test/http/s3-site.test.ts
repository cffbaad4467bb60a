import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { collectOrphans, verifyStored } from '../../src/modules/attachments';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { openS3 } from '../support/s3';
import { openSite, type Site } from '../support/site';

let site: Site;
let store: Awaited<ReturnType<typeof openS3>>;
let dir: string;

beforeAll(async () => {
  store = await openS3();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-s3-key-'));
  fs.writeFileSync(path.join(dir, 'key'), `${store.settings.secretKey}\n`);
  site = await openSite({
    S3_BUCKET: store.settings.bucket,
    S3_ENDPOINT: store.settings.endpoint ?? '',
    S3_ACCESS_KEY: store.settings.accessKey,
    S3_SECRET_KEY_FILE: path.join(dir, 'key'),
    S3_PREFIX: 'site/',
  });
});
afterAll(async () => {
  await site.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('F08, F09 a site whose contents lie in an S3 store', () => {
  test('F08 an upload goes there and comes back, the nightly proof reads it, the collector takes only what nobody refers to', async () => {
    const unit = await makeUnit(site);
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    await makePath(site, batch, unit, { committeeId: committee.id });
    const visitor = await signInAs(site, await makePerson(site));
    const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
    const declaration = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
    const content = await sharp({ create: { width: 300, height: 400, channels: 3, background: '#123' } })
      .jpeg()
      .toBuffer();
    const page = await visitor.send(
      await visitor.open(`/declarations/${declaration}/sections/education`),
      {},
      { button: 'do=upload:fullTime.diploma', files: [{ field: 'files:fullTime.diploma', name: '毕业证书.jpg', content }] },
    );
    expect(page.text()).toContain('毕业证书.jpg');
    const [file] = (await site.db('attachments').where({ declaration_id: declaration }).select('id', 'sha256')) as {
      id: string;
      sha256: string;
    }[];
    const found = await visitor.bytes(`/declarations/${declaration}/attachments/${file?.id ?? ''}`);
    expect(found.status).toBe(200);
    expect((await sharp(found.body).metadata()).format).toBe('jpeg');
    expect(fs.existsSync(path.join(site.deps.config.dataDir, 'blobs'))).toBe(false);

    const orphan = await site.deps.storage.put(Buffer.from('content of nobody'));
    const inTwoDays = (): number => Date.now() + 2 * 24 * 3600_000;
    expect(await collectOrphans(site.deps, inTwoDays)).toBe(1);
    expect(await site.deps.storage.has(orphan.sha256)).toBe(false);
    expect(await site.deps.storage.has(file?.sha256 ?? '')).toBe(true);
    // the file and its thumbnail
    expect(await verifyStored(site.deps)).toMatchObject({ checked: 2, damaged: 0 });
  });

  test('F09 a store that goes away is told by /readyz; pages go on', async () => {
    expect(await (await fetch(`${site.base}/readyz`)).text()).toContain('storage: ok');
    await store.close();
    await expect(site.deps.storage.check()).rejects.toThrow();
    expect((await fetch(`${site.base}/sign-in`)).status).toBe(200);
  });
});
