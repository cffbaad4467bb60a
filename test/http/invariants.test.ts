import { findBrokenRows, invariantNames } from '../../src/modules/invariants';
import { attachPicture, freezeRound, makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makePerson, makeUnit, type TestBatch } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let batch: TestBatch;
beforeAll(async () => {
  site = await openSite();
  batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
});
afterAll(() => site.close());

const broken = async (): Promise<string[]> =>
  (await findBrokenRows({ db: site.db, storage: site.deps.storage })).map((b) => `${b.invariant}: ${b.where}`);

describe('F23 check:invariants names broken rows', () => {
  it('is silent where nothing is broken, and asks a question for each of its names', async () => {
    await makePerson(site);
    expect(await broken()).toEqual([]);
    expect(invariantNames.length).toBeGreaterThanOrEqual(14);
  });

  it('the number of people of a publicity follows them, in whatever way they come and go; a wrong one is named', async () => {
    const committee = (await site.db('committees').first('id')) as { id: number };
    const { accountId } = await makePerson(site);
    const [one, two] = (await site
      .db('publicities')
      .insert([1, 2].map(() => ({ committee_id: committee.id, starts_on: '2026-01-05', ends_on: '2026-01-12', created_by: accountId })))
      .returning('id')) as [{ id: number }, { id: number }];
    const unit = await makeUnit(site);
    const people: string[] = [];
    for (let i = 0; i < 3; i++) people.push(await makeDeclaration(site, { batch, state: 'draft', units: [unit] }));
    const counts = async (): Promise<number[]> =>
      (await site.db('publicities').whereIn('id', [one.id, two.id]).orderBy('id').pluck('item_count')) as number[];
    await site.db('publicity_items').insert(people.map((id, n) => ({ publicity_id: n === 0 ? two.id : one.id, declaration_id: id })));
    expect(await counts()).toEqual([2, 1]);
    await site
      .db('publicity_items')
      .whereIn('declaration_id', people.slice(0, 2))
      .update({ publicity_id: two.id, superseded_at: site.db.raw('app_now()') });
    expect(await counts()).toEqual([1, 2]);
    await site.db('publicity_items').whereIn('declaration_id', people.slice(1)).delete();
    expect(await counts()).toEqual([0, 1]);
    expect(await broken()).toEqual([]);
    await site.db('publicities').where({ id: two.id }).update({ item_count: 7 });
    expect(await broken()).toEqual([`a publicity names as many people as stand in it: ${two.id}`]);
    await site.db('publicities').where({ id: two.id }).update({ item_count: 1 });
  });

  it('names a declaration without its version, events and desk, a changed version, a lost file, a missing name and a trigger that is off', async () => {
    const unit = await makeUnit(site);
    const whole = await makeDeclaration(site, { batch, state: 'draft', units: [unit] });
    const d = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    await site.db('declarations').where({ id: d }).update({ holder_unit_id: null });
    expect((await broken()).sort()).toEqual(
      [
        `a submitted declaration has its receipt and every round of it frozen: ${d}`,
        `the state of a declaration is where its last event led: ${d}`,
        `a declaration lies on the desk that its state says: ${d}`,
      ].sort(),
    );
    await site.db('declarations').where({ id: d }).update({ holder_unit_id: unit.unitId });
    await freezeRound(site, d, 1, []);
    expect(await broken()).toContain(`a frozen version is as it was frozen: ${d}, round 1`);

    const file = await attachPicture(site, whole, '证书.jpg', Buffer.from('a picture'));
    const { sha256 } = (await site.db('attachments').where({ id: file }).first('sha256')) as { sha256: string };
    expect(await broken()).not.toContain(`a row that names a file has it: attachment ${file}`);
    await site.deps.storage.delete(sha256);
    expect(await broken()).toContain(`a row that names a file has it: attachment ${file}`);

    const person = await makePerson(site);
    await site.db('sign_in_names').where({ account_id: person.accountId, kind: 'id-number' }).delete();
    expect(await broken()).toContain(`whoever can sign in has a name to sign in with: ${person.accountId}`);

    await site.db.raw('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
    expect(await broken()).toContain('what holds all this is switched on: triggers and indexes: audit_log.audit_log_append_only');
    // and what was done meanwhile shows in the chain
    await site.db('audit_log').insert({ actor_name: '甲', action: 'test.row' });
    expect((await broken()).filter((b) => b.includes('chain'))).toEqual([]);
    await site.db('audit_log').where({ action: 'test.row' }).update({ actor_name: '乙' });
    expect(await broken()).toContain('the chain of the operation log is whole: audit_log');
  });
});
