import { makePerson, makeStaff, makeUnit, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const staff = async (role: 'support' | 'admin'): Promise<Visitor> => signInAs(site, await makeStaff(site, { role }));
const titles = (page: Page): string[] => page.all('.guides__link').map((a) => a.text);

describe('A4 使用指南', () => {
  it('those of applicants and units are for everybody, those of the authorities for the authorities', async () => {
    const nobody = site.visitor();
    expect(titles(await nobody.get('/guides'))).toEqual(['申报人使用指南', '用人单位、主管部门使用指南']);
    expect((await nobody.get('/guides/office')).location).toMatch(/^\/sign-in\?next=/);
    const person = await signInAs(site, await makePerson(site));
    expect((await person.get('/guides/applicant')).status).toBe(200);
    expect((await person.get('/guides/office')).status).toBe(403);
    expect((await person.get('/guides/nothing')).status).toBe(404);
    expect(titles(await (await staff('support')).get('/guides'))).toHaveLength(6);
    expect(titles(await (await staff('admin')).get('/guides'))).toHaveLength(8);
  });

  it('shows its pictures and no other file', async () => {
    const nobody = site.visitor();
    const guide = await nobody.get('/guides/applicant');
    const pictures = guide.all('.guide img').map((i) => i.getAttribute('src') ?? '');
    expect(pictures.length).toBeGreaterThan(5);
    for (const src of pictures) {
      const answer = await nobody.get(src);
      expect([src, answer.status, answer.headers.get('content-type')]).toEqual([src, 200, 'image/png']);
    }
    for (const name of ['office-queue.png', 'unit-home.png', '..%2Fapplicant.md', 'x.png'])
      expect([name, (await nobody.get(`/guides/applicant/pictures/${name}`)).status]).toEqual([name, 404]);
    expect((await nobody.get('/guides/office/pictures/office-queue.png')).status).toBe(303);
  });

  it('leads to the pages it speaks of, when the reader has them', async () => {
    const person = await signInAs(site, await makePerson(site));
    const guide = await person.get('/guides/applicant');
    expect(guide.link('我的申报信息')).toBe('/declarations');
    const links = guide.all('.guide a').map((a) => a.getAttribute('href') ?? '');
    for (const to of new Set(links)) expect([to, (await person.get(to)).status]).toEqual([to, 200]);
    const contents = guide.all('.columns__aside a[href^="#"]').map((a) => decodeURIComponent(a.getAttribute('href') ?? '').slice(1));
    expect(contents).toEqual(guide.all('.guide h2').map((h) => h.getAttribute('id')));
  });

  it('every page leads to its paragraph, also a page that refuses', async () => {
    const person = await signInAs(site, await makePerson(site));
    const unit = await signInAs(site, await makeUnit(site));
    const helpOf = async (visitor: Visitor, to: string): Promise<string> => decodeURIComponent((await visitor.get(to)).link('使用帮助'));
    expect(await helpOf(person, '/profile')).toBe('/guides/applicant#完善基本信息');
    expect(await helpOf(person, '/declarations/new')).toBe('/guides/applicant#新增申报信息');
    expect(await helpOf(unit, '/unit/report')).toBe('/guides/unit#数据上报');
    expect(await helpOf(site.visitor(), '/register/unit')).toBe('/guides/unit#注册单位账号');
    const refused = await unit.get('/profile');
    expect(refused.status).toBe(403);
    expect(refused.all('main a').map((a) => a.getAttribute('href'))).toEqual(expect.arrayContaining(['/guides/unit', '/faq']));
    const missing = await site.visitor().get('/nothing');
    expect(missing.all('main a').map((a) => a.getAttribute('href'))).toEqual(expect.arrayContaining(['/guides', '/faq']));
  });
});

describe('A4 常见问题', () => {
  it('an answer leads to the page that mends it; to the reader’s own pages only, and as text where it is none', async () => {
    await site.db('faqs').insert({
      category: '注册与登录',
      question: '怎样更换密码？',
      answer: '请打开「修改密码」或者「找回用户名或密码」，不要点击「<b>没有」。单位请看「单位路径申请」。',
      position: 1,
    });
    const hrefs = async (visitor: Visitor): Promise<(string | undefined)[]> =>
      (await visitor.get('/faq')).all('.faq__answer a').map((a) => a.getAttribute('href'));
    expect(await hrefs(site.visitor())).toEqual(['/recover', '/unit/paths']);
    expect(await hrefs(await signInAs(site, await makePerson(site)))).toEqual(['/password', '/recover']);
    expect((await site.visitor().get('/faq')).html).not.toContain('<b>没有');
  });
});
