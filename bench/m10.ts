import http from 'node:http';
import { paths } from '../src/http/paths';
import type { Site, Visitor } from '../test/support/site';
import { median, rangeOf, round } from './compare';
import { newPage, setScene, type Scene } from './page-cost';
import { none, type Measure, type Measured } from './measures';

/** A slow mobile line: 400 kbit/s each way, 400 ms until the first byte of an answer. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const PAIRS = 7;

/** Milliseconds until a page can be used, before any script of it has run: all of it has arrived and been read, and it is painted. */
async function usableAfter(site: Site, scene: Scene, address: string, who: Visitor | undefined): Promise<number> {
  const { page, line, close } = await newPage(scene, site, who, true);
  await line.send('Network.emulateNetworkConditions', SLOW);
  const answer = await page.goto(address, { waitUntil: 'load', timeout: 60_000 });
  if (answer?.status() !== 200) throw new Error(`${address}: ${answer?.status()}`);
  const [painted, read] = (await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      if (paint) resolve([paint.startTime, performance.getEntriesByType('navigation')[0].domInteractive]);
      else requestAnimationFrame(look);
    };
    look();
  })`)) as [number, number];
  await close();
  return Math.max(painted, read);
}

/** How far what is shown moves by itself while a page loads and comes to rest; 0: nothing does. */
async function shiftOf(site: Site, scene: Scene, address: string, who: Visitor | undefined): Promise<number> {
  const { page, close } = await newPage(scene, site, who, true);
  await page.evaluateOnNewDocument(`window.shifts = 0;
    new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shifts += e.value; }).observe({ type: 'layout-shift', buffered: true });`);
  const answer = await page.goto(site.base + address, { waitUntil: 'networkidle0' });
  if (answer?.status() !== 200) throw new Error(`${address}: ${answer?.status()}`);
  const shift = (await page.evaluate(
    `new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(() => r(window.shifts))))`,
  )) as number;
  await close();
  return shift;
}

/** M10: on a slow line with an empty cache, a page of the form (at most 1.7) and a list (at most 2.0) against a bare page of 8 KB; and nothing moves on ten main pages. */
export async function m10(site: Site): Promise<Measured> {
  const scene = await setScene(site);
  const bare = http.createServer((_req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`<!DOCTYPE html><title>x</title><p>${'x'.repeat(8 * 1024 - 32)}`);
  });
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const floor = `http://127.0.0.1:${(bare.address() as { port: number }).port}/`;
  try {
    const section = paths.section(scene.declaration, 'education');
    const lists: readonly [string, string, Visitor, number][] = [
      ['section form', section, scene.applicant, 1.7],
      ['review queue', `${paths.review()}?state=all`, scene.unit, 2],
    ];
    const measures: Measure[] = [];
    for (const [name, address, who, goal] of lists) {
      const ratios: number[] = [];
      const ours: number[] = [];
      const floors: number[] = [];
      for (let i = -1; i < PAIRS; i++) {
        const a = await usableAfter(site, scene, site.base + address, who);
        const b = await usableAfter(site, scene, floor, undefined);
        if (i < 0) continue;
        ratios.push(a / b);
        ours.push(a);
        floors.push(b);
      }
      const ratio = round(median(ratios));
      measures.push({
        what: `${name}, until painted`,
        value: ratio,
        range: rangeOf(ratios),
        sides: { ours: Math.round(median(ours)), floor: Math.round(median(floors)), unit: 'ms' },
        goal: { atMost: goal },
      });
    }
    const main: readonly [string, Visitor | undefined][] = [
      ['/sign-in', undefined],
      ['/faq', undefined],
      ['/register/person', undefined],
      ['/home', scene.applicant],
      ['/declarations', scene.applicant],
      ['/profile', scene.applicant],
      [paths.declaration(scene.declaration), scene.applicant],
      [section, scene.applicant],
      [`${paths.review()}?state=all`, scene.unit],
      [paths.report(), scene.unit],
    ];
    const shifts: Record<string, number> = {};
    for (const [address, who] of main)
      shifts[address.replace(scene.declaration, ':declaration')] = round(await shiftOf(site, scene, address, who));
    measures.push(none(`pages of ${main.length} on which anything moves`, Object.values(shifts).filter((s) => s !== 0).length));
    return { measures, shifts };
  } finally {
    await scene.browser.close();
    await new Promise<void>((resolve) => bare.close(() => resolve()));
  }
}
