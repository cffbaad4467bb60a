import { verifyPassword } from '../../src/adapters/passwords';
import { sealAudit, verifyAudit } from '../../src/audit/audit.store';
import { readCreditCode } from '../../src/lib/credit-code';
import { readIdNumber } from '../../src/lib/id-number';
import { findPerson } from '../../src/modules/accounts';
import { stateNames } from '../../src/policy/declaration-moves';
import { faqs, notices } from '../../seeds/content';
import { DEMO_PASSWORD, demoAccounts, startDemo } from '../../seeds/demo';
import { cases } from '../../seeds/demo/cases';
import { people } from '../../seeds/demo/people';
import { units } from '../../seeds/demo/units';
import { makeStaff, signInAs } from '../support/factories';
import { personalNumbersIn } from '../support/people';
import { openSite, type Site } from '../support/site';

let site: Site;
let text: string;

beforeAll(async () => {
  site = await openSite();
  // two processes that start together
  const [first, second] = await Promise.all([startDemo(site.deps), startDemo(site.deps)]);
  expect(second).toBe(first);
  text = first;
}, 300_000);
afterAll(() => site.close());

async function countsOf(): Promise<Record<string, number>> {
  const tables = [
    'accounts',
    'persons',
    'units',
    'declarations',
    'declaration_events',
    'attachments',
    'audit_log',
    'certificates',
    'notices',
    'faqs',
    'batches',
  ];
  const counts: Record<string, number> = {};
  for (const table of tables) counts[table] = Number((await site.db(table).count('* as n'))[0]?.n);
  return counts;
}

describe('X6 the demonstration', () => {
  it('has somebody in every state there is', async () => {
    const { rows } = await site.db.raw<{ rows: { state: string; n: number }[] }>(
      'SELECT state, count(*)::int AS n FROM declarations GROUP BY state',
    );
    const wanted: Record<string, number> = {};
    for (const state of cases.flatMap((c) => [c.ends, ...(c.earlier ? (['draft'] as const) : [])]))
      wanted[state] = (wanted[state] ?? 0) + 1;
    expect(Object.fromEntries(rows.map((r) => [r.state, r.n]))).toEqual(wanted);
    expect(Object.keys(wanted).sort()).toEqual([...stateNames].sort());
  });

  it("D0, D8 has study hours that the bureau imported, in submitted versions too, and a declaration begun as a copy of last year's", async () => {
    const { rows } = await site.db.raw<{ rows: { frozen: number; rechecks: number }[] }>(
      `SELECT (SELECT count(*)::int FROM declaration_versions WHERE content::text LIKE '%群众文化活动策划与组织（专业科目）%') AS frozen,
         (SELECT count(DISTINCT r.declaration_id)::int FROM declaration_rechecks r JOIN declarations d ON d.id = r.declaration_id
            JOIN declarations old ON old.person_id = d.person_id AND old.year = d.year - 1 AND r.from_year = old.year) AS rechecks`,
    );
    expect(rows[0]?.frozen).toBeGreaterThan(0);
    expect(rows[0]?.rechecks).toBe(1);
  });

  it('lets everybody sign in with the password that is printed, and prints every account', async () => {
    const accounts = (await site.db('accounts').select('login_name', 'password_hash', 'role')) as {
      login_name: string;
      password_hash: string;
    }[];
    expect(accounts.map((a) => a.login_name).sort()).toEqual(demoAccounts.map((a) => a.loginName).sort());
    expect(new Set(accounts.map((a) => a.password_hash)).size).toBe(1);
    expect(await verifyPassword(accounts[0]?.password_hash ?? '', DEMO_PASSWORD)).toBe(true);
    expect(DEMO_PASSWORD.length).toBeGreaterThanOrEqual(12);
    expect(text).toContain(DEMO_PASSWORD);
    for (const a of demoAccounts) expect(text).toContain(`  ${a.loginName} `);
  });

  it('changes nothing when the program starts again', async () => {
    const before = await countsOf();
    expect(await startDemo(site.deps)).toBe(text);
    expect(await countsOf()).toEqual(before);
  });

  it('ends with the clock at the present, and with histories in the past, one after another', async () => {
    const { rows } = await site.db.raw<{ rows: { still: boolean; future: number; disorder: number; span: number }[] }>(
      `SELECT (SELECT shift = '0' FROM clock) AS still, count(*) FILTER (WHERE at > now())::int AS future,
         count(*) FILTER (WHERE at <= before)::int AS disorder, extract(day FROM max(at) - min(at))::int AS span
       FROM (SELECT at, lag(at) OVER (PARTITION BY declaration_id ORDER BY id) AS before FROM declaration_events) e`,
    );
    expect(rows[0]).toMatchObject({ still: true, future: 0, disorder: 0 });
    expect(rows[0]?.span).toBeGreaterThan(25);
  });

  it('keeps an audit log that can be verified', async () => {
    while ((await sealAudit(site.db)) === 1000);
    expect(await verifyAudit(site.db)).toMatchObject({ kind: 'whole', unsealed: 0 });
  });

  it('B5 holds people with rare characters, a middle dot and a very long name, all of working age with valid numbers', async () => {
    const names = people.map((p) => p.name);
    expect(names).toEqual(expect.arrayContaining(['李𬀩', '王䶮', '阿依努尔·吐尔逊江']));
    const rows = (await site.db('persons').select('account_id')) as { account_id: number }[];
    expect(rows.length).toBeGreaterThanOrEqual(12);
    for (const { account_id } of rows) {
      const person = await findPerson(site.db, site.deps.cipher, account_id);
      const read = readIdNumber('resident', person?.idNumber ?? '', '2100-01-01');
      expect(read).toMatchObject({ ok: true, bornOn: person?.bornOn, sex: person?.sex });
      expect(person?.mobile).toMatch(/^1990000\d{4}$/);
      const age = new Date().getFullYear() - Number(person?.bornOn.slice(0, 4));
      expect(age).toBeGreaterThanOrEqual(22);
      expect(age).toBeLessThanOrEqual(55);
    }
  });

  it('C1, C2 holds units in every state of the permission, one with a name of fifty characters', async () => {
    for (const u of units) expect(readCreditCode(u.creditCode)).toEqual({ ok: true, value: u.creditCode });
    expect(units.map((u) => [...u.name].length)).toContain(50);
    const { rows } = await site.db.raw<{ rows: { permission_state: string }[] }>('SELECT DISTINCT permission_state FROM units ORDER BY 1');
    expect(rows.map((r) => r.permission_state)).toEqual(['granted', 'none', 'refused', 'requested', 'withdrawn']);
  });

  it('K2 has a batch of this year for each of the five committees, open, closing, closed and not yet open', async () => {
    const { rows } = await site.db.raw<{ rows: { name: string; rank_by: string; stage: string }[] }>(
      `SELECT c.name, b.rank_by, CASE WHEN now() < b.applicant_opens_at THEN 'before' WHEN now() < b.applicant_closes_at THEN 'open' ELSE 'closed' END AS stage
       FROM batches b JOIN committees c ON c.id = b.committee_id WHERE b.year = extract(year FROM now() AT TIME ZONE 'Asia/Shanghai') ORDER BY b.id`,
    );
    expect(rows.map((r) => [r.name.replace(/^威海市环翠区|专业职务资格初级评审委员会$/g, ''), r.rank_by, r.stage])).toEqual([
      ['群众文化', 'applicant', 'open'],
      ['图书资料', 'unit', 'open'],
      ['艺术', 'applicant', 'open'],
      ['美术', 'applicant', 'closed'],
      ['文物博物', 'unit', 'before'],
    ]);
  });

  it('J4 has certificates whose documents are waiting to be printed', async () => {
    expect(Number((await site.db('certificates').count('* as n'))[0]?.n)).toBe(3);
    expect(await site.db('certificates').whereNotNull('revoked_at')).toHaveLength(1);
    const { rows } = await site.db.raw<{ rows: { n: number }[] }>(
      "SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier LIKE 'certificate_print'",
    );
    expect(rows[0]?.n).toBe(3);
  });

  it('J4 shows an objection that was decided and one that waits, and a request for a recheck', async () => {
    expect(await site.db('result_objections').orderBy('id').pluck('outcome')).toEqual(['dismissed', null]);
    expect(await site.db('appeals').pluck('state')).toEqual(['asked']);
  });

  it('K3, B4, A5 has a person for whom a closed batch stays open, a correction that waits for its second person, and a notice with an attachment', async () => {
    const { rows } = await site.db.raw<{ rows: { extensions: number; corrections: number; files: number }[] }>(
      `SELECT (SELECT count(*)::int FROM batch_extensions e JOIN batches b ON b.id = e.batch_id WHERE e.revoked_at IS NULL AND b.applicant_closes_at < now() AND e.applicant_until > now()) AS extensions,
         (SELECT count(*)::int FROM identity_corrections WHERE state = 'pending') AS corrections, (SELECT count(*)::int FROM notice_files) AS files`,
    );
    expect(rows[0]).toEqual({ extensions: 1, corrections: 1, files: 1 });
  });

  it('A4, A5 brings answers and notices that say nothing of a demonstration', async () => {
    expect(faqs.length).toBeGreaterThanOrEqual(15);
    expect(new Set(faqs.map((f) => f.category)).size).toBe(6);
    expect(notices.length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify([faqs, notices])).not.toMatch(/演示|虚构|示例/);
    expect((await countsOf()).faqs).toBe(faqs.length);
  });

  it('X1 says in words what every kind of entry of the log is about', async () => {
    const actions = (await site.db('audit_log').distinct('action').pluck('action')) as string[];
    expect(actions.length).toBeGreaterThan(20);
    const auditor = await signInAs(site, await makeStaff(site, { role: 'auditor' }));
    for (const action of actions) {
      const page = await auditor.get(`/admin/audit?action=${action}`);
      const said = page.all('table.queue tbody tr td:last-child').map((td) => td.text.trim());
      expect([action, said.length > 0]).toEqual([action, true]);
      // a fact or a code by the name that the program has for it
      expect([action, said.filter((t) => /(^|；)[\w]+：|：[a-z][a-zA-Z:-]+(；|、|$)|[{"]/.test(t))]).toEqual([action, []]);
    }
  });

  it('S55 writes no ID number and no mobile number into the log', () => {
    expect(personalNumbersIn(site.log)).toEqual([]);
  });

  it('leaves a database alone that has accounts of its own', async () => {
    const other = await openSite();
    try {
      await other.db('accounts').insert({ role: 'support', login_name: 'helper', password_hash: 'none', display_name: '张三' });
      expect(await startDemo(other.deps)).toContain('没有写入演示数据');
      expect(Number((await other.db('accounts').count('* as n'))[0]?.n)).toBe(1);
    } finally {
      await other.close();
    }
  });
});
