/** M1, F11: what people do at the same moment, when a save is one statement. */
import sharp from 'sharp';
import { makeBatch, makeCommittee, makePerson, signInAs } from '../support/factories';
import { newToken } from '../../src/lib/new-token';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let visitor: Visitor;
let id: string;
beforeAll(async () => {
  site = await openSite();
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  visitor = await signInAs(site, await makePerson(site));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  // on a busy machine it takes seconds to connect: all connections are made before anything counts
  await Promise.all(Array.from({ length: 8 }, () => visitor.get('/home')));
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(() => site.close());

const address = (section = 'education'): string => `/declarations/${id}/sections/${section}`;
const words = (school: string): Record<string, string> => ({ 'fullTime.has': 'yes', 'fullTime.school': school });
const DIPLOMA = 'files:fullTime.diploma';
const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .jpeg()
    .toBuffer();
const upload = async (form: Page, color: string, values: Record<string, string> = {}): Promise<Page> =>
  visitor.submit(form, values, {
    button: 'do=upload:fullTime.diploma',
    files: [{ field: DIPLOMA, name: '2020年7月毕业证书.jpg', content: await picture(color) }],
  });
const filesOf = (): Promise<{ name: string; position: number; sha256: string }[]> =>
  site.db('attachments').where({ declaration_id: id }).whereNull('removed_at').orderBy('position').select('name', 'position', 'sha256');
const send = (form: Page, values: Record<string, string>, button = 'do=save'): Promise<Page> => visitor.submit(form, values, { button });
const versionOf = async (section = 'education'): Promise<number> =>
  ((await site.db('declaration_sections').where({ declaration_id: id, section }).first('version')) as { version: number } | undefined)
    ?.version ?? 0;
const logged = async (): Promise<number> =>
  Number(((await site.db('audit_log').where({ action: 'section.save', subject_id: id }).count('* AS n')) as { n: string }[])[0]?.n);

describe('F04 the same form many times at once', () => {
  test.each([
    ['with nothing stored yet', 'save'],
    ['「保存」', 'save'],
    ['「保存并继续」', 'next'],
  ])('F04 %s: one act, one row of the log, one answer', async (_name, button) => {
    const form = await visitor.get(address());
    const before = [await versionOf(), await logged()];
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(form, words(`同时按了八次 ${button}`), `do=${button}`)));
    expect([...new Set(answers.map((a) => `${a.status} ${a.location} ${a.heading}`))]).toEqual([expect.stringMatching(/^303/)]);
    expect([await versionOf(), await logged()]).toEqual(before.map((n) => n + 1));
  });

  test('F04 sent again later it is answered as before, and nothing is written', async () => {
    const form = await visitor.get(address());
    const first = await send(form, words('先按一次'));
    const before = [await versionOf(), await logged(), await declarationVersion()];
    const again = await send(form, words('先按一次'));
    expect([again.status, again.location]).toEqual([first.status, first.location]);
    expect([await versionOf(), await logged(), await declarationVersion()]).toEqual(before);
  });
});

const declarationVersion = async (): Promise<number> =>
  ((await site.db('declarations').where({ id }).first('version')) as { version: number }).version;

describe('F11 two tabs at once', () => {
  test('F11 different words in one section: one is saved, the other is shown both', async () => {
    const tabs = [await visitor.get(address()), await visitor.get(address())];
    const answers = await Promise.all(tabs.map((form, n) => send(form, words(`第${n}个窗口`))));
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    const winner = answers.findIndex((a) => a.status === 303);
    const row = (await site.db('declaration_sections').where({ declaration_id: id, section: 'education' }).first('raw')) as {
      raw: unknown;
    };
    expect(JSON.stringify(row.raw)).toContain(`第${winner}个窗口`);
    expect(answers[1 - winner]?.html).toContain(`第${1 - winner}个窗口`);
  });

  test('F11 other sections of the same declaration: all are saved', async () => {
    const sections = ['education', 'assessments', 'work-history', 'achievements', 'performance'];
    const forms = await Promise.all(sections.map((s) => visitor.get(address(s))));
    const before = [await declarationVersion(), await logged()];
    const answers = await Promise.all(forms.map((form) => send(form, {})));
    expect(answers.map((a) => a.status)).toEqual(sections.map(() => 303));
    expect([await declarationVersion(), await logged()]).toEqual(before.map((n) => n + sections.length));
  });
});

describe('D14, F11 uploads at once', () => {
  afterEach(() => site.db('attachments').where({ declaration_id: id }).delete());

  test('F04 the same form with a file eight times at once: one file, one row of the log, one answer', async () => {
    const form = await visitor.get(address());
    const before = [await versionOf(), await logged(), await declarationVersion()];
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(form, '#123456')));
    expect([...new Set(answers.map((a) => `${a.status} ${a.location} ${a.heading}`))]).toEqual([expect.stringMatching(/^303/)]);
    expect([await versionOf(), await logged(), await declarationVersion()]).toEqual(before.map((n) => n + 1));
    expect((await filesOf()).map((f) => f.name)).toEqual(['2020年7月毕业证书.jpg']);
  });

  test('D14, F11 twelve different ones into an item that holds ten, two with the same content: ten, each under a name of its own, one after another', async () => {
    const forms = await Promise.all(Array.from({ length: 13 }, () => visitor.get(address())));
    const answers = await Promise.all(forms.map((form, n) => upload(form, `#${(16 * (n === 12 ? 5 : n + 1)).toString(16)}4080`)));
    expect(answers.map((a) => a.status)).toEqual(forms.map(() => 303));
    const files = await filesOf();
    expect([files.length, new Set(files.map((f) => f.name)).size, new Set(files.map((f) => f.sha256)).size]).toEqual([10, 10, 10]);
    expect(files.map((f) => f.position)).toEqual(files.map((_f, n) => (files[0]?.position ?? 0) + n));
  });

  test('D14 into two sections at once: both are there', async () => {
    const [one, other] = [await visitor.get(address()), await visitor.get(address('assessments'))];
    const answers = await Promise.all([upload(one, '#111111'), send(other, {}), upload(one, '#222222', { _token: newToken() })]);
    expect(answers.map((a) => a.status)).toEqual([303, 303, 303]);
    expect(await filesOf()).toHaveLength(2);
  });

  test('D14 with other words than were saved meanwhile: both are shown, and the file is kept', async () => {
    const form = await visitor.get(address());
    await send(await visitor.get(address()), words('先保存的学校'));
    const before = await declarationVersion();
    expect((await upload(form, '#333333', words('后来的学校'))).status).toBe(409);
    expect(await filesOf()).toHaveLength(1);
    // whoever decided what there is place for before this has to look again
    expect(await declarationVersion()).toBe(before + 1);
  });
});

describe('D17 what happens while a save waits', () => {
  /** Sends a save, and does `work` to the declaration when the save has passed the policy and waits for its row. */
  async function meanwhile(work: Record<string, unknown>, section = 'education'): Promise<Page> {
    const form = await visitor.get(address(section));
    const trx = await site.db.transaction();
    await trx('declarations').where({ id }).forUpdate().first('id');
    const answer = send(form, words('等待的时候'));
    await until('the save waits for the row', async () => {
      const { rows } = await site.db.raw<{ rows: unknown[] }>(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH held%'",
      );
      return rows.length > 0;
    });
    await trx('declarations')
      .where({ id })
      .update({ ...work, version: trx.raw('version + 1') });
    await trx.commit();
    return answer;
  }

  test('D17 the section is no longer open: nothing is written, and it is said', async () => {
    // one in which nothing is wrong: what has become wrong is open
    const before = [await versionOf('exams'), await logged()];
    const answer = await meanwhile({ reopened_sections: ['assessments'] }, 'exams');
    expect(answer.status).toBe(403);
    expect(answer.text()).toContain('不在本次退回修改的范围内');
    expect([await versionOf('exams'), await logged()]).toEqual(before);
    await site.db('declarations').where({ id }).update({ reopened_sections: null });
  });

  test('D1 something else was saved: this one is saved too', async () => {
    const before = [await versionOf(), await logged()];
    expect((await meanwhile({})).status).toBe(303);
    expect([await versionOf(), await logged()]).toEqual(before.map((n) => n + 1));
  });
});

describe('F19 an older program while a newer one has changed the tables', () => {
  test('F19 its prepared statements go on when columns are added', async () => {
    // every connection has prepared them
    for (let i = 0; i < 3; i++) expect((await send(await visitor.get(address()), words(`之前 ${i}`))).status).toBe(303);
    for (const table of ['declarations', 'declaration_sections', 'attachments', 'one_time_tokens', 'audit_log', 'accounts', 'sessions'])
      await site.db.raw(`ALTER TABLE ${table} ADD COLUMN of_a_newer_program text`);
    for (let i = 0; i < 3; i++) {
      expect((await visitor.get(address('assessments'))).status).toBe(200);
      expect((await send(await visitor.get(address()), words(`之后 ${i}`), i === 1 ? 'do=add-row:none' : 'do=next')).status).toBe(303);
    }
  });
});
