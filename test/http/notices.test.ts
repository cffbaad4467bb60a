import { makeCommittee } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe('A5 notices', () => {
  it('lists them newest first, in pages, and shows one; not before its time', async () => {
    expect((await site.visitor().get('/notices')).text()).toContain('目前没有通知公告');
    await site.db('notices').insert(
      Array.from({ length: 25 }, (_, i) => ({
        title: `第 ${i + 1} 号通知`,
        body: `第一段 <b>${i}</b>\n\n第二段`,
        issued_by: '威海市人力资源和社会保障局',
        published_at: site.db.raw('app_now() - make_interval(days => ?)', [30 - i]),
      })),
    );
    await site
      .db('notices')
      .insert({ title: '尚未发布', body: '…', issued_by: '局', published_at: site.db.raw("app_now() + interval '1 day'") });
    const visitor = site.visitor();
    const first = await visitor.get('/notices');
    expect(first.all('.news a').map((a) => a.text)[0]).toBe('第 25 号通知');
    expect(first.text()).toContain('共 25 条');
    const last = await visitor.get('/notices?page=99');
    expect(last.all('.news a')).toHaveLength(5);
    const one = await visitor.get(first.link('第 25 号通知'));
    expect(one.all('.prose p').map((p) => p.innerHTML)).toEqual(['第一段 &lt;b&gt;24&lt;/b&gt;', '第二段']);
    const hidden = (await site.db('notices').where({ title: '尚未发布' }).first('id')) as { id: number };
    for (const id of [String(hidden.id), '0', '999999999999', 'x', '1e3'])
      expect([id, (await visitor.get(`/notices/${id}`)).status]).toEqual([id, 404]);
    expect(first.text()).not.toContain('尚未发布');
  });
});

describe('A4 frequently asked questions', () => {
  it('shows them by category and finds words, literally', async () => {
    await site.db('faqs').insert([
      { category: '注册登录', question: '忘记密码怎么办？', answer: '请拨打技术支持电话。', position: 1 },
      { category: '申报', question: '附件有什么要求？', answer: '每个文件不超过 5 MB，压缩到 100% 以下。', position: 2 },
      { category: '注册登录', question: '账号被锁定怎么办？', answer: '15 分钟后自动解锁。', position: 3 },
    ]);
    const visitor = site.visitor();
    const questions = async (q: string): Promise<string[]> =>
      (await visitor.get(`/faq?q=${encodeURIComponent(q)}`)).all('.faq__question').map((x) => x.text);
    const all = await visitor.get('/faq');
    expect(all.all('h2').map((h) => h.text)).toEqual(['注册登录', '申报']);
    expect(await questions('')).toHaveLength(3);
    expect(await questions('锁定')).toEqual(['账号被锁定怎么办？']);
    expect(await questions('登录 密码')).toEqual(['忘记密码怎么办？']);
    expect(await questions('5 mb')).toEqual(['附件有什么要求？']);
    expect(await questions('100%')).toEqual(['附件有什么要求？']);
    for (const literal of ['%', '_', '\\'])
      expect([literal, (await questions(literal)).length]).toEqual([literal, literal === '%' ? 1 : 0]);
    const none = await visitor.get(`/faq?q=${encodeURIComponent('<i>没有</i>')}`);
    expect(none.text()).toContain('没有找到包含');
    expect(none.html).not.toContain('<i>没有');
    expect((await visitor.get('/faq?q=a&q=b')).status).toBe(400);
  });
});

describe('A6 committees', () => {
  it('lists those that are approved and valid, by series and level', async () => {
    await makeCommittee(site, { name: '甲评审委员会', scopes: [[91, 'junior'], [91, 'middle']] }); // prettier-ignore
    await makeCommittee(site, { name: '乙评审委员会', scopes: [[1, 'senior']] });
    await makeCommittee(site, { name: '丙评审委员会', approved: false });
    await makeCommittee(site, { name: '丁评审委员会', expired: true });
    const visitor = site.visitor();
    const names = async (query: string): Promise<string[]> =>
      (await visitor.get(`/committees${query}`)).all('tbody tr').map((r) => r.querySelectorAll('td')[2]?.text.slice(0, 1) ?? '');
    expect((await names('')).sort()).toEqual(['乙', '甲']);
    expect(await names('?level=middle')).toEqual(['甲']);
    expect(await names('?series=1')).toEqual(['乙']);
    expect(await names('?series=91&level=junior')).toEqual(['甲']);
    expect(await names('?series=1&level=junior')).toEqual([]);
    expect(await names("?series=1'--&level=x")).toHaveLength(2);
    const page = await visitor.get('/committees?level=middle');
    expect(page.text('tbody')).toContain('初级职称、中级职称');
    expect(page.find('#f-level option[selected]')?.text).toBe('中级职称');
  });
});
