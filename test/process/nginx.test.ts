import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { beginUpload, type HalfSent, end, endAll, startProcess, until, visitorAt, type Started } from '../support/process';
import { openSite, type Site, type Visitor } from '../support/site';

const hasNginx = spawnSync('nginx', ['-v']).status === 0 && spawnSync('openssl', ['version']).status === 0;
if (!hasNginx)
  console.warn('nginx or openssl is not installed: deploy/nginx.conf and the rolling restart behind it (F19) are not tested here');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

(hasNginx ? describe : describe.skip)('F19, S59 deploy/nginx.conf before two processes', () => {
  let site: Site;
  let dir: string;
  let nginx: ChildProcess;
  let tls: number;
  let plain: number;
  let ports: [number, number];
  const running = new Map<number, Started>();
  const agent = new https.Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: 8 });
  let visitor: Visitor;
  let declaration: string;

  const start = async (port: number): Promise<void> => {
    running.set(
      port,
      await startProcess(site, { PORT: String(port), TRUST_PROXY_HOPS: '1', DRAIN_SECONDS: '5', MAX_ACTIVE: '100', METRICS_PORT: '0' }),
    );
  };

  interface Answer {
    status: number;
    headers: NodeJS.Dict<string | string[]>;
    body: string;
  }
  const ask = (to: string, o: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = https.request(
        { host: '127.0.0.1', port: tls, path: to, agent, method: o.method ?? 'GET', headers: o.headers ?? {} },
        (r) => {
          const chunks: Buffer[] = [];
          r.on('data', (c: Buffer) => chunks.push(c));
          r.once('error', reject);
          r.once('end', () => resolve({ status: r.statusCode ?? 0, headers: r.headers, body: Buffer.concat(chunks).toString() }));
        },
      );
      request.once('error', reject);
      request.end(o.body);
    });

  beforeAll(async () => {
    site = await openSite();
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-nginx-'));
    fs.chmodSync(dir, 0o755);
    const [a, b, c, d] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    [tls, plain, ports] = [a, b, [c, d]];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', `${dir}/site.key`, '-out', `${dir}/site.pem`], { stdio: 'ignore' }); // prettier-ignore
    const conf = fs
      .readFileSync(path.join(__dirname, '..', '..', 'deploy', 'nginx.conf'), 'utf8')
      .replace('worker_processes auto', 'daemon off;\nworker_processes 1')
      .replaceAll('/run/nginx.pid', `${dir}/nginx.pid`)
      .replaceAll('/var/log/nginx', dir)
      .replaceAll('/var/lib/nginx', dir)
      .replaceAll('/etc/nginx/tls', dir)
      .replace('listen 443', `listen 127.0.0.1:${tls}`)
      .replace('listen 80', `listen 127.0.0.1:${plain}`)
      .replace('127.0.0.1:3001', `127.0.0.1:${c}`)
      .replace('127.0.0.1:3002', `127.0.0.1:${d}`)
      // all load of this test comes from one address
      .replace('rate=50r/s', 'rate=5000r/s');
    fs.writeFileSync(`${dir}/nginx.conf`, conf);
    await Promise.all(ports.map(start));
    nginx = spawn('nginx', ['-c', `${dir}/nginx.conf`, '-e', `${dir}/error.log`], { stdio: 'ignore' });
    await until('nginx answers', () =>
      ask('/healthz').then(
        (r) => r.status === 200,
        () => false,
      ),
    );
    const unit = await makeUnit(site);
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    await makePath(site, batch, unit, { committeeId: committee.id });
    visitor = await signInAs(site, await makePerson(site));
    const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
    declaration = /declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
  });
  afterAll(async () => {
    agent.destroy();
    if (nginx) await end(nginx, 'SIGQUIT');
    await endAll();
    await site.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  test('S59 plain HTTP leads to HTTPS; TLS below 1.2 is refused; pages leave compressed', async () => {
    const r = await fetch(`http://127.0.0.1:${plain}/sign-in`, { redirect: 'manual' });
    expect([r.status, r.headers.get('location')]).toEqual([301, 'https://127.0.0.1/sign-in']);
    const old = spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${tls}`, '-tls1_1'], { input: '' });
    expect(old.status).not.toBe(0);
    const page = await ask('/sign-in', { headers: { 'accept-encoding': 'gzip' } });
    expect([page.status, page.headers['content-encoding'], page.headers.server]).toEqual([200, 'gzip', 'nginx']);
  });

  test('S60 what the operators ask for is not for the public; bodies over the limit end at the door', async () => {
    for (const to of ['/metrics', '/.git/config', '/server-status', '/nginx_status']) expect((await ask(to)).status).toBe(404);
    expect((await ask('/sign-in', { method: 'TRACE' })).status).toBe(405);
    const big = await ask('/sign-in', {
      method: 'POST',
      headers: { 'content-length': String(65 * 1024 * 1024), expect: '100-continue' },
    }).catch(() => undefined);
    if (big) expect(big.status).toBe(413);
  });

  test('S59 a forged X-Forwarded-For is thrown away', async () => {
    await ask('/sign-in', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    for (const s of running.values()) expect(s.output()).not.toContain('203.0.113.7');
  });

  test('F19 both processes are replaced one after the other under load: no request fails, an upload under way ends', async () => {
    const answers = new Map<string, number>();
    let isOver = false;
    const tell = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);
    const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const load = Array.from({ length: 6 }, async (_, n) => {
      while (!isOver) {
        const r = await ask(n % 2 ? '/sign-in' : `/declarations/${declaration}`, n % 2 ? {} : { headers: { cookie } }).catch((e: unknown) =>
          String(e),
        );
        tell(typeof r === 'string' ? r : String(r.status));
      }
    });
    // forms too: what is not retried by itself. Without a token they are refused by the site, not by the proxy
    load.push(
      (async () => {
        while (!isOver) {
          const r = await ask('/sign-in', {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: 'account=x',
          }).catch((e: unknown) => String(e));
          tell(typeof r === 'string' ? r : `post ${r.status}`);
        }
      })(),
    );
    let uploads = 0;
    const beginOne = async (): Promise<HalfSent> => {
      const picture = await sharp({
        create: { width: 1000, height: 1400, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
      })
        .jpeg()
        .toBuffer();
      const form = await visitorAt(running.get(ports[1]) as Started, visitor).get(`/declarations/${declaration}/sections/education`);
      const half = beginUpload(`https://127.0.0.1:${tls}`, visitor, form, 'do=upload:fullTime.diploma', {
        field: 'files:fullTime.diploma',
        name: `毕业证书${uploads}.jpg`,
        content: picture,
      });
      await half.begun;
      const insides = async (): Promise<boolean> => (await Promise.all([...running.values()].map(isInside))).includes(true);
      await until('the upload is inside', insides);
      return half;
    };
    const isInside = async (s: Started): Promise<boolean> =>
      (await (await fetch(s.metrics)).text()).includes('http_requests_active{lane="upload"} 1');
    for (const port of ports) {
      const old = running.get(port) as Started;
      // the proxy chooses: until one has come to the process that is to go
      let half = await beginOne();
      while (!(await isInside(old))) {
        expect((await half.finish()).status).toBe(303);
        uploads++;
        half = await beginOne();
      }
      const over = end(old.child);
      await until('it drains', async () => (await fetch(`${old.address}/readyz`).catch(() => undefined))?.status !== 200);
      expect((await half.finish()).status).toBe(303);
      uploads++;
      expect(await over).toBe(0);
      await start(port);
    }
    isOver = true;
    await Promise.all(load);
    expect([...answers.keys()].sort()).toEqual(['200', 'post 403']);
    expect(Math.min(...answers.values())).toBeGreaterThan(0);
    const names = (await site.db('attachments').where({ declaration_id: declaration }).select('name')) as { name: string }[];
    expect(names).toHaveLength(uploads);
  });
});
