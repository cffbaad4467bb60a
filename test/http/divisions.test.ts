import { findDivision, listDivisions } from '../../src/modules/catalogue';
import { makeStaff, makeUnit, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
beforeAll(async () => {
  site = await openSite();
  admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
}, 60_000);
afterAll(() => site.close());

const save = { button: 'do=save' };
const add = async (code: string, name: string): Promise<Page> =>
  admin.send(await admin.get('/admin/divisions/new'), { 'division.code': code, 'division.name': name }, save);
const turn = async (code: string): Promise<Page> => admin.send(await admin.get(`/admin/divisions/${code}/switch`));
const offered = async (parent: string): Promise<string[]> =>
  (await listDivisions(site.db, [parent])).filter((d) => d.parentCode === parent).map((d) => d.name);
const rows = (p: Page): string[] => p.all('table.queue tbody tr').map((tr) => tr.querySelectorAll('td')[1]?.text.trim() ?? '');

describe('K6 行政区划', () => {
  it('K6 are found by a part of the name and by the beginning of the code, page by page', async () => {
    expect(rows(await admin.get(`/admin/divisions?text=${encodeURIComponent('威海市环翠')}`))).toEqual(['山东省威海市环翠区']);
    expect(rows(await admin.get('/admin/divisions?text=3710'))).toContain('山东省威海市');
    expect((await admin.get('/admin/divisions?text=nowhere')).text()).toContain('没有符合条件的地区');
    expect(rows(await admin.get('/admin/divisions?page=2'))).toHaveLength(50);
  });

  it('K6 a new one belongs where its code says; wrong, taken and homeless ones come back as typed', async () => {
    expect((await add('37A', 'a')).errors()).toEqual(['「代码」请填写六位数字', '「名称」请用汉字填写']);
    expect((await add('371002', '新区')).errors()).toEqual(['这个代码已经有了；已停用的，请在列表中恢复']);
    expect((await add('371099', '环翠区')).errors()).toEqual(['同一上级地区已有这个名称的地区']);
    expect((await add('379901', '某区')).errors()).toEqual(['代码所属的上级地区不存在或者已经停用，请先新增或者恢复上级地区']);
    expect((await add('371098', '南海新区')).text()).toContain('山东省威海市南海新区');
    expect(await offered('371000')).toContain('南海新区');
    expect((await findDivision(site.db, '371098'))?.parentCode).toBe('371000');
  });

  it('K6 a new name goes into the full names of all below', async () => {
    const form = await admin.get('/admin/divisions/371000');
    expect((await admin.send(form, { 'division.name': '威海卫市' }, save)).text()).toContain('山东省威海卫市');
    expect((await findDivision(site.db, '371002'))?.fullName).toBe('山东省威海卫市环翠区');
    await admin.send(await admin.get('/admin/divisions/371000'), { 'division.name': '威海市' }, save);
    expect((await findDivision(site.db, '371002'))?.fullName).toBe('山东省威海市环翠区');
  });

  it('K6 an address that names no division, whatever stands in it, leads to none', async () => {
    for (const code of ['999999', 'a', '%00', '%ff'])
      for (const page of [`/admin/divisions/${code}`, `/admin/divisions/${code}/switch`])
        expect([page, (await admin.get(page)).status]).toEqual([page, code === '%ff' ? 400 : 404]);
  });

  it('K6 an ended one is offered no more but kept by its units; one with others below stays', async () => {
    const unit = await makeUnit(site, { divisionCode: '371083' });
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000' }));
    expect((await turn('371000')).text()).toContain('下级地区还在使用');
    expect((await admin.get('/admin/divisions/371083/switch')).text()).toContain('1 个');
    expect((await turn('371083')).text()).toContain('已停用');
    expect(await offered('371000')).not.toContain('乳山市');
    const chosen = (p: Page): string[] =>
      p.all('[name$=".district"] option').filter((o) => o.hasAttribute('selected')).map((o) => o.text); // prettier-ignore
    const correct = await bureau.get(`/bureau/units/${unit.unitId}/correct`);
    expect(chosen(correct)).toEqual(['乳山市']);
    const nobody = await site.visitor().get('/register/unit');
    expect(nobody.html).not.toContain('乳山市');
    // pressed again from an old page: refused, nothing changes
    const page = await admin.get('/admin/divisions/371083/switch');
    expect((await admin.send(page)).text()).toContain('已恢复');
    expect((await admin.submit(await admin.get('/admin/divisions/371083/switch'), { do: 'restore' })).status).toBe(409);
    expect(await offered('371000')).toContain('乳山市');
    expect(await site.db('audit_log').where({ subject_kind: 'division', subject_id: '371083' }).orderBy('id').pluck('action')).toEqual([
      'division.end',
      'division.restore',
    ]);
  });
});
