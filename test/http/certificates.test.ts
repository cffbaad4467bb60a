import { isCertificateNumber } from '../../src/lib/certificate-number';
import { maskName } from '../../src/lib/mask';
import { issueCertificate } from '../../src/modules/certificates';
import { makeQueryCode, readQueryCode } from '../../src/lib/query-code';
import { certify, declare, makeWorld, RARE_NAME, type Declared, type World } from '../print/certificate-fixture';
import { PASSWORD, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

interface Row {
  id: number;
  number: string;
  query_code: string;
  pdf_sha256: string | null;
  content: Record<string, unknown>;
  revoked_at: Date | null;
}

let site: Site;
let world: World;
let holder: Declared;
let number: string;
const rowOf = async (id: string): Promise<Row> =>
  (await site.db('certificates').where({ declaration_id: id }).orderBy('id', 'desc').first()) as Row;
const CHECK = '/certificates/check';
const check = async (typed: Record<string, string>): Promise<Page> => {
  const visitor = site.visitor();
  return visitor.send(await visitor.get(CHECK), typed);
};

beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
  holder = await declare(site, world);
  number = await certify(site, holder.id);
}, 60_000);
afterAll(() => site.close());

describe('J5 certificate numbers', () => {
  it('have no gap and no double under 20 concurrent issues, one of which is rolled back', async () => {
    const before = ((await site.db('certificate_serials').first('last_serial')) as { last_serial: number }).last_serial;
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => declare(site, world, { name: `申报人${i}`, photo: false })));
    const broken = await declare(site, world, { name: '撤回的人', photo: false });
    const issued = await Promise.all([
      ...all.map((d) => certify(site, d.id)),
      site.db
        .transaction(async (trx) => {
          await issueCertificate(site.deps, trx, broken.id);
          throw new Error('changed my mind');
        })
        .catch((e: Error) => e.message),
    ]);
    expect(issued.pop()).toBe('changed my mind');
    expect(issued.every(isCertificateNumber)).toBe(true);
    const serials = issued.map((n) => Number(n.slice(14, 19))).sort((a, b) => a - b);
    expect(serials).toEqual(Array.from({ length: 20 }, (_, i) => before + 1 + i));
    expect(await rowOf(broken.id)).toBeUndefined();
  }, 30_000);

  it('tell year, series, level and division', async () => {
    const { code } = (await site.db('series').where({ id: world.seriesId }).first('code')) as { code: string };
    expect(number.slice(0, 14)).toBe(`鲁2026${code}3371002`);
  });

  it('belong to one declaration each', async () => {
    await expect(site.db.transaction((trx) => issueCertificate(site.deps, trx, holder.id))).rejects.toThrow(
      'certificates_declaration_id_key',
    );
  });

  it('are not given without a vote that passed', async () => {
    const d = await declare(site, world, { state: 'unit_review', name: '未表决', photo: false });
    await expect(site.db.transaction((trx) => issueCertificate(site.deps, trx, d.id))).rejects.toThrow('not passed by a vote');
  });

  it('X3 keep neither ID number nor telephone in the content', async () => {
    const { content } = await rowOf(holder.id);
    expect(content).toMatchObject({ name: RARE_NAME, sex: '女', level: '中级职称', passedOn: '2026-11-20', number });
    expect(content.issuer).toBe('山东省威海市环翠区人力资源和社会保障局');
    expect(JSON.stringify(content)).not.toContain(holder.idNumber);
  });

  it('come with query codes that are hard to misread and forgiving to type', () => {
    const codes = Array.from({ length: 500 }, makeQueryCode);
    expect(new Set(codes).size).toBe(500);
    for (const c of codes) expect(c).toMatch(/^[2-9A-HJKMNP-Z]{12}$/);
    expect(readQueryCode('abcd efgh 2345'.toUpperCase())).toBe('ABCDEFGH2345');
    expect(readQueryCode('abcd-efgh-2345')).toBe('ABCDEFGH2345');
    expect(readQueryCode('ABCDEFGH2340')).toBeUndefined();
  });
});

describe('J5 下载证书', () => {
  const address = () => `/declarations/${holder.id}/certificate.pdf`;

  it('prints on the spot while the job has not run, and the job then has nothing to do', async () => {
    expect((await rowOf(holder.id)).pdf_sha256).toBeNull();
    const got = await (await signInAs(site, holder)).bytes(address());
    expect(got.status).toBe(200);
    expect(got.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect(got.headers.get('content-type')).toBe('application/pdf');
    expect(got.headers.get('content-disposition')).toContain(`attachment; filename=`);
    expect(got.headers.get('content-disposition')).toContain(encodeURIComponent(`${RARE_NAME}职称证书.pdf`));
    expect((await rowOf(holder.id)).pdf_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await site.db('audit_log').where({ action: 'certificate.download' })).toEqual([]);
  }, 60_000);

  it('X1 records a download by the office', async () => {
    expect((await (await signInAs(site, world.office)).bytes(address())).status).toBe(200);
    expect((await (await signInAs(site, world.bureau)).bytes(address())).status).toBe(200);
    expect(await site.db('audit_log').where({ action: 'certificate.download' }).orderBy('id')).toMatchObject([
      { actor_id: world.office.accountId, subject_id: holder.id, detail: { number } },
      { actor_id: world.bureau.accountId },
    ]);
  });

  it('is not found where there is no certificate, and for other people (X2)', async () => {
    const other = await declare(site, world, { state: 'unit_review', name: '路人甲', photo: false });
    const visitor = await signInAs(site, other);
    expect((await visitor.get(`/declarations/${other.id}/certificate.pdf`)).status).toBe(404);
    expect((await visitor.get(address())).status).toBe(404);
    expect((await site.visitor().get(address())).location).toContain('/sign-in');
  });
});

describe('A7 证书查验', () => {
  it('finds by number and name, names masked, and keeps nothing personal in the address', async () => {
    const visitor = site.visitor();
    const form = await visitor.get(CHECK);
    expect(form.heading).toBe('证书查验');
    const answer = await visitor.submit(form, { number, name: RARE_NAME });
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/certificates\/check\?result=[0-9a-f-]{36}$/);
    const page = await visitor.get(answer.location);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const result = page.text('#result');
    for (const words of ['有效', maskName(RARE_NAME), number, '馆员', '中级职称', '群众文化', world.committee.name, '发证日期'])
      expect(result).toContain(words);
    expect(result).not.toContain(RARE_NAME);
    for (const secret of [holder.idNumber, RARE_NAME]) expect(page.html).not.toContain(secret);
  });

  it('shows a result to the browser that asked for it only', async () => {
    const visitor = site.visitor();
    const answer = await visitor.submit(await visitor.get(CHECK), { number, name: RARE_NAME });
    const stranger = await site.visitor().get(answer.location);
    expect([stranger.status, stranger.location]).toEqual([303, CHECK]);
  });

  it('takes the number without 鲁, full-width or with blanks, and any kind of dot in the name', async () => {
    const digits = number.slice(1);
    const wide = digits.replace(/\d/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    for (const typed of [digits, `鲁 ${digits.slice(0, 6)} ${digits.slice(6)}`, wide])
      expect((await check({ number: typed, name: ` ${RARE_NAME.replace('·', '•')} ` })).text('#result')).toContain('有效');
  });

  it('says that nothing was found when the name is another one, exactly as for a number that does not exist', async () => {
    const wrongName = await check({ number, name: '张伟' });
    expect(wrongName.text('#result')).toContain('没有查到证书编号和姓名均一致的证书');
    // a number of the right form whose check digit fits
    const unknown = Array.from({ length: 10 }, (_, i) => `${number.slice(0, 14)}99999${i}`).find(isCertificateNumber) ?? '';
    const wrongNumber = await check({ number: unknown, name: RARE_NAME });
    expect(wrongNumber.text('#result')).toBe(wrongName.text('#result'));
  });

  it('X4 keeps what was typed and says beside the field what is wrong', async () => {
    const page = await check({ number: `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`, name: '' });
    expect(page.errors()).toEqual(['「证书编号」有数字填写错误，请按证书逐位核对', '请填写「姓名」']);
    expect(page.find('#f-check-number')?.getAttribute('value')).toContain('鲁2026');
    expect(page.find('#f-check-number-problem')).not.toBeNull();
    expect((await check({ number: number.slice(0, -1), name: RARE_NAME })).errors()).toEqual([
      '「证书编号」填写有误，应为「鲁」加 19 位数字，请按证书核对',
    ]);
    expect((await check({ number: ' ', name: 'x'.repeat(5000) })).errors()).toEqual(['请填写「证书编号」']);
  });

  it('finds by the query code of the QR code, and tells when it was revoked', async () => {
    const { query_code, id } = await rowOf(holder.id);
    const visitor = site.visitor();
    const page = await visitor.get(`${CHECK}/${query_code}`);
    expect(page.text('#result')).toContain(maskName(RARE_NAME));
    expect(page.text('#result')).toContain('有效');
    expect((await visitor.get(`${CHECK}/${query_code.toLowerCase()}`)).status).toBe(200);
    await site
      .db('certificates')
      .where({ id })
      .update({ revoked_at: site.db.raw('app_now()'), revoked_reason: '提供虚假材料' });
    const revoked = await visitor.get(`${CHECK}/${query_code}`);
    expect(revoked.text('#result')).toContain('已撤销');
    expect(revoked.text()).toContain('不再有效');
    expect(revoked.text()).not.toContain('提供虚假材料');
    const own = await (await signInAs(site, holder)).get(`/declarations/${holder.id}/certificate.pdf`);
    expect([own.status, own.text()]).toEqual([410, expect.stringContaining('已经撤销')]);
  });

  it('says clearly that a code is unknown', async () => {
    for (const code of ['ABCDEFGH2345', 'x', '%E7%8E%8B', 'A'.repeat(300)]) {
      const page = await site.visitor().get(`${CHECK}/${code}`);
      expect(page.status).toBe(404);
      expect(page.html).not.toContain('Error');
    }
    expect((await site.visitor().get(`${CHECK}/ABCDEFGH2345`)).text()).toContain('没有查到该查询码对应的证书');
  });
});

describe('J5 撤销和重新核发', () => {
  const statusOf = (d: Declared): string => `/declarations/${d.id}/certificate`;
  const proven = async (): Promise<Visitor> => {
    const bureau = await signInAs(site, world.bureau);
    await bureau.submit(await bureau.open('/confirm-password'), { password: PASSWORD });
    return bureau;
  };

  it('shows units the status only: the certificate holds the ID number', async () => {
    const d = await declare(site, world, { name: '于海洋', photo: false });
    await certify(site, d.id);
    const unit = await signInAs(site, world.unit);
    const page = await unit.get(`/declarations/${d.id}`);
    expect(page.text()).toContain('证书状态：有效');
    expect(page.html).not.toContain('certificate.pdf');
    expect((await unit.get(`/declarations/${d.id}/certificate.pdf`)).status).toBe(404);
    expect((await unit.get(statusOf(d))).status).toBe(404);
  });

  it('S14 asks the bureau for its password once more, then revokes; holder and 证书查验 see it', async () => {
    const d = await declare(site, world, { name: '于海洋', photo: false });
    const no = await certify(site, d.id);
    const bureau = await signInAs(site, world.bureau);
    const form = await bureau.get(statusOf(d));
    expect(form.text()).toContain('证书管理');
    const asked = await bureau.submit(form, { act: 'revoke', reason: '核查发现提供虚假材料' });
    expect(asked.location).toContain('/confirm-password');
    expect((await rowOf(d.id)).revoked_at).toBeNull();
    const proof = await bureau.open(asked.location);
    const after = await bureau.send(proof, { password: PASSWORD });
    expect(after.form().getAttribute('action')).toBe('/kept');
    expect(after.text()).toContain('申报详情 › 证书状态');
    await bureau.send(after);
    expect((await rowOf(d.id)).revoked_at).not.toBeNull();
    const own = await (await signInAs(site, d)).get(statusOf(d));
    expect(own.text()).toContain('已撤销');
    expect(own.text()).toContain('核查发现提供虚假材料');
    expect(own.text()).not.toContain('证书管理');
    expect((await check({ number: no, name: '于海洋' })).text('#result')).toContain('已撤销');
    expect(await site.db('audit_log').where({ action: 'certificate.revoke', subject_id: d.id })).toMatchObject([
      { detail: { number: no } },
    ]);
  });

  it('issues another one with the present name under a new number; the old one stays revoked and says so', async () => {
    const d = await declare(site, world, { name: '于海羊', photo: false });
    const no = await certify(site, d.id);
    await site.db('persons').where({ account_id: d.personId }).update({ name: '于海洋' });
    const bureau = await proven();
    const done = await bureau.send(await bureau.get(statusOf(d)), { act: 'replace', reason: '姓名更正' });
    expect(done.text()).toContain('已撤销原证书，并重新核发');
    const rows = (await site.db('certificates').where({ declaration_id: d.id }).orderBy('id')) as (Row & { holder_name: string })[];
    expect(rows.map((r) => r.holder_name)).toEqual(['于海羊', '于海洋']);
    expect((await check({ number: no, name: '于海羊' })).text()).toContain('发证机关已重新核发证书');
    expect((await check({ number: rows[1]?.number ?? '', name: '于海洋' })).text('#result')).toContain('有效');
    const person = await signInAs(site, d);
    expect((await person.get('/declarations')).all('table.queue tbody tr')).toHaveLength(1);
    expect((await person.get(`/declarations/${d.id}`)).text()).toContain('证书状态：有效');
    // a page from before, in another tab
    const late = await bureau.submit(await bureau.get(statusOf(d)), { act: 'revoke', reason: '再撤销', number: no });
    expect(late.status).toBe(409);
    expect(late.text()).toContain('该证书已有变化');
  });

  it('two bureaus at once revoke once', async () => {
    const d = await declare(site, world, { name: '于海洋', photo: false });
    await certify(site, d.id);
    const two = await Promise.all([proven(), proven()]);
    const answers = await Promise.all(two.map(async (b) => b.submit(await b.get(statusOf(d)), { act: 'replace', reason: '更正' })));
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect(await site.db('certificates').where({ declaration_id: d.id })).toHaveLength(2);
  });

  it('X4 wants a way and a reason, and keeps what was typed', async () => {
    const d = await declare(site, world, { name: '于海洋', photo: false });
    await certify(site, d.id);
    const bureau = await proven();
    const page = await bureau.submit(await bureau.get(statusOf(d)), { reason: '' });
    expect(page.status).toBe(422);
    expect(page.errors()).toEqual(['请选择处理方式', '请填写原因']);
    expect((await bureau.submit(await bureau.get(statusOf(d)), { reason: '理由' })).text('#reason')).toBe('理由');
  });

  it('the database lets nobody change what a signed certificate says, un-revoke or remove it', async () => {
    const { id } = await rowOf(holder.id);
    const row = () => site.db('certificates').where({ id });
    await expect(row().update({ holder_name: '别人' })).rejects.toThrow('is fixed');
    await expect(row().update({ number: '鲁1' })).rejects.toThrow('is fixed');
    await expect(row().update({ revoked_at: null, revoked_reason: '' })).rejects.toThrow('is fixed');
    await expect(row().delete()).rejects.toThrow('never removed');
    await expect(site.db('certificate_files').where({ certificate_id: id }).delete()).rejects.toThrow();
  });
});

describe('S35 证书查验 is limited', () => {
  it('20 looks at one number an hour, whoever asks, also all at once', async () => {
    const other = Array.from({ length: 10 }, (_, i) => `${number.slice(0, 14)}88888${i}`).find(isCertificateNumber) ?? '';
    const visitors = Array.from({ length: 24 }, () => site.visitor());
    const pages = await Promise.all(visitors.map((v) => v.get(CHECK)));
    const answers = await Promise.all(visitors.map((v, i) => v.submit(pages[i] as Page, { number: other, name: `试名${i}` })));
    expect(answers.filter((a) => a.status === 303)).toHaveLength(20);
    expect(answers.filter((a) => a.status === 429)).toHaveLength(4);
    await site.advanceClock('1 hour');
    expect((await check({ number: other, name: '张伟' })).text('#result')).toContain('没有查到');
  });

  it('30 looks of one browser in ten minutes', async () => {
    const visitor = site.visitor();
    const page = await visitor.get(CHECK);
    let last = 303;
    for (let i = 0; i <= 30; i++)
      last = (await visitor.submit(page, { number: String(i), name: '张伟', _token: `turn-${String(i).padStart(20, '0')}` })).status;
    expect(last).toBe(429);
  });
});
