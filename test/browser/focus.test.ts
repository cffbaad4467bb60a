/** Accessibility of what changes in place: after every swap the focus stands on something of the page, and one polite message says what happened. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer';
import sharp from 'sharp';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, PASSWORD, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let browser: Browser;
let person: Person;
let declaration: string;
let folder: string;

beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), openSite()]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-focus-'));
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  const account = await makePerson(site);
  const visitor = await signInAs(site, account);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  await visitor.submit(
    await visitor.open(`/declarations/${declaration}/sections/education`),
    { 'fullTime.has': 'yes' },
    { button: 'do=save' },
  );
  person = await newPerson(browser, site, { who: '申报人', scripts: true, width: 1280 });
  await person.signIn(account.loginName, PASSWORD);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Opens a section, and from then on writes down what the live region says. */
async function openSection(section: string): Promise<void> {
  await person.open(`/declarations/${declaration}/sections/${section}`);
  await person.page.evaluate(`window.said = [];
    new MutationObserver(() => { const text = document.getElementById('live').textContent; if (text) window.said.push(text); })
      .observe(document.getElementById('live'), { childList: true, characterData: true, subtree: true });`);
}

interface After {
  focus: string;
  isSeen: boolean;
  said: string[];
}
/** Where the focus stands and what was said since the last call, as soon as something was. A slow machine may also hear that it has to wait. */
async function after(): Promise<After> {
  await person.page.waitForFunction(`window.said.some((x) => x !== '正在处理，请稍候')`);
  return (await person.page.evaluate(`(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const said = window.said.splice(0).filter((x) => x !== '正在处理，请稍候');
    return { focus: e === document.body ? 'body' : e.id || e.name || e.tagName.toLowerCase(), isSeen: box.bottom > 0 && box.top < innerHeight, said };
  })()`)) as After;
}

describe('quality §4, X4 the focus after a change in place', () => {
  it('stands in the first field of a row that was added, and on the list when one was removed', async () => {
    await openSection('work-history');
    await person.press('新增经历');
    const added = await after();
    expect(added.focus).not.toBe('body');
    expect(added).toMatchObject({ isSeen: true, said: ['内容已更新'] });
    await person.press('删除此条', '经历 1');
    const removed = await after();
    expect(removed).toMatchObject({ focus: 'removed-jobs', isSeen: true, said: ['内容已更新'] });
    await person.press('撤销删除');
    const back = await after();
    expect(back.focus).toMatch(/^f-jobs-/);
    expect(back).toMatchObject({ isSeen: true, said: ['内容已更新'] });
  });

  it('stays on the choice that other choices depend on', async () => {
    await openSection('application');
    await person.fill({ 是否是工作单位: '否' });
    const chosen = await after();
    expect(chosen).toMatchObject({ isSeen: true, said: ['内容已更新'] });
    expect(await person.page.evaluate(`[document.activeElement.type, document.activeElement.checked, document.activeElement.value]`)).toEqual(['radio', true, 'no']); // prettier-ignore
  });

  it('stays in the search of a unit, which says how many it has found and which is chosen', async () => {
    await openSection('application');
    const box = (await person.page.evaluate(`document.querySelector('[data-unit-search]').id`)) as string;
    await person.searchUnit(`#${box}`, '文化馆');
    expect(await after()).toEqual({ focus: box, isSeen: true, said: ['找到 1 个单位'] });
    await person.page.keyboard.press('Tab');
    await person.page.keyboard.press('Space');
    const chosen = await after();
    expect(chosen).toMatchObject({ isSeen: true, said: ['已选择 威海市环翠区文化馆'] });
    expect(chosen.focus).not.toBe('body');
  });

  it('stands on the files of an item when one was sent, taken out and taken back', async () => {
    await openSection('education');
    const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#aabbcc' } }).png().toBuffer(); // prettier-ignore
    await person.upload('files:fullTime.diploma', { fileName: '2018年7月毕业证书.png', content: picture }, folder);
    const sent = await after();
    expect(sent).toMatchObject({ isSeen: true, said: ['内容已更新'] });
    expect(sent.focus).not.toBe('body');
    await person.press('删除', '2018年7月毕业证书.png');
    const taken = await after();
    expect(taken).toMatchObject({ isSeen: true, said: ['内容已更新'] });
    expect(taken.focus).not.toBe('body');
    await person.press('撤销删除');
    const back = await after();
    expect(back).toMatchObject({ isSeen: true, said: ['内容已更新'] });
    expect(back.focus).not.toBe('body');
    expect(person.faults()).toEqual([]);
  });
});
