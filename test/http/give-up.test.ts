/** D16, K3: what an applicant can still do about a declaration that was submitted: take it back while it can be submitted again, or give it up. */
import { caseSections } from '../support/case';
import { makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePerson, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let otherBatch: TestBatch;

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site, { name: '威海市环翠区东城文化站' });
  batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id, rankBy: 'unit' });
  otherBatch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id, rankBy: 'unit' });
});
afterAll(() => site.close());

const move = async (who: Visitor, id: string, name: string): Promise<Page> => who.send(await who.open(`/declarations/${id}/moves/${name}`));

/** A declaration that was submitted and has not been touched since, and its applicant. */
async function untouched(of: TestBatch): Promise<{ id: string; loginName: string; person: Visitor }> {
  const id = await makeDeclaration(site, { batch: of, state: 'unit_review', units: [unit] });
  const account = (await site
    .db('accounts as a')
    .join('declarations as d', 'd.person_id', 'a.id')
    .where('d.id', id)
    .first('a.id', 'a.login_name', 'a.display_name')) as { id: number; login_name: string; display_name: string };
  await site.db('declaration_events').insert({
    declaration_id: id,
    move: 'submit',
    from_state: 'draft',
    to_state: 'unit_review',
    round: 1,
    actor_id: account.id,
    actor_name: account.display_name,
    on_behalf_of: account.display_name,
  });
  return { id, loginName: account.login_name, person: await signInAs(site, { loginName: account.login_name }) };
}

describe('D16 撤回', () => {
  test('the page says until when it must be submitted again; after the end it is refused, even by a page that was opened before', async () => {
    const short = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
    const { id, loginName, person } = await untouched(short);
    expect((await person.open(`/declarations/${id}`)).link('撤回')).toBe(`/declarations/${id}/moves/withdraw`);
    const opened = await person.open(`/declarations/${id}/moves/withdraw`);
    expect(opened.text()).toContain('个人申报截止时间');
    await site
      .db('batches')
      .where({ id: short.id })
      .update({ applicant_closes_at: site.db.raw("app_now() - interval '1 second'") });
    const late = await person.send(opened);
    expect(late.status).toBe(422);
    expect(late.errors().join()).toContain('撤回后不能再提交，因此不能撤回');
    expect(await stateOf(site, id)).toBe('unit_review');
    const again = await signInAs(site, { loginName });
    expect((await again.open(`/declarations/${id}`)).find(`a[href$="/moves/withdraw"]`)).toBeNull();
    await move(again, id, 'give-up');
    expect(await stateOf(site, id)).toBe('abandoned');
  });
});

describe('D16, D17 放弃申报', () => {
  test('who was returned from the wrong committee gives it up, says so in the record, and submits to another in the same year', async () => {
    const { loginName } = await makePerson(site);
    const person = await signInAs(site, { loginName });
    const begin = async (of: TestBatch): Promise<string> => {
      const begun = await person.submit(await person.open(`/declarations/new/${of.id}`));
      const id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
      for (const c of caseSections(of.year)) {
        await fillSection(person, id, c);
        if (c.section === 'application') await chooseTitleAndUnit(person, id, '助理馆员', '东城文化站');
      }
      return id;
    };
    const id = await begin(batch);
    await person.send(await person.open(`/declarations/${id}/check`));
    const clerk = await signInAs(site, unit);
    await clerk.send(
      await clerk.get(`/unit/review/${id}/return`),
      { to: 'return-to-applicant', opinion: '评审委员会选择有误', 'reopen.application': 'yes', 'comment.application': '请另行申报' },
      { form: 'form.form' },
    );
    const second = await begin(otherBatch);
    const refused = await person.send(await person.open(`/declarations/${second}/check`));
    expect(refused.errors().join()).toContain('本年度已有另一份申报正在办理');

    const page = await person.open(`/declarations/${id}`);
    const ask = await person.open(page.link('放弃申报'));
    expect(ask.text()).toContain('不能恢复');
    const [done, twice] = await Promise.all([person.submit(ask), person.submit(ask)]);
    expect([done.status, twice.status]).toEqual([303, 303]);
    expect(await site.db('declaration_events').where({ declaration_id: id, move: 'give-up' })).toHaveLength(1);
    expect(await site.db('audit_log').where({ subject_id: id, action: 'declaration.give-up' })).toHaveLength(1);
    const after = await person.open(`/declarations/${id}`);
    for (const words of ['已放弃', '本人放弃申报']) expect(after.text()).toContain(words);
    expect((await person.get(`/declarations/${id}/check`)).status).toBe(403);
    expect((await clerk.open(`/unit/review/${id}`)).text('body')).toContain('已放弃');

    await person.send(await person.open(`/declarations/${second}/check`));
    expect(await stateOf(site, second)).toBe('unit_review');
  }, 120_000);

  test('the unit was quicker: nothing is given up, and the page says who to ask', async () => {
    const { id, person } = await untouched(batch);
    const ask = await person.open(`/declarations/${id}/moves/give-up`);
    const clerk = await signInAs(site, unit);
    await clerk.send(await clerk.get(`/unit/review/${id}`), {}, { form: 'form.check__press', button: 'do=pass' });
    const answer = await person.send(ask);
    expect(answer.status).toBe(403);
    expect(answer.text()).toContain('不能进行「放弃申报」');
    expect(await stateOf(site, id)).toBe('unit_passed');
    expect((await person.open(`/declarations/${id}`)).find('a[href$="/moves/give-up"]')).toBeNull();
  });
});
