import { randomBytes } from 'node:crypto';
import { encryptedColumns, rotateKeys } from '../../src/db/rotate-keys';
import { createCipher } from '../../src/lib/cipher';
import { creditCode, makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, signInVia } from '../support/factories';
import { idNumber, submitRegistration } from '../support/people';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
const SECRET = '海边的灯塔亮着-Lighthouse';
const people = [61, 62, 63].map((n) => ({
  loginName: `quiet_person${n}`,
  name: `于静${'一二三'.charAt(n - 61)}`,
  idNumber: idNumber(n, '19870423'),
  mobile: `1390632${String(n).padStart(4, '0')}`,
}));
const unit = { loginName: 'quiet_unit', creditCode: creditCode(987_654), mobile: '13906339876' };
const secrets = [...people.flatMap((p) => [p.idNumber, p.mobile]), unit.mobile];

/** Every user table as text, table by table. */
async function dump(): Promise<[table: string, text: string][]> {
  const { rows: tables } = await site.db.raw<{ rows: { name: string }[] }>(
    "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) AS name FROM pg_stat_user_tables ORDER BY 1",
  );
  const all: [string, string][] = [];
  for (const { name } of tables) {
    const { rows } = await site.db.raw<{ rows: { text: string }[] }>(`SELECT t::text AS text FROM ${name} t`);
    all.push([name, rows.map((r) => r.text).join('\n')]);
  }
  return all;
}
/** as it is, and as PostgreSQL writes the bytes of a text that was stored unencrypted in a bytea */
const spellings = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').slice(0, -4),
];

async function register(visitor: Visitor, address: string, values: Record<string, string>): Promise<void> {
  const answer = await submitRegistration(site, visitor, await visitor.get(address), values);
  const confirm = await visitor.open(answer.location);
  const done = await visitor.submit(confirm);
  expect([done.location, confirm.errors()]).toEqual(['/sign-in?registered=1', []]);
}

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makeUnit(site, { name: '威海市环翠区文化馆' });
  for (const p of people) {
    const visitor = site.visitor();
    await register(visitor, '/register/person', {
      'person.name': p.name,
      'person.idType': 'resident',
      'person.idNumber': p.idNumber,
      'person.ethnicity': '01',
      'person.mobile': p.mobile,
      'account.loginName': p.loginName,
      'account.password': SECRET,
      'account.passwordAgain': SECRET,
    });
    await signInVia(site, site.visitor(), p.idNumber, 'Falsch-Falsch-1');
    expect((await signInVia(site, visitor, p.idNumber, SECRET)).location).toBe('/home');
    for (const address of ['/home', '/profile', '/declarations']) await visitor.open(address);
    const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
    await visitor.open(started.location);
    const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
    await visitor.bytes(`/declarations/${id}/review-form.pdf`);
    // a form that comes too late is kept, and a stranger tries the number as well
    const late = await visitor.open('/profile');
    await site.db('sessions').delete();
    await visitor.submit(late, { 'profile.nativePlace': `山东威海，电话${p.mobile}，证件${p.idNumber}` });
    await site.visitor().get(`/certificates/check?number=${p.idNumber}&name=x`);
  }
  const visitor = site.visitor();
  await register(visitor, '/register/unit', {
    'unit.name': '威海市环翠区安静图书馆',
    'unit.creditCode': unit.creditCode,
    'unit.nature': 'public-institution',
    'unit.province': '370000',
    'unit.city': '371000',
    'unit.district': '371002',
    'contact.name': '宋静',
    'contact.mobile': unit.mobile,
    'account.loginName': unit.loginName,
    'account.password': SECRET,
    'account.passwordAgain': SECRET,
  });
  const support = await signInAs(site, await makeStaff(site, { role: 'support' }));
  for (const secret of secrets) {
    const page = await support.open('/support/accounts');
    const found = await support.send(page, { account: secret });
    expect(found.status).toBe(200);
  }
  await site.drainJobs();
});
afterAll(() => site.close());

describe('S53, S55, X3 ID numbers and mobile numbers after registration, sign-in, declaration and look-up', () => {
  it('S53 stand in no row of any table, neither as text nor as bytes', async () => {
    const tables = await dump();
    expect(tables.length).toBeGreaterThan(40);
    // the dump does hold what may be read, and the kept forms were there to be searched
    expect(tables.some(([, text]) => text.includes('于静一'))).toBe(true);
    expect(tables.find(([name]) => name === 'public.kept_posts')?.[1]).not.toBe('');
    const hits = tables.flatMap(([name, text]) =>
      secrets.flatMap((s) =>
        spellings(s)
          .filter((x) => text.includes(x))
          .map((x) => `${name}: ${x}`),
      ),
    );
    expect(hits).toEqual([]);
    console.log(
      `S53: ${secrets.length} numbers in ${tables.length} tables (${tables.reduce((n, [, t]) => n + t.length, 0)} characters): 0 hits`,
    );
  });

  it('S55 stand in no line of the log; neither do form tokens, passwords or cookies', () => {
    const log = site.log.join('\n');
    expect(site.log.length).toBeGreaterThan(50);
    expect([...secrets, SECRET, '_csrf', 'Set-Cookie', 'sid='].filter((s) => log.includes(s))).toEqual([]);
    console.log(`S55: ${secrets.length} numbers in ${site.log.length} lines of the log: 0 hits`);
  });

  it('S55 stand in no address that the site makes', () => {
    const addresses = site.log.flatMap((line) => /"url":"([^"]*)"/.exec(line)?.[1] ?? []);
    expect(addresses.filter((a) => secrets.some((s) => a.includes(s)) || a.includes('?'))).toEqual([]);
  });

  it('S54 are masked for support', async () => {
    const support = await signInAs(site, await makeStaff(site, { role: 'support' }));
    const found = await support.send(await support.open('/support/accounts'), { account: people[0]?.loginName ?? '' });
    expect(secrets.filter((s) => found.html.includes(s))).toEqual([]);
  });
});

describe('X3 rotation of keys', () => {
  const columnsOf = async (): Promise<string[]> => {
    const { rows } = await site.db.raw<{ rows: { name: string }[] }>(
      "SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1",
    );
    return rows.map((r) => r.name);
  };

  it('knows every column of bytes: it is either encrypted or a hash or a picture', async () => {
    const encrypted = encryptedColumns.map((c) => `${c.table}.${c.column}`);
    const others = (await columnsOf()).filter((c) => !encrypted.includes(c));
    expect(others.filter((c) => !/(_hash|_index|\.hash|captchas\.png)$/.test(c))).toEqual([]);
    expect(encrypted.filter((c) => !others.includes(c))).toEqual(encrypted);
  });

  it('brings everything under the new key, goes on after a break, and does nothing the second time', async () => {
    const { cipher: keys, index } = site.deps.config.secrets;
    const both = { ...keys.ring, k2: randomBytes(32).toString('base64') };
    const next = createCipher({ current: 'k2', ring: both, indexKey: index });
    const onlyNew = createCipher({ current: 'k2', ring: { k2: both.k2 }, indexKey: index });
    // broken off half-way: one row is done already
    const some = (await site.db('persons').orderBy('account_id').first('account_id', 'id_number')) as {
      account_id: number;
      id_number: Buffer;
    };
    await site
      .db('persons')
      .where({ account_id: some.account_id })
      .update({ id_number: next.encrypt(next.decrypt(some.id_number, 'person.id-number'), 'person.id-number') });
    // more rows than one batch
    for (let i = 0; i < 230; i++)
      await site.db('form_drafts').insert({
        purpose: 'conflict',
        owner: 'x',
        content: site.deps.cipher.encrypt(`{"n":${i}}`, 'form-draft'),
        expires_at: site.db.raw("now() + interval '1 hour'"),
      });
    const before = new Map<string, number>();
    for (const { table, column } of encryptedColumns)
      before.set(`${table}.${column}`, Number((await site.db(table).whereNotNull(column).count('* as n'))[0]?.n));
    const counts = await rotateKeys(site.db, next);
    for (const { column: c, rotated } of counts) {
      const name = `${c.table}.${c.column}`;
      expect([name, rotated]).toEqual([name, (before.get(name) ?? 0) - (name === 'persons.id_number' ? 1 : 0)]);
    }
    for (const { table, column, purpose } of encryptedColumns)
      for (const row of (await site.db(table).whereNotNull(column).select(column)) as Record<string, Buffer>[])
        expect(onlyNew.decrypt(row[column] ?? Buffer.alloc(0), purpose)).not.toBe('');
    const rows = (await site.db('persons').select('id_number', 'mobile')) as { id_number: Buffer; mobile: Buffer }[];
    expect(rows.map((r) => onlyNew.decrypt(r.id_number, 'person.id-number')).sort()).toEqual(people.map((p) => p.idNumber).sort());
    expect((await rotateKeys(site.db, next)).reduce((n, c) => n + c.rotated, 0)).toBe(0);
    await expect(
      rotateKeys(site.db, createCipher({ current: 'k3', ring: { k3: randomBytes(32).toString('base64') }, indexKey: index })),
    ).rejects.toThrow('unknown key "k2"');
  });
});
