/** K5, D15: eligibility as data: the administrator's pages, what applicant and reviewer see, what is kept. */
import { applicant, caseSections } from '../support/case';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
let batch: TestBatch;
let unit: TestUnit;
const BASIS = '鲁人社规〔2026〕8号第三条';

beforeAll(async () => {
  site = await openSite();
  admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
  unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
});
afterAll(() => site.close());

const today = async (): Promise<string> =>
  ((await site.db.raw<{ rows: { d: string }[] }>("SELECT to_char(app_today(), 'YYYY.MM.DD') AS d")).rows[0] as { d: string }).d;
async function rule(values: Record<string, string>): Promise<Record<string, string>> {
  const typed = {
    series: '91',
    rank: '助理级',
    way: 'normal',
    education: 'bachelor',
    heldRank: 'none',
    workYears: '9',
    outcome: 'pass',
    basis: BASIS,
    validFrom: await today(),
    isEnded: 'no',
    ...values,
  };
  return Object.fromEntries(Object.entries(typed).map(([k, v]) => [`rule.${k}`, v]));
}

describe('K5 申报条件', () => {
  test('K5 the rules that come with the program are listed, filtered, and tried out', async () => {
    const list = await admin.open('/admin/eligibility');
    expect(list.all('tbody tr').length).toBeGreaterThan(20);
    const some = await admin.open('/admin/eligibility?series=general&rank=中级&way=normal');
    expect(some.all('tbody tr')).toHaveLength(4);
    const values = await rule({ series: '91', rank: '中级', education: 'bachelor', heldRank: '助理级', heldYears: '3', workYears: '8' });
    const form = await admin.open('/admin/eligibility/try');
    const tried = await admin.send(form, values, { button: 'do=try' });
    expect(tried.text('section')).toContain('不符合');
    expect(tried.text('section')).toContain('助理级职称聘任 3 年');
    const again = await admin.send(tried, { 'rule.heldYears': '4' }, { button: 'do=try' });
    expect(again.text('section')).toMatch(/符合「大学学历，取得助理级职称并聘任满 4 年」/);
    const empty = await admin.send(form, { 'rule.rank': '', 'rule.education': 'bachelor' }, { button: 'do=try' });
    expect(empty.errors().join()).toContain('申报层级');
    // what is typed stands in the address: also the longest text leads to a page that can be opened
    const long = await admin.send(form, { ...values, 'rule.heldYears': '长'.repeat(5000) }, { button: 'do=try' });
    expect([long.status, long.errors().length]).toEqual([200, 1]);
  });

  test('K5 a rule has versions with their days; two who change it at once: the second is told; nothing is ever changed in place', async () => {
    const saved = await admin.send(await admin.open('/admin/eligibility/new'), await rule({ workYears: '5', series: '92' }), {
      button: 'do=save',
    });
    expect(saved.text()).toContain('已新增');
    const { rule_key: key } = (await site.db('eligibility_rules').where({ series_id: 92 }).first('rule_key')) as { rule_key: string };
    const [one, two] = [await admin.open(`/admin/eligibility/rules/${key}`), await admin.open(`/admin/eligibility/rules/${key}`)];
    const early = await admin.send(one, { 'rule.validFrom': '1999.1.1', 'rule.basis': '写了很久的依据' }, { button: 'do=save' });
    expect(early.errors().join()).toContain('不能早于上一版本');
    expect(early.find('input[name="rule.basis"]')?.getAttribute('value')).toBe('写了很久的依据');
    const next = await admin.submit(one, { 'rule.workYears': '2', 'rule.validFrom': '2099.1.1' }, { button: 'do=save' });
    expect(next.status).toBe(303);
    const second = await admin.send(two, { 'rule.workYears': '4', 'rule.validFrom': '2099.1.1' }, { button: 'do=save' });
    expect(second.errors().join()).toContain('已被其他人员修改');
    expect(second.find('input[name="rule.workYears"]')?.getAttribute('value')).toBe('4');
    const tryPage = await admin.open('/admin/eligibility/try');
    const asked = await rule({ series: '92', education: 'bachelor', workYears: '3' });
    expect((await admin.send(tryPage, asked, { button: 'do=try' })).text('section')).toContain('不符合');
    const future = await admin.send(tryPage, { ...asked, 'rule.validFrom': '2099.2.1' }, { button: 'do=try' });
    expect(future.text('section')).toContain('从事专业工作满 2 年');
    const page = await admin.open(`/admin/eligibility/rules/${key}`);
    expect(page.all('table tbody tr')).toHaveLength(2);
    await expect(site.db('eligibility_rules').update({ work_years: 1 })).rejects.toThrow('append-only');
    expect(await site.db('audit_log').where({ subject_kind: 'eligibility-rule', subject_id: key })).toHaveLength(2);
  });

  test('D15 it warns with its reason, the unit decides: shown to applicant and reviewer, and kept as it was', async () => {
    const visitor = await signInAs(site, await makePerson(site, { name: applicant.name }));
    const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
    const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    expect((await visitor.open(`/declarations/${id}`)).text()).toContain('填写「申报职称」');
    for (const c of caseSections(batch.year, '1/1')) {
      await fillSection(visitor, id, c);
      if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
    }
    expect((await visitor.open(`/declarations/${id}/check`)).text()).toContain('符合「大学学历，从事专业工作满 1 年」');
    // whoever may have retired: people are asked to look
    const born = (on: string) => site.db('persons').where({ name: applicant.name }).update({ born_on: on });
    const { born_on: bornOn } = (await site.db('persons').where({ name: applicant.name }).first('born_on')) as { born_on: string };
    await born('1960-01-01');
    const old = await visitor.open(`/declarations/${id}/check`);
    for (const words of ['需要人工审核', '请核对是否在职']) expect(old.text()).toContain(words);
    await born(bornOn);
    await admin.send(await admin.open('/admin/eligibility/new'), await rule({ workYears: '9' }), { button: 'do=save' });
    const check = await visitor.open(`/declarations/${id}/check`);
    expect(check.text()).toContain(`需要大学学历，从事专业工作满 9 年；所填内容：从事专业工作`);
    expect((await visitor.send(check)).text()).toContain('已完成「确定申报」');
    const clerk = await signInAs(site, unit);
    const dossier = await clerk.open(`/declarations/${id}`);
    expect(dossier.text()).toContain('不符合');
    expect(dossier.text()).toContain(BASIS);
    const { rule_key: key } = (await site.db('eligibility_rules').where({ series_id: 91 }).first('rule_key')) as { rule_key: string };
    await admin.send(await admin.open(`/admin/eligibility/rules/${key}`), { 'rule.isEnded': 'yes' }, { button: 'do=save' });
    expect((await clerk.open(`/declarations/${id}`)).text()).toContain('从事专业工作满 9 年');
  });
});
