import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeCommittee, makePerson, makeStaff, makeUnit, PASSWORD, signInAs, signInVia } from '../support/factories';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const WRONG = 'Haiou-Feixiang-9999';
const sidOf = (v: Visitor): string => v.cookies.get('sid') ?? '';
/** the id inside the signed cookie */
const rawIdOf = (v: Visitor): string => /^s:([^.]+)\./.exec(decodeURIComponent(sidOf(v)))?.[1] ?? '';
const sessionsOf = (accountId: number) => site.db('sessions').whereRaw("sess->>'accountId' = ?", [String(accountId)]);

/** As the first sign-in of a browser that an attacker prepared: its cookie is known to both. */
describe('S16 session fixation', () => {
  it('gives a new id at sign-in and at sign-out; the planted and the old one are nobody', async () => {
    const person = await makePerson(site);
    const attacker = site.visitor();
    await attacker.get('/sign-in');
    const victim = site.visitor();
    victim.cookies.set('sid', sidOf(attacker));
    expect((await signInVia(site, victim, person.loginName)).location).toBe('/home');
    expect(sidOf(victim)).not.toBe(sidOf(attacker));
    expect((await attacker.get('/home')).status).toBe(303);
    const during = sidOf(victim);
    await victim.submit(await victim.get('/home'), {}, { form: '/sign-out' });
    expect(sidOf(victim)).not.toBe(during);
    const thief = site.visitor();
    thief.cookies.set('sid', during);
    expect((await thief.get('/home')).status).toBe(303);
  });

  it('takes no id that it has not made itself', async () => {
    const visitor = site.visitor();
    visitor.cookies.set('sid', 's%3Aabcdefghijklmnopqrstuvwxyz012345.c2lnbmF0dXJl');
    await visitor.get('/sign-in');
    expect(sidOf(visitor)).not.toContain('abcdefghijklmnop');
  });
});

describe('S17 what is stored of a session', () => {
  it('is no usable cookie: neither the id nor the cookie stands in any table, also not for repeated sign-ins', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const id = rawIdOf(visitor);
    expect(id.length).toBeGreaterThanOrEqual(32);
    const { rows: tables } = await site.db.raw<{ rows: { name: string }[] }>(
      "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) AS name FROM pg_stat_user_tables",
    );
    for (const { name } of tables) {
      const { rows } = await site.db.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM ${name} t WHERE t::text LIKE ?`, [
        `%${id}%`,
      ]);
      expect([name, rows[0]?.n]).toEqual([name, 0]);
    }
    const [stored] = (await sessionsOf(person.accountId).select('sid')) as { sid: string }[];
    const thief = site.visitor();
    thief.cookies.set('sid', `s%3A${stored?.sid ?? ''}.${sidOf(visitor).split('.')[1] ?? ''}`);
    expect((await thief.get('/home')).status).toBe(303);
  });
});

describe('A1 the pictures of a first page', () => {
  it('find the session they belong to: it is stored before the first byte of the page leaves', async () => {
    const lock = await site.db.transaction();
    await lock.raw('LOCK TABLE sessions IN SHARE MODE');
    let bytes = 0;
    const answered = new Promise<void>((resolve, reject) => {
      http
        .get(`${site.base}/sign-in`, (r) => {
          bytes += 1;
          r.resume().on('end', resolve);
        })
        .on('error', reject);
    });
    const waiting =
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO sessions%'";
    while ((await site.db.raw<{ rows: unknown[] }>(waiting)).rows.length === 0) await wait(20);
    expect(bytes).toBe(0);
    await lock.rollback();
    await answered;
    expect(bytes).toBe(1);
  });
});

describe('S19 limits of a session', () => {
  const seconds = async (accountId: number): Promise<number> => {
    const [row] = (await sessionsOf(accountId).select(site.db.raw('extract(epoch FROM expire - now())::int AS left'))) as {
      left: number;
    }[];
    return row?.left ?? 0;
  };

  it('ends after 30 minutes without use for persons, after 15 for units and authorities, by the database’s clock', async () => {
    const committee = await makeCommittee(site);
    const cases: [{ accountId: number; loginName: string }, number][] = [
      [await makePerson(site), 1800],
      [await makeUnit(site), 900],
      [await makeStaff(site, { role: 'bureau', divisionCode: '371002' }), 900],
      [await makeStaff(site, { role: 'office', committeeId: committee.id }), 900],
      [await makeStaff(site, { role: 'support' }), 900],
      [await makeStaff(site, { role: 'admin' }), 900],
    ];
    for (const [account, limit] of cases) {
      const visitor = await signInAs(site, account);
      expect([account.loginName, Math.abs((await seconds(account.accountId)) - limit) < 30]).toEqual([account.loginName, true]);
      // use moves the limit
      await sessionsOf(account.accountId).update({
        expire: site.db.raw("now() + interval '1 minute'"),
        sess: site.db.raw(`(sess::jsonb || '{"seenAt": 0}')::json`),
      });
      expect((await visitor.get('/home')).status).toBe(200);
      expect(Math.abs((await seconds(account.accountId)) - limit) < 30).toBe(true);
      await sessionsOf(account.accountId).update({ expire: site.db.raw("now() - interval '1 second'") });
      expect((await visitor.get('/home')).status).toBe(303);
    }
  });

  it('ends 12 hours after signing in, however busy it is', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    await sessionsOf(person.accountId).update({ began_at: site.db.raw("now() - interval '11 hours 59 minutes'") });
    expect((await visitor.get('/home')).status).toBe(200);
    await sessionsOf(person.accountId).update({ began_at: site.db.raw("now() - interval '12 hours'") });
    expect((await visitor.get('/home')).status).toBe(303);
  });
});

describe('S20, S21 the end of a session', () => {
  it('S20 clears what the browser keeps, and authenticated pages are never stored', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const home = await visitor.get('/home');
    expect(home.headers.get('cache-control')).toBe('no-store');
    const out = await visitor.submit(home, {}, { form: '/sign-out' });
    expect(out.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect(out.headers.get('cache-control')).toBe('no-store');
  });

  it('S20 a disabled account is out at once, in every browser', async () => {
    const person = await makePerson(site);
    const [one, two] = [await signInAs(site, person), await signInAs(site, person)];
    await site
      .db('accounts')
      .where({ id: person.accountId })
      .update({ disabled_at: site.db.raw('app_now()') });
    for (const visitor of [one, two]) expect((await visitor.get('/home')).status).toBe(303);
  });

  it('S21 200 parallel requests with a sign-out in the middle: nothing after it is signed in, and the session does not come back', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const home = await visitor.get('/home');
    const cookies = new Map(visitor.cookies);
    // every one of them wants to write the session: its last use lies long back
    await sessionsOf(person.accountId).update({ sess: site.db.raw(`(sess::jsonb || '{"seenAt": 0}')::json`) });
    let isOut = false;
    const late: number[] = [];
    const one = async (): Promise<Page> => {
      const copy = site.visitor();
      for (const [k, v] of cookies) copy.cookies.set(k, v);
      const after = isOut;
      const answer = await copy.get('/home');
      if (after) late.push(answer.status);
      return answer;
    };
    const requests: Promise<Page>[] = [];
    for (let i = 0; i < 100; i++) requests.push(one());
    const out = visitor.submit(home, {}, { form: '/sign-out' }).then((a) => {
      isOut = true;
      return a;
    });
    for (let wave = 0; wave < 7; wave++) {
      for (let i = 0; i < 10; i++) requests.push(one());
      await new Promise((r) => setTimeout(r, 50));
    }
    expect((await out).status).toBe(303);
    for (let i = 0; i < 30; i++) requests.push(one());
    const statuses = (await Promise.all(requests)).map((a) => a.status);
    expect(statuses.filter((s) => s !== 200 && s !== 303)).toEqual([]);
    expect(late.length).toBeGreaterThanOrEqual(30);
    expect(late.filter((s) => s !== 303)).toEqual([]);
    expect(await sessionsOf(person.accountId)).toEqual([]);
    console.log(
      `S21: ${statuses.filter((s) => s === 200).length} answered before the sign-out, ${statuses.filter((s) => s === 303).length} after it, 0 sessions left`,
    );
  });
});

describe('S21 a request that overlaps the sign-out', () => {
  it('S21 has read its session before and would write it after: it finds nothing to write', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const home = await visitor.get('/home');
    await sessionsOf(person.accountId).update({ sess: site.db.raw(`(sess::jsonb || '{"seenAt": 0}')::json`) });
    const hold = await site.db.transaction();
    let underWay: Promise<Page> | undefined;
    try {
      // the home page of a person reads them, the sign-out does not
      await hold.raw('LOCK TABLE declarations IN ACCESS EXCLUSIVE MODE');
      const copy = site.visitor();
      for (const [k, v] of visitor.cookies) copy.cookies.set(k, v);
      underWay = copy.get('/home');
      await until('it waits', async () => {
        const { rows } = await hold.raw<{ rows: unknown[] }>(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length > 0;
      });
      expect((await visitor.submit(home, {}, { form: '/sign-out' })).status).toBe(303);
      expect(await sessionsOf(person.accountId)).toEqual([]);
    } finally {
      await hold.rollback();
    }
    await underWay;
    expect(await sessionsOf(person.accountId)).toEqual([]);
  });
});

describe('S02 the lock is no weapon', () => {
  const fail = async (visitor: Visitor, loginName: string): Promise<string> =>
    (await signInVia(site, visitor, loginName, WRONG)).errors().join();

  it('strangers lock the account for everybody but the browsers in which its owner has signed in before', async () => {
    const person = await makePerson(site);
    const known = await signInAs(site, person);
    await known.submit(await known.get('/home'), {}, { form: '/sign-out' });
    for (let day = 0; day < 4; day++) {
      for (let i = 0; i < 5; i++) await fail(site.visitor(), person.loginName);
      expect((await signInVia(site, site.visitor(), person.loginName)).errors()[0]).toContain('已被锁定');
      const answer = await signInVia(site, known, person.loginName);
      expect(answer.location).toBe('/home');
      await known.submit(await known.get('/home'), {}, { form: '/sign-out' });
      await site.advanceClock('15 minutes 1 second');
    }
  });

  it('a known browser has five tries of its own, counted exactly, also when they come at once', async () => {
    const person = await makePerson(site);
    const known = await signInAs(site, person);
    const device = known.cookies.get('device') ?? '';
    const texts = await Promise.all(
      Array.from({ length: 20 }, () => {
        const copy = site.visitor();
        copy.cookies.set('device', device);
        return fail(copy, person.loginName);
      }),
    );
    expect(texts.filter((t) => t.includes('还可以尝试'))).toHaveLength(4);
    expect(texts.filter((t) => t.includes('已被锁定'))).toHaveLength(16);
    const account = await site.db('accounts').where({ id: person.accountId }).first<{ failed_count: number }>('failed_count');
    expect(account.failed_count).toBe(0);
    const other = await signInVia(site, site.visitor(), person.loginName);
    expect(other.location).toBe('/home');
  });

  it('the cookie of one account is worth nothing for another, nor is a forged one', async () => {
    const [owner, victim] = [await makePerson(site), await makePerson(site)];
    const visitor = await signInAs(site, owner);
    await visitor.submit(await visitor.get('/home'), {}, { form: '/sign-out' });
    const forged = site.visitor();
    forged.cookies.set('device', `${'x'.repeat(43)}.${'y'.repeat(43)}`);
    for (const v of [visitor, forged, visitor, forged, site.visitor()]) await fail(v, victim.loginName);
    for (const v of [visitor, forged, site.visitor()])
      expect((await signInVia(site, v, victim.loginName)).errors()[0]).toContain('已被锁定');
  });

  it('stores the cookie’s hash only, and no more than ten browsers of an account', async () => {
    const person = await makePerson(site);
    for (let i = 0; i < 12; i++) await signInAs(site, person);
    const visitor = await signInAs(site, person);
    const token = (visitor.cookies.get('device') ?? '').split('.')[0] ?? '';
    const rows = await site.db('device_cookies').where({ account_id: person.accountId });
    expect(rows).toHaveLength(10);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('S18 cookies in production', () => {
  it('all have the __Host- prefix, Secure, HttpOnly, SameSite=Lax and Path=/', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-secrets-'));
    const key = (n: number): string => Buffer.alloc(32, n).toString('base64');
    fs.writeFileSync(
      path.join(dir, 'secrets.json'),
      JSON.stringify({ session: key(1), cipher: { current: 'k1', ring: { k1: key(2) } }, index: key(3) }),
    );
    const production = await openSite({
      NODE_ENV: 'production',
      BASE_URL: 'https://zc.example.cn',
      SECRETS_FILE: path.join(dir, 'secrets.json'),
      TRUST_PROXY_HOPS: '1',
      SMS_GATEWAY_URL: 'https://sms.example.cn/send',
      SMS_GATEWAY_KEY: key(4),
      SMS_GATEWAY_ACCOUNT: 'test',
    });
    try {
      const person = await makePerson(production);
      const lines: string[] = [];
      const jar = new Map<string, string>();
      const ask = async (address: string, body?: URLSearchParams): Promise<Page> => {
        const visitor = production.visitor();
        for (const [k, v] of jar) visitor.cookies.set(k, v);
        const answer = await visitor.request(body ? 'POST' : 'GET', address, body, {
          'x-forwarded-proto': 'https',
          'sec-fetch-dest': 'document',
        });
        lines.push(...answer.headers.getSetCookie());
        for (const [k, v] of visitor.cookies) jar.set(k, v);
        return answer;
      };
      const form = await ask('/sign-in');
      await production.db('captchas').update({ answer_hash: production.db.raw("sha256('test')") });
      const fields = new Map(form.fields());
      fields.set('account', person.loginName).set('password', PASSWORD).set('captcha.answer', 'test');
      expect((await ask('/sign-in', new URLSearchParams([...fields]))).location).toBe('/home');
      const home = await ask('/home');
      expect(home.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
      await production.db('sessions').delete();
      expect(
        (await ask('/profile', new URLSearchParams([...home.fields('form[action="/sign-out"]'), ['nativePlace', '威海']]))).location,
      ).toBe('/sign-in?kept=1');
      expect(new Set(lines.map((l) => l.split('=')[0]))).toEqual(new Set(['__Host-sid', '__Host-device', '__Host-kept', '__Host-sheet']));
      for (const line of lines) {
        expect(line).toMatch(/; Path=\//);
        for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax']) expect(line.split('; ')).toContain(flag);
        expect(line).not.toContain('Domain');
      }
    } finally {
      await production.close();
      fs.rmSync(dir, { recursive: true });
    }
  });
});
