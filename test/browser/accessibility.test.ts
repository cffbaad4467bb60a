/**
 * Accessibility beyond the look-over of every page (test/support/browser.ts): the page of all components in every state, narrow, zoomed and in large type, and the way from the
 * sign-in to 「确定申报」 by keyboard alone.
 */
import type { Browser } from 'puppeteer';
import { createHash } from 'node:crypto';
import { PASSWORD } from '../support/factories';
import { makeFilled } from '../support/submittable';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { openSite, type Site } from '../support/site';

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), openSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

describe('quality §4 every component in every state', () => {
  // 640 is a window of 1280 at a zoom of 200 %
  test.each([
    [1280, '/design'],
    [640, '/design'],
    [320, '/design'],
    [1280, '/type/large?back=/design'],
    [320, '/type/large?back=/design'],
  ])('has no fault of accessibility and does not scroll sideways at %d px, %s', async (width, address) => {
    const person = await newPerson(browser, site, { who: '组件', scripts: true, width });
    await person.open(address);
    expect(person.faults()).toEqual([]);
  });

  it('has targets of 24 px or more, for people without a mouse', async () => {
    const person = await newPerson(browser, site, { who: '组件', scripts: true, width: 390 });
    await person.open('/design');
    const small = (await person.page.evaluate(`
      Array.from(document.querySelectorAll('button, select, input:not([type=hidden]), summary, .pages__link, .site-nav__link, .site-header a'))
        .map((e) => [e, (e.type === 'radio' || e.type === 'checkbox') && e.parentNode ? e.parentNode.getBoundingClientRect() : e.getBoundingClientRect()])
        .filter(([e, b]) => b.width > 2 && b.height > 2 && (b.height < 24 || b.width < 24))
        .map(([e, b]) => e.tagName + ' ' + e.className + ' ' + Math.round(b.width) + '×' + Math.round(b.height))
    `)) as string[];
    expect(small).toEqual([]);
  });
});

interface Focus {
  words: string;
  id: string;
  isVisible: boolean;
}
const FOCUS = `(() => {
  const e = document.activeElement;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const label = e.labels && e.labels[0] ? e.labels[0] : e;
  const words = Array.from(label.childNodes).filter((n) => !(n.classList && (n.classList.contains('required') || n.classList.contains('govuk-visually-hidden')))).map((n) => n.textContent).join('');
  const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 210, 63)';
  return { words: words.replace(/\\s+/g, ' ').trim(), id: e.id, isVisible: e === document.body || (marked && box.bottom > 0 && box.top < innerHeight) };
})()`;

describe('quality §4 by keyboard alone', () => {
  let person: Person;
  const seen: string[] = [];

  /** Tab until the focus stands on these words (of the control or its label). */
  async function tabTo(words: string): Promise<void> {
    for (let n = 0; n < 150; n++) {
      await person.page.keyboard.press('Tab');
      const focus = (await person.page.evaluate(FOCUS)) as Focus;
      if (!focus.isVisible) seen.push(`the focus cannot be seen on ${person.address}: ${focus.words || focus.id}`);
      if (focus.words === words) return;
    }
    throw new Error(`no way to 「${words}」 by Tab on ${person.address}: ${(await person.text('body')).slice(0, 800)}`);
  }
  async function go(words: string): Promise<void> {
    await tabTo(words);
    await Promise.all([person.page.waitForNavigation({ waitUntil: 'load' }), person.page.keyboard.press('Enter')]);
    await person.look();
  }

  it('X4 signs in, corrects a field after an error, reads the check page and confirms', async () => {
    const { id, person: account } = await makeFilled(site);

    person = await newPerson(browser, site, { who: '键盘', scripts: true, width: 1280 });
    await person.open('/sign-in');
    // the first stop leads past the menu
    await person.page.keyboard.press('Tab');
    expect(((await person.page.evaluate(FOCUS)) as Focus).words).toBe('跳到主要内容');
    await person.page.keyboard.press('Enter');
    const type = async (label: string, text: string): Promise<void> => {
      await tabTo(label);
      await person.page.keyboard.type(text);
    };
    await type('账号', account.loginName);
    await type('密码', PASSWORD);
    const captcha = (await person.hidden('captcha.id')) ?? '';
    await site.db('captchas').where({ id: captcha }).update({ answer_hash: createHash('sha256').update('test').digest() }); // prettier-ignore
    await type('验证码', 'test');
    await go('立即登录');
    expect(person.address).toBe('/home');

    await go('我的申报信息');
    await go('2026年度群众文化初级职称');
    await go('申报信息');
    // a wrong answer: the summary has the focus, its link leads to the field
    await tabTo('单位推荐排序');
    await person.page.keyboard.press('Backspace');
    await person.page.keyboard.press('Backspace');
    await person.page.keyboard.press('Backspace');
    await person.page.keyboard.type('3/2');
    await go('保存');
    expect(await person.focused()).toBe('error-summary');
    await person.page.keyboard.press('Tab');
    await person.page.keyboard.press('Enter');
    const field = (await person.page.evaluate(FOCUS)) as Focus;
    expect([field.words, field.isVisible]).toEqual(['单位推荐排序', true]);
    await person.page.keyboard.down('Control');
    await person.page.keyboard.press('a');
    await person.page.keyboard.up('Control');
    await person.page.keyboard.type('1/1');
    await go('保存');
    expect(await person.errors()).toEqual([]);

    await person.open(`/declarations/${id}`);
    await go('核对并提交');
    await go('确定申报');
    expect(await person.text()).toContain('已完成「确定申报」');
    expect(seen).toEqual([]);
    expect(person.faults()).toEqual([]);
  });
});
