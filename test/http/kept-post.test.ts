import sharp from 'sharp';
import { pruneExpired } from '../../src/http/housekeeping.store';
import { makeBatch, makeCommittee, makePerson, makeUnit, signInAs, signInVia, type TestPerson } from '../support/factories';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batchId: number;
let photo: Buffer;
beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  batchId = (await makeBatch(site, { committeeId: committee.id })).id;
  await makeUnit(site);
  photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#8aa' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => site.close());

const endSessions = (accountId: number) =>
  site
    .db('sessions')
    .whereRaw("sess->>'accountId' = ?", [String(accountId)])
    .delete();
const keptRows = async (accountId: number): Promise<number> => (await site.db('kept_posts').where({ account_id: accountId })).length;

interface Writer {
  person: TestPerson;
  visitor: Visitor;
  id: string;
}
async function startWriting(): Promise<Writer> {
  const person = await makePerson(site);
  const visitor = await signInAs(site, person);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batchId}`), { agree: 'yes' });
  const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  return { person, visitor, id };
}
const education = ({ visitor, id }: Writer): Promise<Page> => visitor.open(`/declarations/${id}/sections/education`);
const storedSchool = async (id: string): Promise<string | undefined> => {
  const row = await site
    .db('declaration_sections')
    .where({ declaration_id: id, section: 'education' })
    .first<{ raw: unknown } | undefined>('raw');
  return /"school":\s*"([^"]*)"/.exec(JSON.stringify(row?.raw ?? {}))?.[1];
};

describe('A9 a form whose session has ended', () => {
  it('lies ready after signing in, with its file, and goes on with one press', async () => {
    const w = await startWriting();
    let page = await education(w);
    page = await w.visitor.send(page, { 'fullTime.has': 'yes' }, { button: 'do=refresh' });
    await endSessions(w.person.accountId);
    const late = await w.visitor.submit(
      page,
      { 'fullTime.school': '山东艺术学院', 'fullTime.major': '舞蹈编导' },
      { button: 'do=save', files: [{ field: 'files:fullTime.diploma', name: '毕业证书.jpg', content: photo }] },
    );
    expect([late.status, late.location]).toEqual([303, '/sign-in?kept=1']);
    const signIn = await w.visitor.get(late.location);
    expect(signIn.text()).toContain('您填写的内容已保留，登录后可以继续提交');
    expect(await storedSchool(w.id)).not.toBe('山东艺术学院');

    const [row] = (await site.db('kept_posts').where({ account_id: w.person.accountId })) as { content: Buffer; summary: Buffer }[];
    for (const box of [row?.content, row?.summary]) {
      expect(box?.includes(Buffer.from('山东艺术学院'))).toBe(false);
      expect(box?.includes(Buffer.from(w.id))).toBe(false);
    }

    expect((await signInVia(site, w.visitor, w.person.loginName)).location).toBe('/kept');
    const kept = await w.visitor.get('/kept');
    expect(kept.heading).toBe('继续提交已保留的内容');
    expect(kept.text('.confirm__title')).toContain('学历信息');
    expect(kept.text('.answers')).toContain('毕业证书.jpg（');
    const done = await w.visitor.submit(kept, {}, { button: 'do=continue' });
    expect(done.location.split('?')[0]).toBe(`/declarations/${w.id}/sections/education`);
    const after = await w.visitor.open(done.location);
    expect(after.find('input[name="fullTime.school"]')?.getAttribute('value')).toBe('山东艺术学院');
    expect(await storedSchool(w.id)).toBe('山东艺术学院');
    expect(await site.db('attachments').where({ declaration_id: w.id }).whereNull('removed_at')).toHaveLength(1);
    expect(await keptRows(w.person.accountId)).toBe(0);
    expect((await w.visitor.get('/kept')).text()).toContain('没有保留的内容');
  });

  it('F11 that has meanwhile become stale is shown beside what is stored, nothing is overwritten', async () => {
    const w = await startWriting();
    let page = await education(w);
    page = await w.visitor.send(page, { 'fullTime.has': 'yes' }, { button: 'do=refresh' });
    const other = await signInAs(site, w.person);
    await other.send(
      await other.open(`/declarations/${w.id}/sections/education`),
      { 'fullTime.school': '先保存的学院' },
      { button: 'do=save' },
    );
    await endSessions(w.person.accountId);
    await w.visitor.submit(page, { 'fullTime.school': '后提交的学院' }, { button: 'do=save' });
    await signInVia(site, w.visitor, w.person.loginName);
    const answer = await w.visitor.send(await w.visitor.get('/kept'), {}, { button: 'do=continue' });
    expect(answer.text('body')).toContain('先保存的学院');
    expect(answer.text('body')).toContain('后提交的学院');
    expect(await storedSchool(w.id)).toBe('先保存的学院');
  });

  it('sent from a page of the old session after signing in again in another tab waits for one press', async () => {
    const w = await startWriting();
    let page = await education(w);
    page = await w.visitor.send(page, { 'fullTime.has': 'yes' }, { button: 'do=refresh' });
    await endSessions(w.person.accountId);
    await signInVia(site, w.visitor, w.person.loginName);
    const late = await w.visitor.submit(page, { 'fullTime.school': '威海学院' }, { button: 'do=save' });
    expect([late.status, late.location]).toEqual([303, '/kept']);
    const kept = await w.visitor.get('/kept');
    const [one, two] = await Promise.all([
      w.visitor.submit(kept, {}, { button: 'do=continue' }),
      w.visitor.submit(kept, {}, { button: 'do=continue' }),
    ]);
    expect([one.status, one.location]).toEqual([two.status, two.location]);
    expect(await storedSchool(w.id)).toBe('威海学院');
  });

  it('sent twice lies there once, and 「放弃」 takes it away', async () => {
    const w = await startWriting();
    const page = await education(w);
    await endSessions(w.person.accountId);
    for (let i = 0; i < 2; i++) await w.visitor.submit(page, { 'fullTime.has': 'no' }, { button: 'do=save' });
    expect(await keptRows(w.person.accountId)).toBe(1);
    await signInVia(site, w.visitor, w.person.loginName);
    expect((await w.visitor.submit(await w.visitor.get('/kept'), {}, { button: 'do=drop' })).location).toBe('/home');
    expect(await keptRows(w.person.accountId)).toBe(0);
  });

  it('is dropped when another account signs in, and nobody else’s browser sees it', async () => {
    const w = await startWriting();
    const stranger = await makePerson(site);
    let page = await education(w);
    page = await w.visitor.send(page, { 'fullTime.has': 'yes' }, { button: 'do=refresh' });
    await endSessions(w.person.accountId);
    await w.visitor.submit(page, { 'fullTime.school': '不该被看到的学院' }, { button: 'do=save' });
    const elsewhere = await signInAs(site, w.person);
    expect((await elsewhere.get('/kept')).text()).toContain('没有保留的内容');
    expect((await signInVia(site, w.visitor, stranger.loginName)).location).toBe('/home');
    expect((await w.visitor.get('/kept')).text()).toContain('没有保留的内容');
    expect(await keptRows(w.person.accountId)).toBe(0);
  });

  it('outlives a sign-in that is refused, also of an account that is disabled in that very moment', async () => {
    const w = await startWriting();
    const stranger = await makePerson(site);
    const page = await education(w);
    await endSessions(w.person.accountId);
    await w.visitor.submit(page, { 'fullTime.has': 'no' }, { button: 'do=save' });
    const disabling = await site.db.transaction();
    await disabling('accounts')
      .where({ id: stranger.accountId })
      .update({ disabled_at: disabling.raw('app_now()') });
    const signing = signInVia(site, w.visitor, stranger.loginName);
    await until('the sign-in waits for the account', async () => {
      const { rows } = await site.db.raw<{ rows: unknown[] }>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%accounts%'`,
      );
      return rows.length > 0;
    });
    await disabling.commit();
    expect((await signing).status).toBe(422);
    expect(await keptRows(w.person.accountId)).toBe(1);
    expect((await signInVia(site, w.visitor, w.person.loginName)).location).toBe('/kept');
  });

  it('cannot be planted: without the token of a page of the account, from another site or too large, nothing is kept', async () => {
    const w = await startWriting();
    const page = await education(w);
    const fields = page.fields();
    await endSessions(w.person.accountId);
    const address = `/declarations/${w.id}/sections/education`;
    const send = async (list: [string, string][], headers: Record<string, string> = {}): Promise<string> => {
      const visitor = site.visitor();
      const data = new FormData();
      for (const [k, v] of list) data.append(k, v);
      return (await visitor.request('POST', address, data, headers)).location;
    };
    expect(await send(fields.map(([k, v]): [string, string] => [k, k === '_csrf' ? 'f'.repeat(v.length) : v]))).toBe('/sign-in?lost=1');
    expect(await send(fields, { 'sec-fetch-site': 'cross-site' })).toBe('/sign-in');
    expect(await send([...fields, ...Array.from({ length: 600 }, (_, i): [string, string] => [`x${i}`, 'y'.repeat(60_000)])])).toBe(
      '/sign-in?lost=1',
    );
    expect(await keptRows(w.person.accountId)).toBe(0);
  });

  it('is gone after an hour, and its password fields are never kept', async () => {
    const w = await startWriting();
    const page = await w.visitor.get('/profile');
    await endSessions(w.person.accountId);
    const late = await w.visitor.submit(page, { nativePlace: '山东威海', currentPassword: 'Geheim-Passwort-1' });
    expect(late.location).toBe('/sign-in?kept=1');
    const [row] = (await site.db('kept_posts').where({ account_id: w.person.accountId })) as { content: Buffer }[];
    expect(site.deps.cipher.decrypt(row?.content ?? Buffer.alloc(0), 'kept-post')).not.toContain('Geheim');
    await site
      .db('kept_posts')
      .where({ account_id: w.person.accountId })
      .update({ kept_at: site.db.raw("now() - interval '61 minutes'") });
    expect((await signInVia(site, w.visitor, w.person.loginName)).location).toBe('/home');
    expect((await w.visitor.get('/kept')).text()).toContain('没有保留的内容');
    await pruneExpired(site.db, 180);
    expect(await keptRows(w.person.accountId)).toBe(0);
  });
});
