import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { FORM_BYTES } from '../../src/http/read-form';
import { createBallotKeys } from '../../src/adapters/ballot-keys';
import { settleBallotKeyPlace } from '../../src/ballot-key-place.store';
import { page, seeOther, type Reply, type Route } from '../../src/http/route';
import { makePerson, signInAs } from '../support/factories';
import { personalNumbersIn } from '../support/people';
import { beginUpload, until, visitorAt } from '../support/process';
import { openSite, Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const scrape = (s: Site): Promise<string> => s.composition.metrics.registry.metrics();

const addressOf = (base: string): { host: string; port: string } => ({ host: new URL(base).hostname, port: new URL(base).port });

describe('F19, S60 /healthz and /readyz', () => {
  const ask = async (s: Site): Promise<[number, string, string | null]> => {
    const r = await fetch(`${s.base}/readyz`);
    return [r.status, await r.text(), r.headers.get('connection')];
  };

  test('F19 ready, with a word for each thing that must be there', async () => {
    await settleBallotKeyPlace(site.db, await site.deps.ballotKeys.place());
    expect(await ask(site)).toEqual([200, 'ready\nprocess: ok\ndatabase: ok\nmigrations: ok\nstorage: ok\nballots: ok\n', 'keep-alive']);
    expect(await (await fetch(`${site.base}/healthz`)).text()).toBe('ok');
  });

  test('J3 a machine whose folder of ballot keys is another one is named, and goes on serving; while a round is open the folder of its key stays the right one', async () => {
    const cipher = site.deps.cipher;
    const other = createBallotKeys(path.join(site.deps.config.dataDir, 'another-folder'), cipher);
    const mine = await site.deps.ballotKeys.place();
    const places = await Promise.all([
      other.place(),
      other.place(),
      createBallotKeys(path.join(site.deps.config.dataDir, 'another-folder'), cipher).place(),
    ]);
    expect(new Set(places).size).toBe(1);
    expect(places[0]).not.toBe(mine);
    await settleBallotKeyPlace(site.db, places[0] ?? '');
    const [status, text] = await ask(site);
    expect([status, text]).toEqual([200, expect.stringContaining('ballots: keys lie in another folder')]);
    await settleBallotKeyPlace(site.db, mine);
    expect((await ask(site))[1]).toContain('ballots: ok');
    expect(await other.find('0'.repeat(64))).toBeUndefined();
  });

  test('F15 a database that lacks a migration is named', async () => {
    const other = await openSite();
    try {
      await other.db('knex_migrations').where({ name: '0061_metrics' }).delete();
      expect(await ask(other)).toEqual([503, expect.stringContaining('migrations: missing 1') as string, 'keep-alive']);
      await other.db('knex_migrations').insert({ name: '0061_metrics', batch: 1 });
      expect((await ask(other))[0]).toBe(200);
    } finally {
      await other.close();
    }
  });

  test('F09 a storage that cannot be written is named, and no path of the machine', async () => {
    const other = await openSite();
    try {
      fs.writeFileSync(path.join(other.deps.config.dataDir, 'blobs'), 'no folder');
      const [status, text] = await ask(other);
      // the site goes on without files: a proxy that asked here would otherwise leave no process at all
      expect([status, text]).toEqual([200, 'ready\nprocess: ok\ndatabase: ok\nmigrations: ok\nstorage: away\nballots: ok\n']);
    } finally {
      await other.close();
    }
  });

  test('F02 without a database the process lives and is not ready', async () => {
    const other = await openSite();
    try {
      await other.db.destroy();
      expect((await ask(other)).slice(0, 2)).toEqual([
        503,
        'not ready\nprocess: ok\ndatabase: away\nmigrations: unknown\nstorage: ok\nballots: unknown\n',
      ]);
      expect((await fetch(`${other.base}/healthz`)).status).toBe(200);
    } finally {
      other.db.initialize();
      await other.close();
    }
  });

  test('F19 a process that is to end says so, serves on, and lets each connection go', async () => {
    const other = await openSite();
    try {
      other.composition.readiness.drain();
      expect(await ask(other)).toEqual([503, expect.stringContaining('process: draining') as string, 'close']);
      const r = await fetch(`${other.base}/sign-in`);
      expect([r.status, r.headers.get('connection')]).toEqual([200, 'close']);
    } finally {
      await other.close();
    }
  });
});

describe('metrics', () => {
  test('S55 requests are told by the pattern of their route: no identity, address or name stands in them', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    await visitor.get('/declarations/3e0e3f1c-0000-4000-8000-000000000001/sections/education');
    await visitor.get('/nowhere/371002198605123124');
    await visitor.get('/assets/abc/css/site.css');
    const text = await scrape(site);
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/declarations\/:declaration\/sections\/:section",status="4xx"\} 1/,
    );
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="none",status="4xx"\} 1/);
    expect(text).toContain('sign_ins_total{outcome="done"} 1');
    for (const secret of ['3e0e3f1c', '371002198605123124', person.loginName]) expect(text).not.toContain(secret);
    expect(personalNumbersIn([text])).toEqual([]);
  });

  test('queue, outbox, locks and connections are told; without a database the rest still is', async () => {
    const other = await openSite();
    try {
      await other.deps.jobs.add(other.db, 'queues:fold', {});
      await other.db('sms_outbox').insert({
        mobile: Buffer.from('x'),
        text: Buffer.from('x'),
        purpose: 'test',
        expires_at: other.db.raw("app_now() + interval '1 hour'"),
      });
      const person = await makePerson(other);
      await other
        .db('accounts')
        .where({ id: person.accountId })
        .update({ failed_count: 5, locked_until: other.db.raw("app_now() + interval '1 hour'") });
      const text = await scrape(other);
      for (const line of [
        'jobs_due{job="queues:fold"} 1',
        'jobs_dead{job="queues:fold"} 0',
        'sms_waiting 1',
        'accounts_locked 1',
        'database_up 1',
        'http_requests_active{lane="all"} 0',
        'uploads_held_bytes 0',
        'printer{what="active"} 0',
      ])
        expect(text.split('\n')).toContain(line);
      expect(text).toMatch(/^jobs_oldest_seconds\{job="queues:fold"\} \d/m);
      expect(text).toMatch(/^database_connections\{pool="main",state="waiting"\} 0$/m);
      await other.db.destroy();
      const without = await scrape(other);
      expect(without).toContain('database_up 0');
      expect(without).not.toContain('jobs_due{');
      expect(without).toContain('http_requests_active{lane="all"} 0');
    } finally {
      other.db.initialize();
      await other.close();
    }
  });

  test('S60 the public port knows no metrics', async () => {
    expect((await fetch(`${site.base}/metrics`)).status).toBe(404);
  });
});

describe('S60 what the site shows of itself', () => {
  const hidden = [
    '/.git/config',
    '/.env',
    '/package.json',
    '/server-status',
    '/metrics',
    '/debug',
    '/dist/src/main.js',
    '/assets',
    '/assets/',
    '/assets/x/css',
    '/assets/x/css/',
    '/assets/x/../../package.json',
    '/assets/x/%2e%2e/%2e%2e/package.json',
    '/assets/x/..%2f..%2fsrc%2fmain.js',
    '/assets/x/css/site.css.map',
    '/assets/x/.public.stamp.json',
  ];
  test.each(hidden)('S60 %s is not there', async (to) => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      // as it stands: fetch would tidy the dots away
      http
        .get({ ...addressOf(site.base), path: to }, (r) => {
          let text = '';
          r.on('data', (c: Buffer) => (text += c.toString()));
          r.once('end', () => resolve({ status: r.statusCode ?? 0, text }));
        })
        .once('error', reject);
    });
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/at .*\.(ts|js):\d|node_modules|"dependencies"|\[core\]/);
  });

  test.each(['TRACE', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])('S60 %s does nothing and gives nothing back', async (method) => {
    const r = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      http
        .request({ ...addressOf(site.base), path: '/sign-in', method, headers: { 'x-secret-echo': 'lighthouse' } }, (a) => {
          let text = '';
          a.on('data', (c: Buffer) => (text += c.toString()));
          a.once('end', () => resolve({ status: a.statusCode ?? 0, text }));
        })
        .once('error', reject)
        .end();
    });
    expect(r.text).not.toContain('lighthouse');
    if (method !== 'OPTIONS') expect(r.status).toBe(404);
  });

  test('S60 an answer does not say what program or version made it', async () => {
    const r = await fetch(`${site.base}/sign-in`);
    expect([r.headers.get('server'), r.headers.get('x-powered-by')]).toEqual([null, null]);
  });
});

describe('S62 fairness', () => {
  test('S62 of one account two prints are under way and four wait; a seventh is told so; others are not held up', async () => {
    const inside: { who: number; go: () => void }[] = [];
    const routes: Route[] = [
      {
        method: 'get',
        path: '/print',
        access: 'home.read',
        audit: null,
        heavy: true,
        handle: (v) =>
          new Promise((resolve) => {
            inside.push({ who: v.actor.accountId, go: () => resolve(page('errors/404', { title: '印' })) });
          }),
      },
    ];
    const server = http.createServer(site.composition.appOf(routes));
    await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [one, two] = await Promise.all([makePerson(site), makePerson(site)]);
    const [greedy, modest] = (await Promise.all([signInAs(site, one), signInAs(site, two)])).map((v) =>
      visitorAt({ address: base }, v),
    ) as [Visitor, Visitor];
    let refused = 0;
    const asked = Array.from({ length: 9 }, () =>
      greedy.get('/print').then((p) => {
        if (p.status === 429) refused++;
        return p;
      }),
    );
    await until('three are refused', () => refused === 3);
    expect(inside.map((i) => i.who)).toEqual([one.accountId, one.accountId]);
    const other = modest.get('/print');
    await until('the other one is inside', () => inside.some((i) => i.who === two.accountId));
    inside.splice(2, 1)[0]?.go();
    expect((await other).status).toBe(200);
    for (let n = 0; n < 6; n++) {
      await until('one is inside', () => inside.length > 0);
      inside.shift()?.go();
    }
    const statuses = (await Promise.all(asked)).map((p) => p.status).sort();
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429]);
    server.closeAllConnections();
    await new Promise<void>((r) => server.close(() => r()));
  });
});

describe('F20 more requests than one process can work on', () => {
  /** more than the network holds for a reader who does not read */
  const LARGE = 24 * 1024 * 1024;
  /** a place where requests stay until they are let go, in the order they came */
  let held: { name: string; go: () => void }[] = [];
  const hold = (name: string, reply: Reply): Promise<Reply> =>
    new Promise((resolve) => {
      held.push({
        name,
        go: () => resolve(reply),
      });
    });
  const routes: Route[] = [
    {
      method: 'get',
      path: '/page/:n',
      access: 'public',
      audit: null,
      handle: (v) => hold(`page ${v.param('n')}`, page('errors/404', { title: '页' })),
    },
    {
      method: 'get',
      path: '/form',
      access: 'public',
      audit: null,
      handle: () => Promise.resolve(page('errors/404', { title: '表' })),
    },
    {
      method: 'get',
      path: '/picture',
      access: 'public',
      audit: null,
      handle: () =>
        Promise.resolve({ kind: 'file', contentType: 'image/png', fileName: 'a.png', inline: true, body: Buffer.alloc(LARGE) } as Reply),
    },
    {
      method: 'get',
      path: '/stored',
      access: 'public',
      audit: null,
      handle: () =>
        Promise.resolve({
          kind: 'download',
          contentType: 'application/pdf',
          fileName: 'a.pdf',
          size: LARGE,
          tag: 'a',
          read: () => Promise.resolve(Readable.from([Buffer.alloc(LARGE / 2), Buffer.alloc(LARGE / 2)])),
        } as Reply),
    },
    {
      method: 'post',
      path: '/save/:n',
      access: 'public',
      audit: null,
      files: 1,
      handle: (v) => hold(`save ${v.param('n')}`, seeOther('/form')),
    },
  ];
  let crowded: Site;
  let server: http.Server;
  let base: string;
  const limits = { MAX_ACTIVE: '2', MAX_WAITING: '2', MAX_UPLOADS: '1' };
  const get = (n: number | string): Promise<Response> => fetch(`${base}/page/${n}`);
  const gauge = async (line: string): Promise<boolean> => (await scrape(crowded)).split('\n').includes(line);
  const letGo = (n = 1): void => held.splice(0, n).forEach((h) => h.go());

  beforeAll(async () => {
    crowded = await openSite(limits);
    server = http.createServer(crowded.composition.appOf(routes));
    await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    letGo(held.length);
    server.closeAllConnections();
    await new Promise<void>((r) => server.close(() => r()));
    await crowded.close();
  });
  beforeEach(() => {
    held = [];
  });

  test('F20 two are worked on, two wait, the fifth is told at once when to come again; health checks pass', async () => {
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const waiting = [get(3), get(4)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 2'));
    const fifth = await get(5);
    const text = await fifth.text();
    expect(fifth.status).toBe(503);
    expect(text).toContain('访问人数较多，请稍候');
    expect(text).toContain('本页将在');
    const after = Number(fifth.headers.get('retry-after'));
    expect(after).toBeGreaterThanOrEqual(5);
    expect(after).toBeLessThan(15);
    expect(fifth.headers.get('refresh')).toBe(String(after));
    expect(text).toContain('您排在最前面，重试时优先进入');
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    expect(await gauge('http_requests_turned_away{lane="page"} 1')).toBe(true);
    letGo(2);
    await until('as many as expected', () => held.length === 2);
    letGo(2);
    expect((await Promise.all([...inside, ...waiting])).map((r) => r.status)).toEqual([200, 200, 200, 200]);
    await until('all places are free', () => gauge('http_requests_active{lane="all"} 0'));
  });

  test('F20 whoever was turned away is told how many are ahead, and goes before all who came later when they come again', async () => {
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const before = [get(3), get(4)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 2'));
    const first = await get(5);
    const ticket = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    await first.text();
    // one who is turned away now has at least the first ahead; those who came to be counted a moment ago are not
    let place = '';
    await until('the line has been counted', async () => {
      place = /大约还有 \d+ 人在等待，先到的先进入/.exec(await (await get(6)).text())?.[0] ?? '';
      return place !== '';
    });
    letGo(2);
    await until('those who waited are inside', () => held.length === 2);
    const later = [get(7), get(8)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 2'));
    // back with the ticket, while the line is full of those who came after it: the last of them makes room
    const again = fetch(`${base}/page/9`, { headers: { cookie: ticket } });
    const away = await Promise.race(later);
    expect([away.status, away.headers.get('set-cookie')]).toEqual([503, expect.stringMatching(/^line=/)]);
    // a ticket that somebody has made themselves is none
    const forged = await fetch(`${base}/page/10`, { headers: { cookie: ticket.replace(/=[a-z0-9]+/, '=aaaaa') } });
    expect([forged.status, forged.headers.get('set-cookie')]).toEqual([503, expect.stringMatching(/^line=/)]);
    letGo(1);
    await until('the next is inside', () => held.length === 2);
    expect(held.map((h) => h.name)).toContain('page 9');
    letGo(2);
    await until('the last is inside', () => held.length === 1);
    letGo(1);
    expect((await Promise.all([...inside, ...before, again])).map((r) => r.status)).toEqual([200, 200, 200, 200, 200]);
    expect((await Promise.all(later)).map((r) => r.status).sort()).toEqual([200, 503]);
    await until('all places are free', () => gauge('http_requests_active{lane="all"} 0'));
  });

  test('S43, S62 whoever reads a file slowly, or not at all, takes nobody a place', async () => {
    const readers = ['/picture', '/stored', '/stored', '/picture'].map((to) => {
      const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.pause().on('error', () => undefined);
      socket.write(`GET ${to} HTTP/1.1\r\nHost: site\r\n\r\n`);
      return socket;
    });
    try {
      // their kernels have taken what they take
      await until('all have begun', () => readers.every((r) => r.bytesWritten > 0));
      const asked = [get(1), get(2)];
      await until('both are worked on', () => held.length === 2);
      letGo(2);
      expect((await Promise.all(asked)).map((r) => r.status)).toEqual([200, 200]);
      await until('all places are free', () => gauge('http_requests_active{lane="all"} 0'));
      expect(readers.every((r) => !r.destroyed)).toBe(true);
    } finally {
      for (const reader of readers) reader.destroy();
    }
  });

  test('F20 a save that came later goes before pages that wait; what a save held is not lost when it is turned away', async () => {
    const shown = crowded.visitor();
    const form = await shown.get('/sign-in');
    const visitor = visitorAt({ address: base }, shown);
    const save = (n: number): ReturnType<Visitor['request']> =>
      visitor.request(
        'POST',
        `/save/${n}`,
        new URLSearchParams({
          _csrf: form.fields().find(([k]) => k === '_csrf')?.[1] ?? '',
          _token: `0123456789abcdef000${n}`,
          text: `写了很久的第${n}份`,
        }),
      );
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const pages = [get(3), get(4)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 2'));
    const saves = [save(1), save(2)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="save"} 2'));
    const third = await save(3);
    expect(third.status).toBe(503);
    expect(third.fields('form.confirm')).toContainEqual(['text', '写了很久的第3份']);
    expect(third.headers.get('refresh')).toBeNull();
    letGo(2);
    await until('as many as expected', () => held.length === 2);
    expect(held.map((h) => h.name).sort()).toEqual(['save 1', 'save 2']);
    expect(await gauge('http_requests_waiting{lane="page"} 2')).toBe(true);
    letGo(2);
    await until('as many as expected', () => held.length === 2);
    letGo(2);
    expect((await Promise.all(saves)).map((r) => r.status)).toEqual([303, 303]);
    expect((await Promise.all([...inside, ...pages])).map((r) => r.status)).toEqual([200, 200, 200, 200]);
  });

  test('F20 an upload takes no place of the others, and a sender who leaves makes room', async () => {
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const gone = new AbortController();
    const left = fetch(`${base}/page/3`, { signal: gone.signal }).catch(() => 'left');
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 1'));
    gone.abort();
    expect(await left).toBe('left');
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 0'));
    const form = new FormData();
    form.append('file', new Blob(['x'.repeat(FORM_BYTES)]), 'x.txt');
    // a foreign form: it is read and refused, while all places are taken
    expect((await fetch(`${base}/save/1`, { method: 'POST', body: form })).status).toBe(403);
    letGo(2);
    expect((await Promise.all(inside)).map((r) => r.status)).toEqual([200, 200]);
  });

  test('F20, M1 a form that could have brought a file and brings none is a save: it waits before the pages, and takes no place of uploads', async () => {
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const words = new FormData();
    words.append('text', '没有选择文件');
    words.append('file', new Blob([]), '');
    const save = fetch(`${base}/save/1`, { method: 'POST', body: words });
    await until('as many as expected', () => gauge('http_requests_waiting{lane="save"} 1'));
    // nobody knows how long a body is that does not say so
    const unknown = await fetch(`${base}/save/2`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: new Blob(['--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--b--\r\n']).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(unknown.status).toBe(403);
    letGo(2);
    // read whole before it took its place, and only then found to be a foreign form
    expect((await save).status).toBe(403);
    expect((await Promise.all(inside)).map((r) => r.status)).toEqual([200, 200]);
  });

  /** fills both places and both places to wait, does this, and lets everybody go */
  const whileFull = async (work: () => Promise<void>): Promise<void> => {
    const inside = [get(1), get(2)];
    await until('as many as expected', () => held.length === 2);
    const waiting = [get(3), get(4)];
    await until('as many as expected', () => gauge('http_requests_waiting{lane="page"} 2'));
    try {
      await work();
    } finally {
      let isOver = false;
      void Promise.all([...inside, ...waiting]).finally(() => (isOver = true));
      await until('everybody has been answered', () => {
        letGo(held.length);
        return isOver;
      });
      await until('all places are free', () => gauge('http_requests_active{lane="all"} 0'));
    }
  };

  test('F20, S25 who is turned away gets an answer made before: compressed, in large type, short for scripts and programs, with the headers of every page, and a ticket of the line where it is a page', async () => {
    const shown = crowded.visitor();
    const form = await shown.get('/sign-in');
    const sample = await fetch(`${crowded.base}/sign-in`);
    const cookie = [...shown.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const ask = async (headers: Record<string, string>, init: RequestInit = {}): Promise<{ answer: Response; text: string }> => {
      const answer = await fetch(`${base}/page/9`, { ...init, headers: { cookie, ...headers } });
      return { answer, text: await answer.text() };
    };
    await whileFull(async () => {
      const kinds = {
        br: await ask({ 'accept-encoding': 'gzip, br' }),
        gzip: await ask({ 'accept-encoding': 'gzip' }),
        plain: await ask({ 'accept-encoding': 'identity' }),
        large: await ask({ cookie: `${cookie}; type=large` }),
        part: await ask({ 'hx-request': 'true' }),
        text: await ask({ accept: 'application/json' }),
        head: await ask({}, { method: 'HEAD' }),
        form: await ask({ 'sec-fetch-site': 'cross-site' }, { method: 'POST', body: new URLSearchParams({ a: 'b' }) }),
      };
      expect(
        Object.fromEntries(Object.entries(kinds).map(([k, { answer }]) => [k, [answer.status, answer.headers.get('content-encoding')]])),
      ).toEqual(
        { br: [503, 'br'], gzip: [503, 'gzip'], plain: [503, null], large: [503, 'gzip'], part: [503, null], text: [503, null], head: [503, 'gzip'], form: [503, null] }, // prettier-ignore
      );
      for (const { answer } of Object.values(kinds)) {
        for (const name of [
          'content-security-policy',
          'x-content-type-options',
          'referrer-policy',
          'x-frame-options',
          'cross-origin-opener-policy',
        ])
          expect(answer.headers.get(name)).toBe(sample.headers.get(name));
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(5);
      }
      for (const k of ['br', 'gzip', 'plain', 'large', 'head'] as const)
        expect(kinds[k].answer.headers.get('set-cookie')).toMatch(
          /^line=[a-z0-9]+\.[\w-]{43}\.[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/,
        );
      for (const k of ['part', 'text', 'form'] as const) expect(kinds[k].answer.headers.get('set-cookie')).toBeNull();
      for (const k of ['br', 'gzip', 'plain'] as const) expect(kinds[k].text).toContain('本页将在');
      expect(kinds.large.text).toContain('page--large');
      expect(kinds.plain.text).not.toContain('page--large');
      expect(kinds.part.text).toMatch(/<main id="main"><p class="lead">现在访问本站的人较多/);
      expect(kinds.part.answer.headers.get('refresh')).toBeNull();
      expect(kinds.text.answer.headers.get('content-type')).toContain('text/plain');
      expect(kinds.head.text).toBe('');
      // a form from another site is not read out to anybody
      expect(kinds.form.text).toContain('请返回上一页');
      expect(kinds.form.text).not.toContain('value="b"');
    });
    await until('it is logged, once a second', () => crowded.log.some((l) => l.includes('turned away') && l.includes('"turnedAway"')));
    expect(form.status).toBe(200);
  });

  test('F20 the text of a form with files comes back too, and of its files not a byte is held', async () => {
    const visitor = visitorAt({ address: base }, crowded.visitor());
    const fields = (text: string): FormData => {
      const form = new FormData();
      form.append('text', text);
      form.append('file', new Blob([Buffer.alloc(3_000_000, 1)]), '证书.pdf');
      return form;
    };
    const upload = beginUpload(base, visitor, pageWithForm('/save/1'), 'do=upload', {
      field: 'file',
      name: 'a.pdf',
      content: Buffer.alloc(2_000_000, 1),
    });
    await upload.begun;
    await until('the upload is inside', () => gauge('http_requests_active{lane="upload"} 1'));
    const second = await visitor.request('POST', '/save/2', fields('写了很久的「业绩」<b>'));
    expect(second.status).toBe(503);
    expect(second.fields('form.confirm')).toContainEqual(['text', '写了很久的「业绩」<b>']);
    expect(second.text()).toContain('选择的文件需要在提交以后重新上传');
    expect(await gauge('uploads_held_bytes 0')).toBe(false); // the first one's
    expect((await upload.finish()).status).toBe(403);
    await until('nothing is held', () => gauge('uploads_held_bytes 0'));
  });

  test('F20, S43 forms that arrive slowly or never end take no place, however many they are', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => slowForm(base, '/save/1')));
    expect(await gauge('http_requests_active{lane="all"} 0')).toBe(true);
    const inside = get(1);
    await until('as many as expected', () => held.length === 1);
    letGo();
    expect((await inside).status).toBe(200);
    for (const s of slow) s.destroy();
  });
});

/** A page that is nothing but a form to this address. */
const pageWithForm = (action: string): Page =>
  new Page(200, `<main><form method="post" action="${action}"></form></main>`, new Headers(), '/');

/** Sends the head of a form and one byte of it. */
const slowForm = (base: string, address: string): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const socket = net.connect(Number(port), hostname, () =>
      socket.write(
        `POST ${address} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na`,
        () => resolve(socket),
      ),
    );
    socket.once('error', reject);
  });
