import { setTimeout as wait } from 'node:timers/promises';
import { appendAudit } from '../../src/audit/audit.store';
import { inTransaction } from '../../src/db/db';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { databaseUrlOf, end, endAll, startProcess, until, visitorAt } from '../support/process';
import { openSite, type Site, type Visitor } from '../support/site';
import { History, makeSchedule } from './support/history';
import { startProxy, type Proxy } from './support/proxy';

const WRITERS = 8;
const CUTS = Number(process.env.FAULT_CUTS ?? 60);
let site: Site;
let batchId: number;
const proxies: Proxy[] = [];

interface Writer {
  visitor: Visitor;
  id: string;
}
async function makeWriter(): Promise<Writer> {
  const visitor = await signInAs(site, await makePerson(site, { photo: false }));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batchId}`));
  return { visitor, id: /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '' };
}
const performance_ = (id: string): string => `/declarations/${id}/sections/performance`;
async function stored(id: string): Promise<string> {
  const row = (await site.db('declaration_sections').where({ declaration_id: id, section: 'performance' }).first('raw')) as
    { raw: { groups: { main?: { text?: string } } } } | undefined;
  return row?.raw.groups.main?.text ?? '';
}

beforeAll(async () => {
  site = await openSite();
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  batchId = batch.id;
  await makePath(site, batch, unit, { committeeId: committee.id });
});
afterAll(async () => {
  await endAll();
  for (const proxy of proxies) await proxy.close();
  await site.close();
});
afterEach(async () => {
  expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
});

describe('F16 connections to the database are killed', () => {
  test(`F16 ${CUTS} connections killed under ${WRITERS} writers: no acknowledged save is lost, nothing is saved twice, and everybody is told 503 or served`, async () => {
    const { between, random } = makeSchedule('F16');
    const writers = await Promise.all(Array.from({ length: WRITERS }, makeWriter));
    const one = await startProcess(site);
    const history = new History();
    let isOver = false;
    const killer = (async () => {
      for (let n = 0; n < CUTS; n++) {
        await site.db.raw(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'title-declaration%' ORDER BY md5(pid::text || ?) LIMIT 1`,
          [String(random())],
        );
        await wait(between(20, 120));
      }
      isOver = true;
    })();
    const attempts = new Map<string, string[]>(writers.map((w) => [w.id, []]));
    const bad: string[] = [];
    await Promise.all(
      writers.map(async (w) => {
        const there = visitorAt(one, w.visitor);
        for (let n = 0; !isOver; n++) {
          const page = await there.get(performance_(w.id)).catch(() => undefined);
          if (page?.status === 500) bad.push(`GET ${page.text()}`);
          if (page?.status !== 200) continue;
          const text = `第${n}次保存`;
          attempts.get(w.id)?.push(text);
          await history.record(w.id, text, async () => {
            const { status, ...answer } = await there.submit(page, { 'main.text': text }, { button: 'do=save' });
            if (![303, 409, 503].includes(status)) bad.push(`POST ${status} ${answer.html.slice(0, 200)}`);
            if (status === 503) throw new Error('503');
            return { outcome: status === 303 ? 'ok' : 'fail', note: String(status) };
          });
        }
      }),
    );
    await killer;
    const lines = one
      .output()
      .split('\n')
      .filter((l) => l.includes('request failed'));
    expect([bad, lines.slice(0, 3)]).toEqual([[], []]);
    for (const w of writers) {
      const mine = history.entries.filter((e) => e.op === w.id);
      const lastOk = mine.map((e) => e.outcome).lastIndexOf('ok');
      // what is there is the last acknowledged save, or one after it whose answer was lost
      const allowed = mine.filter((e, i) => i === lastOk || (i > lastOk && e.outcome === 'unknown')).map((e) => e.key);
      expect([w.id, allowed.includes(await stored(w.id)) || (lastOk < 0 && (await stored(w.id)) === '')]).toEqual([w.id, true]);
    }
    const total = { ok: 0, fail: 0, unknown: 0 };
    for (const e of history.entries) total[e.outcome]++;
    console.log(`F16: ${JSON.stringify(total)}`);
    expect(total.ok).toBeGreaterThan(0);
    await end(one.child);
  });
});

describe('F17 the way to the database is slow or silent', () => {
  test('F17 slow: served or told to come again; silent: told so, and not ready; back: served again', async () => {
    const writer = await makeWriter();
    const url = new URL(databaseUrlOf(site));
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
    proxies.push(proxy);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const one = await startProcess(site, { DATABASE_URL: url.href });
    const there = visitorAt(one, writer.visitor);
    const ready = async (): Promise<number> => (await fetch(`${one.address}/readyz`)).status;
    expect([(await there.get('/home')).status, await ready()]).toEqual([200, 200]);

    proxy.set({ delayMs: 300 });
    for (const page of await Promise.all(Array.from({ length: 12 }, () => there.get(performance_(writer.id)))))
      expect([200, 503]).toContain(page.status);

    proxy.set('pass');
    const form = await there.get(performance_(writer.id));
    expect(form.status).toBe(200);
    proxy.set('silent');
    const answers = await Promise.all([
      there.get('/home'),
      there.submit(form, { 'main.text': '在网络中断时填写的工作业绩' }, { button: 'do=save' }),
      there.get('/profile'),
    ]);
    for (const a of answers) expect([a.status, Number(a.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect(answers[1].html).toContain('在网络中断时填写的工作业绩');
    expect(await ready()).toBe(503);
    expect((await fetch(`${one.address}/healthz`)).status).toBe(200);

    proxy.set('pass');
    await until('the site is back', async () => (await there.get('/home')).status === 200);
    await until('and says so', async () => (await ready()) === 200);
    const again = await there.submit(await there.get(performance_(writer.id)), { 'main.text': '网络恢复后保存' }, { button: 'do=save' });
    expect([again.status, await stored(writer.id)]).toEqual([303, '网络恢复后保存']);
    await end(one.child, 'SIGKILL');
  });
});

describe('F22 the operation log', () => {
  test('F22 64 writers, some rolled back, while the process that seals is killed twice: every committed row is in the chain, no other', async () => {
    const { between, random } = makeSchedule('F22');
    let isOver = false;
    const killer = (async () => {
      for (let n = 0; n < 2; n++) {
        const one = await startProcess(site, { RUN_JOBS: '1' });
        await wait(between(300, 1500));
        await end(one.child, 'SIGKILL');
      }
      isOver = true;
    })();
    let committed = 0;
    await Promise.all(
      Array.from({ length: 64 }, async (_, writer) => {
        for (let n = 0; !isOver || n < 5; n++) {
          const isKept = random() > 0.2;
          await inTransaction(site.db, async (trx) => {
            await appendAudit(trx, { actorId: null, actorName: '测试', action: 'fault.f22', subjectId: `${writer}/${n}` });
            await wait(between(0, 20));
            if (!isKept) throw new Error('rolled back');
            committed++;
          }).catch((e: unknown) => {
            if ((e as Error).message !== 'rolled back') throw e;
          });
        }
      }),
    );
    await killer;
    expect(Number((await site.db('audit_log').where({ action: 'fault.f22' }).count())[0]?.count)).toBe(committed);
    expect(await findBrokenRows({ db: site.db, storage: site.deps.storage })).toEqual([]);
    const { rows } = await site.db.raw<{ rows: { unsealed: number }[] }>(
      'SELECT (SELECT count(*) FROM audit_log)::int - (SELECT count(*) FROM audit_seals)::int AS unsealed',
    );
    expect(rows[0]?.unsealed).toBe(0);
    console.log(`F22: ${committed} rows`);
  });
});
