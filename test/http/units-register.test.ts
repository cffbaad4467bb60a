import { creditCode, makeStaff, makeUnit, signInAs } from '../support/factories';
import { lastSms } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let bureau: Visitor;

const HEAD = '统一社会信用代码,单位名称,所属地区';
const csv = (...lines: string[]): Buffer => Buffer.from([HEAD, ...lines].join('\r\n'));
const send = (visitor: Visitor, page: Page, content: Buffer, name = '登记库.csv'): Promise<Page> =>
  visitor.send(page, {}, { form: 'form.form', files: [{ field: 'file', name, content, type: 'text/csv' }] });
const upload = async (content: Buffer, visitor = bureau): Promise<Page> => send(visitor, await visitor.get('/bureau/register'), content);
const problems = (page: Page): string[] => page.all('section table.queue tbody tr').map((tr) => tr.text.replace(/\s+/g, ' ').trim());
const entry = (code: string): Promise<unknown> => site.db('unit_register').where({ credit_code: code }).first('name', 'division_code');

beforeAll(async () => {
  site = await openSite();
  bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000' }));
});
afterAll(() => site.close());

describe('C2 「单位登记库」: a bureau imports the register', () => {
  it('takes over good rows, names every other one with its line, and changes nothing the second time', async () => {
    const [a, b, c] = [creditCode(9001), creditCode(9002), creditCode(9003)];
    await site.db('unit_register').insert({ credit_code: creditCode(9004), name: '济南某馆', division_code: '370102' });
    const file = csv(
      `${a},威海市环翠区甲文化馆,371002`,
      `${b.toLowerCase()},"威海市, 乙馆",山东省威海市环翠区`,
      `${c},丙馆,`,
      `${a},甲馆又一次,371002`,
      `12345,丁馆,371002`,
      `${creditCode(9005)},,371002`,
      `${creditCode(9006)},戊馆,370102`,
      `${creditCode(9004)},抢来的馆,371002`,
      `${creditCode(9007)},己馆,371002,多,余`,
      ``,
    );
    let page = await upload(file);
    expect(page.address).toMatch(/^\/bureau\/register\?import=\d+$/);
    expect(page.text()).toContain('共 9 行：新增 3 行，更新 0 行，内容相同 0 行，未导入 6 行');
    const named = problems(page);
    expect(named.map((p) => p.split(' ')[0])).toEqual(['5', '6', '7', '8', '9', '10']);
    for (const [i, words] of [
      '与第 2 行的统一社会信用代码重复',
      '18 位',
      '没有填写单位名称',
      '不是本辖区',
      '已由',
      '列数比表头多',
    ].entries())
      expect(named[i]).toContain(words);
    expect(await entry(b)).toEqual({ name: '威海市, 乙馆', division_code: '371002' });
    expect(await entry(c)).toEqual({ name: '丙馆', division_code: '371000' });
    expect(await entry(creditCode(9004))).toEqual({ name: '济南某馆', division_code: '370102' });
    page = await upload(file);
    expect(page.text()).toContain('新增 0 行，更新 0 行，内容相同 3 行，未导入 6 行');
    page = await upload(csv(`${c},丙馆更名,371002`));
    expect(page.text()).toContain('新增 0 行，更新 1 行，内容相同 0 行，未导入 0 行');
    expect(page.text()).toContain('已全部导入');
    expect(await entry(c)).toEqual({ name: '丙馆更名', division_code: '371002' });
    expect(await site.db('audit_log').where({ action: 'register.import' })).toHaveLength(3);
    expect((await bureau.get(`/bureau/register?code=${c}`)).text()).toContain('丙馆更名');
    expect((await bureau.get(`/bureau/register?code=${creditCode(9004)}`)).text()).not.toContain('济南某馆');
  });

  it('reads GB18030 as Excel writes it here', async () => {
    const code = creditCode(9100);
    // 「统一社会信用代码,单位名称,所属地区」 and 「文化馆」 in GB18030
    const bytes = Buffer.concat([
      Buffer.from('cdb3d2bbc9e7bbe1d0c5d3c3b4fac2eb2cb5a5cebbc3fbb3c62ccbf9caf4b5d8c7f80d0a', 'hex'),
      Buffer.from(`${code},`),
      Buffer.from('cec4bbafb9dd', 'hex'),
      Buffer.from(',371002\r\n'),
    ]);
    expect((await upload(bytes)).text()).toContain('新增 1 行');
    expect(await entry(code)).toEqual({ name: '文化馆', division_code: '371002' });
  });

  it.each([
    ['no file', Buffer.alloc(0), '请选择要导入的文件'],
    ['a workbook', Buffer.from('PK\u0003\u0004xxxx', 'latin1'), '另存为「CSV'],
    ['a missing column', Buffer.from('名称,地区\r\n甲,371002\r\n'), '没有「统一社会信用代码」'],
    ['a head alone', Buffer.from(`${HEAD}\r\n`), '没有数据'],
  ])('says what to do with %s', async (_what, content, words) => {
    const page = await bureau.get('/bureau/register');
    const files = content.length === 0 ? [] : [{ field: 'file', name: 'x.csv', content }];
    const answer = await bureau.submit(page, {}, { form: 'form.form', files });
    expect([answer.status, answer.errors().join()]).toEqual([422, expect.stringContaining(words)]);
  });

  it('two imports at once count what each of them did', async () => {
    const codes = Array.from({ length: 50 }, (_x, i) => creditCode(9200 + i));
    const other = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000' }));
    const file = csv(...codes.map((c, i) => `${c},同时导入${i}馆,371002`));
    const pages = await Promise.all([upload(file), upload(file, other)]);
    expect(pages.map((p) => /新增 (\d+) 行，更新 0 行，内容相同 (\d+)/.exec(p.text())?.slice(1).join('/')).sort()).toEqual([
      '0/50',
      '50/0',
    ]);
  });

  it('what was imported is what 「权限申请」 is checked against: granted at once', async () => {
    const unit = await makeUnit(site, { name: '威海市环翠区导入文化馆', state: 'none' });
    await upload(csv(`${unit.creditCode},${unit.name},371002`));
    const visitor = await signInAs(site, unit);
    const page = await visitor.get('/unit/permission');
    await visitor.send(page, { 'permission.creditCode': unit.creditCode }, { button: 'do=save' });
    expect(await site.db('units').where({ id: unit.unitId }).first('permission_state')).toEqual({ permission_state: 'granted' });
  });

  it('X2 each bureau sees its own imports only; nobody else comes in', async () => {
    const own = await upload(csv(`${creditCode(9300)},本局馆,371002`));
    const foreign = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370102' }));
    expect((await foreign.get(own.address)).text()).not.toContain('导入结果');
    expect((await foreign.get('/bureau/register')).text()).toContain('还没有导入过');
    expect((await (await signInAs(site, await makeUnit(site))).get('/bureau/register')).status).toBe(403);
  });

  it('100,000 rows go in with the report of one hundred refused ones', async () => {
    const lines = Array.from({ length: 100_000 }, (_x, i) =>
      i % 1000 === 999 ? `bad${i},坏行,371002` : `${creditCode(100_000 + i)},批量第${i}馆,371002`,
    );
    const file = csv(...lines);
    const began = performance.now();
    const page = await upload(file);
    const seconds = (performance.now() - began) / 1000;
    console.log(`C2: 100,000 rows (${(file.length / 1e6).toFixed(1)} MB) in ${seconds.toFixed(1)} s`);
    expect(page.text()).toContain('共 100000 行：新增 99900 行，更新 0 行，内容相同 0 行，未导入 100 行');
    expect(problems(page)).toHaveLength(100);
  });
});

describe('C2 requests that wait are checked again', () => {
  const permissionOf = async (unitId: number): Promise<string> =>
    ((await site.db('units').where({ id: unitId }).first('permission_state')) as { permission_state: string }).permission_state;

  it('C2 after an import: what the register now confirms is granted and told, all else goes on waiting', async () => {
    const confirmed = await makeUnit(site, {
      name: '威海市环翠区补录文化站',
      creditCode: creditCode(9201),
      state: 'requested',
      mobile: '13906318801',
    });
    const otherName = await makeUnit(site, {
      name: '威海市环翠区改名文化站',
      creditCode: creditCode(9202),
      state: 'requested',
      mobile: '13906318802',
    });
    await makeUnit(site, { name: '威海市环翠区同名文化站', creditCode: creditCode(9203) });
    const namesake = await makeUnit(site, { name: '威海市环翠区同名文化站', creditCode: creditCode(9204), state: 'requested' });
    for (const u of [confirmed, otherName, namesake])
      await site.db('permission_requests').insert({
        unit_id: u.unitId,
        credit_code: u.creditCode,
        division_code: '371002',
        state: 'requested',
        check_note: '单位登记库中没有该统一社会信用代码',
        requested_by: u.accountId,
      });
    await upload(
      csv(
        `${confirmed.creditCode},威海市环翠区补录文化站,371002`,
        `${otherName.creditCode},威海市环翠区原名文化站,371002`,
        `${namesake.creditCode},威海市环翠区同名文化站,371002`,
      ),
    );
    expect(await permissionOf(confirmed.unitId)).toBe('requested');
    await site.drainJobs();
    expect(await Promise.all([confirmed, otherName, namesake].map((u) => permissionOf(u.unitId)))).toEqual([
      'granted',
      'requested',
      'requested',
    ]);
    expect(await lastSms(site, '13906318801')).toContain('权限申请已通过');
    expect(await site.db('audit_log').where({ action: 'permission.grant', actor_name: '系统' })).toHaveLength(1);
    const page = await (await signInAs(site, confirmed)).open('/unit/permission');
    expect(page.text()).toContain('已取得');
    await site.composition.jobs['permissions:recheck']({});
    expect(await site.db('audit_log').where({ action: 'permission.grant', actor_name: '系统' })).toHaveLength(1);
  });
});
