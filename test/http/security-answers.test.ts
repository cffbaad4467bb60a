import http from 'node:http';
import { page, seeOther, type Route } from '../../src/http/route';
import { allRoutes } from '../../src/routes';
import { makePerson, signInAs } from '../support/factories';
import { openSite, Visitor, type Site } from '../support/site';

let site: Site;
/** the same application with routes that fail on purpose */
let faulty: http.Server;
let base: string;

const SECRET_OF_THE_ERROR = 'select id_number from persons at /srv/app/dist/src/db';
const routes: Route[] = [
  {
    method: 'get',
    path: '/throws',
    access: 'public',
    audit: null,
    handle: () => Promise.reject(new Error(SECRET_OF_THE_ERROR)),
  },
  {
    method: 'get',
    path: '/away',
    access: 'public',
    audit: null,
    handle: () => Promise.reject(Object.assign(new Error(SECRET_OF_THE_ERROR), { code: '57P01' })),
  },
  {
    method: 'get',
    path: '/form',
    access: 'public',
    audit: null,
    handle: () => Promise.resolve(page('errors/404', { title: '测试' })),
  },
  { method: 'post', path: '/form', access: 'public', audit: null, files: 2, handle: () => Promise.resolve(seeOther('/form')) },
  { method: 'post', path: '/throws', access: 'public', audit: null, handle: () => Promise.reject(new Error(SECRET_OF_THE_ERROR)) },
];

beforeAll(async () => {
  site = await openSite();
  faulty = http.createServer(site.composition.appOf(routes));
  await new Promise<void>((r) => faulty.listen(0, '127.0.0.1', r));
  base = `http://127.0.0.1:${(faulty.address() as { port: number }).port}`;
});
afterAll(async () => {
  faulty.closeAllConnections();
  await new Promise<void>((r) => faulty.close(() => r()));
  await site.close();
});

const CSP =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';object-src 'none';form-action 'self';frame-ancestors 'none';base-uri 'none'";

async function ask(method: string, to: string, body?: string | FormData, type?: string): Promise<Response> {
  return fetch(base + to, { method, redirect: 'manual', ...(body ? { body } : {}), headers: type ? { 'content-type': type } : {} });
}

describe('S18, S25, S26, S45 every kind of answer', () => {
  const big = new FormData();
  big.append('f', new Blob([new Uint8Array(31 * 1024 * 1024)]), 'a.pdf');
  const kinds: [string, () => Promise<Response>, number][] = [
    ['a page', () => ask('GET', '/form'), 200],
    ['an unknown address', () => ask('GET', '/nothing-here'), 404],
    ['an unknown method', () => ask('DELETE', '/form'), 404],
    ['a malformed address', () => ask('GET', '/%ff%fe'), 404],
    ['a form without its token', () => ask('POST', '/form', 'a=1', 'application/x-www-form-urlencoded'), 403],
    ['a form that is too large', () => ask('POST', '/form', 'a='.padEnd(300 * 1024, 'x'), 'application/x-www-form-urlencoded'), 413],
    ['a form with too many fields', () => ask('POST', '/form', 'a=1&'.repeat(2300), 'application/x-www-form-urlencoded'), 413],
    ['a file that is too large', () => ask('POST', '/form', big), 413],
    ['broken multipart', () => ask('POST', '/form', '--x\r\nnonsense', 'multipart/form-data; boundary=x'), 400],
    ['multipart without a boundary', () => ask('POST', '/form', 'x', 'multipart/form-data'), 400],
    ['a token with a zero byte', () => ask('POST', '/form', '_csrf=a&_token=%2Fe%00', 'application/x-www-form-urlencoded'), 403],
    ['JSON', () => ask('POST', '/form', '{"a":1}', 'application/json'), 403],
    ['an unknown encoding', () => fetch(`${base}/form`, { method: 'POST', body: 'a=1', headers: { 'content-encoding': 'br', 'content-type': 'application/x-www-form-urlencoded' } }), 400],
    ['a failure of the program', () => ask('GET', '/throws'), 500],
    ['a database that is away', () => ask('GET', '/away'), 503],
    ['the health check', () => ask('GET', '/healthz'), 200],
    ['a style sheet', () => ask('GET', site.deps.renderer.page('errors/404', { page: { title: '' }, data: {}, visitor: undefined, csrf: '', nav: [], address: '/' }).match(/\/assets\/[^"]+site\.css/)?.[0] ?? ''), 200],
  ]; // prettier-ignore

  it.each(kinds)('%s has all the headers and says nothing of the inside', async (_name, request, status) => {
    const answer = await request();
    expect(answer.status).toBe(status);
    const { headers } = answer;
    expect(headers.get('content-security-policy')).toBe(CSP);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('x-frame-options')).not.toBeNull();
    // S26: nothing is kept anywhere but files that are named by their content
    expect(headers.get('cache-control')).toBe(_name === 'a style sheet' ? 'public, max-age=31536000, immutable' : 'no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    for (const line of headers.getSetCookie()) {
      expect(line).toMatch(/^(sid|device|kept)=/);
      for (const flag of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(line.split('; ')).toContain(flag);
    }
    const text = await answer.text();
    expect(text).not.toMatch(/select id_number|node_modules|\.(js|ts):\d+|at .*\(.*\)|Error:/);
    if (status >= 400) expect(text).toMatch(/lang="zh-CN"/);
  });

  it('S45 a failure is told by its number only, which also stands in the log', async () => {
    const text = await (await ask('GET', '/throws')).text();
    const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(text)?.[0] ?? 'none';
    const line = site.log.find((l) => l.includes(id) && l.includes('request failed'));
    expect(line).toContain(SECRET_OF_THE_ERROR);
  });

  it('S45, D4 what was typed into a form that met a failure stands in the page, without its passwords', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const there = new Visitor(base);
    for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
    const form = new Map((await visitor.open('/profile')).fields());
    const tokens: [string, string][] = ['_csrf', '_token'].map((name) => [name, form.get(name) ?? '']);
    const answer = await there.request(
      'POST',
      '/throws',
      new URLSearchParams([...tokens, ['text', '二十年的工作业绩'], ['password', 'nobody-sees-it']]),
    );
    expect(answer.status).toBe(500);
    expect(answer.html).toContain('value="二十年的工作业绩"');
    expect(answer.text()).toContain('没有丢失');
    expect(answer.html).not.toContain('nobody-sees-it');
  });
});

describe('S24 htmx', () => {
  it('evaluates nothing, asks this site only and stores no page in the browser', async () => {
    const html = await (await ask('GET', '/form')).text();
    const settings = JSON.parse(/name="htmx-config" content='([^']*)'/.exec(html)?.[1] ?? '{}') as unknown;
    expect(settings).toMatchObject({ allowEval: false, selfRequestsOnly: true, includeIndicatorStyles: false, historyCacheSize: 0 });
  });
});

describe('S43 sizes', () => {
  it('2,200 fields and 250 KB are read, one more is refused, and a file of 31 MB never comes further than memory', async () => {
    const fields = (n: number): string => Array.from({ length: n }, (_, i) => `f${i}=1`).join('&');
    const type = 'application/x-www-form-urlencoded';
    expect((await ask('POST', '/form', fields(2200), type)).status).toBe(403);
    expect((await ask('POST', '/form', fields(2201), type)).status).toBe(413);
    expect((await ask('POST', '/form', 'a='.padEnd(255 * 1024, 'x'), type)).status).toBe(403);
    expect(await site.db('kept_posts')).toEqual([]);
  });

  it('words beside a file are bounded together as in a form without one; the refusal speaks of words', async () => {
    const form = (fields: number, bytes: number): FormData => {
      const data = new FormData();
      for (let i = 0; i < fields; i++) data.append(`f${i}`, 'x'.repeat(bytes));
      data.append('files:a', new Blob([new Uint8Array(300 * 1024)]), 'a.pdf');
      return data;
    };
    // read whole, then refused for want of its form token
    expect((await ask('POST', '/form', form(4, 60 * 1024))).status).toBe(403);
    const words = '填写的文字过多，这次没有保存。请返回上一页，减少文字后重新提交';
    for (const data of [form(5, 60 * 1024), form(1, 65 * 1024), form(999, 60 * 1024), form(1001, 1)]) {
      const answer = await ask('POST', '/form', data);
      expect([answer.status, (await answer.text()).includes(words)]).toEqual([413, true]);
    }
    const long = await ask('POST', '/form', 'a='.padEnd(257 * 1024, 'x'), 'application/x-www-form-urlencoded');
    expect([long.status, (await long.text()).includes(words)]).toEqual([413, true]);
  });

  it('headers of 100 KB and an address of 100 KB are refused by the server itself', async () => {
    const long = await fetch(`${base}/form?${'a'.repeat(100_000)}`).then(
      (r) => r.status,
      () => 431,
    );
    expect([414, 431]).toContain(long);
    const wide = await fetch(`${base}/form`, { headers: { 'x-a': 'b'.repeat(100_000) } }).then(
      (r) => r.status,
      () => 431,
    );
    expect(wide).toBe(431);
  });
});

describe('F12, F13 clocks and the table of sessions', () => {
  const stale = async (visitor: Visitor): Promise<number> => (await visitor.get('/home')).status;

  it('F12 a machine whose clock is wrong by an hour or a day either way ends no session and keeps none', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    for (const shift of [3600_000, -3600_000, 86_400_000, -86_400_000]) {
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + shift);
      try {
        expect([shift, await stale(visitor)]).toEqual([shift, 200]);
      } finally {
        clock.mockRestore();
      }
    }
    await site.db('sessions').update({ expire: site.db.raw("now() - interval '1 second'") });
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() - 86_400_000);
    expect(await stale(visitor)).toBe(303);
    clock.mockRestore();
  });

  it('F13 while the table of sessions is locked the answer is 503 and nobody is signed out', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const lock = await site.db.transaction();
    await lock.raw('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    try {
      const answer = await visitor.get('/home');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
      expect(answer.headers.getSetCookie()).toEqual([]);
    } finally {
      await lock.rollback();
    }
    expect(await stale(visitor)).toBe(200);
  });

  it('F13, S45 a form that cannot be read, while the refusal cannot have a session either: 503, and nothing of the inside', async () => {
    const lock = await site.db.transaction();
    await lock.raw('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    try {
      const answer = await ask('POST', '/form', 'a='.padEnd(300 * 1024, 'x'), 'application/x-www-form-urlencoded');
      const text = await answer.text();
      expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([503, CSP]);
      expect(text).toContain('系统暂时无法使用');
      expect(text).not.toMatch(/SessionsAway|\.(js|ts):\d+|at .*\(.*\)/);
    } finally {
      await lock.rollback();
    }
  });

  /** addresses of what only shows, as a visitor finds them */
  const shown = ['/notices', '/faq', '/committees', '/publicities', '/guides', '/guides/applicant', '/register/unit/guide'];
  const faults: [string, () => Promise<() => Promise<unknown>>][] = [
    [
      'locked',
      async () => {
        const lock = await site.db.transaction();
        await lock.raw('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
        return () => lock.rollback();
      },
    ],
    [
      'gone',
      async () => {
        await site.db.raw('ALTER TABLE sessions RENAME TO sessions_away');
        return () => site.db.raw('ALTER TABLE sessions_away RENAME TO sessions');
      },
    ],
  ];
  it.each(faults)(
    'F13 while the table of sessions is %s, public pages come out and all others are 503; nobody is signed out',
    async (_how, begin) => {
      const person = await makePerson(site);
      const visitor = await signInAs(site, person);
      const stranger = site.visitor();
      await stranger.get('/sign-in');
      const cookies = new Map(visitor.cookies);
      const end = await begin();
      try {
        for (const address of shown) {
          const [known, unknown, fresh] = await Promise.all([visitor.get(address), stranger.get(address), site.visitor().get(address)]);
          expect([address, known.status, unknown.status, fresh.status]).toEqual([address, 200, 200, 200]);
          expect(known.text('body')).toContain('您没有退出登录');
          expect(known.html).not.toContain(person.name);
          expect(fresh.text('body')).not.toContain('您没有退出登录');
          for (const page of [known, unknown, fresh]) expect(page.headers.getSetCookie()).toEqual([]);
        }
        const large = await visitor.get('/type/large?back=%2Ffaq');
        expect([large.status, large.location]).toEqual([303, '/faq']);
        // more at once than there are connections for sessions
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, i) => (i % 2 ? visitor.get('/faq') : i % 4 ? visitor.get('/sign-in') : visitor.get('/home'))),
        );
        expect(answers.map((a) => a.status)).toEqual(answers.map((_, i) => (i % 2 ? 200 : 503)));
        const away = await visitor.get('/profile');
        expect([away.status, away.headers.get('retry-after')]).toEqual([503, '10']);
        expect(away.link('常见问题')).toBe('/faq');
      } finally {
        await end();
      }
      visitor.cookies.delete('type');
      expect(visitor.cookies).toEqual(cookies);
      const home = await visitor.get('/home');
      expect([home.status, home.html.includes(person.name)]).toEqual([200, true]);
    },
  );

  it('F13 what only shows is public, is asked for by GET, has no form that is posted, and makes no session', async () => {
    const only = allRoutes(site.deps).filter((r) => r.onlyShows);
    expect(only.map((r) => [r.method, r.access])).toEqual(only.map(() => ['get', 'public']));
    expect(only.length).toBeGreaterThan(10);
    const before = await site.db('sessions').count();
    for (const address of [...shown, '/certificates/check/AAAA-BBBB-CCCC', '/publicities/1']) {
      const page = await site.visitor().get(address);
      expect([address, page.all('form[method="post"]').length, page.headers.getSetCookie()]).toEqual([address, 0, []]);
    }
    expect(Number((await site.db('sessions').count())[0]?.count) - Number(before[0]?.count)).toBe(0);
  });

  it('F13 a form sent meanwhile is answered with 503 and its text, and goes through later with one press', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const form = await visitor.get('/profile');
    const lock = await site.db.transaction();
    await lock.raw('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    let answer;
    try {
      answer = await visitor.submit(form, { 'profile.nativePlace': '山东“威海”&荣成', password: 'not-to-be-shown' });
    } finally {
      await lock.rollback();
    }
    expect(answer.status).toBe(503);
    expect(answer.text()).toContain('没有丢失');
    expect(answer.html).not.toContain('not-to-be-shown');
    const again = await visitor.submit(answer, {}, { form: 'form.confirm' });
    expect(again.status).toBe(303);
    const row = await site.db('persons').where({ account_id: person.accountId }).first<{ native_place: string }>('native_place');
    expect(row.native_place).toBe('山东“威海”&荣成');
  });
});
