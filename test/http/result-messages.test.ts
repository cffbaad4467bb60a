import { databaseNow } from '../../src/db/db';
import { showDate } from '../../src/lib/dates';
import { findAppealChance, findDeclaration, moveDeclaration, noInput, tellResults, type Declaration } from '../../src/modules/declarations';
import { findActor, findPerson } from '../../src/modules/accounts';
import type { Actor } from '../../src/policy/actor';
import { declare, makeWorld, type Declared, type World } from '../print/certificate-fixture';
import { lastSms } from '../support/people';
import { signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

const FAILED = { total: 25, present: 23, yes: 9, no: 14, abstain: 0 };
const always = { isOn: true, from: 0, to: 24 };

let site: Site;
let world: World;
beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
});
afterAll(() => site.close());

const actorOf = async (accountId: number): Promise<Actor> => (await findActor(site.db, accountId)) as Actor;
/** Somebody whom the committee has just not passed. */
async function failed(name: string): Promise<Declared> {
  const d = await declare(site, world, { name, photo: false });
  await site.db('votes').where({ declaration_id: d.id }).delete();
  await site.db('publicity_items').where({ declaration_id: d.id }).delete();
  await site.db('declarations').where({ id: d.id }).update({ state: 'accepted', holder_committee_id: world.committee.id });
  const actor = await actorOf(world.office.accountId);
  const input = { ...noInput, vote: FAILED, metOn: (await databaseNow(site.db)).today };
  expect((await site.db.transaction((trx) => moveDeclaration(site.deps, trx, d.id, 'record-vote', actor, input, 'test'))).kind).toBe(
    'moved',
  );
  return d;
}
const mobileOf = async (d: Declared): Promise<string> => (await findPerson(site.db, site.deps.cipher, d.personId))?.mobile ?? '';
const sentTo = async (): Promise<number> => Number((await site.db('sms_outbox').where({ purpose: 'result' }).count('* as n'))[0]?.n);
const untilOf = async (id: string): Promise<string> =>
  showDate((await findAppealChance(site.db, (await findDeclaration(site.db, id)) as Declaration))?.until ?? '');

describe('J4 applicants are told of their results', () => {
  it('who is not passed is told once by message and on the home page: how to ask for a recheck and until when', async () => {
    const d = await failed('毕海滨');
    const until = await untilOf(d.id);
    const before = await sentTo();
    // two workers at the same moment, and once more
    const counts = await Promise.all([tellResults(site.deps, always), tellResults(site.deps, always)]);
    expect(counts[0] + counts[1]).toBe(1);
    expect(await tellResults(site.deps, always)).toBe(0);
    expect(await sentTo()).toBe(before + 1);
    const text = await lastSms(site, await mobileOf(d));
    for (const words of ['评审结果为未通过', `可以在${until}前（含当日）申请复查`, '我的申报信息']) expect(text).toContain(words);
    const own = await signInAs(site, d);
    const home = await own.get('/home');
    expect(home.text()).toContain(`可以在${until}前（含当日）申请复查`);
    expect((await own.get(home.link('申请复查'))).heading).toBe('申请复查');
    const other = await signInAs(site, await failed('滕海波'));
    const [row] = (await site.db('result_news').where({ declaration_id: d.id }).pluck('event_id')) as string[];
    const form = (await other.get('/home')).fields('form[action$="/dismiss"]');
    await other.request('POST', `/home/results/${row}/dismiss`, new URLSearchParams(form));
    expect((await own.get('/home')).text()).toContain('申请复查');
    const away = await own.send(home, {}, { form: 'form[action$="/dismiss"]' });
    expect(away.text()).not.toContain('评审结果为未通过');
    await tellResults(site.deps, always);
  });

  it('who is passed is told when the bureau has confirmed it, not before', async () => {
    const d = await declare(site, world, { name: '丛海燕', photo: false });
    const own = await signInAs(site, d);
    expect(await tellResults(site.deps, always)).toBe(0);
    expect((await own.get('/home')).text()).not.toContain('电子证书已经生成');
    await site.db('publicities').update({ starts_on: site.db.raw('app_today() - 9'), ends_on: site.db.raw('app_today() - 1') });
    const bureau = await actorOf(world.bureau.accountId);
    const done = await site.db.transaction((trx) => moveDeclaration(site.deps, trx, d.id, 'confirm', bureau, noInput, 'test'));
    expect(done.kind).toBe('moved');
    expect(await tellResults(site.deps, always)).toBe(1);
    expect(await lastSms(site, await mobileOf(d))).toContain('评审结果已经确认，电子证书已经生成');
    const home = await own.get('/home');
    expect(home.link('查看证书')).toBe(`/declarations/${d.id}/certificate`);
    // J5: what is no longer in force is no news
    await site
      .db('certificates')
      .where({ declaration_id: d.id })
      .update({ revoked_at: site.db.raw('app_now()'), revoked_reason: '提供虚假材料' });
    const later = await own.get('/home');
    expect(later.text()).not.toContain('电子证书已经生成');
    expect(later.text()).toContain('证书已撤销');
  });

  it('outside the hours nothing goes out; switched off, or a result of a week ago, it stands on the home page only', async () => {
    const d = await failed('王建军');
    const { rows } = await site.db.raw<{ rows: { hour: number }[] }>(
      `SELECT extract(hour FROM app_now() AT TIME ZONE 'Asia/Shanghai')::int AS hour`,
    );
    const hour = rows[0]?.hour ?? 0;
    const before = await sentTo();
    expect(await tellResults(site.deps, { isOn: true, from: hour + 1, to: hour + 1 })).toBe(0);
    expect(await site.db('result_news').where({ declaration_id: d.id }).whereNull('told_at')).toHaveLength(1);
    expect(await tellResults(site.deps, { isOn: false, from: 0, to: 24 })).toBe(0);
    expect(await site.db('result_news').where({ declaration_id: d.id, by_sms: false }).whereNotNull('told_at')).toHaveLength(1);
    const late = await failed('连文静');
    await site.advanceClock('8 days');
    expect(await tellResults(site.deps, always)).toBe(0);
    expect(await sentTo()).toBe(before);
    for (const person of [d, late]) expect((await (await signInAs(site, person)).get('/home')).text()).toContain('评审结果为未通过');
    await site.advanceClock('40 days');
    expect((await (await signInAs(site, d)).get('/home')).text()).toContain('申请复查的期限已过');
  });
});
