import { listSms, queueSms } from '../../src/adapters/sms';
import { findSection } from '../../src/modules/declarations/sections';
import { newToken } from '../../src/lib/new-token';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  signInAs,
  signInVia,
  type TestPerson,
  type TestUnit,
} from '../support/factories';
import { idNumber, submitRegistration } from '../support/people';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let person: TestPerson;
let unit: TestUnit;
let applicant: Visitor;
let draftId: string;
let batch: Awaited<ReturnType<typeof makeBatch>>;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id });
  unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId: committee.id });
  person = await makePerson(site);
  applicant = await signInAs(site, person);
  const started = await applicant.submit(await applicant.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
  draftId = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(() => site.close());

/** Every column name of every table, alone and behind every part that a form has. */
async function columnNames(prefixes: string[]): Promise<string[]> {
  const { rows } = await site.db.raw<{ rows: { name: string }[] }>(
    "SELECT DISTINCT column_name AS name FROM information_schema.columns WHERE table_schema = 'public'",
  );
  return rows.flatMap(({ name }) => {
    const camel = name.replace(/_(\w)/g, (_m, c: string) => c.toUpperCase());
    return [...new Set([name, camel, ...prefixes.flatMap((p) => [`${p}.${name}`, `${p}.${camel}`])])];
  });
}
const TABLES = [
  'accounts',
  'persons',
  'units',
  'sign_in_names',
  'declarations',
  'declaration_sections',
  'declaration_stops',
  'attachments',
  'commitments',
  'reporting_paths',
  'permission_requests',
  'committees',
  'batches',
  'votes',
  'certificates',
  'declaration_versions',
];
/** what a save writes in any case */
const OF_THE_SAVE = ['version', 'updated_at', 'moved_at'];
async function snapshot(): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of TABLES) {
    const { rows } = await site.db.raw<{ rows: { row: string }[] }>(
      `SELECT (to_jsonb(t) - ?::text[])::text AS row FROM "${table}" t ORDER BY 1`,
      [OF_THE_SAVE],
    );
    all[table] = rows.map((r) => r.row);
  }
  return all;
}

describe('S32 mass assignment', () => {
  it.each(['application', 'education', 'current-title', 'work-history', 'achievements', 'performance'])(
    'no column name added to the section %s changes anything',
    async (section) => {
      const address = `/declarations/${draftId}/sections/${section}`;
      await applicant.send(await applicant.open(address), {}, { button: 'do=save' });
      const before = await snapshot();
      const page = await applicant.open(address);
      const prefixes = [...new Set(page.fields().map(([name]) => name.split('.')[0] ?? ''))].filter(
        (p) => p !== '' && !p.startsWith('_') && p !== 'version',
      );
      // fields of the section that this state of the form does not show are the person's own to fill in
      const own = new Set((findSection(section)?.parts ?? []).flatMap((p) => p.fields.map((f) => `${p.id}.${f.id}`)));
      const extra = (await columnNames(prefixes)).filter((name) => !own.has(name) && !page.find(`[name="${name}"]`));
      // a form may hold 1,000 fields here: in several helpings
      for (let at = 0; at < extra.length; at += 700) {
        const fresh = await applicant.open(address);
        const added = Object.fromEntries(extra.slice(at, at + 700).map((name) => [name, '999']));
        const answer = await applicant.submit(fresh, added, { button: 'do=save' });
        expect([section, answer.status]).toEqual([section, 303]);
      }
      expect(await snapshot()).toEqual(before);
      expect(extra.length).toBeGreaterThan(300);
    },
    60_000,
  );

  it('no column name added to 「基本信息」 changes anything', async () => {
    await applicant.send(await applicant.open('/profile'));
    const before = await snapshot();
    const extra = await columnNames(['profile', 'person', 'account']);
    for (let at = 0; at < extra.length; at += 900) {
      const page = await applicant.open('/profile');
      const own = new Set(page.all('[name]').map((el) => el.getAttribute('name')));
      const added = Object.fromEntries(
        extra
          .slice(at, at + 900)
          .filter((n) => !own.has(n))
          .map((name) => [name, '999']),
      );
      expect((await applicant.submit(page, added)).status).toBe(303);
    }
    expect(await snapshot()).toEqual(before);
  });

  it('「权限申请」 of a unit grants nothing, and asks for this unit only', async () => {
    const asking = await makeUnit(site, { state: 'none' });
    const visitor = await signInAs(site, asking);
    const page = await visitor.open('/unit/permission');
    const own = new Set(page.all('main [name]').map((el) => el.getAttribute('name')));
    const added = Object.fromEntries(
      (await columnNames(['permission']))
        .filter((n) => !own.has(n))
        .map((name) => [name, name.includes('state') ? 'granted' : String(unit.unitId)]),
    );
    const before = await snapshot();
    await visitor.submit(page, { ...added, 'permission.division': '371002' });
    const after = await snapshot();
    expect(after.accounts).toEqual(before.accounts);
    const [state] = (await site.db('units').where({ id: asking.unitId }).pluck('permission_state')) as string[];
    expect(state).not.toBe('granted');
    for (const row of (await site.db('permission_requests').select('unit_id', 'state', 'decided_by')) as {
      unit_id: number;
      state: string;
      decided_by: number | null;
    }[])
      expect(row).toEqual({ unit_id: asking.unitId, state: 'requested', decided_by: null });
  });

  it('registration makes a person, whatever role the form names', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    const own = new Set(page.all('main [name]').map((el) => el.getAttribute('name')));
    const extra = (await columnNames(['person', 'account'])).filter((n) => !own.has(n) && n !== 'captcha');
    const values = {
      'person.name': '宋一', 'person.idType': 'resident', 'person.idNumber': idNumber(77), 'person.ethnicity': '01', 'person.mobile': '13906327777',
      'account.loginName': 'mass_assign', 'account.password': '海边的灯塔亮着-Lighthouse', 'account.passwordAgain': '海边的灯塔亮着-Lighthouse',
    }; // prettier-ignore
    const added = Object.fromEntries(extra.slice(0, 900).map((n) => [n, /role/.test(n) ? 'admin' : '1']));
    const answer = await submitRegistration(site, visitor, page, { ...values, ...added });
    await visitor.submit(await visitor.open(answer.location));
    const row: unknown = await site
      .db('accounts')
      .where({ login_name: 'mass_assign' })
      .first('role', 'unit_id', 'division_code', 'committee_id', 'failed_count', 'disabled_at');
    expect(row).toEqual({ role: 'person', unit_id: null, division_code: null, committee_id: null, failed_count: 0, disabled_at: null });
  });
});

describe('S41, S42 text that is not what it looks like', () => {
  const EVIL = 'abc\r\n{"level":50,"msg":"forged"}\u001b[31m\u202egnp.exe\u200b\u0000\ufeff结束';

  it('S42 is stored in one normal form: NFC, without direction marks, zero width and controls; rare characters and dots stay', async () => {
    const address = `/declarations/${draftId}/sections/performance`;
    const page = await applicant.open(address);
    const area = page.find('main textarea')?.getAttribute('name') ?? '';
    await applicant.send(page, { [area]: `${EVIL} 㛃䶮𬀩𫖯 买买提·艾力 e\u0301 第一行\r\n第二行` }, { button: 'do=save' });
    const row = await site
      .db('declaration_sections')
      .where({ declaration_id: draftId, section: 'performance' })
      .first<{ raw: unknown }>('raw');
    const stored = JSON.stringify(row.raw);
    expect(stored).toContain('㛃䶮𬀩𫖯 买买提·艾力 é 第一行\\n第二行');
    expect(stored).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b-\u200d\ufeff]|\\r|\\u0000|\\u001b/);
  });

  it('S41 cannot break a short message into lines, nor hide or turn its words around', async () => {
    await site.db.transaction((trx) =>
      queueSms(site.deps, trx, { mobile: '13906319999', text: `您的${EVIL}\u2066\n【银行】请回复验证码`, purpose: 's41', minutes: 5 }),
    );
    const message = (await listSms(site.db, site.deps.cipher, 50)).find((m) => m.purpose === 's41');
    expect(message?.text).toMatch(/^【职称申报系统】您的abc /);
    expect(message?.text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it('S41 cannot forge a line of the log, nor a header, wherever it is typed', async () => {
    const before = site.log.length;
    const nobody = site.visitor();
    await signInVia(site, nobody, EVIL, EVIL);
    await nobody.get(`/faq?q=${encodeURIComponent(EVIL)}`);
    await nobody.get(`/nothing/${encodeURIComponent(EVIL)}`);
    const data = new URLSearchParams([
      ['_csrf', EVIL],
      ['_token', newToken()],
      [EVIL, EVIL],
      [EVIL, EVIL],
    ]);
    await nobody.request('POST', '/sign-in', data, { 'x-request-id': 'forged', 'user-agent': 'x\tforged' });
    const support = await signInAs(site, await makeStaff(site, { role: 'support' }));
    await support.send(await support.open('/support/accounts'), { account: EVIL });
    const lines = site.log.slice(before);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
      expect((JSON.parse(line) as { msg?: string }).msg).not.toBe('forged');
    }
    expect(lines.join('')).not.toContain('"forged"');
  });
});
