/** The pages of technical support, bureau and administrator in a real browser, each looked over (X5): wide with scripts, on a phone without. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer';
import { makeScan } from '../../seeds/demo/scans';
import { newPerson, openBrowser } from '../support/browser';
import { makeCommittee, makePerson, makeStaff, makeUnit, PASSWORD, residentId } from '../support/factories';
import { openSite, type Site } from '../support/site';

let browser: Browser;
let folder: string;
let site: Site;
beforeAll(async () => {
  browser = await openBrowser();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-uploads-'));
});
afterEach(() => site.close());
afterAll(async () => {
  await browser.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('B4, C4, A4, A5, B6 in the browser', () => {
  test.each([
    { run: 'with scripts, 1280 px', scripts: true, width: 1280, folder: 'support-1280' },
    { run: 'without scripts, 390 px', scripts: false, width: 390, folder: 'support-390' },
  ])(
    'X5 corrections, staff and texts, $run',
    async (run) => {
      site = await openSite();
      const { content } = await makeScan('proof', { name: '阿依古丽', lines: ['证明'], date: '2026年11月1日' }, 'jpg');
      const proof = { fileName: '2026年11月户口簿.jpg', content };
      const person = await makePerson(site, { name: '王丽' });
      const unit = await makeUnit(site, { name: '威海市环翠区文化馆', contactName: '于海燕' });
      await makeUnit(site, { name: '威海市环翠区文化和旅游局', state: 'none' });
      await makeCommittee(site);
      const one = await makeStaff(site, { role: 'support', name: '姜晓东' });
      const two = await makeStaff(site, { role: 'support', name: '丛培丽' });
      const officer = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '毕重阳' });
      const chief = await makeStaff(site, { role: 'admin', name: '周海峰' });
      const at = (who: string) => newPerson(browser, site, { who, ...run });

      const support = await at('技术支持');
      await support.signIn(one.loginName, PASSWORD);
      await support.open('/support/accounts');
      await support.fill({ account: person.idNumber });
      await support.press('查询');
      await support.press('更正姓名');
      await support.fill({ 更正后的姓名: '阿依古丽•买买提', 更正原因: '户籍更名，已核对户口簿' });
      await support.upload('files:correction.evidence', proof, folder);
      await support.press('下一步');
      await support.press('确认更正');
      expect(await support.text()).toContain('姓名已更正');
      await support.press('更正证件号码');
      await support.press('下一步');
      await support.fill({ 更正后的证件号码: residentId(804), 更正原因: '注册时录错' });
      await support.upload('files:correction.evidence', proof, folder);
      await support.press('下一步');
      await support.press('提交更正申请');
      await support.open('/support/corrections');
      for (const [list, name] of [
        ['/support/faqs', '常见问题'],
        ['/support/notices', '通知公告'],
      ] as const) {
        await support.open(list);
        await support.press(`新增${name}`);
      }
      await support.fill({ 标题: '关于2026年度申报工作的通知', 发布单位: '威海市人力资源和社会保障局', 正文: '各单位：\n请按时申报。' });
      await support.press('发布');
      await support.press('关于2026年度申报工作的通知');
      await support.press('删除');
      expect(support.faults()).toEqual([]);

      const second = await at('复核人员');
      await second.signIn(two.loginName, PASSWORD);
      await second.open('/support/corrections');
      await second.press('证件号码');
      await second.fill({ 复核结果: '同意更正' });
      await second.press('提交复核意见');
      expect(await second.text()).toContain('更正已经生效');
      expect(second.faults()).toEqual([]);

      const own = await at('个人');
      await own.signIn(person.loginName, PASSWORD);
      expect(await own.text()).toContain('更正为「阿依古丽·买买提」');
      for (const address of ['/profile/sessions', '/profile', '/profile/data', '/profile/close', '/password']) await own.open(address);
      expect(own.faults()).toEqual([]);

      const bureau = await at('人社局');
      await bureau.signIn(officer.loginName, PASSWORD);
      await bureau.open('/bureau/units');
      await bureau.press(unit.name);
      await bureau.press('重置密码');
      await bureau.press('重置密码');
      expect(await bureau.text()).toContain('临时密码已发送');
      await bureau.press('更正单位信息');
      await bureau.fill({ 单位名称: '威海市环翠区文化和旅游局', 更正原因: '单位更名，见环编字〔2026〕3号' });
      await bureau.press('下一步');
      await bureau.press('确认更正');
      expect(await bureau.text()).toContain('同名单位');
      expect(bureau.faults().filter((f) => !f.includes('409 from'))).toEqual([]);

      const admin = await at('系统管理员');
      await admin.signIn(chief.loginName, PASSWORD);
      await admin.open('/admin/staff');
      await admin.press('新增账号');
      await admin.fill({
        账号类型: '人社局',
        '所属地区：省（自治区、直辖市）': '山东省',
        '所属地区：市': '威海市',
        姓名: '宋建国',
        登录名: 'weihai_2',
      });
      await admin.press('建立账号');
      expect(await admin.text()).toContain('临时密码');
      expect(admin.faults()).toEqual([]);
    },
    180_000,
  );
});
