import { createCatalogueCache } from '../../src/modules/catalogue';
import { listen } from '../../src/db/listen';
import { makeBatch, makeCommittee, makePerson, makeStaff, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
beforeAll(async () => {
  site = await openSite();
  admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
});
afterAll(() => site.close());
const save = { button: 'do=save' };
const act = async (kind: string, id: number, what: string): Promise<Page> =>
  admin.send(await admin.get('/admin/catalogue/91'), {}, { form: `/admin/catalogue/entries/${kind}/${id}/act`, button: `do=${what}` });
const specialities = async (): Promise<string[]> => (await site.deps.catalogue.get()).specialitiesOf(91).map((s) => s.name);
const idOf = async (name: string): Promise<number> =>
  ((await site.db('specialities').where({ series_id: 91, name }).first('id')) as { id: number }).id;

describe('K1 职称目录', () => {
  it('adds, renames, orders and ends; those who have chosen an entry keep it', async () => {
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    const person = await signInAs(site, await makePerson(site));
    const started = await person.submit(await person.get(`/declarations/new/${batch.id}`));

    const page = await admin.get((await admin.get('/admin/catalogue')).link('群众文化'));
    const form = await admin.get(page.link('新增专业'));
    expect((await admin.send(form, { 'entry.name': '' }, save)).errors()).toEqual(['请填写「专业名称」']);
    expect((await admin.send(form, { 'entry.name': '非遗传承' }, save)).text()).toContain('非遗传承');
    const again = await admin.send(await admin.get(page.link('新增专业')), { 'entry.name': '非遗传承' }, save);
    expect(again.errors()).toEqual([expect.stringContaining('这个专业已经有了')]);
    expect((await specialities()).at(-1)).toBe('非遗传承');
    await act('speciality', await idOf('非遗传承'), 'up');
    expect((await specialities()).at(-2)).toBe('非遗传承');

    // a draft chooses it, then it gets another name
    const section = await person.get(started.location);
    await person.send(section, { 'main.speciality': '非遗传承' }, save);
    const rename = await admin.get(`/admin/catalogue/entries/speciality/${await idOf('非遗传承')}`);
    expect((await admin.send(rename, { 'entry.name': '非物质文化遗产' }, save)).text()).toContain('非物质文化遗产');
    expect(await specialities()).toContain('非物质文化遗产');
    expect(await specialities()).not.toContain('非遗传承');
    const kept = await person.get(started.location);
    expect(
      kept
        .all('[name="main.speciality"] option')
        .filter((o) => o.hasAttribute('selected'))
        .map((o) => o.text),
    ).toEqual(['非遗传承']);
    expect(kept.all('[name="main.speciality"] option').map((o) => o.text)).toContain('非物质文化遗产');
    // somebody else cannot choose the old name any more, also by hand
    const other = await signInAs(site, await makePerson(site));
    const second = await other.submit(await other.get(`/declarations/new/${batch.id}`));
    await other.send(await other.get(second.location), { 'main.speciality': '非遗传承' }, save);
    const theirs = (await other.get(second.location)).all('[name="main.speciality"] option').map((o) => o.text);
    expect([theirs.includes('非遗传承'), theirs.includes('非物质文化遗产')]).toEqual([false, true]);

    // one that nobody has chosen is renamed where it stands
    const count = (await site.db('specialities').where({ series_id: 91 })).length;
    const unused = await idOf('非物质文化遗产');
    await admin.send(await admin.get(`/admin/catalogue/entries/speciality/${unused}`), { 'entry.name': '文化遗产' }, save);
    expect([(await site.db('specialities').where({ series_id: 91 })).length, await idOf('文化遗产')]).toEqual([count, unused]);
    await act('speciality', unused, 'end');
    expect(await specialities()).not.toContain('文化遗产');
    await act('speciality', unused, 'restore');
    expect(await specialities()).toContain('文化遗产');
    expect(await site.db('audit_log').where({ subject_kind: 'catalogue' }).orderBy('id').pluck('action')).toEqual([
      'catalogue.add', 'catalogue.move', 'catalogue.rename', 'catalogue.rename', 'catalogue.end', 'catalogue.restore',
    ]); // prettier-ignore
  });

  it('adds titles and series; the code of a series, which stands in certificate numbers, never changes', async () => {
    const made = await admin.send(
      await admin.get('/admin/catalogue/entries/series/new'),
      { 'entry.code': '77', 'entry.name': '测试系列' },
      save,
    );
    expect(made.text()).toContain('测试系列');
    const title = await admin.get('/admin/catalogue/entries/title/new?series=77');
    expect((await admin.send(title, { 'entry.rank': '员级', 'entry.name': '测试员' }, save)).text()).toContain('初级职称，员级');
    expect((await site.deps.catalogue.get()).titlesOf(77, 'junior').map((t) => t.name)).toEqual(['测试员']);
    await admin.send(await admin.get('/admin/catalogue/entries/series/77'), { 'entry.name': '改名系列', 'entry.code': '78' }, save);
    expect(await site.db('series').where({ id: 77 }).first('code', 'name')).toEqual({ code: '77', name: '改名系列' });
    expect((await admin.get('/admin/catalogue/entries/title/new?series=999')).status).toBe(404);
  });

  it('every process hears of a change, also one made at the database', async () => {
    const elsewhere = createCatalogueCache(site.db);
    let isReady = false;
    const listener = listen(site.deps.config.databaseUrl ?? '', 'reference_changed', (what) => { isReady ||= what === undefined; elsewhere.refresh(); }, () => undefined); // prettier-ignore
    const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
      for (let i = 0; i < 400 && !(await condition()); i++) await new Promise((r) => setTimeout(r, 25));
      expect(await condition()).toBe(true);
    };
    try {
      await until(() => isReady);
      expect((await elsewhere.get()).seriesName(91)).toBe('群众文化');
      await site.db('series').where({ id: 91 }).update({ name: '群众文化（新）' });
      await until(async () => (await elsewhere.get()).seriesName(91) === '群众文化（新）');
      await until(async () => (await site.deps.catalogue.get()).seriesName(91) === '群众文化（新）');
    } finally {
      await listener.stop();
    }
  });

  it('does not end a series in which people declare, and says when it can be ended', async () => {
    await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
    const press = async (what: string): Promise<Page> =>
      admin.send(await admin.get('/admin/catalogue'), {}, { form: '/admin/catalogue/entries/series/91/act', button: `do=${what}` });
    const answer = await press('end');
    expect([answer.status, answer.text()]).toEqual([409, expect.stringContaining('请在全部批次截止之后停用')]);
    expect((await site.deps.catalogue.get()).series.map((s) => s.id)).toContain(91);
    await site.db.raw(
      `UPDATE batches SET applicant_opens_at = applicant_opens_at - interval '2 years', applicant_closes_at = applicant_closes_at - interval '2 years',
         unit_closes_at = unit_closes_at - interval '2 years' WHERE series_id = 91`,
    );
    expect((await press('end')).text()).toContain('已停用');
    expect((await press('restore')).text()).toContain('已恢复');
  });
});
