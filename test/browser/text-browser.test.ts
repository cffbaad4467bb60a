/** A text browser: lynx, driven through a terminal. Where it is not installed the test is skipped, and says so. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { caseSections, scanOf } from '../support/case';
import { PASSWORD } from '../support/factories';
import { makeFilled } from '../support/submittable';
import { isInstalled } from '../support/programs';
import { stateOf } from '../support/declarations';
import { openSite, type Site } from '../support/site';
import { openLynx } from '../support/text-browser';

const withLynx = isInstalled('lynx') && isInstalled('script') ? it : it.skip;

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await openSite();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-text-'));
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await site.close();
});

describe('X5 quality §4 lynx', () => {
  withLynx('signs in with the question in words, saves a section with a file, and submits', async () => {
    const { id, person: account, batch } = await makeFilled(site, ['languages']);
    const proof = caseSections(batch.year).find((s) => s.section === 'languages')?.files?.['main.foreignProof'];
    if (!proof) throw new Error('no file in the case');
    const scan = await scanOf(proof);
    const file = path.join(folder, 'certificate.png');
    fs.writeFileSync(file, scan.content);

    const lynx = openLynx(`${site.base}/sign-in`);
    try {
      await lynx.sees('技术支持电话');
      await lynx.press('看不清？改用文字问题', '请回答');
      await lynx.type('账号', account.loginName);
      await lynx.type('密码', PASSWORD);
      await site.db('captchas').update({ answer_hash: createHash('sha256').update('test').digest() });
      await lynx.type('请回答', 'test');
      await lynx.press('立即登录', '退出登录');

      await lynx.press('我的申报信息', '新增申报信息');
      await lynx.press('2026年度', '核对并提交');
      await lynx.press('外语/计算机水平', '懂何种外语');
      await lynx.type('懂何种外语', 'CET-4');
      await lynx.type('外语证书：选择文件', file);
      await lynx.type('*计算机水平', 'NCRE-2');
      // what is still wrong is said at the top, and nothing is lost
      await lynx.press('保存', '请上传「计算机证书」');
      await lynx.sees('上次保存');
      await lynx.sees('certificate.png');
      await lynx.sees('CET-4');
      await lynx.loses('请上传「外语证书」');
      await lynx.type('*计算机水平', '无');
      await lynx.press('保存', '操作成功');
      await lynx.loses('请上传');
      const saved = await site.db('attachments').where({ declaration_id: id, section: 'languages' }).select('name', 'size');
      expect(saved).toEqual([{ name: 'certificate.png', size: expect.any(Number) as number }]);

      await lynx.press('返回填写项目', '核对并提交');
      await lynx.press('核对并提交', '确定申报');
      await lynx.press('确定申报', '已完成「确定申报」');
      expect(await stateOf(site, id)).toBe('unit_review');
    } finally {
      await lynx.close();
    }
  });
});
