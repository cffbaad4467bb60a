import { makePerson, makeStaff, signInAs } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let support: Visitor;
beforeAll(async () => {
  site = await openSite();
  support = await signInAs(site, await makeStaff(site, { role: 'support', name: '姜晓东' }));
});
afterAll(() => site.close());

const actions = async (kind: string): Promise<string[]> =>
  (await site.db('audit_log').where({ subject_kind: kind }).orderBy('id').pluck('action')) as string[];

describe('A4 常见问题维护', () => {
  it('adds, changes and removes a question, which everybody then reads, and records it', async () => {
    const form = await support.get((await support.get('/support/faqs')).link('新增常见问题'));
    const bad = await support.send(
      form,
      { 'content.category': 'other', 'content.question': '照片有什么要求？', 'content.position': '0' },
      { button: 'do=save' },
    );
    expect(bad.errors()).toEqual([
      '选择「其他」时，请填写新的类别；没有的填写「无」',
      '「排列顺序」请填写 1 至 9999 之间的整数',
      '请填写「解答」',
    ]);
    expect(bad.find('#f-content-question')?.getAttribute('value')).toBe('照片有什么要求？');
    const values = {
      'content.categoryOther': '照片',
      'content.answer': '近期正面免冠。\n<script>alert(1)</script>',
      'content.position': '900',
      id: '1',
      published_at: '2020-01-01',
    };
    const list = await support.send(bad, values, { button: 'do=save' });
    expect(list.text()).toContain('已发布');
    const nobody = site.visitor();
    const shown = await nobody.get(`/faq?q=${encodeURIComponent('照片有什么')}`);
    expect(shown.text()).toContain('近期正面免冠');
    expect(shown.find('main script')).toBeNull();

    const again = await support.send(
      await support.get('/support/faqs/new'),
      { ...values, 'content.category': '照片', 'content.question': '照片有什么要求？' },
      { button: 'do=save' },
    );
    expect(again.errors()).toEqual(['这个问题已经有了，请修改原来的问题']);

    const last = Number((await site.db('faqs').where({ question: '照片有什么要求？' }).first<{ id: number }>('id')).id);
    const edit = await support.get(`/support/faqs/${last}`);
    expect((await support.send(edit, { 'content.answer': '蓝底、白底均可' }, { button: 'do=save' })).text()).toContain('修改已保存');
    expect((await nobody.get(`/faq?q=${encodeURIComponent('蓝底')}`)).text()).toContain('照片有什么要求');
    const [confirm, late] = [await support.get(`/support/faqs/${last}/remove`), await support.get(`/support/faqs/${last}/remove`)];
    expect(confirm.text()).toContain('照片有什么要求');
    expect((await support.send(confirm)).text()).toContain('已删除');
    expect((await support.submit(late)).status).toBe(409);
    expect((await nobody.get(`/faq?q=${encodeURIComponent('蓝底')}`)).text()).toContain('没有找到');
    expect(await actions('faq')).toEqual(['faq.create', 'faq.edit', 'faq.remove']);
  });
});

describe('A5 通知公告维护', () => {
  it('publishes, changes and removes a notice; the day of publication stays', async () => {
    const form = await support.get('/support/notices/new');
    const sent = {
      'content.title': '关于2026年度申报工作的通知',
      'content.issuedBy': '威海市人力资源和社会保障局',
      'content.body': '第一段\n第二段',
      published_at: '2000-01-01',
    };
    const answers = await Promise.all([
      support.submit(form, sent, { button: 'do=save' }),
      support.submit(form, sent, { button: 'do=save' }),
    ]);
    expect(answers.map((a) => a.location)).toEqual(['/support/notices?done=create', '/support/notices?done=create']);
    const rows = (await site.db('notices').where({ title: sent['content.title'] })) as { id: number; published_at: Date }[];
    expect(rows).toHaveLength(1);
    const id = rows[0]?.id ?? 0;
    expect((await site.visitor().get(`/notices/${id}`)).all('.prose p').map((p) => p.text)).toEqual(['第一段', '第二段']);
    await support.submit(await support.get(`/support/notices/${id}`), { 'content.body': '更正后的内容' }, { button: 'do=save' });
    const [after] = (await site.db('notices').where({ id })) as { body: string; published_at: Date }[];
    expect([after?.body, after?.published_at]).toEqual(['更正后的内容', rows[0]?.published_at]);
    await support.submit(await support.get(`/support/notices/${id}/remove`));
    expect((await site.visitor().get(`/notices/${id}`)).status).toBe(404);
    expect((await support.get(`/support/notices/${id}`)).status).toBe(404);
    expect(await actions('notice')).toEqual(['notice.create', 'notice.edit', 'notice.remove']);
  });

  it('X2 is for technical support alone', async () => {
    for (const account of [
      await makePerson(site),
      await makeStaff(site, { role: 'admin' }),
      await makeStaff(site, { role: 'bureau', divisionCode: '370000' }),
    ]) {
      const visitor = await signInAs(site, account);
      for (const address of ['/support/faqs', '/support/faqs/1', '/support/notices/new'])
        expect((await visitor.get(address)).status).toBe(403);
    }
  });
});
