import sharp from 'sharp';
import { findActor } from '../../src/modules/accounts';
import { moveDeclaration, noInput, type MoveOutcome } from '../../src/modules/declarations';
import type { Actor } from '../../src/policy/actor';
import { declare, makeWorld, type Declared, type World } from '../print/certificate-fixture';
import { knowCaptcha, makeCommittee, makeStaff, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let world: World;
let office: Visitor;

const publicityOf = async (d: Declared): Promise<number> =>
  ((await site.db('publicity_items').where({ declaration_id: d.id }).first('publicity_id')) as { publicity_id: number }).publicity_id;
const stateOf = async (d: Declared): Promise<string> =>
  ((await site.db('declarations').where({ id: d.id }).first('state')) as { state: string }).state;
const addressOf = async (d: Declared): Promise<string> => `/publicities/${await publicityOf(d)}/objections/new`;

async function object(d: Declared, values: Record<string, string> = {}, files: { name: string; content: Buffer }[] = []): Promise<Page> {
  const visitor = site.visitor();
  const page = await visitor.open(await addressOf(d));
  await knowCaptcha(site, page);
  return visitor.send(
    page,
    {
      declaration: d.id,
      kind: 'named',
      name: '曲有源',
      contact: '13963109999',
      content: '代表作不是本人完成。',
      'captcha.answer': 'test',
      ...values,
    },
    { files: files.map((f) => ({ field: 'file', ...f })) },
  );
}
const idOf = async (d: Declared): Promise<number> =>
  ((await site.db('result_objections').where({ declaration_id: d.id }).orderBy('id', 'desc').first('id')) as { id: number }).id;
const decide = async (by: Visitor, id: number, outcome: string): Promise<Page> =>
  by.submit(await by.open(`/results/objections/${id}`), { outcome, finding: '经核查，反映的情况属实。' });
async function confirm(d: Declared): Promise<MoveOutcome> {
  const bureau = (await findActor(site.db, world.bureau.accountId)) as Actor;
  return site.db.transaction((trx) => moveDeclaration(site.deps, trx, d.id, 'confirm', bureau, noInput, 'test'));
}

beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
  office = await signInAs(site, world.office);
}, 60_000);
afterAll(() => site.close());

describe('J4 objections to results', () => {
  it('are handed in under a name: a receipt says what comes of them; nothing of the objector stands in the clear', async () => {
    const d = await declare(site, world, { name: '于海洋', photo: false });
    await site
      .db('publicities')
      .where({ id: await publicityOf(d) })
      .update({ ends_on: site.db.raw('app_today() + 7'), starts_on: site.db.raw('app_today()') });
    expect((await site.visitor().get(`/publicities/${await publicityOf(d)}`)).link('提出异议')).toContain('/objections/new');
    const receipt = await object(d);
    expect(receipt.heading).toBe('异议受理情况');
    expect(receipt.text()).toContain('正在核查');
    expect(receipt.address).toMatch(/\/objections\/[2-9A-HJKMNP-Z]{12}$/);
    expect(receipt.html).not.toContain('曲有源');
    const row = (await site.db('result_objections').where({ declaration_id: d.id }).first()) as Record<string, unknown>;
    expect(JSON.stringify(row)).not.toContain('13963109999');
    expect(site.log.join('\n')).not.toContain('13963109999');
    expect((await office.open(`/results/objections/${await idOf(d)}`)).text()).toContain('实名：曲有源，13963109999');
    expect((await (await signInAs(site, world.bureau)).open('/results/objections')).text()).toContain('于海洋');
    expect(await site.db('audit_log').where({ action: 'objection.receive', subject_id: d.id })).toHaveLength(1);
    // as long as it is not decided the bureau cannot confirm, also after the period
    await site
      .db('publicities')
      .where({ id: await publicityOf(d) })
      .update({ starts_on: '2020-01-01', ends_on: '2020-01-10' });
    expect(await confirm(d)).toMatchObject({ kind: 'blocked', complaints: [{ text: '公示期间收到的异议还没有处理完毕，不能确认' }] });
    expect((await decide(office, await idOf(d), 'dismissed')).status).toBe(303);
    expect((await site.visitor().get(receipt.address)).text()).toContain('异议不成立');
    expect(await confirm(d)).toMatchObject({ kind: 'moved', to: 'certified' });
  }, 60_000);

  it('upheld ones annul the result by the one table of moves; the applicant reads why', async () => {
    const d = await declare(site, world, { name: '于海岩', photo: false });
    const address = `/publicities/${await publicityOf(d)}`;
    await site
      .db('publicities')
      .where({ id: await publicityOf(d) })
      .update({ ends_on: site.db.raw('app_today() + 7'), starts_on: site.db.raw('app_today()') });
    expect((await site.visitor().get(address)).text('table')).toContain('于海岩');
    await object(d, { kind: 'anonymous', name: '不应保存', contact: '13900000000' });
    const row = (await site.db('result_objections').where({ declaration_id: d.id }).first()) as Record<string, unknown>;
    expect([row.kind, row.objector_name, row.objector_contact]).toEqual(['anonymous', null, null]);
    expect((await decide(office, await idOf(d), 'upheld')).status).toBe(303);
    expect(await stateOf(d)).toBe('voted_failed');
    const own = await (await signInAs(site, d)).get(`/declarations/${d.id}`);
    expect(own.text()).toContain('公示期间异议成立，评审结果作废');
    expect(own.text()).toContain('反映的情况属实');
    expect(await confirm(d)).toMatchObject({ kind: 'not-now' });
    expect(await site.db('certificates').where({ declaration_id: d.id })).toEqual([]);
    // the public no longer reads that this person has passed, and is led into no form without anybody to choose
    const left = await site.visitor().get(address);
    expect(left.text()).not.toContain('于海岩');
    expect(left.text()).toContain('其中 1 人的评审结果已经作废，不再列出');
    expect(left.text()).not.toContain('以下人员已通过评审');
    expect(left.text()).not.toContain('提出异议');
    const nobody = await site.visitor().get(`${address}/objections/new`);
    expect(nobody.status).toBe(409);
    expect(nobody.text()).toContain('公示人员的评审结果已经处理完毕');
  });

  it('F03 two deciders at once: one decides, the other is told who was quicker', async () => {
    const d = await declare(site, world, { name: '于海峰', photo: false });
    await object(d);
    const id = await idOf(d);
    const pages = await Promise.all([office.open(`/results/objections/${id}`), office.open(`/results/objections/${id}`)]);
    const answers = await Promise.all(
      pages.map((p, i) => office.submit(p, { outcome: i === 0 ? 'upheld' : 'dismissed', finding: `结论${i}` })),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect(answers.find((a) => a.status === 409)?.text()).toContain('已由刘志强处理');
    expect((await site.db('result_objections').where({ id }).first('outcome')) as object).toEqual({
      outcome: (await stateOf(d)) === 'voted_failed' ? 'upheld' : 'dismissed',
    });
    await expect(site.db('result_objections').where({ id }).update({ outcome: 'dismissed', finding: '改' })).rejects.toThrow(
      'never changed',
    );
    await expect(site.db('result_objections').where({ id }).delete()).rejects.toThrow('never changed');
  });

  it('X4, S09 a wrong captcha costs nothing that was typed or uploaded; every fault is named', async () => {
    const d = await declare(site, world, { name: '于海燕', photo: false });
    const png = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ffffff' } })
      .png()
      .toBuffer();
    const visitor = site.visitor();
    const page = await visitor.open(await addressOf(d));
    const back = await visitor.send(
      page,
      { declaration: d.id, kind: 'named', name: '', contact: '', content: '写了很久的内容', 'captcha.answer': 'wrong' },
      { files: [{ field: 'file', name: '材料.png', content: png }] },
    );
    expect(back.errors()).toEqual([
      '实名反映的，请填写「姓名」',
      '实名反映的，请填写「联系电话」',
      '「验证码」不正确，请按新的验证码重新填写',
    ]);
    expect(back.text('#content')).toBe('写了很久的内容');
    expect(back.text()).toContain('已上传「材料.png」');
    await knowCaptcha(site, back);
    const receipt = await visitor.send(back, { kind: 'anonymous', 'captcha.answer': 'test' });
    expect(receipt.heading).toBe('异议受理情况');
    const id = await idOf(d);
    const file = await office.bytes(`/results/objections/${id}/file`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    // the same captcha is not good twice
    expect(
      (await visitor.send(back, { kind: 'anonymous', 'captcha.answer': 'test', _token: 'another-token-000000' })).errors()[0],
    ).toContain('已经失效');
  });

  it('S30 are nothing for other offices and bureaus; bureaus do not decide; others find nothing', async () => {
    const d = await declare(site, world, { name: '于海宁', photo: false });
    await object(d);
    const id = await idOf(d);
    const elsewhere = await makeCommittee(site, { divisionCode: '370102' });
    const strangers = [
      await signInAs(site, await makeStaff(site, { role: 'office', committeeId: elsewhere.id })),
      await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370102' })),
    ];
    for (const s of strangers) {
      expect((await s.get(`/results/objections/${id}`)).status).toBe(404);
      expect((await s.get(`/results/objections/${id}/file`)).status).toBe(404);
      expect((await s.get('/results/objections')).text()).toContain('没有收到异议');
    }
    const bureau = await signInAs(site, world.bureau);
    const page = await bureau.get(`/results/objections/${id}`);
    expect(page.status).toBe(200);
    expect(page.find(`form[action="/results/objections/${id}"]`)).toBeNull();
    expect((await site.visitor().get(`/publicities/${await publicityOf(d)}/objections/ABCDEFGH2345`)).status).toBe(404);
  });

  it('A7 two people of one name in one unit are told apart in the list and in the form, by title, speciality and place, and by nothing personal', async () => {
    const [first, second] = [
      await declare(site, world, { name: '丛丽娟', photo: false }),
      await declare(site, world, { name: '丛丽娟', photo: false }),
    ];
    const alone = await declare(site, world, { name: '谷乐天', photo: false });
    const id = await publicityOf(first);
    await site.db('publicity_items').whereIn('declaration_id', [second.id, alone.id]).update({ publicity_id: id });
    await site
      .db('publicities')
      .where({ id })
      .update({ ends_on: site.db.raw('app_today() + 7'), starts_on: site.db.raw('app_today()') });
    const page = await site.visitor().get(`/publicities/${id}`);
    const names = page.all('td[data-label="姓名"]').map((td) => td.text);
    expect(names.filter((n) => n.startsWith('丛丽娟')).sort()).toEqual(['丛丽娟同名，第 1 位', '丛丽娟同名，第 2 位']);
    expect(names).toContain('谷乐天');
    expect(page.text()).toContain('同一单位有同名人员的');
    for (const d of [first, second])
      for (const part of [d.idNumber.slice(6, 14), d.idNumber.slice(-4)]) expect(page.html).not.toContain(part);
    const form = await site.visitor().get(`/publicities/${id}/objections/new`);
    const options = form.all('select[name="declaration"] option').map((o) => o.text);
    expect(options.filter((o) => o.startsWith('丛丽娟'))).toEqual([
      expect.stringMatching(/，.+，同名，第 1 位）$/),
      expect.stringMatching(/，.+，同名，第 2 位）$/),
    ]);
    expect(options.find((o) => o.startsWith('谷乐天'))).not.toContain('同名');
    // whose place is theirs keeps it when the other one has been decided
    const placed = form
      .all('select[name="declaration"] option')
      .find((o) => o.text.includes('第 2 位'))
      ?.getAttribute('value');
    const other = [first.id, second.id].find((x) => x !== placed) ?? '';
    await site
      .db('publicity_items')
      .where({ declaration_id: other })
      .update({ superseded_at: site.db.raw('app_now()') });
    const later = await site.visitor().get(`/publicities/${id}/objections/new`);
    expect(
      later
        .all('select[name="declaration"] option')
        .filter((o) => o.text.startsWith('丛丽娟'))
        .map((o) => [o.getAttribute('value'), o.text.endsWith('同名，第 2 位）')]),
    ).toEqual([[placed, true]]);
  });

  it('are too late after the last day, by the clock of the database', async () => {
    const d = await declare(site, world, { name: '于海涛', photo: false });
    const address = await addressOf(d);
    await site.advanceClock('30 days');
    const late = await site.visitor().get(address);
    expect(late.status).toBe(409);
    expect(late.text()).toContain('公示期已于');
    expect((await site.visitor().get(`/publicities/${await publicityOf(d)}`)).text()).not.toContain('提出异议');
  });
});
