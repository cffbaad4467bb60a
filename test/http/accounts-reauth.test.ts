import { confirmPassword, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

async function unitWithMember(): Promise<{ unit: TestUnit; owner: Visitor; member: number }> {
  const unit = await makeUnit(site);
  const owner = await signInAs(site, unit);
  const page = await owner.send(await owner.get('/unit/operators/new'), {
    'operator.name': '丛培英',
    'operator.loginName': `reauth_${unit.unitId}`,
    'operator.mobile': '13806319999',
  });
  return { unit, owner, member: Number(/operators\/(\d+)/.exec(page.address)?.[1]) };
}

describe('S14 the password once more', () => {
  it('is asked for before a page that needs it, opens it for five minutes, and renews the session (S16)', async () => {
    const { owner, member } = await unitWithMember();
    const address = `/unit/operators/${member}/hand-over`;
    const asked = await owner.get(address);
    expect([asked.status, asked.location]).toEqual([303, `/confirm-password?next=${encodeURIComponent(address)}`]);
    const form = await owner.get(asked.location);
    const wrong = await owner.submit(form, { password: 'Falsch-Falsch-1' });
    expect([wrong.status, wrong.errors()[0]]).toEqual([422, '「登录密码」不正确，还可以尝试 4 次']);
    const before = owner.cookies.get('sid');
    expect((await confirmPassword(owner, asked)).address).toBe(address);
    expect(owner.cookies.get('sid')).not.toBe(before);
    expect((await owner.get(address)).status).toBe(200);
    await site.advanceClock('5 minutes 1 second');
    expect((await owner.get(address)).location).toContain('/confirm-password');
  });

  it('A9 keeps a form that is sent too late, and sends it when the password was given', async () => {
    const { unit, owner, member } = await unitWithMember();
    const address = `/unit/operators/${member}/hand-over`;
    const page = await confirmPassword(owner, await owner.get(address));
    await site.advanceClock('6 minutes');
    const late = await owner.submit(page, {}, { form: address });
    expect(late.location).toContain('/confirm-password');
    expect(await site.db('accounts').where({ id: unit.accountId, is_owner: true })).toHaveLength(1);
    const kept = await confirmPassword(owner, late);
    expect(kept.address).toBe('/kept');
    await owner.submit(kept, {}, { form: 'main form' });
    expect(await site.db('accounts').where({ id: member, is_owner: true })).toHaveLength(1);
  });

  it('a kept form does not get around it, nor does a POST without the page', async () => {
    const { owner, member } = await unitWithMember();
    const address = `/unit/operators/${member}/hand-over`;
    const fields = (await owner.get('/home')).fields('form[action="/sign-out"]');
    const straight = await owner.request('POST', address, new URLSearchParams(fields));
    expect(straight.location).toContain('/confirm-password');
    const around = await owner.submit(await owner.get('/kept'), {}, { form: 'main form' });
    expect(around.location).toContain('/confirm-password');
    expect(await site.db('accounts').where({ id: member, is_owner: true })).toHaveLength(0);
  });

  it('drafts of the session go on in the new one', async () => {
    const { owner, member } = await unitWithMember();
    const page = await owner.send(await owner.get('/unit/operators/new'), { 'operator.name': '姜山', 'operator.mobile': '1' });
    expect(page.find('#f-operator-name')?.getAttribute('value')).toBe('姜山');
    await confirmPassword(owner, await owner.get(`/unit/operators/${member}/hand-over`));
    expect((await owner.get(page.address)).find('#f-operator-name')?.getAttribute('value')).toBe('姜山');
  });

  it('says which act asks for it, and has a way back to the page it was asked on, also after a wrong password', async () => {
    const { owner, member } = await unitWithMember();
    const address = `/unit/operators/${member}/hand-over`;
    const on = `/unit/operators/${member}`;
    const asked = await owner.request('GET', address, undefined, { referer: `${site.base}${on}` });
    expect(asked.location).toBe(`/confirm-password?next=${encodeURIComponent(address)}&from=${encodeURIComponent(on)}`);
    const form = await owner.get(asked.location);
    expect(form.text('main')).toContain('您正在办理：丛培英 › 移交主经办人。');
    expect(form.link('返回上一页')).toBe(on);
    const wrong = await owner.submit(form, { password: 'Falsch-Falsch-1' });
    expect([wrong.status, wrong.link('返回上一页')]).toEqual([422, on]);
    // a form that was sent too late is named by the page it stood on
    const page = await confirmPassword(owner, asked);
    await site.advanceClock('6 minutes');
    const late = await owner.get((await owner.submit(page, {}, { form: address })).location);
    expect(late.text('main')).toContain('移交主经办人');
    expect(late.text('main')).toContain('您刚才填写的内容已保留');
    // another site's page is none of ours, and neither is what somebody wrote into the address
    const foreign = await owner.request('GET', address, undefined, { referer: 'https://evil.example/x' });
    expect(foreign.location).toBe(`/confirm-password?next=${encodeURIComponent(address)}`);
    const forged = await owner.get(`${foreign.location}&from=${encodeURIComponent('//evil.example/x')}`);
    expect([forged.link('返回首页'), forged.html.includes('href="//evil')]).toEqual(['/home', false]);
  });

  it('leads to own pages only', async () => {
    const { owner } = await unitWithMember();
    const form = await owner.get(`/confirm-password?next=${encodeURIComponent('//evil.example/x')}`);
    expect((await owner.submit(form, { password: 'Dengta-2026-Haian' })).location).toBe('/home');
  });
});
