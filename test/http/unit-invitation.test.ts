import { lastSms } from '../support/people';
import { listSms } from '../../src/adapters/sms';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs, type TestPerson } from '../support/factories';
import { makeDeclaration } from '../support/declarations';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let person: TestPerson;
let visitor: Visitor;
let search: string;
let batch: Awaited<ReturnType<typeof makeBatch>>;

async function startSearching(who: { loginName: string }): Promise<{ visitor: Visitor; search: string }> {
  const browser = await signInAs(site, who);
  const started = await browser.submit(await browser.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  return { visitor: browser, search: `/declarations/${id}/sections/application/find-unit?field=main.unit&q=` };
}

beforeAll(async () => {
  site = await openSite({ BASE_URL: 'https://zcsb.example.cn/' });
  batch = await makeBatch(site, { committeeId: (await makeCommittee(site, { phone: '0631-5207788' })).id });
  person = await makePerson(site, { photo: false });
  ({ visitor, search } = await startSearching(person));
});
afterAll(() => site.close());

const find = (words: string): Promise<Page> => visitor.open(search + encodeURIComponent(words));
const invite = async (words: string): Promise<Page> => visitor.send(await find(words), {}, { form: 'form[action$="invite-unit"]' });
const messagesTo = async (mobile: string): Promise<number> =>
  (await listSms(site.db, site.deps.cipher, 1000)).filter((m) => m.mobile === mobile).length;

describe('P4 inviting a unit', () => {
  it('P4, C3 shows a unit without the permission as such, and never as a choice', async () => {
    await makeUnit(site, { name: '威海市环翠区海韵剧团', state: 'none' });
    const page = await find('海韵');
    expect(page.text('#unit-results')).toContain('尚未取得「职称评审」权限，暂时不能选择：威海市环翠区海韵剧团');
    expect(page.all('input[name="unit"][type="radio"]')).toHaveLength(0);
  });

  it('P4 sends one message a day to the unit’s own number, whoever asks, and names nobody', async () => {
    await makeUnit(site, { name: '威海市环翠区渔歌剧团', state: 'none', mobile: '13906315555' });
    expect((await invite('渔歌')).text('body')).toContain('已向该单位登记的手机号码发送短信');
    const sms = await lastSms(site, '13906315555');
    expect(sms).toContain('权限申请');
    expect(sms).not.toContain(person.name);
    const other = await startSearching(await makePerson(site, { photo: false }));
    const page = await other.visitor.open(other.search + encodeURIComponent('渔歌'));
    const again = await other.visitor.submit(page, {}, { form: 'form[action$="invite-unit"]' });
    expect(again.status).toBe(429);
    expect(again.text('body')).toContain('一天只发一次短信');
    expect(await messagesTo('13906315555')).toBe(1);
    expect((await site.db('audit_log').where({ action: 'unit.invite' })) as object[]).toHaveLength(1);
  });

  it('P4, S08 lets a person ask three units a day, also when four are asked at the same moment', async () => {
    const another = await startSearching(await makePerson(site, { photo: false }));
    for (const n of [1, 2, 3, 4]) await makeUnit(site, { name: `文登剧社第${n}团`, state: 'refused', mobile: `1390631700${n}` });
    const page = await another.visitor.open(another.search + encodeURIComponent('文登剧社'));
    const forms = page.all('form[action$="invite-unit"]');
    expect(forms).toHaveLength(4);
    const answers = await Promise.all(
      forms.map((f) =>
        another.visitor.request(
          'POST',
          f.getAttribute('action') ?? '',
          new URLSearchParams(
            f.querySelectorAll('input').map((i): [string, string] => [i.getAttribute('name') ?? '', i.getAttribute('value') ?? '']),
          ),
        ),
      ),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([303, 303, 303, 429]);
    expect(await messagesTo('13906317001')).toBeLessThanOrEqual(1);
  });

  it('P4 asks again on another day, and nobody once the permission is there', async () => {
    await site.advanceClock('25 hours');
    ({ visitor, search } = await startSearching(await makePerson(site, { photo: false })));
    const page = await find('渔歌');
    await site.db('units').where({ name: '威海市环翠区渔歌剧团' }).update({ permission_state: 'granted' });
    expect((await visitor.submit(page, {}, { form: 'form[action$="invite-unit"]' })).status).toBe(409);
    await site.db('units').where({ name: '威海市环翠区渔歌剧团' }).update({ permission_state: 'refused' });
    expect((await invite('渔歌')).text('body')).toContain('已向该单位');
    expect(await messagesTo('13906315555')).toBe(2);
  });

  it('P4, X3 gives a text to hand on for a unit that is not there, with a public page and nothing personal', async () => {
    const page = await find('从未注册的单位');
    const text = page.text('.invitation');
    expect(text).toContain('https://zcsb.example.cn/register/unit/guide');
    expect(text).not.toContain(person.name);
    const guide = await site.visitor().get('/register/unit/guide');
    expect([guide.status, guide.link('单位注册')]).toEqual([200, '/register/unit']);
    expect(guide.text()).toContain('https://zcsb.example.cn/register/unit');
  });

  it('P4, X2 is not for a stranger’s declaration', async () => {
    const stranger = await signInAs(site, await makePerson(site, { photo: false }));
    const fields = (await stranger.open('/home')).fields('form[action="/sign-out"]');
    const to = `${search.split('/find-unit')[0]}/invite-unit`;
    expect((await stranger.request('POST', to, new URLSearchParams([...fields, ['unit', '1'], ['field', 'main.unit']]))).status).toBe(404);
  });
});

/** The lines of the unit's to-do list: title, status, hint. */
const steps = (page: Page): string[][] =>
  page
    .all('.govuk-task-list')[0]
    ?.querySelectorAll('.govuk-task-list__item')
    .map((li) => [
      (li.querySelector('.govuk-task-list__link') ?? li.querySelector('div > div'))?.text.trim() ?? '',
      li.querySelector('.govuk-task-list__status')?.text.trim() ?? '',
      li.querySelector('.govuk-task-list__hint')?.text.trim() ?? '',
    ]) ?? [];

describe('P4 the to-do list of a unit that is stuck', () => {
  it('P4 leads from the permission to the path, from the path to the upstream, with since when and whom to call', async () => {
    const unit = await makeUnit(site, { name: '威海市环翠区听涛文化站', state: 'none' });
    const upper = await makeUnit(site, { name: '威海市环翠区听涛文旅局', contactName: '周晓岚', mobile: '13906319911' });
    const browser = await signInAs(site, unit);
    const first = steps(await browser.open('/home'));
    expect(first[0]?.slice(0, 2)).toEqual(['取得「职称评审」权限', '请申请']);
    expect(first[0]?.[2]).toMatch(/\d{4}年\d+月\d+日.*注册，尚未申请.*环翠区人力资源和社会保障局/);

    await site.db('units').where({ id: unit.unitId }).update({ permission_state: 'granted' });
    const declaration = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const second = await browser.open('/home');
    expect(steps(second)[0]?.slice(0, 2)).toEqual(['上报路径：2026年度 群众文化 初级职称', '请申请']);
    expect(steps(second)[0]?.[2]).toMatch(/1 人自 .* 起等待，上报截止时间/);
    const form = await browser.open(second.link('上报路径：'));
    expect(form.find('select[name="path.series"] option[selected]')?.getAttribute('value')).toBe('91');

    const path = await makePath(site, batch, unit, upper, 'requested');
    expect(steps(await browser.open('/home'))[0]?.[2]).toContain('提交给威海市环翠区听涛文旅局，等待审核。请联系周晓岚，13906319911');
    await site.db('reporting_paths').where({ id: path }).update({ state: 'refused', reason: '请改报市馆' });
    expect(steps(await browser.open('/home'))[0]?.[2]).toContain('未通过，原因：请改报市馆');

    await makePath(site, batch, unit, upper);
    expect((await browser.open('/home')).text()).not.toContain('上报路径：2026');
    await site
      .db('declaration_stops')
      .where({ declaration_id: declaration })
      .update({ reported_at: site.db.raw('app_now()') });
    await site.db('declarations').where({ id: declaration }).update({ holder_unit_id: upper.unitId, state: 'unit_review' });
    const above = await browser.open('/home');
    expect(above.text()).toContain('已上报，等待上级办理');
    const waiting = steps(above);
    expect(waiting[0]?.slice(0, 2)).toEqual(['威海市环翠区听涛文旅局', '1 人']);
    expect(waiting[0]?.[2]).toContain('请联系周晓岚，13906319911');
  });

  it('P4, K2 warns a week before the window closes, and is silent when nothing is stuck', async () => {
    const unit = await makeUnit(site);
    const browser = await signInAs(site, unit);
    expect(steps(await browser.open('/home'))[0]?.slice(0, 2)).toEqual(['申请上报路径', '请申请']);
    const waiting = await makePath(site, batch, unit, { committeeId: batch.committeeId }, 'requested');
    expect(steps(await browser.open('/home'))[0]?.[2]).toContain('等待审核。联系电话 0631-5207788');
    await site
      .db('reporting_paths')
      .where({ id: waiting })
      .update({ state: 'refused', reason: '由镇统一上报', decided_by: unit.accountId, decided_at: site.db.raw('app_now()') });
    const [refused] = steps(await browser.open('/home'));
    expect(refused?.slice(0, 2)).toEqual(['重新申请上报路径', '请重新申请']);
    expect(refused?.[2]).toContain('本年度的路径申请未通过');
    await makePath(site, batch, unit, { committeeId: batch.committeeId });
    expect((await browser.open('/home')).text()).not.toContain('下一步');
    const closing = await makeBatch(site, { committeeId: (await makeCommittee(site, { scopes: [[91, 'middle']] })).id, level: 'middle' });
    await makePath(site, closing, unit, { committeeId: closing.committeeId });
    await makeDeclaration(site, { batch: closing, state: 'unit_review', units: [unit] });
    expect((await browser.open('/home')).text()).not.toContain('上报即将截止');
    await site
      .db('batches')
      .where({ id: closing.id })
      .update({
        applicant_closes_at: site.db.raw("app_now() + interval '1 day'"),
        unit_closes_at: site.db.raw("app_now() + interval '3 days'"),
      });
    expect(steps(await browser.open('/home'))[0]?.slice(0, 2)).toEqual(['上报即将截止', '1 人未上报']);
  });

  it('P4 counts what employees asked for, and says whom a waiting request waits for', async () => {
    const unit = await makeUnit(site, { name: '威海市环翠区望海楼剧团', state: 'none' });
    ({ visitor, search } = await startSearching(await makePerson(site, { photo: false })));
    await invite('望海楼');
    const browser = await signInAs(site, unit);
    expect(steps(await browser.open('/home'))[0]?.[2]).toContain('职工已提醒 1 次');
    await site.db('units').where({ id: unit.unitId }).update({ permission_state: 'requested' });
    await site.db('permission_requests').insert({ unit_id: unit.unitId, credit_code: unit.creditCode, division_code: '371002', state: 'requested', requested_by: unit.accountId }); // prettier-ignore
    expect(steps(await browser.open('/home'))[0]?.slice(0, 2)).toEqual(['取得「职称评审」权限', '等待审核']);
  });
});
