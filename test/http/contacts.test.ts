/** P4: whom to call is on every page that says 「请联系」: bureaus and offices put their telephone down themselves. */
import { seedContent } from '../../seeds/content';
import { makeCommittee, makeStaff, makeUnit, signInAs } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let bureau: Visitor;
beforeAll(async () => {
  site = await openSite();
  bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
});
afterAll(() => site.close());

const phoneOf = async (code: string): Promise<unknown> => site.db('divisions').where({ code }).first('phone') as Promise<unknown>;

describe('P4 「联系电话」 of a bureau', () => {
  it('is asked for on the home page until it is there, and is then said to the units of the division', async () => {
    const unit = await signInAs(site, await makeUnit(site, { state: 'none' }));
    expect((await unit.open('/home')).text()).toContain('环翠区人力资源和社会保障局，人社服务电话 12333');
    expect((await bureau.open('/home')).text()).toContain('本局还没有填写联系电话');
    const form = await bureau.open('/profile/contact');
    const saved = await bureau.send(form, { 'contact.phone': '0631-5231234' }, { button: 'do=save' });
    expect(saved.text()).toContain('联系电话已保存');
    expect((await bureau.open('/home')).text()).not.toContain('还没有填写联系电话');
    expect((await unit.open('/home')).text()).toContain('环翠区人力资源和社会保障局，电话 0631-5231234');
    const audit: unknown = await site.db('audit_log').where({ action: 'contact.change', subject_id: '371002' }).first();
    expect(audit).toMatchObject({ subject_kind: 'division' });
  });

  it('P4, X5 a number is called by a touch, wherever somebody is told to call', async () => {
    const links = async (to: string): Promise<(string | undefined)[]> =>
      (await site.visitor().open(to)).all('main a[href^="tel:"]').map((a) => a.getAttribute('href'));
    await makeCommittee(site);
    for (const to of ['/sign-in', '/recover', '/contacts'])
      expect([to, await links(to)]).toEqual([to, expect.arrayContaining(['tel:053181919792'])]);
    expect(await links('/contacts')).toEqual(expect.arrayContaining(['tel:12333', 'tel:06315231234']));
    expect(await links('/committees')).toEqual(['tel:06315201234']);
  });

  it('of the city answers for a district that has put none down', async () => {
    await site.db('divisions').where({ code: '371000' }).update({ phone: '0631-5190100' });
    const unit = await signInAs(site, await makeUnit(site, { state: 'none', divisionCode: '371082' }));
    expect((await unit.open('/home')).text()).toContain('荣成市人力资源和社会保障局，电话 0631-5190100');
  });

  it('refuses what is no telephone, keeps what was typed, and the database refuses it too', async () => {
    const before = await phoneOf('371002');
    const again = await bureau.send(await bureau.open('/profile/contact'), { 'contact.phone': '打传达室' }, { button: 'do=save' });
    expect(again.text()).toContain('「联系电话」请填写区号和号码，例如 0631-5231234');
    expect(again.html).toContain('value="打传达室"');
    expect(await phoneOf('371002')).toEqual(before);
    await expect(site.db('divisions').where({ code: '371002' }).update({ phone: '打传达室' })).rejects.toThrow('divisions_phone');
  });
});

describe('P4, A8 「人社局联系电话」, for everybody', () => {
  it('lists who has put a telephone down, finds every region by its name, and every page leads to it', async () => {
    await site.db('divisions').where({ code: '371000' }).update({ phone: '0631-5190100' });
    await site.db('divisions').where({ code: '371002' }).update({ phone: '0631-5231234' });
    const anybody = site.visitor();
    const list = await anybody.open((await anybody.open('/sign-in')).link('人社局联系电话'));
    expect(list.text()).toContain('山东省威海市环翠区人力资源和社会保障局');
    expect(list.text()).toContain('0631-5231234');
    expect(list.text()).not.toContain('荣成市');
    const found = await anybody.open(`/contacts?q=${encodeURIComponent('荣成')}`);
    expect(found.text('main table')).toContain('山东省威海市荣成市人力资源和社会保障局 0631-5190100');
    expect(found.text('main table')).toContain('上级人社局的电话');
    expect((await anybody.open(`/contacts?q=${encodeURIComponent('合肥')}`)).text('main table')).toContain('12333');
    expect((await anybody.open(`/contacts?q=${encodeURIComponent('区')}`)).text()).toContain('只列出前 100 个');
    expect((await anybody.open(`/contacts?q=${encodeURIComponent('100%的区_')}`)).text()).toContain('没有找到「100%的区_」');
    expect((await anybody.open('/recover')).link('人社局联系电话')).toBe('/contacts');
    await seedContent(site.db);
    expect((await anybody.open('/faq')).all('main a').some((a) => a.getAttribute('href') === '/contacts')).toBe(true);
  });
});

describe('P4 「联系电话」 of a committee’s office', () => {
  it('is the one that units see', async () => {
    const committee = await makeCommittee(site);
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    await office.send(await office.open('/profile/contact'), { 'contact.phone': '0631-5209999' }, { button: 'do=save' });
    expect(await site.db('committees').where({ id: committee.id }).first('phone')).toEqual({ phone: '0631-5209999' });
  });

  it('is nothing for units and applicants', async () => {
    const unit = await signInAs(site, await makeUnit(site));
    expect((await unit.open('/profile/contact')).status).toBe(403);
  });
});
