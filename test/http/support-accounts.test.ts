import { makePerson as personWith, idNumber } from '../support/people';
import { makeBatch, makeCommittee, makePerson, makeStaff, makeUnit, PASSWORD, residentId, signInAs, signInVia } from '../support/factories';
import { makeScan } from '../../seeds/demo/scans';
import { collectOrphans } from '../../src/modules/attachments';
import { findPerson, updateMobile } from '../../src/modules/accounts';
import { findDeclaration } from '../../src/modules/declarations/declarations.store';
import { freezeVersion } from '../../src/modules/declarations/freeze-version';
import { loadDeclaration } from '../../src/modules/declarations/load-declaration';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let support: Visitor;
let second: Visitor;
let supportId: number;
let secondId: number;
let scan: Buffer;

beforeAll(async () => {
  site = await openSite();
  const one = await makeStaff(site, { role: 'support', name: '姜晓东' });
  const two = await makeStaff(site, { role: 'support', name: '丛培丽' });
  [supportId, secondId] = [one.accountId, two.accountId];
  [support, second] = [await signInAs(site, one), await signInAs(site, two)];
  scan = (await makeScan('proof', { name: '于海', lines: ['证明'], date: '2026年11月1日' }, 'jpg')).content;
});
afterAll(() => site.close());

const look = async (visitor: Visitor, account: string): Promise<Page> => visitor.send(await visitor.get('/support/accounts'), { account });
const evidence = (name = '2026年11月身份证.jpg') => ({
  files: [{ field: 'files:correction.evidence', name, content: scan }],
  button: 'do=next',
});
const audits = (action: string) =>
  site.db('audit_log').where({ action }).orderBy('id') as Promise<{ detail: Record<string, unknown>; subject_id: string }[]>;

/** the form of a correction, sent; gives what comes out of it */
async function fill(
  visitor: Visitor,
  accountId: number,
  kind: 'name' | 'id-number' | 'mobile',
  values: Record<string, string>,
): Promise<Page> {
  return visitor.send(await visitor.get(`/support/accounts/${accountId}/corrections/${kind}`), values, evidence());
}

describe('B4 账号查询', () => {
  it('finds by ID number, login name, credit code and mobile number, exactly, and records every look-up', async () => {
    const person = await makePerson(site, { name: '于𬀩' });
    const unit = await makeUnit(site, { name: '威海市环翠区博物馆', mobile: '13906319999' });
    for (const typed of [
      person.idNumber,
      person.idNumber.toLowerCase(),
      person.loginName,
      ` ${person.idNumber.slice(0, 6)} ${person.idNumber.slice(6)}`,
    ]) {
      const page = await look(support, typed);
      expect(page.address).toBe(`/support/accounts/${person.accountId}`);
      expect(page.heading).toBe('于𬀩');
      expect(page.html).not.toContain(person.idNumber);
      expect(page.text()).toContain(`${person.idNumber.slice(0, 3)}***********${person.idNumber.slice(-4)}`);
    }
    for (const typed of [unit.creditCode, unit.loginName, '139-0631-9999']) expect((await look(support, typed)).heading).toBe(unit.name);
    for (const typed of [person.idNumber.slice(0, 17), '于𬀩', 'nobody_at_all', '%'])
      expect((await look(support, typed)).text()).toContain('没有找到这个账号');
    const log = await audits('account.find');
    expect(log).toHaveLength(11);
    expect(JSON.stringify(log)).not.toContain(person.idNumber);
    expect(site.log.join('')).not.toContain(person.idNumber);
  });

  it('keeps what was typed out of every address, and lists several accounts of one mobile number', async () => {
    const both = [await makeUnit(site, { mobile: '13906318888' }), await makeUnit(site, { mobile: '13906318888' })];
    const answer = await support.submit(await support.get('/support/accounts'), { account: '13906318888' });
    expect(answer.location).toMatch(/^\/support\/accounts\?result=[0-9a-f-]{36}$/);
    const page = await support.get(answer.location);
    expect(page.all('table.queue tbody tr')).toHaveLength(2);
    for (const unit of both) expect(page.text()).toContain(unit.name);
    expect(page.find('#f-account')?.getAttribute('value')).toBe('13906318888');
    // the result is this browser's alone
    expect((await second.get(answer.location)).text()).not.toContain(both[0]?.name ?? '-');
    expect((await look(support, '  ')).errors()).toEqual(['请填写证件号码、统一社会信用代码、登录名或者手机号码']);
  });

  it('X2 shows no staff and nothing of declarations', async () => {
    // a bureau or an office that calls is told who can help
    expect((await look(support, (await makeStaff(site, { role: 'admin' })).loginName)).text()).toContain('请联系系统管理员');
    const staff = await makeStaff(site, { role: 'admin' });
    expect((await look(support, staff.loginName)).text()).toContain('没有找到这个账号');
    expect((await support.get(`/support/accounts/${staff.accountId}`)).status).toBe(404);
  });

  it('A2 lifts a lock with a reason, once, and says so when there is none', async () => {
    const person = await personWith(site, 'locked_1', 31);
    const owner = site.visitor();
    for (let i = 0; i < 5; i++) await signInVia(site, owner, person.loginName, 'ganz-falsch-2026');
    expect((await signInVia(site, owner, person.loginName)).errors()[0]).toContain('锁定');
    const page = await support.get(`/support/accounts/${person.accountId}`);
    expect(page.text()).toContain('已锁定');
    expect((await support.submit(page, {}, { form: '/support/accounts', button: 'do=unlock' })).errors()).toEqual([
      '请填写「解除锁定的原因」',
    ]);
    const forms = [page, await support.get(page.address)];
    const answers = await Promise.all(
      forms.map((f) => support.submit(f, { 'unlock.reason': `本人来电，证件号码 ${person.idNumber}` }, { form: '/support/accounts' })),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    const log = await audits('account.unlock');
    expect(log).toHaveLength(1);
    expect(log[0]?.detail.reason).toBe(`本人来电，证件号码 ${person.idNumber.slice(0, 3)}***********${person.idNumber.slice(-4)}`);
    expect((await signInVia(site, owner, person.loginName)).status).toBe(303);
    const trail = (await support.get(page.address)).text();
    for (const words of ['登录失败', '解除锁定', '姜晓东']) expect(trail).toContain(words);
  });
});

describe('B4 更正姓名', () => {
  it('S15 changes the name of person, account and open declarations, keeps old value, reason and evidence, and tells the person', async () => {
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    const person = await makePerson(site, { name: '王丽' });
    const owner = await signInAs(site, person);
    const started = await owner.submit(await owner.open(`/declarations/new/${batch.id}`));
    const declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    const old = await makeBatch(site, { committeeId: committee.id, year: 2024 });
    await site.db('declarations').insert({
      person_id: person.accountId,
      batch_id: old.id,
      year: 2024,
      series_id: 91,
      level: 'junior',
      applicant_name: '王丽',
      state: 'certified',
    });

    const confirm = await fill(support, person.accountId, 'name', {
      'correction.name': '买买提•艾力',
      'correction.reason': '户籍更名，已核对户口簿',
    });
    expect(confirm.address).toMatch(new RegExp(`^/support/accounts/${person.accountId}/corrections/name/confirm\\?draft=`));
    for (const words of ['王丽', '买买提·艾力', '户籍更名', '身份证.jpg', '1 项申报']) expect(confirm.text()).toContain(words);
    const back = await support.get(confirm.link('返回修改'));
    expect(back.find('#f-correction-name')?.getAttribute('value')).toBe('买买提·艾力');
    expect(back.text()).toContain('已上传：2026年11月身份证.jpg');
    const done = await support.send(confirm, { state: 'confirmed', requested_by: '1', 'correction.name': '李四', account_id: '1' });
    expect(done.text()).toContain('姓名已更正');
    expect(done.heading).toBe('买买提·艾力');

    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.name).toBe('买买提·艾力');
    const names = (await site
      .db('declarations')
      .where({ person_id: person.accountId })
      .orderBy('year')
      .pluck('applicant_name')) as string[];
    expect(names).toEqual(['王丽', '买买提·艾力']);
    const row = (await site.db('identity_corrections').where({ account_id: person.accountId }).first()) as Record<string, unknown>;
    expect(row).toMatchObject({
      kind: 'name',
      old_name: '王丽',
      new_name: '买买提·艾力',
      state: 'confirmed',
      requested_by: supportId,
      decided_by: null,
    });
    expect((await audits('account.correct-name'))[0]?.detail).toMatchObject({ before: '王丽', after: '买买提·艾力', declarations: 1 });
    // the evidence is kept by the collector, and served to support alone
    await collectOrphans(site.deps, () => Date.now() + 3 * 86_400_000);
    const served = await support.bytes(`/support/corrections/${String(row.id)}/evidence`);
    expect([served.status, served.headers.get('content-type'), served.body.length > 1000]).toEqual([200, 'image/jpeg', true]);
    expect((await owner.get(`/support/corrections/${String(row.id)}/evidence`)).status).toBe(404);

    const home = await owner.get('/home');
    expect(home.text()).toContain('由「王丽」更正为「买买提·艾力」');
    const other = await signInAs(site, await makePerson(site));
    const dismissal = `/profile/corrections/${String(row.id)}/dismiss`;
    await other.request('POST', dismissal, new URLSearchParams((await other.get('/home')).fields('form[action="/sign-out"]')));
    expect((await owner.get('/home')).text()).toContain('更正为');
    expect((await owner.send(home, {}, { form: dismissal })).text()).not.toContain('更正为');
    expect((await owner.get(`/declarations/${declaration}`)).status).toBe(200);
  });

  it('S15 a submitted version keeps the old name with a note', async () => {
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    const unit = await makeUnit(site);
    const person = await makePerson(site, { name: '柳燕' });
    const owner = await signInAs(site, person);
    const started = await owner.submit(await owner.open(`/declarations/new/${batch.id}`));
    const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    await site.deps.db.transaction(async (trx) => {
      const row = await findDeclaration(trx, id);
      if (row) await freezeVersion(site.deps, trx, await loadDeclaration(site.deps, trx, row), 1);
    });
    await site.db('declarations').where({ id }).update({ state: 'unit_review', round: 1, holder_unit_id: unit.unitId, stop_position: 0 });
    expect((await owner.get(`/declarations/${id}`)).text()).not.toContain('更正为');
    await support.send(await fill(support, person.accountId, 'name', { 'correction.name': '柳雁', 'correction.reason': '证件为雁' }));
    const page = await owner.get(`/declarations/${id}`);
    expect(page.text()).toContain('更正为「柳雁」，这里显示提交时的姓名');
    expect(page.text()).toContain('柳燕');
    expect((await site.db('declarations').where({ id }).first('applicant_name')) as object).toEqual({ applicant_name: '柳雁' });
  });

  it('X4 says what is wrong beside the field and keeps what was typed', async () => {
    const person = await makePerson(site, { name: '刘洋' });
    const address = `/support/accounts/${person.accountId}/corrections/name`;
    const bad = await support.send(
      await support.get(address),
      { 'correction.name': '刘洋3', 'correction.reason': '核实无误' },
      { button: 'do=next' },
    );
    expect(bad.errors()).toEqual(['「更正后的姓名」只能填写文字和间隔号「·」，请按证件填写', '请上传「证明材料」']);
    expect(bad.find('#f-correction-reason')?.text.trim()).toBe('核实无误');
    const same = await support.send(bad, { 'correction.name': '刘洋' }, evidence());
    expect(same.errors()).toEqual(['与现在的姓名相同，不需要更正']);
    const wrongFile = await support.send(
      same,
      { 'correction.name': '刘阳' },
      { button: 'do=next', files: [{ field: 'files:correction.evidence', name: '证明.docx', content: Buffer.from('x') }] },
    );
    expect(wrongFile.errors()[0]).toContain('不能上传 Word');
    expect((await support.send(wrongFile, {}, { button: 'do=next' })).address).toContain('/confirm?draft=');
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.name).toBe('刘洋');
  });

  it('S34 of two who correct one name at once, the second is told', async () => {
    const person = await makePerson(site, { name: '孙静' });
    const pages = [
      await fill(support, person.accountId, 'name', { 'correction.name': '孙婧', 'correction.reason': '证件为婧' }),
      await fill(second, person.accountId, 'name', { 'correction.name': '孙净', 'correction.reason': '证件为净' }),
    ];
    const answers = await Promise.all([support.submit(pages[0] as Page), second.submit(pages[1] as Page)]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect(await site.db('identity_corrections').where({ account_id: person.accountId })).toHaveLength(1);
  });

  it('S15 can be made to need a second person for names too', async () => {
    const person = await makePerson(site, { name: '林涛' });
    await site.db('settings').insert({ key: 'secondPersonForNames', value: 'true' });
    site.deps.settings.refresh();
    const confirm = await fill(support, person.accountId, 'name', { 'correction.name': '林焘', 'correction.reason': '证件为焘' });
    expect(confirm.text()).toContain('由另一名技术支持人员复核同意后生效');
    expect((await support.send(confirm)).text()).toContain('更正申请已提交');
    await site.db('settings').where({ key: 'secondPersonForNames' }).update({ value: 'false' });
    site.deps.settings.refresh();
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.name).toBe('林涛');
    const [row] = (await site.db('identity_corrections').where({ account_id: person.accountId })) as { id: number }[];
    await second.submit(await second.get(`/support/corrections/${row?.id}`), { 'decision.result': 'confirm' }, { button: 'do=save' });
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.name).toBe('林焘');
  });
});

describe('S15 更正证件号码', () => {
  const NEW = residentId(901, '19910704');

  it('takes effect when a second person has confirmed it, once, whoever is quicker', async () => {
    const person = await makePerson(site, { name: '宋玉' });
    const third = await signInAs(site, await makeStaff(site, { role: 'support', name: '毕可心' }));
    const waiting = async (visitor: Visitor): Promise<number> =>
      Number(/(\d+) 项待复核\s*更正复核/.exec((await visitor.get('/home')).text())?.[1] ?? '0');
    const before = [await waiting(support), await waiting(second)];
    const confirm = await fill(support, person.accountId, 'id-number', {
      'correction.idNumber': NEW.toLowerCase(),
      'correction.reason': '注册时录错',
    });
    expect(confirm.text()).toContain(NEW);
    expect(confirm.html).not.toContain(person.idNumber);
    expect((await support.send(confirm)).text()).toContain('由另一名技术支持人员复核');
    const [row] = (await site.db('identity_corrections').where({ account_id: person.accountId })) as {
      id: number;
      new_id_number: Buffer;
    }[];
    expect(row?.new_id_number.includes(NEW)).toBe(false);
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.idNumber).toBe(person.idNumber);
    const address = `/support/corrections/${row?.id}`;

    // not by the one who asked, whose home page does not count it as work
    expect([await waiting(support), await waiting(second)]).toEqual([before[0], (before[1] ?? 0) + 1]);
    const own = await support.get(address);
    expect(own.text()).toContain('须由另一名技术支持人员复核');
    expect(own.html).not.toContain(NEW);
    const fields = new URLSearchParams([...own.fields('form[action="/sign-out"]'), ['decision.result', 'confirm'], ['do', 'save']]);
    expect((await support.request('POST', address, fields)).status).toBe(403);
    await expect(
      site.db('identity_corrections').where({ id: row?.id }).update({ state: 'confirmed', decided_by: supportId, decided_at: new Date() }),
    ).rejects.toThrow(/check constraint/);

    const queue = await second.get('/support/corrections');
    expect(queue.text()).toContain('宋玉');
    const pages = [await second.get(address), await third.get(address)];
    expect(pages[0]?.text()).toContain(NEW);
    expect((await audits('account.correction-read')).length).toBe(2);
    expect((await second.submit(pages[0] as Page, { 'decision.result': 'refuse' }, { button: 'do=save' })).errors()).toEqual([
      '请填写「不同意的原因」',
    ]);
    const answers = await Promise.all([
      second.submit(pages[0] as Page, { 'decision.result': 'confirm' }, { button: 'do=save' }),
      third.submit(pages[1] as Page, { 'decision.result': 'confirm' }, { button: 'do=save' }),
    ]);
    const statuses = answers.map((a) => a.status).sort();
    expect(statuses[0]).toBe(303);
    expect([403, 409]).toContain(statuses[1]);
    expect(await audits('account.correct-id-number-confirm')).toHaveLength(1);
    expect(await findPerson(site.db, site.deps.cipher, person.accountId)).toMatchObject({
      idNumber: NEW,
      bornOn: '1991-07-04',
      sex: 'male',
    });
    expect((await signInVia(site, site.visitor(), NEW)).status).toBe(303);
    expect((await signInVia(site, site.visitor(), person.idNumber, PASSWORD)).status).toBe(422);
    expect((await (await signInAs(site, person)).get('/home')).text()).toContain('您的证件号码已于');
    for (const number of [NEW, person.idNumber])
      expect(site.log.join('') + JSON.stringify(await site.db('audit_log'))).not.toContain(number);
  });

  it('B2 a number of another account is refused, also when it was registered after the request', async () => {
    const person = await makePerson(site, { name: '曲波' });
    const other = await makePerson(site);
    const taken = await fill(support, person.accountId, 'id-number', {
      'correction.idNumber': other.idNumber,
      'correction.reason': '录错',
    });
    expect(taken.errors()).toEqual(['该证件号码已经属于另一个账号，请先用「账号查询」核实']);
    const wrong = await fill(support, person.accountId, 'id-number', {
      'correction.idNumber': `${NEW.slice(0, 17)}0`,
      'correction.reason': '录错',
    });
    expect(wrong.errors()).toHaveLength(1);
    const later = idNumber(777);
    await support.send(await fill(support, person.accountId, 'id-number', { 'correction.idNumber': later, 'correction.reason': '录错' }));
    await personWith(site, 'late_777', 777);
    const [row] = (await site.db('identity_corrections').where({ account_id: person.accountId })) as { id: number }[];
    const page = await second.get(`/support/corrections/${row?.id}`);
    const answer = await second.submit(page, { 'decision.result': 'confirm' }, { button: 'do=save' });
    expect([answer.status, answer.text()]).toEqual([409, expect.stringContaining('已经由另一个账号注册')]);
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.idNumber).toBe(person.idNumber);
    // one request at a time
    const again = await fill(support, person.accountId, 'id-number', {
      'correction.idNumber': residentId(903),
      'correction.reason': '录错',
    });
    expect((await support.submit(again)).status).toBe(409);
    const refused = await second.submit(page, { 'decision.result': 'refuse', 'decision.reason': '号码属于他人' }, { button: 'do=save' });
    expect(refused.location).toBe('/support/corrections?done=refuse');
    expect((await second.get('/support/corrections?state=refused')).text()).toContain('曲波');
    expect(secondId).toBeGreaterThan(0);
  });
});

describe('B4, S15 a lost mobile number', () => {
  it('C5 its help is the paragraph about mobile numbers', async () => {
    const person = await makePerson(site, {});
    const page = await support.get(`/support/accounts/${person.accountId}/corrections/mobile`);
    expect(decodeURIComponent(page.link('使用帮助') ?? '')).toBe('/guides/support#更换手机号码');
  });

  it('is replaced with reason and evidence by two people; the old number is told, recovery goes by the new one', async () => {
    const person = await makePerson(site, { name: '丛海波', mobile: '13906315151' });
    const same = await fill(support, person.accountId, 'mobile', { 'correction.mobile': '139 0631 5151', 'correction.reason': '手机丢失' });
    expect(same.errors()).toEqual(['与现在的手机号码相同，不需要更换']);
    const wrong = await fill(support, person.accountId, 'mobile', { 'correction.mobile': '12345', 'correction.reason': '手机丢失' });
    expect(wrong.errors()).toEqual(['请填写以 13 至 19 开头的 11 位手机号码']);
    const form = await support.get(`/support/accounts/${person.accountId}/corrections/mobile`);
    expect(form.html).not.toContain('13906315151');
    const without = await support.send(form, { 'correction.mobile': '13906315252', 'correction.reason': '手机丢失' });
    expect(without.errors()).toEqual(['请上传「证明材料」']);
    const confirm = await fill(support, person.accountId, 'mobile', {
      'correction.mobile': '+86 139-0631-5252',
      'correction.reason': '手机 13906315151 丢失，本人持身份证到现场',
    });
    expect(confirm.text()).toContain('139****5151');
    expect(confirm.text()).toContain('13906315252');
    expect((await support.send(confirm)).text()).toContain('由另一名技术支持人员复核');
    const number = async (): Promise<string | undefined> => (await findPerson(site.db, site.deps.cipher, person.accountId))?.mobile;
    expect(await number()).toBe('13906315151');
    const row = (await site.db('identity_corrections').where({ account_id: person.accountId }).first()) as {
      id: number;
      reason: string;
      old_mobile: Buffer;
      new_mobile: Buffer;
    };
    expect(row.reason).toBe('手机 139****5151 丢失，本人持身份证到现场');
    expect(row.new_mobile.includes('13906315252') || row.old_mobile.includes('13906315151')).toBe(false);
    const address = `/support/corrections/${row.id}`;
    const own = await support.get(address);
    expect(own.html).not.toContain('13906315252');
    expect((await second.get('/support/corrections')).text()).toContain('手机号码');
    const reads = (await audits('account.correction-read')).length;
    const page = await second.get(address);
    expect(page.heading).toBe('更换手机号码：丛海波');
    expect(page.text()).toContain('13906315252');
    expect((await audits('account.correction-read')).length).toBe(reads + 1);
    const copies = await Promise.all([1, 2, 3].map(() => second.submit(page, { 'decision.result': 'confirm' }, { button: 'do=save' })));
    expect(copies.map((c) => c.location)).toEqual(copies.map(() => '/support/corrections?done=confirm'));
    expect(await audits('account.correct-mobile-confirm')).toHaveLength(1);
    expect(await number()).toBe('13906315252');
    const messages = (await site.db('sms_outbox').where({ purpose: 'mobile-changed' }).select('mobile', 'text')) as {
      mobile: Buffer;
      text: Buffer;
    }[];
    expect(messages.map((m) => [site.deps.cipher.decrypt(m.mobile, 'sms.mobile'), site.deps.cipher.decrypt(m.text, 'sms.text')])).toEqual([
      ['13906315151', expect.stringContaining('由技术支持更换为尾号 5252 的号码')],
    ]);
    expect((await look(support, '13906315252')).address).toBe(`/support/accounts/${person.accountId}`);
    expect((await (await signInAs(site, person)).get('/home')).text()).toContain('您的手机号码已于');
    for (const secret of ['13906315151', '13906315252'])
      expect(site.log.join('') + JSON.stringify(await site.db('audit_log'))).not.toContain(secret);
  });

  it('is not replaced when the person has changed it meanwhile', async () => {
    const person = await makePerson(site, { name: '邹海', mobile: '13906315353' });
    await support.send(
      await fill(support, person.accountId, 'mobile', { 'correction.mobile': '13906315454', 'correction.reason': '丢失' }),
    );
    await updateMobile(site.db, site.deps.cipher, person.accountId, '13906315555');
    const row = (await site.db('identity_corrections').where({ account_id: person.accountId }).first()) as { id: number };
    const page = await second.get(`/support/corrections/${row.id}`);
    expect((await second.submit(page, { 'decision.result': 'confirm' }, { button: 'do=save' })).status).toBe(409);
    expect((await findPerson(site.db, site.deps.cipher, person.accountId))?.mobile).toBe('13906315555');
  });
});

describe('X2 wrong roles', () => {
  it('support pages are for technical support alone; units are corrected by their bureau', async () => {
    const person = await makePerson(site);
    const unit = await makeUnit(site);
    const visitors = [
      await signInAs(site, person),
      await signInAs(site, unit),
      await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370000' })),
      await signInAs(site, await makeStaff(site, { role: 'admin' })),
    ];
    for (const visitor of visitors) {
      for (const address of ['/support/accounts', '/support/corrections']) expect((await visitor.get(address)).status).toBe(403);
      for (const address of [`/support/accounts/${person.accountId}`, `/support/accounts/${person.accountId}/corrections/name`])
        expect((await visitor.get(address)).status).toBe(404);
    }
    expect((await support.get(`/support/accounts/${unit.accountId}/corrections/name`)).status).toBe(403);
    expect((await support.get(`/support/accounts/${person.accountId}/corrections/photo`)).status).toBe(404);
  });
});
