/** What M9 and M10 share: people at pages of the site in Chromium, with an empty cache each time. */
import type { Browser, CDPSession, Page } from 'puppeteer';
import { openBrowser } from '../test/support/browser';
import { caseSections } from '../test/support/case';
import { makeReportable } from '../test/support/declarations';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../test/support/factories';
import { fillSection } from '../test/support/fill';
import type { Site, Visitor } from '../test/support/site';

export interface Scene {
  browser: Browser;
  applicant: Visitor;
  unit: Visitor;
  declaration: string;
}

/** An applicant with a section filled in, and a unit with a list of 1,000. */
export async function setScene(site: Site): Promise<Scene> {
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId: batch.committeeId });
  await makeReportable(site, batch, unit, 1000);
  const applicant = await signInAs(site, await makePerson(site));
  const begun = await applicant.submit(await applicant.open(`/declarations/new/${batch.id}`));
  const declaration = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1];
  const education = caseSections(batch.year).find((s) => s.section === 'education');
  if (declaration === undefined || !education) throw new Error('no declaration');
  await fillSection(applicant, declaration, education);
  await site.db.raw('ANALYZE');
  return { browser: await openBrowser(), applicant, unit: await signInAs(site, unit), declaration };
}

/** A page with an empty cache, signed in as this visitor. */
export async function newPage(
  scene: Scene,
  site: Site,
  who: Visitor | undefined,
  scripts: boolean,
): Promise<{ page: Page; line: CDPSession; close: () => Promise<void> }> {
  const context = await scene.browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 390, height: 800 });
  await page.setJavaScriptEnabled(scripts);
  if (who)
    await context.setCookie(...[...who.cookies].map(([name, value]) => ({ name, value, domain: new URL(site.base).hostname, path: '/' })));
  const line = await page.createCDPSession();
  await line.send('Network.enable');
  await line.send('Network.setCacheDisabled', { cacheDisabled: true });
  return { page, line, close: () => context.close() };
}
