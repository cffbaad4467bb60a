import { makePerson, makeStaff, makeUnit, PASSWORD, signInAs, signInVia } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

async function setProfile(on: boolean): Promise<void> {
  await site.db.raw("INSERT INTO settings (key, value) VALUES ('strictStaff', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [
    JSON.stringify(on),
  ]);
  site.deps.settings.refresh();
  expect((await site.deps.settings.get()).strictStaff).toBe(on);
}
const change = async (visitor: Visitor, present: string, password: string): Promise<Page> =>
  visitor.submit(await visitor.get('/password'), { present, password, again: password });
const clock = async (): Promise<string> => ((await site.db('clock').first('shift')) as { shift: string }).shift;

describe('S06, 等保 8.1.4.1 passwords of staff where the settings ask for more', () => {
  it('is off unless an administrator switches it on: no classes, no age, former passwords may come back', async () => {
    const staff = await makeStaff(site, { role: 'support' });
    await site.db('accounts').where({ id: staff.accountId }).update({ password_set_at: '2020-01-01' });
    const visitor = await signInAs(site, staff);
    expect((await visitor.get('/home')).status).toBe(200);
    const page = await visitor.get('/password');
    expect(page.text()).not.toContain('最近 5 次');
    expect((await change(visitor, PASSWORD, 'nur kleine woerter hier')).status).toBe(303);
    expect((await change(visitor, 'nur kleine woerter hier', PASSWORD)).status).toBe(303);
  });

  it('asks for three kinds of characters, and for none of the last five passwords', async () => {
    await setProfile(true);
    const staff = await makeStaff(site, { role: 'bureau', divisionCode: '371002' });
    const visitor = await signInAs(site, staff);
    expect((await visitor.get('/password')).text()).toContain('不能与最近 5 次用过的密码相同');
    for (const [weak, kinds] of [
      ['nur kleine woerter hier', 2],
      ['achtzehnkleinewoerter', 1],
      ['１２３４５６７８ABCDEFGH', 2],
    ] as const)
      // prettier-ignore
      expect((await change(visitor, PASSWORD, weak)).errors()).toEqual([`密码须包含大写字母、小写字母、数字、符号中的三种，现有 ${kinds} 种`]);
    const used = [PASSWORD, ...Array.from({ length: 6 }, (_, i) => `Haiyan-Yanjing-${i}x`)];
    for (let i = 1; i < used.length; i++) expect([i, (await change(visitor, used[i - 1] ?? '', used[i] ?? '')).status]).toEqual([i, 303]);
    const present = used[6] ?? '';
    for (const former of used.slice(1, 6))
      expect((await change(visitor, present, former)).errors()).toEqual(['新密码不能与最近 5 次用过的密码相同']);
    // who does not know the present password learns nothing of former ones
    expect((await change(visitor, 'falsch-Falsch-1', used[3] ?? '')).errors()[0]).toMatch(/不正确/);
    expect(await site.db('former_passwords').where({ account_id: staff.accountId })).toHaveLength(5);
    // the sixth before it is forgotten
    expect((await change(visitor, present, PASSWORD)).status).toBe(303);
    expect(await site.db('former_passwords').where({ account_id: staff.accountId })).toHaveLength(5);
  });

  it('a password that was handed over does not push a former one out', async () => {
    const staff = await makeStaff(site, { role: 'support' });
    const visitor = await signInAs(site, staff);
    expect((await change(visitor, PASSWORD, 'Haiyan-Yanjing-1')).status).toBe(303);
    for (let i = 0; i < 6; i++)
      await site
        .db('accounts')
        .where({ id: staff.accountId })
        .update({ password_hash: `handed ${i}`, must_change_password: true });
    expect(await site.db('former_passwords').where({ account_id: staff.accountId })).toHaveLength(2);
  });

  it('after 90 days of the database clock nothing opens but the page that changes it, from the next request on', async () => {
    await setProfile(true);
    const staff = await makeStaff(site, { role: 'admin' });
    const person = await makePerson(site);
    const unit = await makeUnit(site);
    const visitor = await signInAs(site, staff);
    const before = await clock();
    await site.advanceClock('89 days 23 hours');
    expect((await visitor.get('/home')).status).toBe(200);
    await site.advanceClock('2 hours');
    for (const address of ['/home', '/admin/staff', '/admin/settings', '/profile/sessions']) {
      const page = await visitor.get(address);
      expect([address, page.status, page.location]).toEqual([address, 303, '/password']);
    }
    const page = await visitor.get('/password');
    expect(page.text()).toContain('已经使用 90 天以上');
    expect(page.text()).not.toContain('临时密码');
    const form = await visitor.get('/password');
    const settings = new URLSearchParams([...form.fields(), ['support.supportPhone', '0631-5200000']]);
    expect((await visitor.request('POST', '/admin/settings', settings)).location).toBe('/password');
    // at sign-in too
    const again = site.visitor();
    const entered = await signInVia(site, again, staff.loginName);
    expect((await again.open(entered.location)).heading).toBe('修改密码');
    // nobody else
    for (const account of [person, unit]) expect((await (await signInAs(site, account)).get('/home')).status).toBe(200);
    expect((await change(again, PASSWORD, 'Yanjing-2026-Haian')).status).toBe(303);
    expect((await again.get('/home')).status).toBe(200);
    await site.db('clock').update({ shift: before });
  });

  it('switched off, it lets everybody in again at once', async () => {
    await setProfile(true);
    const staff = await makeStaff(site, { role: 'support' });
    const visitor = await signInAs(site, staff);
    await site.db('accounts').where({ id: staff.accountId }).update({ password_set_at: '2020-01-01' });
    expect((await visitor.get('/home')).status).toBe(303);
    await setProfile(false);
    expect((await visitor.get('/home')).status).toBe(200);
  });
});
