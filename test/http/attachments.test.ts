import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import sharp from 'sharp';
import { PDFDocument } from 'pdf-lib';
import { FORM_BYTES } from '../../src/http/read-form';
import { uploads } from '../../src/http/read-multipart';
import { collectOrphans, verifyStored } from '../../src/modules/attachments';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type UploadInput, type Visitor } from '../support/site';

let site: Site;
let batchId: number;
beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  batchId = batch.id;
  await makePath(site, batch, unit, { committeeId: committee.id });
});
afterAll(() => site.close());

async function begin(): Promise<{ visitor: Visitor; id: string }> {
  const visitor = await signInAs(site, await makePerson(site));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batchId}`), { agree: 'yes' });
  return { visitor, id: /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '' };
}

/** A picture that no other test has. */
const picture = (colour: string, width = 60, height = 90): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();

const FIELD = 'files:fullTime.diploma';
const upload = async (
  visitor: Visitor,
  id: string,
  files: Omit<UploadInput, 'field'>[],
  typed: Record<string, string> = {},
): Promise<Page> =>
  visitor.send(await visitor.open(`/declarations/${id}/sections/education`), typed, {
    button: 'do=upload:fullTime.diploma',
    files: files.map((f) => ({ field: FIELD, ...f })),
  });
/** By plain http: fetch adds a header of its own to conditional requests. */
const statusOf = (visitor: Visitor, address: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    http
      .get(site.base + address, { headers: { cookie, ...headers } }, (r) => {
        r.resume();
        resolve(r.statusCode);
      })
      .on('error', reject);
  });
const namesIn = (page: Page): string[] => page.all('.field .files__name').map((x) => x.text.trim());
const live = (id: string): Promise<{ id: string; name: string; sha256: string; position: number }[]> =>
  site.db('attachments').where({ declaration_id: id }).whereNull('removed_at').orderBy('position');
const arranging = (id: string): string => `/declarations/${id}/sections/education/files/fullTime.diploma`;

describe('D14 names of uploaded files', () => {
  test('D14 a name that a camera gave becomes 时间+内容 out of the fields beside it, and the applicant is told', async () => {
    const { visitor, id } = await begin();
    const page = await upload(
      visitor,
      id,
      [
        { name: 'IMG_20200701.jpg', content: await picture('#100') },
        { name: '微信图片_2020.jpg', content: await picture('#200') },
        { name: '山东大学毕业证.jpg', content: await picture('#300') },
      ],
      { 'fullTime.has': 'yes', 'fullTime.graduatedOn': '2020.7' },
    );
    expect(namesIn(page)).toEqual(['2020年7月毕业证书.jpg', '2020年7月毕业证书（2）.jpg', '山东大学毕业证.jpg']);
    expect(page.text()).toContain('「IMG_20200701.jpg」已按「时间+内容」命名为「2020年7月毕业证书.jpg」');
  });

  test('D14 without the time nothing is proposed and the name stays', async () => {
    const { visitor, id } = await begin();
    expect(namesIn(await upload(visitor, id, [{ name: 'IMG_1.jpeg', content: await picture('#110') }]))).toEqual(['IMG_1.jpeg']);
  });
});

describe('D14 the same file, too many files, deletion and undo', () => {
  test('D14 the same file twice in one item is pointed out and kept once; in another item it is taken', async () => {
    const { visitor, id } = await begin();
    const content = await picture('#123');
    await upload(visitor, id, [{ name: '毕业证书.jpg', content }]);
    const page = await upload(visitor, id, [{ name: '又一次.jpg', content }]);
    expect(page.errors().join()).toContain('「又一次.jpg」没有再次添加：它与本项目中已有的「毕业证书.jpg」内容相同');
    expect(await live(id)).toHaveLength(1);
    await visitor.send(page, {}, { button: 'do=save', files: [{ field: 'files:fullTime.degreeProof', name: '学位.jpg', content }] });
    expect(await live(id)).toHaveLength(2);
  });

  test('F04 D14 one press that arrives three times is one attachment', async () => {
    const { visitor, id } = await begin();
    const page = await visitor.open(`/declarations/${id}/sections/education`);
    const content = await picture('#135');
    const press = (): Promise<Page> =>
      visitor.submit(page, {}, { button: 'do=upload:fullTime.diploma', files: [{ field: FIELD, name: '毕业证书.jpg', content }] });
    const answers = await Promise.all([press(), press(), press()]);
    expect(answers.map((a) => a.status)).toEqual([303, 303, 303]);
    expect(await live(id)).toHaveLength(1);
  });

  test('S51 an item takes ten files; the others are named and the ten stay', async () => {
    const { visitor, id } = await begin();
    const files = await Promise.all(
      Array.from({ length: 12 }, async (_x, i) => ({ name: `第${i + 1}页.jpg`, content: await picture(`rgb(${i * 20},9,9)`) })),
    );
    const page = await upload(visitor, id, files);
    expect(await live(id)).toHaveLength(10);
    expect(page.errors().filter((e) => e.includes('本项目最多上传 10 个文件'))).toHaveLength(2);
    expect(page.find(`input[name="${FIELD}"]`)).toBeNull();
    expect(page.text()).toContain('已达到本项目的文件数量上限');
  });

  test('S51 the database holds at most 200 files of one declaration', async () => {
    const { visitor, id } = await begin();
    await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture('#246') }]);
    const insert = site.db.raw(
      `INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, uploaded_by)
       SELECT declaration_id, section, part, 'row' || n, field, n, name, media_type, size, sha256, uploaded_by FROM attachments, generate_series(1, 200) n WHERE declaration_id = ?`,
      [id],
    );
    await expect(insert).rejects.toMatchObject({ constraint: 'attachments_at_most_200' });
  });

  test('D14 S52 what is deleted can be taken back for a day, is unreadable meanwhile, and gone afterwards', async () => {
    const { visitor, id } = await begin();
    let page = await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture('#357') }]);
    const [file] = await live(id);
    const address = `/declarations/${id}/attachments/${file?.id ?? ''}`;
    expect((await visitor.bytes(address)).status).toBe(200);
    page = await visitor.send(page, {}, { button: `do=delete-file:${file?.id ?? ''}` });
    expect(page.text()).toContain('已删除「毕业证书.jpg」');
    for (const rest of ['', '/thumbnail', '/preview', '/pages/1']) expect((await visitor.bytes(address + rest)).status).toBe(404);
    page = await visitor.send(page, {}, { button: `do=restore-file:${file?.id ?? ''}` });
    expect(namesIn(page)).toEqual(['毕业证书.jpg']);
    expect((await visitor.bytes(address)).status).toBe(200);

    await visitor.send(page, {}, { button: `do=delete-file:${file?.id ?? ''}` });
    await site
      .db('attachments')
      .where({ id: file?.id })
      .update({ removed_at: site.db.raw("app_now() - interval '25 hours'") });
    page = await visitor.open(`/declarations/${id}/sections/education`);
    expect(page.text()).not.toContain('已删除');
    expect(await live(id)).toHaveLength(0);
    expect(await site.deps.storage.has(file?.sha256 ?? '')).toBe(true);
    await collectOrphans(site.deps, () => Date.now() + 2 * 24 * 3600_000);
    expect(await site.db('attachments').where({ id: file?.id })).toEqual([]);
    expect(await site.deps.storage.has(file?.sha256 ?? '')).toBe(false);
  });

  test('S52 a removed file that a submitted version shows stays readable and is never collected', async () => {
    const { visitor, id } = await begin();
    await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture('#468') }]);
    const [file] = await live(id);
    await site.db('declaration_versions').insert({
      declaration_id: id,
      round: 1,
      content: JSON.stringify({ sections: [{ id: 'education', parts: [{ files: [{ id: file?.id }] }] }] }),
      sha256: '0'.repeat(64),
    });
    await site
      .db('attachments')
      .where({ id: file?.id })
      .update({ removed_at: site.db.raw("app_now() - interval '9 days'") });
    await collectOrphans(site.deps, () => Date.now() + 20 * 24 * 3600_000);
    expect((await visitor.bytes(`/declarations/${id}/attachments/${file?.id ?? ''}`)).status).toBe(200);
  });

  test('D1 F11 a stale tab that brings a file: its words are compared, its file is kept', async () => {
    const { visitor, id } = await begin();
    const stale = await visitor.open(`/declarations/${id}/sections/education`);
    await visitor.send(
      await visitor.open(`/declarations/${id}/sections/education`),
      { 'fullTime.has': 'yes', 'fullTime.school': '甲校' },
      { button: 'do=save' },
    );
    const answer = await visitor.send(
      stale,
      { 'fullTime.has': 'yes', 'fullTime.school': '乙校' },
      { button: 'do=save', files: [{ field: FIELD, name: '毕业证书.jpg', content: await picture('#579') }] },
    );
    expect(answer.status).toBe(409);
    expect(answer.text()).toContain('乙校');
    expect((await live(id)).map((f) => f.name)).toEqual(['毕业证书.jpg']);
  });
});

describe('D14 names, order and merging on a page of their own', () => {
  test('D14 the button on the form saves what was typed and leads there; names and order are stored', async () => {
    const { visitor, id } = await begin();
    let page = await upload(visitor, id, [
      { name: '甲页.jpg', content: await picture('#a00') },
      { name: '乙页.jpg', content: await picture('#0a0') },
      {
        name: '丙页.png',
        content: await sharp(await picture('#00a'))
          .png()
          .toBuffer(),
      },
    ]);
    page = await visitor.send(
      page,
      { 'fullTime.has': 'yes', 'fullTime.school': '山东艺术学院' },
      { button: 'do=arrange:fullTime.diploma' },
    );
    expect(page.address).toBe(arranging(id));
    const [first, , third] = await live(id);
    page = await visitor.send(
      page,
      { [`name.${first?.id ?? ''}`]: '2020年7月毕业证书', [`order.${third?.id ?? ''}`]: '1' },
      { button: 'do=save' },
    );
    expect(page.text()).toContain('已保存名称和顺序');
    expect((await live(id)).map((f) => f.name)).toEqual(['丙页.png', '2020年7月毕业证书.jpg', '乙页.jpg']);
    expect(
      (await visitor.open(`/declarations/${id}/sections/education`)).find('input[name="fullTime.school"]')?.getAttribute('value'),
    ).toBe('山东艺术学院');
  });

  test('D14 an empty name is refused beside its field and nothing typed is lost', async () => {
    const { visitor, id } = await begin();
    await upload(visitor, id, [
      { name: '甲页.jpg', content: await picture('#b00') },
      { name: '乙页.jpg', content: await picture('#0b0') },
    ]);
    const [a, b] = await live(id);
    const page = await visitor.send(
      await visitor.open(arranging(id)),
      { [`name.${a?.id ?? ''}`]: ' ', [`name.${b?.id ?? ''}`]: '改好的名字', [`order.${b?.id ?? ''}`]: '1' },
      { button: 'do=save' },
    );
    expect(page.status).toBe(422);
    expect(page.errors()).toEqual(['请填写文件名']);
    expect(page.all('.arrange input[name^="name."]').map((x) => x.getAttribute('value'))).toEqual(['改好的名字', ' ']);
    expect((await live(id)).map((f) => f.name)).toEqual(['甲页.jpg', '乙页.jpg']);
  });

  test('D14 ticked pictures become one PDF of A4 pages in their order; the pictures can be taken back', async () => {
    const { visitor, id } = await begin();
    await upload(
      visitor,
      id,
      [
        { name: '封面页.jpg', content: await picture('#c00', 600, 900) },
        { name: '内容页.jpg', content: await picture('#0c0', 900, 600) },
        { name: '另一份.jpg', content: await picture('#00c') },
      ],
      { 'fullTime.has': 'yes', 'fullTime.graduatedOn': '2020.7' },
    );
    const [cover, inner] = await live(id);
    const page = await visitor.send(
      await visitor.open(arranging(id)),
      { merge: [cover?.id ?? '', inner?.id ?? ''], [`order.${inner?.id ?? ''}`]: '1' },
      { button: 'do=merge' },
    );
    expect(page.text()).toContain('已把 2 张图片合并为「2020年7月毕业证书.pdf」');
    const [merged, other] = await live(id);
    expect([merged?.name, other?.name]).toEqual(['2020年7月毕业证书.pdf', '另一份.jpg']);
    const document = await PDFDocument.load(await site.deps.storage.get(merged?.sha256 ?? ''));
    expect(document.getPages().map((p) => [Math.round(p.getWidth()), Math.round(p.getHeight())])).toEqual([
      [842, 595],
      [595, 842],
    ]);
    expect(page.all('button[value^="restore:"]')).toHaveLength(2);
    await visitor.send(page, {}, { button: `do=restore:${cover?.id ?? ''}` });
    expect((await live(id)).map((f) => f.name)).toContain('封面页.jpg');
    expect(
      await site.db('audit_log').where({ action: 'attachments.arrange', subject_id: id }).whereRaw("detail->>'what' = 'merge'"),
    ).not.toHaveLength(0);
  });

  test('D14 merging needs two pictures, and says so; another person sees none of it', async () => {
    const { visitor, id } = await begin();
    await upload(visitor, id, [
      { name: '封面页.jpg', content: await picture('#d00') },
      { name: '内容页.jpg', content: await picture('#0d0') },
    ]);
    const [one] = await live(id);
    const page = await visitor.send(await visitor.open(arranging(id)), { merge: [one?.id ?? ''] }, { button: 'do=merge' });
    expect(page.errors()).toEqual(['请勾选两张以上需要合并的图片']);
    const stranger = await signInAs(site, await makePerson(site));
    expect((await stranger.get(arranging(id))).status).toBe(404);
    expect((await visitor.get(`/declarations/${id}/sections/education/files/fullTime.school`)).status).toBe(404);
    expect((await visitor.get(`/declarations/${id}/sections/education/files/no.such.thing`)).status).toBe(404);
  });
});

describe('S49 serving and preview', () => {
  test('S49 type, name, sandbox, ranges and 304', async () => {
    const { visitor, id } = await begin();
    const pdf = await PDFDocument.create();
    pdf.addPage([595, 842]).drawText('page one', { x: 60, y: 700 });
    pdf.addPage([842, 595]);
    await upload(visitor, id, [
      { name: '2020年7月毕业证书.pdf', content: Buffer.from(await pdf.save()) },
      { name: '照片页.jpg', content: await picture('#e00') },
    ]);
    const [document, photo] = await live(id);
    const address = `/declarations/${id}/attachments/${document?.id ?? ''}`;
    const whole = await visitor.bytes(address);
    expect(
      Object.fromEntries(
        ['content-type', 'x-content-type-options', 'cross-origin-resource-policy', 'accept-ranges', 'cache-control'].map((h) => [
          h,
          whole.headers.get(h),
        ]),
      ),
    ).toEqual({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
    });
    expect(whole.headers.get('content-disposition')).toBe(
      `attachment; filename="2020_7_____.pdf"; filename*=UTF-8''${encodeURIComponent('2020年7月毕业证书.pdf')}`,
    );
    expect(whole.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    const asked = (to: string, headers: Record<string, string>) =>
      fetch(site.base + to, { headers: { cookie: [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...headers } });
    const part = await asked(address, { range: 'bytes=0-7' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 0-7/${whole.body.length}`,
      '%PDF-1.7',
    ]);
    expect((await asked(address, { range: 'bytes=99999999-' })).status).toBe(416);
    expect((await asked(address, { range: 'bytes=0-7', 'if-range': '"older"' })).status).toBe(200);
    const thumbnail = `/declarations/${id}/attachments/${photo?.id ?? ''}/thumbnail`;
    const thumb = await visitor.bytes(thumbnail);
    expect(thumb.headers.get('cache-control')).toMatch(/^private/);
    expect(await statusOf(visitor, thumbnail, { 'if-none-match': thumb.headers.get('etag') ?? '' })).toBe(304);

    // a loss of power may take the small picture, or leave an empty file; it is made again, once for all
    const { thumb_sha256: thumbSha256 } = (await site.db('attachments').where({ id: photo?.id }).first('thumb_sha256')) as {
      thumb_sha256: string;
    };
    const thumbFile = path.join(site.deps.config.dataDir, 'blobs', thumbSha256.slice(0, 2), thumbSha256.slice(2, 4), thumbSha256);
    for (const lose of [() => fs.rmSync(thumbFile), () => fs.truncateSync(thumbFile)]) {
      lose();
      const again = await visitor.bytes(thumbnail);
      expect([again.status, again.body.equals(thumb.body)]).toEqual([200, true]);
      expect(fs.readFileSync(thumbFile).equals(thumb.body)).toBe(true);
      // nobody asks for it: the night does (S52)
      lose();
      expect((await verifyStored(site.deps)).damaged).toBe(0);
      expect(fs.readFileSync(thumbFile).equals(thumb.body)).toBe(true);
    }
    // drawn by another version of the image library: the picture keeps its name of today
    const other = '0'.repeat(64);
    await site.db('attachments').where({ id: photo?.id }).update({ thumb_sha256: other });
    expect((await visitor.bytes(thumbnail)).body.equals(thumb.body)).toBe(true);
    expect((await verifyStored(site.deps)).damaged).toBe(0);
    expect(await site.db('attachments').where({ id: photo?.id }).first('thumb_sha256')).toEqual({ thumb_sha256: thumbSha256 });

    const page = await visitor.open(`${address}/preview`);
    expect(page.all('.preview img').map((x) => x.getAttribute('src'))).toEqual([`${address}/pages/1`, `${address}/pages/2`]);
    expect(page.text()).toContain('PDF，共 2 页');
    expect(page.link('下一个')).toBe(`/declarations/${id}/attachments/${photo?.id ?? ''}/preview`);
    const drawn = await visitor.bytes(`${address}/pages/1`);
    expect(drawn.headers.get('content-type')).toBe('image/jpeg');
    const meta = await sharp(drawn.body).metadata();
    expect([meta.format, meta.height]).toEqual(['jpeg', 1754]);
    const stats = await sharp(drawn.body).greyscale().stats();
    expect(stats.channels[0]?.min).toBeLessThan(80);
    expect((await visitor.bytes(`${address}/pages/3`)).status).toBe(404);
    const stranger = await signInAs(site, await makePerson(site));
    for (const rest of ['', '/preview', '/pages/1', '/thumbnail']) expect((await stranger.bytes(address + rest)).status).toBe(404);
  });
});

describe('F08, F09, S47 uploads that break off, full disks, crowds', () => {
  /** Sends a part of an upload and hangs up. */
  async function breakOff(visitor: Visitor, id: string, share: number): Promise<void> {
    const page = await visitor.open(`/declarations/${id}/sections/education`);
    const data = new FormData();
    for (const [k, v] of page.fields()) data.append(k, v);
    data.append('do', 'upload:fullTime.diploma');
    data.append(FIELD, new Blob([new Uint8Array(await picture('#f01', 1500, 1500))]), '毕业证书.jpg');
    const request = new Request('http://site/', { method: 'POST', body: data });
    const body = Buffer.from(await request.arrayBuffer());
    await new Promise<void>((resolve) => {
      const sending = http.request(`${site.base}/declarations/${id}/sections/education`, {
        method: 'POST',
        headers: {
          cookie: [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; '),
          'content-type': request.headers.get('content-type') ?? '',
          'content-length': String(body.length),
        },
      });
      sending.on('error', () => resolve());
      sending.on('close', () => resolve());
      sending.write(body.subarray(0, Math.floor(body.length * share)), () => sending.destroy());
    });
  }

  test.each([0.01, 0.5, 0.99])('F08 broken off at %d: no row, no content, and trying again works', async (share) => {
    const { visitor, id } = await begin();
    const count = async (): Promise<number> => {
      let n = 0;
      for await (const _blob of site.deps.storage.list()) n += 1;
      return n;
    };
    const before = await count();
    await breakOff(visitor, id, share);
    const page = await upload(visitor, id, []);
    expect(page.status).toBe(200);
    expect(await live(id)).toEqual([]);
    expect(await count()).toBe(before);
    expect(uploads.held).toBe(0);
    await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture(`rgb(${Math.round(share * 100)},1,1)`) }]);
    expect(await live(id)).toHaveLength(1);
  });

  test('F09 a disk that takes nothing costs the file only: the text is stored and the page says so', async () => {
    const { visitor, id } = await begin();
    const folder = path.join(site.deps.config.dataDir, 'blobs');
    fs.renameSync(folder, `${folder}-away`);
    fs.writeFileSync(folder, 'no folder any more');
    const page = await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture('#f11') }], {
      'fullTime.has': 'yes',
      'fullTime.school': '已经写好的学校',
    }).finally(() => {
      fs.rmSync(folder);
      fs.renameSync(`${folder}-away`, folder);
    });
    expect(page.errors().join()).toContain('「毕业证书.jpg」未能上传：系统暂时无法保存文件，填写的内容已经保存');
    expect(page.find('input[name="fullTime.school"]')?.getAttribute('value')).toBe('已经写好的学校');
    expect(await live(id)).toEqual([]);
  });

  test('S47 when too much is in memory an upload is turned away with 503 and Retry-After, later ones work', async () => {
    const { visitor, id } = await begin();
    const page = await visitor.open(`/declarations/${id}/sections/education`);
    // longer than words, which are taken as long as there is any room
    const large = Buffer.concat([await picture('#f20', 900, 900), Buffer.alloc(FORM_BYTES)]);
    const press = (): Promise<Page> =>
      visitor.submit(page, {}, { button: 'do=upload:fullTime.diploma', files: [{ field: FIELD, name: '毕业证书.jpg', content: large }] });
    const usual = { ...uploads.limits };
    try {
      Object.assign(uploads.limits, { crowded: 0, full: 1000, patience: 200 });
      const answer = await press();
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
      expect(answer.text()).toContain('请稍候片刻');
    } finally {
      Object.assign(uploads.limits, usual);
    }
    expect(await live(id)).toEqual([]);
    expect(uploads.held).toBe(0);
    await upload(visitor, id, [{ name: '毕业证书.jpg', content: await picture('#f21') }]);
    expect(await live(id)).toHaveLength(1);
  });

  test('S43 more than 60 MB in one form is refused', async () => {
    const { visitor, id } = await begin();
    const page = await visitor.open(`/declarations/${id}/sections/education`);
    const large = Buffer.alloc(25 * 1024 * 1024);
    const answer = await visitor.submit(
      page,
      {},
      { button: 'do=save', files: [1, 2, 3].map((n) => ({ field: FIELD, name: `${n}.jpg`, content: large })) },
    );
    expect(answer.status).toBe(413);
    expect(uploads.held).toBe(0);
  });

  test('X4, S43 a file of more than 30 MB is refused with what to do, and the way to the form it came from', async () => {
    const { visitor, id } = await begin();
    const address = `/declarations/${id}/sections/education`;
    const form = async (): Promise<FormData> => {
      const data = new FormData();
      for (const [name, value] of (await visitor.open(address)).fields('#form')) data.append(name, value);
      data.append(FIELD, new Blob([new Uint8Array(31 * 1024 * 1024)]), '毕业证书.jpg');
      return data;
    };
    const refused = await visitor.request('POST', address, await form(), { referer: `${site.base}${address}` });
    expect([refused.status, refused.text()]).toEqual([413, expect.stringContaining('请返回上一页')]);
    expect(refused.link('重新打开填写页面')).toBe(address);
    const foreign = await visitor.request('POST', address, await form(), { referer: `${site.base}//evil.example/x` });
    expect([foreign.status, foreign.html.includes('evil')]).toEqual([413, false]);
    expect(uploads.held).toBe(0);
  });
});
