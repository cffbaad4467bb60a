import { makeScan } from '../../seeds/demo/scans';
import { collectOrphans } from '../../src/modules/attachments';
import { makePerson, makeStaff, signInAs } from '../support/factories';
import { up as countFromOne } from '../../migrations/0083_faq_order';
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
    expect(bad.errors()).toEqual(['选择「其他」时，请填写「新的类别」', '「排列顺序」请填写 1 至 9999 之间的整数', '请填写「解答」']);
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

describe('A4 the order of an older installation', () => {
  const orders = async (): Promise<[string, number][]> =>
    ((await site.db('faqs').orderBy(['position', 'id']).select('question', 'position')) as { question: string; position: number }[]).map(
      (f) => [f.question, f.position],
    );

  it('is counted from 1 afterwards, in the same order, however often it is asked for; such a question is changed like any other', async () => {
    await site.db('faqs').delete();
    await site.db('faqs').insert([7, 0, 1].map((position) => ({ category: 'other', question: `第${position}问`, answer: '答', position })));
    for (let n = 0; n < 2; n++) {
      await countFromOne(site.db);
      expect(await orders()).toEqual([
        ['第0问', 1],
        ['第1问', 2],
        ['第7问', 8],
      ]);
    }
    const form = await support.get((await support.get('/support/faqs')).link('第0问'));
    expect((await support.submit(form, { 'content.answer': '新答' }, { button: 'do=save' })).status).toBe(303);
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

  it('keeps both texts when two of the staff change the same notice, and lets the second choose', async () => {
    const other = await signInAs(site, await makeStaff(site, { role: 'support', name: '孙晓东' }));
    const [row] = (await site.db('notices').insert({ title: '原标题', issued_by: '人社局', body: '原正文' }).returning('id')) as {
      id: number;
    }[];
    const address = `/support/notices/${row?.id ?? 0}`;
    const [mine, theirs] = [await support.get(address), await other.get(address)];
    await other.submit(theirs, { 'content.title': '对方标题', 'content.body': '对方正文' }, { button: 'do=save' });
    const conflict = await support.submit(mine, { 'content.title': '我的标题', 'content.body': '我的正文' }, { button: 'do=save' });
    expect(conflict.status).toBe(409);
    for (const text of ['对方标题', '对方正文', '我的标题', '我的正文']) expect(conflict.text()).toContain(text);
    expect(conflict.text()).not.toContain('发布单位');
    const done = await support.send(conflict, { 'keep.title': 'saved', 'keep.body': 'mine' }, { button: 'do=resolve' });
    expect(done.text()).toContain('修改已保存');
    expect(await site.db('notices').where({ id: row?.id }).first('title', 'body', 'issued_by', 'version')).toEqual({
      title: '对方标题',
      body: '我的正文',
      issued_by: '人社局',
      version: 3,
    });
    const faq = (await site.db('faqs').insert({ category: '甲', question: '问', answer: '答', position: 1 }).returning('id')) as {
      id: number;
    }[];
    const both = [await support.get(`/support/faqs/${faq[0]?.id}`), await other.get(`/support/faqs/${faq[0]?.id}`)] as const;
    const answers = await Promise.all([
      support.submit(both[0], { 'content.answer': '答一' }, { button: 'do=save' }),
      other.submit(both[1], { 'content.answer': '答二' }, { button: 'do=save' }),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
  });

  it('D14 has attachments, judged by content, which everybody downloads while the notice is published', async () => {
    const [row] = (await site.db('notices').insert({ title: '有附件', issued_by: '人社局', body: '见附件' }).returning('id')) as {
      id: number;
    }[];
    const id = row?.id ?? 0;
    const scan = (await makeScan('proof', { name: '于海', lines: ['附表'], date: '2026年9月1日' }, 'jpg')).content;
    const page = await support.get(`/support/notices/${id}`);
    const form = 'main form[enctype="multipart/form-data"]';
    const upload = (content: Buffer, name: string) => ({ field: 'files', name, content });
    const done = await support.send(
      page,
      {},
      { form, files: [upload(scan, '附件1：申报表.jpg'), upload(Buffer.from('MZ evil'), '坏.pdf')] },
    );
    expect(done.text()).toContain('已上传 1 个附件');
    expect(done.errors()).toEqual([expect.stringContaining('「坏.pdf」未能上传')]);
    const same = await support.send(await support.get(`/support/notices/${id}`), {}, { form, files: [upload(scan, '又一次.jpg')] });
    expect(same.errors()).toEqual([expect.stringContaining('与已有的附件相同')]);
    const nobody = site.visitor();
    const shown = await nobody.get(`/notices/${id}`);
    const href = shown.link('附件1');
    const file = await nobody.bytes(href);
    expect([file.status, file.headers.get('content-type'), file.headers.get('x-content-type-options')]).toEqual([
      200,
      'image/jpeg',
      'nosniff',
    ]);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(await collectOrphans(site.deps, () => Date.now() + 3 * 86_400_000)).toBe(0);
    await site
      .db('notices')
      .where({ id })
      .update({ published_at: site.db.raw("app_now() + interval '1 day'") });
    expect((await nobody.get(href)).status).toBe(404);
    await site
      .db('notices')
      .where({ id })
      .update({ published_at: site.db.raw('app_now()') });
    const remove = await support.get(`/support/notices/${id}`);
    expect((await support.send(remove, {}, { form: `/support/notices/${id}/files/` })).text()).toContain('附件已删除');
    expect((await nobody.get(href)).status).toBe(404);
    expect(await actions('notice')).toEqual(expect.arrayContaining(['notice.add-file', 'notice.remove-file']));
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
