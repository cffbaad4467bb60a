import { makePerson, makeStaff, signInAs, confirmPassword } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
let other: Visitor;
beforeAll(async () => {
  site = await openSite({ SUPPORT_PHONE: '0631-5200000' });
  admin = await signInAs(site, await makeStaff(site, { role: 'admin', name: '周海峰' }));
  other = await signInAs(site, await makeStaff(site, { role: 'admin', name: '毕建国' }));
}, 60_000);
afterAll(() => site.close());

const footer = async (): Promise<string> => (await site.visitor().get('/faq')).text('footer');
/** the password is asked for where it was not given within five minutes */
async function save(visitor: Visitor, page: Page, values: Record<string, string>): Promise<Page> {
  const answer = await visitor.submit(page, values, { button: 'do=save' });
  if (!answer.location.startsWith('/confirm-password')) return visitor.open(answer.location);
  const kept = await confirmPassword(visitor, answer);
  return visitor.send(kept, {}, { form: '/kept' });
}

describe('K2 系统设置', () => {
  it('K2 what the administrator sets holds at once, is kept with before and after, and stands in the log', async () => {
    expect(await footer()).toContain('0631-5200000');
    const page = await admin.get('/admin/settings');
    expect(page.text()).toContain('还没有修改过');
    const saved = await save(admin, page, { 'support.supportPhone': '0631-5209999', 'messages.remindersOn': 'no' });
    expect(saved.text()).toContain('设置已保存，立即生效');
    expect(saved.text()).toContain('技术支持电话');
    expect(await site.deps.settings.get()).toMatchObject({ supportPhone: '0631-5209999', remindersOn: false, smsDays: 1 });
    expect(await footer()).toContain('0631-5209999');
    expect(await site.db('setting_changes').orderBy('key').select('key', 'before', 'after')).toEqual([
      { key: 'remindersOn', before: null, after: false },
      { key: 'supportPhone', before: null, after: '0631-5209999' },
    ]);
    const [line] = (await site.db('audit_log').where({ action: 'settings.save' })) as { detail: unknown; actor_name: string }[];
    expect(line).toMatchObject({
      actor_name: '周海峰',
      detail: { settings: ['技术支持电话：0631-5200000→0631-5209999', '截止前发送提醒短信：是→否'] },
    });
    // saved again without a change: nothing is written
    expect((await save(admin, await admin.get('/admin/settings'), {})).text()).toContain('没有变化');
    expect(await site.db('setting_changes')).toHaveLength(2);
  });

  it('K2 what is wrong comes back with everything that was typed', async () => {
    const before = await site.db('settings').orderBy('key');
    const page = await save(admin, await admin.get('/admin/settings'), {
      'support.supportPhone': '打这个电话',
      'messages.remindersFrom': '25',
      'retention.smsDays': '7',
    });
    expect(page.errors()).toEqual([
      '联系电话：「技术支持电话」请填写区号和号码，例如 0531-81919792',
      '提醒短信：「每天最早发送时间」请填写 6 至 12 之间的整数',
    ]);
    expect(new Map(page.fields('form[action="/admin/settings"]')).get('retention.smsDays')).toBe('7');
    expect(await site.db('settings').orderBy('key')).toEqual(before);
  });

  it('K2 of two who change the same setting the second sees what the first has made of it, others go through', async () => {
    const [one, two] = [await admin.get('/admin/settings'), await other.get('/admin/settings')];
    expect((await save(admin, one, { 'retention.smsDays': '3' })).text()).toContain('设置已保存');
    const refused = await save(other, two, { 'retention.smsDays': '5', 'retention.reminderDays': '60' });
    expect(refused.errors()).toEqual(['「短信内容」已由周海峰改为「3 天」，请核对后再保存']);
    expect(await site.deps.settings.get()).toMatchObject({ smsDays: 3, reminderDays: 90 });
    expect((await save(other, refused, {})).text()).toContain('设置已保存');
    expect(await site.deps.settings.get()).toMatchObject({ smsDays: 5, reminderDays: 60 });
  });

  it('K2 a change made at the database is heard, and a value that fits no definition is left aside', async () => {
    await site
      .db('settings')
      .where({ key: 'supportPhone' })
      .update({ value: JSON.stringify('0631-5201111'), updated_by: null });
    await site
      .db('settings')
      .where({ key: 'smsDays' })
      .update({ value: JSON.stringify('many') });
    for (let i = 0; i < 200 && site.deps.settings.known().supportPhone !== '0631-5201111'; i++) await new Promise((r) => setTimeout(r, 25));
    for (let i = 0; i < 200 && site.deps.settings.known().smsDays !== 1; i++) await new Promise((r) => setTimeout(r, 25));
    expect(await site.deps.settings.get()).toMatchObject({ supportPhone: '0631-5201111', smsDays: 1 });
    expect((await admin.get('/admin/settings')).text()).toContain('系统维护人员');
    await expect(site.db('setting_changes').delete()).rejects.toThrow();
  });

  it('K2 nobody else comes in', async () => {
    const person = await signInAs(site, await makePerson(site));
    expect((await person.get('/admin/settings')).status).toBe(403);
  });
});
