/** Old browsers: QtWebKit (wkhtmltoimage) draws the main pages. Where it is not installed the tests are skipped, and say so. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { makePerson, signInAs } from '../support/factories';
import { isInstalled } from '../support/programs';
import { openSite, type Site } from '../support/site';

const run = promisify(execFile);
const withQtWebKit = isInstalled('wkhtmltoimage') ? it : it.skip;

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await openSite();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-engines-'));
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await site.close();
});

describe('quality §4 QtWebKit', () => {
  withQtWebKit.each([
    '/sign-in',
    '/faq',
    '/committees',
    '/notices',
    '/register/person',
    '/register/unit',
    '/recover',
    '/certificates/check',
  ])('draws %s within the window, head and sheet in their places', async (address) => {
    const file = path.join(folder, `${createHash('sha256').update(address).digest('hex').slice(0, 8)}.png`);
    await run('wkhtmltoimage', ['--quiet', '--disable-javascript', '--width', '1280', site.base + address, file], {
      timeout: 60_000,
      env: { ...process.env, QT_QPA_PLATFORM: 'offscreen' },
    });
    await expectDrawn(file);
  });

  withQtWebKit.each(['/home', '/profile', '/declarations', '/design'])('draws %s for somebody who has signed in', async (address) => {
    const visitor = await signInAs(site, await makePerson(site));
    const cookies = [...visitor.cookies].flatMap(([k, v]) => ['--cookie', k, decodeURIComponent(v)]);
    const file = path.join(folder, `own-${address.slice(1)}.png`);
    await run('wkhtmltoimage', ['--quiet', '--disable-javascript', '--width', '1280', ...cookies, site.base + address, file], {
      timeout: 60_000,
      env: { ...process.env, QT_QPA_PLATFORM: 'offscreen' },
    });
    await expectDrawn(file);
  });

  /** As wide as the window (nothing pushes it out), the header's blue right across, and under it the white sheet with the ground on both sides. Letters are not looked at: the
   * machine may have no Chinese fonts. */
  async function expectDrawn(file: string): Promise<void> {
    if (process.env.SCREENS) fs.copyFileSync(file, path.join(process.env.SCREENS, `webkit-${path.basename(file)}`));
    const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(1280);
    expect(info.height).toBeGreaterThan(300);
    const at = (x: number, y: number): number[] => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
    const isBlue = ([r = 0, g = 0, b = 0]: number[]): boolean => Math.abs(r - 0x16) + Math.abs(g - 0x4e) + Math.abs(b - 0x8c) < 24;
    const rows = Array.from({ length: Math.min(160, info.height) }, (_, y) => y).filter((y) => isBlue(at(4, y)) && isBlue(at(1275, y)));
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.length).toBeLessThan(110);
    const isLike = (x: number, y: number, wanted: number[]): boolean => at(x, y).every((v, i) => Math.abs(v - (wanted[i] ?? 0)) < 4);
    const beside = Array.from({ length: info.height }, (_, y) => y).filter(
      (y) => isLike(10, y, [0xf5, 0xf4, 0xf0]) && isLike(1270, y, [0xf5, 0xf4, 0xf0]) && isLike(1215, y, [255, 255, 255]),
    );
    expect(beside.length).toBeGreaterThan(100);
  }
});
