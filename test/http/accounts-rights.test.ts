import { createPersonAccount } from '../../src/modules/accounts';
import {
  makeBatch,
  makeCommittee,
  makePerson,
  makeStaff,
  makeUnit,
  PASSWORD,
  passwordHash,
  signInAs,
  signInVia,
} from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let batchId: number;
beforeAll(async () => {
  site = await openSite();
  batchId = (await makeBatch(site, { committeeId: (await makeCommittee(site)).id })).id;
});
afterAll(() => site.close());

describe('B6, S63 下载我的全部信息', () => {
  it('S14 asks for the password, then gives one file with everything held about the person and nobody else', async () => {
    const person = await makePerson(site, { name: '于𬀩' });
    const other = await makePerson(site);
    const visitor = await signInAs(site, person);
    const started = await visitor.submit(await visitor.open(`/declarations/new/${batchId}`));
    const declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    await site.db('declaration_events').insert({
      declaration_id: declaration,
      move: 'unit-return',
      from_state: 'unit_review',
      to_state: 'unit_returned',
      round: 1,
      actor_id: other.accountId,
      actor_name: '甲',
      on_behalf_of: '文化馆',
      comments: JSON.stringify([{ section: 'education', text: '请补传学位证书' }]),
    });
    const chosen = await makeUnit(site);
    await site
      .db('declaration_sections')
      .insert({
        declaration_id: declaration,
        section: 'application',
        updated_by: person.accountId,
        raw: JSON.stringify({ groups: { main: { level: 'junior', unit: String(chosen.unitId), years: '3' } }, rows: {} }),
      })
      .onConflict(['declaration_id', 'section'])
      .merge(['raw']);
    const content = {
      applicant: { name: '于𬀩' },
      batch: { year: 2026 },
      unit: chosen.name,
      sections: [
        {
          id: 'education',
          title: '学历信息',
          parts: [
            { id: 'fullTime', title: '全日制学历', lines: [{ label: '毕业院校', text: '山东大学' }], files: [], items: [], isRows: false },
          ],
        },
      ],
    };
    await site
      .db('declaration_versions')
      .insert({ declaration_id: declaration, round: 1, content: JSON.stringify(content), sha256: 'a'.repeat(64) });
    const page = await visitor.get('/profile/data');
    expect((await visitor.submit(page, { password: '' })).errors()).toEqual(['请填写「登录密码」']);
    expect((await visitor.submit(page, { password: 'nicht-richtig-1' })).errors()).toEqual(['「登录密码」不正确，还可以尝试 4 次']);
    expect((await visitor.get('/profile/data.json')).location).toBe('/profile/data');
    const ready = await visitor.send(page, { password: PASSWORD, accountId: String(other.accountId) });
    const href = ready.link('下载我的全部信息');
    const file = await visitor.bytes(href);
    expect([file.status, file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
      200,
      'application/json; charset=utf-8',
      expect.stringContaining('attachment'),
    ]);
    const data = JSON.parse(file.body.toString()) as Record<string, Record<string, unknown> & Record<string, unknown>[]>;
    expect(data.基本信息).toMatchObject({ 姓名: '于𬀩', 证件号码: person.idNumber });
    expect(data.申报?.[0]).toMatchObject({ 编号: declaration, 年度: 2026, 职称级别: '初级职称', 状态: '未提交' });
    expect(data.申报内容).toContainEqual(
      expect.objectContaining({
        申报编号: declaration,
        部分: '申报信息',
        内容: expect.objectContaining({ 申报级别: '初级职称', 申报单位: chosen.name, 专业工作年限: '3' }) as unknown,
      }),
    );
    expect(data.提交的版本?.[0]).toMatchObject({
      内容: { 申报单位: chosen.name, 申报材料: { 学历信息: { 全日制学历: { 毕业院校: '山东大学' } } } },
    });
    expect(file.body.toString()).not.toMatch(/"(groups|rows|parts|lines|isRows|unit)"/);
    expect(data.办理经过).toContainEqual(expect.objectContaining({ 修改意见: [{ 部分: '学历信息', 意见: '请补传学位证书' }] }));
    expect(data.操作记录?.some((r) => r.操作 === '登录')).toBe(true);
    expect(file.body.toString()).not.toContain(other.idNumber);
    // the address opens nothing for anybody else
    const stranger = await signInAs(site, other);
    expect((await stranger.get(href)).location).toBe('/profile/data');
    expect(await site.db('audit_log').where({ action: 'account.export' })).toHaveLength(1);
    expect(site.log.join('')).not.toContain(person.idNumber);
  });

  it('X2 is for persons', async () => {
    for (const account of [await makeUnit(site), await makeStaff(site, { role: 'support' })]) {
      const visitor = await signInAs(site, account);
      for (const address of ['/profile/data', '/profile/data.json', '/profile/close'])
        expect((await visitor.get(address)).status).toBe(403);
    }
  });
});

describe('B6 注销账号', () => {
  it('takes drafts, photo and names away, keeps the log, and lets the number register again', async () => {
    const person = await makePerson(site, { name: '曲波' });
    const [here, there] = [await signInAs(site, person), await signInAs(site, person)];
    await here.submit(await here.open(`/declarations/new/${batchId}`));
    const page = await here.get('/profile/close');
    expect((await here.submit(page, { password: 'nicht-richtig-1' })).status).toBe(422);
    const closed = await here.submit(page, { password: PASSWORD });
    expect(closed.location).toBe('/sign-in?closed=1');
    expect((await here.get(closed.location)).text()).toContain('账号已注销');
    for (const visitor of [here, there]) expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), person.loginName)).status).toBe(422);
    for (const table of ['persons', 'sign_in_names', 'commitments'])
      expect(await site.db(table).where({ account_id: person.accountId })).toEqual([]);
    expect(await site.db('declarations').where({ person_id: person.accountId })).toEqual([]);
    expect((await site.db('accounts').where({ id: person.accountId }).first()) as object).toMatchObject({
      display_name: '已注销',
      login_name: `closed-${person.accountId}`,
      role: 'person',
    });
    expect((await site.db('audit_log').where({ actor_id: person.accountId }).pluck('action')) as string[]).toEqual(
      expect.arrayContaining(['account.sign-in', 'declaration.start', 'account.close']),
    );
    const hash = await passwordHash();
    const again = await site.db.transaction((trx) =>
      createPersonAccount(trx, site.deps, {
        loginName: person.loginName,
        passwordHash: hash,
        name: '曲波',
        idType: 'resident',
        idNumber: person.idNumber,
        sex: 'female',
        bornOn: '1995-03-12',
        ethnicity: '01',
        mobile: '13906310001',
      }),
    );
    expect(again).toBeGreaterThan(person.accountId);
  });

  it('is refused for good once a declaration was submitted, also a withdrawn one', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const started = await visitor.submit(await visitor.open(`/declarations/new/${batchId}`));
    const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    await site.db('declarations').where({ id }).update({ round: 1 });
    const answer = await visitor.submit(await visitor.get('/profile/close'), { password: PASSWORD });
    expect([answer.status, answer.text()]).toEqual([409, expect.stringContaining('账号不能注销')]);
    expect(await site.db('persons').where({ account_id: person.accountId })).toHaveLength(1);
    expect((await visitor.get('/home')).status).toBe(200);
  });
});
