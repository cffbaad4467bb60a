import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import sharp from 'sharp';
import { runTasks, type TaskRunners } from '../../src/modules/tasks';
import { knowCaptcha, makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs, type TestPerson } from '../support/factories';
import { beginUpload, end, endAll, ended, startProcess, until, visitorAt, type Started } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

/** The site of the test makes the people; the processes share its database, keys and files. */
let site: Site;
let person: TestPerson;
let declaration: string;
let visitor: Visitor;
let picture: Buffer;

const status = async (at: Started, path: string): Promise<number> =>
  fetch(at.address + path).then(
    (r) => r.status,
    () => 0,
  );
const education = (): string => `/declarations/${declaration}/sections/education`;
const upload = (at: Started, page: Page) =>
  beginUpload(at.address, visitor, page, 'do=upload:fullTime.diploma', {
    field: 'files:fullTime.diploma',
    name: '毕业证书.jpg',
    content: picture,
  });
const files = async (): Promise<number> => (await site.db('attachments').where({ declaration_id: declaration })).length;

beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
  person = await makePerson(site);
  visitor = await signInAs(site, person);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
  declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  // noise: does not compress, so that the body is long, longer than words alone may be
  picture = await sharp({
    create: { width: 1000, height: 1400, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  })
    .jpeg()
    .toBuffer();
});
afterAll(async () => {
  await endAll();
  await site.close();
});

describe('F19 a process that is asked to end', () => {
  test('F19 /readyz fails first, an upload under way ends, nobody new is let in, and the process is over with code 0', async () => {
    const one = await startProcess(site, { DRAIN_SECONDS: '2', METRICS_PORT: '0' });
    expect(await (await fetch(one.metrics)).text()).toContain('nodejs_eventloop_lag_p99_seconds');
    const half = upload(one, await visitorAt(one, visitor).get(education()));
    await half.begun;
    await until('the upload is inside', async () =>
      (await (await fetch(one.metrics)).text()).includes('http_requests_active{lane="upload"} 1'),
    );
    one.child.kill('SIGTERM');
    await until('/readyz says so', async () => (await status(one, '/readyz')) === 503);
    expect(await status(one, '/sign-in')).toBe(200);
    await until('nobody is let in', async () => (await status(one, '/healthz')) === 0);
    expect(one.child.exitCode).toBeNull();
    const answer = await half.finish();
    expect(answer.status).toBe(303);
    expect(await ended(one.child)).toBe(0);
    expect(await files()).toBe(1);
  });
});

describe('F20 a rush of connections', () => {
  test('F20 a thousand that come while the process cannot look are held for it, and each is answered', async () => {
    const allowed = Number(await readFile('/proc/sys/net/core/somaxconn', 'utf8'));
    const many = Math.min(1000, allowed);
    const one = await startProcess(site);
    const { hostname, port } = new URL(one.address);
    one.child.kill('SIGSTOP');
    const sockets = Array.from({ length: many }, () => net.connect(Number(port), hostname));
    try {
      // nobody accepts any: a line of the system that is full stays full
      await Promise.all(sockets.map((s) => once(s, 'connect')));
      one.child.kill('SIGCONT');
      const answers = await Promise.all(
        sockets.map(async (s) => {
          s.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
          return String((await once(s, 'data'))[0]).split('\r\n')[0];
        }),
      );
      expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 200 OK']));
      expect(answers).toHaveLength(many);
    } finally {
      for (const s of sockets) s.destroy();
      one.child.kill('SIGCONT');
      await end(one.child);
    }
  });
});

describe('A2, S02, S35 two processes on one database', () => {
  let one: Started;
  let two: Started;
  beforeAll(async () => {
    [one, two] = await Promise.all([startProcess(site), startProcess(site)]);
  });
  afterAll(async () => void (await Promise.all([end(one.child), end(two.child)])));

  test('S16 a session of one holds at the other; what is saved at one is read at the other', async () => {
    const there = visitorAt(two, visitor);
    const form = await visitorAt(one, visitor).get(education());
    expect(form.status).toBe(200);
    const saved = await there.submit(form, { 'fullTime.school': '山东大学' }, { button: 'do=save' });
    expect(saved.status).toBe(303);
    expect((await visitorAt(one, visitor).get(education())).html).toContain('山东大学');
  });

  test('F04 the same form sent to both is one act', async () => {
    const form = await visitorAt(one, visitor).get(education());
    const before = (await site
      .db('declaration_sections')
      .where({ declaration_id: declaration, section: 'education' })
      .first('version')) as { version: number };
    const answers = await Promise.all(
      [one, two].map((at) => visitorAt(at, visitor).submit(form, { 'fullTime.school': '山东师范大学' }, { button: 'do=save' })),
    );
    expect(answers.map((a) => a.status)).toEqual([303, 303]);
    expect(answers[0]?.location).toBe(answers[1]?.location);
    const after = (await site.db('declaration_sections').where({ declaration_id: declaration, section: 'education' }).first('version')) as {
      version: number;
    };
    expect(after.version).toBe(before.version + 1);
  });

  test('S01 a captcha drawn at one is answered at the other; five wrong passwords, some here and some there, lock both', async () => {
    const somebody = await makePerson(site);
    const tries: Page[] = [];
    for (let n = 0; n < 6; n++) {
      const browser = visitorAt(n % 2 ? one : two, site.visitor());
      const shown = await browser.get('/sign-in');
      await knowCaptcha(site, shown);
      const other = visitorAt(n % 2 ? two : one, browser);
      tries.push(
        await other.submit(
          shown,
          { account: somebody.loginName, password: 'Wrong-pass-000', 'captcha.answer': 'test' },
          { form: '/sign-in' },
        ),
      );
    }
    expect(tries.map((t) => t.status)).toEqual(Array(6).fill(422));
    expect(tries[0]?.text()).toContain('还可以尝试 4 次');
    expect(tries[5]?.text()).toContain('锁定');
  });

  test('X3 a setting changed at one holds at the other', async () => {
    await site.db('settings').insert({ key: 'supportPhone', value: JSON.stringify('0631-5890000') });
    for (const at of [one, two])
      await until('the new telephone is shown', async () => (await (await fetch(`${at.address}/sign-in`)).text()).includes('0631-5890000'));
  });

  test('P1 both print', async () => {
    const prints = await Promise.all([one, two].map((at) => visitorAt(at, visitor).bytes(`/declarations/${declaration}/review-form.pdf`)));
    for (const p of prints) expect([p.status, p.body.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
  });
});

describe('F01, F19 several processes behind one port', () => {
  const pidsOf = (at: Started): string[] => [...at.output().matchAll(/"pid":(\d+)[^\n]*"msg":"listening"/g)].map((m) => m[1] ?? '');

  test('F19 SIGHUP replaces all without a refused request; a killed one is replaced; the metrics of all are added up', async () => {
    const many = await startProcess(site, { WEB_PROCESSES: '2', METRICS_PORT: '0', DRAIN_SECONDS: '1' });
    await until('two listen', () => pidsOf(many).length === 2);
    const half = upload(many, await visitorAt(many, visitor).get(education()));
    await half.begun;
    const answers = new Map<number, number>();
    let isOver = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const s = await status(many, '/sign-in');
        answers.set(s, (answers.get(s) ?? 0) + 1);
      }
    });
    many.child.kill('SIGHUP');
    // the upload may be at the one that is replaced first, which ends when the upload has
    await until('three have been started', () => pidsOf(many).length === 3);
    const answer = await half.finish();
    expect(answer.status).toBe(303);
    await until('four have been started', () => pidsOf(many).length === 4);
    await until('all are replaced', () => many.output().includes('all processes replaced'));
    isOver = true;
    await Promise.all(load);
    const faults = many
      .output()
      .split('\n')
      .filter((l) => l.includes('"level":50'));
    expect({ answers: [...answers.keys()], faults }).toEqual({ answers: [200], faults: [] });
    expect(new Set(pidsOf(many)).size).toBe(4);

    const text = await (await fetch(many.metrics)).text();
    expect(text).toMatch(/^database_up 1$/m);
    expect(text).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/sign-in"/);

    process.kill(Number(pidsOf(many)[3]), 'SIGKILL');
    await until('a fifth has been started', () => pidsOf(many).length === 5);
    expect(await status(many, '/readyz')).toBe(200);
    expect(await end(many.child)).toBe(0);
    for (const pid of pidsOf(many)) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  test('F01, M14 connections that a process had not taken when it was killed are answered by another one', async () => {
    const many = await startProcess(site, { WEB_PROCESSES: '2' });
    await until('two listen', () => pidsOf(many).length === 2);
    const stopped = Number(pidsOf(many)[0]);
    process.kill(stopped, 'SIGSTOP'); // is handed connections and takes none
    const asked = Array.from({ length: 12 }, () =>
      fetch(`${many.address}/healthz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(30_000) }).then((r) => r.status),
    );
    await Promise.any(asked); // the other one answers: all have been handed to one or the other
    process.kill(stopped, 'SIGKILL');
    expect(await Promise.all(asked)).toEqual(Array(12).fill(200));
    await until('its successor listens', () => pidsOf(many).length === 3);
    expect(await status(many, '/healthz')).toBe(200);
    expect(await end(many.child)).toBe(0);
  });
});

describe('F01 workers', () => {
  test('X4 jobs of a process without its own queue are done by a worker, which ends with code 0', async () => {
    const worker = await startProcess(site, {}, 'worker');
    const worked = async (): Promise<boolean> => !(await site.db('graphile_worker.jobs').where({ task_identifier: 'queues:fold' }).first());
    await site.deps.jobs.add(site.db, 'queues:fold', {});
    await until('the job is done', worked);
    expect(await end(worker.child)).toBe(0);
  });

  test('F10 a long task is given back when its worker ends, and another one finishes it', async () => {
    const [task] = (await site
      .db('tasks')
      .insert({ kind: 'test:long', title: '测试', owner_id: person.accountId, input: '{}' })
      .returning('id')) as { id: number }[];
    const state = (): Promise<unknown> => site.db('tasks').where({ id: task?.id }).first('state', 'attempt', 'problem');
    const stopping = new AbortController();
    let seen = 0;
    const runners = (isEndless: boolean): TaskRunners =>
      ({
        'test:long': async (_deps: unknown, { progress }: { progress: (n: number) => Promise<void> }) => {
          do {
            await progress(++seen);
            if (isEndless) stopping.abort();
          } while (isEndless);
          return { kind: 'made', content: [Buffer.from('x')], name: 'x.txt', contentType: 'text/plain' };
        },
      }) as unknown as TaskRunners;
    await runTasks(site.deps, runners(true), stopping.signal);
    expect(await state()).toEqual({ state: 'waiting', attempt: 0, problem: '' });
    await runTasks(site.deps, runners(false));
    expect(await state()).toEqual({ state: 'done', attempt: 1, problem: '' });
  });
});
