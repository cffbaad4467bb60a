import puppeteer from 'puppeteer';
import path from 'node:path';
import fs from 'node:fs';
import { findBrowser } from '../../src/adapters/printing';
import { makeCommittee, makeStaff, makeUnit, signInAs } from '../support/factories';
import { openSite } from '../support/site';

it('shots', async () => {
  const site = await openSite();
  const out = '/tmp/w2-shots';
  fs.mkdirSync(out, { recursive: true });
  const committee = await makeCommittee(site, { name: '威海市环翠区群众文化专业职务资格初级评审委员会' });
  const bureau = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日新' });
  const fresh = await makeUnit(site, { state: 'none', name: '威海市环翠区文化馆' });
  const dup = await makeUnit(site, { state: 'none', name: '威海市第二中学' });
  await makeUnit(site, { name: '威海市第二中学', divisionCode: '371003' });
  const waiting = await makeUnit(site, { state: 'none', name: '威海市环翠区张村镇综合文化站' });
  const unit = await makeUnit(site, { name: '威海市环翠区图书馆' });
  const mid = await makeUnit(site, { name: '威海市环翠区文化和旅游局', contactName: '曲文涛' });
  const empty = await makeUnit(site, { name: '威海市空单位' });
  const office = await makeStaff(site, { role: 'office', committeeId: committee.id, name: '毕办事' });
  const y = new Date().getFullYear();
  const p = (from: typeof unit, to: typeof unit | undefined, state: string, series = 91, level = 'junior', reason = '') =>
    site
      .db('reporting_paths')
      .insert({
        unit_id: from.unitId,
        series_id: series,
        level,
        year: y,
        upstream_unit_id: to?.unitId ?? null,
        committee_id: to ? null : committee.id,
        state,
        reason,
        requested_by: from.accountId,
        ...(state === 'requested' ? {} : { decided_by: mid.accountId, decided_at: site.db.raw('app_now()') }),
      });
  await p(unit, mid, 'approved');
  await p(mid, undefined, 'requested');
  await p(unit, mid, 'requested', 92);
  await p(unit, mid, 'refused', 92, 'middle', '本局不受理美术系列，请直接与评审委员会建立路径');
  const w = await signInAs(site, waiting);
  await w.submit(await w.get('/unit/permission'), { 'permission.creditCode': waiting.creditCode }, { form: '#form' });
  const d = await signInAs(site, dup);
  const found = await findBrowser({ cacheDir: path.join(site.deps.config.dataDir, 'browser') } as never);
  const browser = await puppeteer.launch({
    executablePath: found.executablePath,
    headless: found.headless,
    env: found.env,
    args: [...found.args, '--no-sandbox'],
    pipe: true,
  } as never);
  const jobs: [string, Awaited<ReturnType<typeof signInAs>>, string, ((pg: import('puppeteer').Page) => Promise<void>)?][] = [
    ['permission-form', await signInAs(site, fresh), '/unit/permission'],
    [
      'permission-dup',
      d,
      '/unit/permission',
      async (pg) => {
        await pg.type('#f-permission-creditCode', dup.creditCode);
        await Promise.all([pg.waitForNavigation(), pg.click('button.govuk-button[value=save]:not(.govuk-visually-hidden)')]);
      },
    ],
    [
      'permission-error',
      d,
      '/unit/permission',
      async (pg) => {
        await pg.type('#f-permission-creditCode', '91371002');
        await Promise.all([pg.waitForNavigation(), pg.click('button.govuk-button[value=save]:not(.govuk-visually-hidden)')]);
      },
    ],
    ['permission-waiting', w, '/unit/permission'],
    ['permission-granted', await signInAs(site, unit), '/unit/permission'],
    ['bureau-queue', await signInAs(site, bureau), '/bureau/permissions'],
    [
      'bureau-decide',
      await signInAs(site, bureau),
      `/bureau/permissions/${((await site.db('permission_requests').first('id')) as { id: number }).id}`,
    ],
    ['paths-own', await signInAs(site, unit), '/unit/paths'],
    ['paths-empty', await signInAs(site, empty), '/unit/paths'],
    ['paths-new', await signInAs(site, unit), '/unit/paths/new'],
    [
      'paths-new-find',
      await signInAs(site, unit),
      '/unit/paths/new',
      async (pg) => {
        await pg.select('#f-path-series', '91');
        await pg.waitForNetworkIdle();
        await pg.select('#f-path-level', 'middle');
        await pg.waitForNetworkIdle();
        await pg.click('input[name="path.upward"][value=unit]');
        await pg.waitForSelector('#f-path-q');
        await pg.type('#f-path-q', '威海');
        await pg.click('button[value=find]');
        await pg.waitForSelector('#unit-results');
      },
    ],
    [
      'paths-new-error',
      await signInAs(site, unit),
      '/unit/paths/new?path.year=2026&path.series=91&path.level=junior&path.upward=committee',
      async (pg) => {
        await Promise.all([pg.waitForNavigation(), pg.click('button[value=submit]:not(.govuk-visually-hidden)')]);
      },
    ],
    ['paths-end', await signInAs(site, unit), '/paths/1/end'],
    ['paths-queue', await signInAs(site, mid), '/paths/review'],
    ['paths-decide', await signInAs(site, mid), '/paths/3/decision'],
    ['office-queue', await signInAs(site, office), '/paths/review'],
  ];
  for (const [name, visitor, address, act] of jobs) {
    for (const width of [1280, 390]) {
      const context = await browser.createBrowserContext();
      const pg = await context.newPage();
      await pg.setViewport({ width, height: 800 });
      for (const [k, v] of visitor.cookies) await pg.setCookie({ name: k, value: v, url: site.base });
      await pg.goto(site.base + address, { waitUntil: 'networkidle0' });
      if (act) await act(pg).catch((e: Error) => console.log(name, width, e.message));
      const over = await pg.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      if (Number(over) > 0) console.log(name, width, 'overflow', over);
      await pg.screenshot({ path: `${out}/${name}-${width}.png`, fullPage: true });
      await context.close();
    }
  }
  await browser.close();
  await site.close();
}, 240_000);
