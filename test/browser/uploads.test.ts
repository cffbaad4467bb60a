/** D14: uploads as people see them: progress, a way to stop, drag and drop, and a plain field where there are no scripts. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Browser, CDPSession } from 'puppeteer';
import sharp from 'sharp';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { makeBatch, makeCommittee, makePerson, PASSWORD, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let browser: Browser;
let folder: string;
beforeAll(async () => {
  site = await openSite();
  browser = await openBrowser();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-uploads-'));
});
afterAll(async () => {
  await browser.close();
  await site.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const ITEM = 'files:fullTime.diploma';

/** A line to the site that carries no more than `pace` bytes a second from the browser: what the browser has sent, the site has not got yet. */
async function slowLine(): Promise<{ base: string; line: { pace: number }; close: () => Promise<void> }> {
  const line = { pace: Infinity };
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    open.add(near.on('close', () => open.delete(near)));
    const far = net.connect(Number(new URL(site.base).port), '127.0.0.1');
    near.on('data', (part: Buffer) => {
      near.pause();
      far.write(part);
      setTimeout(() => near.resume(), (1000 * part.length) / line.pace);
    });
    far.pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    line,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Somebody on the page of 学历, the item for the diploma shown. */
async function begin(scripts: boolean, width = 1280, base = site.base): Promise<{ person: Person; id: string }> {
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  const account = await makePerson(site);
  const visitor = await signInAs(site, account);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  const page = await visitor.open(`/declarations/${id}/sections/education`);
  await visitor.submit(page, { 'fullTime.has': 'yes' }, { button: 'do=save' });
  const person = await newPerson(browser, { ...site, base }, { who: '申报人', scripts, width });
  await person.signIn(account.loginName, PASSWORD);
  await person.open(`/declarations/${id}/sections/education`);
  return { person, id };
}

/** A picture of noise, which does not compress: of this many bytes, about. */
async function photo(name: string, bytes: number): Promise<string> {
  const side = Math.ceil(Math.sqrt(bytes / 3));
  const file = path.join(folder, name);
  await sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}
const small = (name: string): Promise<string> => photo(name, 30_000);

/** Puts a file into the item's field, as the browser's own dialogue would. */
async function choose(person: Person, file: string): Promise<void> {
  const field = await person.page.$(`input[name="${ITEM}"]`);
  await (field as unknown as { uploadFile(file: string): Promise<void> }).uploadFile(file);
}
/** Lets the browser send no more than this many bytes a second. */
async function narrow(person: Person, bytesPerSecond: number): Promise<CDPSession> {
  const session = await person.page.createCDPSession();
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
  return session;
}
const names = async (id: string): Promise<string[]> =>
  ((await site.db('attachments').where({ declaration_id: id }).whereNull('removed_at').orderBy('position')) as { name: string }[]).map(
    (a) => a.name,
  );
async function contents(): Promise<number> {
  let n = 0;
  for await (const _ of site.deps.storage.list()) n += 1;
  return n;
}
const listed = (person: Person, n: number) =>
  person.page.waitForFunction(`document.querySelectorAll('#f-fullTime-diploma-list .files__item').length === ${n}`);
/** Drags files in from outside the browser and lets them go over this element. */
async function drop(person: Person, css: string, files: string[]): Promise<void> {
  const session = await person.page.createCDPSession();
  await person.page.evaluate(`document.querySelector(${JSON.stringify(css)}).scrollIntoView({ block: 'center' })`);
  const box = await (await person.page.$(css))?.boundingBox();
  if (!box) throw new Error(`nothing at ${css}`);
  const data = { items: [], files, dragOperationsMask: 1 };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}

describe('D14 uploads in the browser', () => {
  test('D14 a bar shows how much has arrived, then the file stands in the list, named and with its picture', async () => {
    const { person, id } = await begin(true);
    await narrow(person, 400_000);
    await choose(person, await photo('2020年7月毕业证书.png', 800_000));
    await person.page.waitForFunction(`(() => {
      const bar = document.querySelector('.uploads__progress progress');
      return bar !== null && bar.value > 0 && bar.value < 100;
    })()`);
    expect(await person.text('.uploads__percent')).toMatch(/已上传 \d+%/);
    await listed(person, 1);
    expect(await names(id)).toEqual(['2020年7月毕业证书.png']);
    expect(await person.page.$('.uploads__progress')).toBeNull();
    await person.look();
    expect(person.faults()).toEqual([]);
  });

  test('D14, F08 「取消上传」 stops it: nothing is kept, what was typed stays, the next file is taken', async () => {
    const { base, line, close } = await slowLine();
    const { person, id } = await begin(true, 1280, base);
    const before = await contents();
    await person.fill({ 'fullTime.school': '写了一半的学校' });
    const session = await narrow(person, 100_000);
    line.pace = 100_000;
    await choose(person, await photo('很大的照片.png', 1_500_000));
    const stop = await person.page.waitForSelector('.uploads__progress button');
    await stop?.click();
    await person.page.waitForFunction(`document.querySelector('.uploads__progress') === null`);
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    expect(await person.holds('fullTime.school', '写了一半的学校')).toBe(true);
    line.pace = Infinity;
    expect([await names(id), await contents()]).toEqual([[], before]);
    await choose(person, await small('2020年7月毕业证书.png'));
    await listed(person, 1);
    expect(await person.holds('fullTime.school', '写了一半的学校')).toBe(true);
    await person.page.close();
    await close();
  });

  test('D14, D1 a line that is cut in the middle is told, nothing looks as if it went on, and 「上传」 sends the chosen file again', async () => {
    const { base, line, close } = await slowLine();
    const { person, id } = await begin(true, 390, base);
    await person.fill({ 'fullTime.school': '写了一半的学校' });
    const session = await narrow(person, 100_000);
    line.pace = 100_000;
    await choose(person, await photo('2020年7月毕业证书.png', 1_500_000));
    await person.page.waitForSelector('.uploads__progress');
    await session.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await person.page.waitForSelector('#trouble');
    expect(await person.text('#trouble')).toContain('网络连接中断，操作没有完成');
    await person.page.waitForFunction(`document.querySelector('.uploads__progress') === null`);
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    line.pace = Infinity;
    await person.press('上传', '学历证书');
    await listed(person, 1);
    expect(await names(id)).toEqual(['2020年7月毕业证书.png']);
    expect(await person.holds('fullTime.school', '写了一半的学校')).toBe(true);
    await person.page.close();
    await close();
  });

  test('D14 files dropped over an item are uploaded; over anything else they neither are nor take the page away', async () => {
    const { person, id } = await begin(true);
    await person.fill({ 'fullTime.school': '写了一半的学校' });
    const address = person.page.url();
    await drop(person, 'h1', [await small('别处.png')]);
    expect(person.page.url()).toBe(address);
    await drop(person, '.field:has(#f-fullTime-diploma)', [await small('2020年7月毕业证书.png'), await small('2020年7月学位证书.png')]);
    await listed(person, 2);
    expect((await names(id)).sort()).toEqual(['2020年7月学位证书.png', '2020年7月毕业证书.png']);
    expect(await person.holds('fullTime.school', '写了一半的学校')).toBe(true);
    const odd = path.join(folder, '申报表.docx');
    fs.writeFileSync(odd, 'PK');
    await drop(person, '.field:has(#f-fullTime-diploma)', [odd]);
    await person.page.waitForSelector('#f-fullTime-diploma-refused');
    expect(await person.text('#f-fullTime-diploma-refused')).toContain(
      '「申报表.docx」不能上传。请打开它，用「输出为 PDF」或者「另存为」存成 PDF 后上传',
    );
    expect(await names(id)).toHaveLength(2);
    await person.look();
    expect(person.faults()).toEqual([]);
  });

  test('D14 without scripts there is the plain field and 「上传」, at 390 px', async () => {
    const { person, id } = await begin(false, 390);
    const file = await small('2020年7月毕业证书.png');
    await person.upload(ITEM, { fileName: path.basename(file), content: fs.readFileSync(file) }, folder);
    expect(await names(id)).toEqual(['2020年7月毕业证书.png']);
    expect(await person.text('#f-fullTime-diploma-list')).toContain('2020年7月毕业证书.png');
    expect(person.faults()).toEqual([]);
  });

  test('F08 a browser that goes away in the middle leaves nothing', async () => {
    const { base, line, close } = await slowLine();
    const { person, id } = await begin(true, 1280, base);
    const before = await contents();
    await narrow(person, 100_000);
    line.pace = 100_000;
    await choose(person, await photo('很大的照片.png', 1_500_000));
    await person.page.waitForSelector('.uploads__progress');
    await person.page.close();
    for (let i = 0; i < 100 && (await site.db('one_time_tokens').whereNull('result')).length > 0; i++)
      await new Promise((r) => setTimeout(r, 20));
    expect([await names(id), await contents()]).toEqual([[], before]);
    await close();
  });
});
