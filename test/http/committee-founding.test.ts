import { makeBatch, makeCommittee, makePath, makePerson, makeStaff, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { makeDeclaration, stateOf } from '../support/declarations';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let founder: TestUnit;
let unit: Visitor;
let bureau: Visitor;

beforeAll(async () => {
  site = await openSite();
  founder = await makeUnit(site, { name: '威海市环翠区文化和旅游局' });
  unit = await signInAs(site, founder);
  bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
});
afterAll(() => site.close());

const dated = async (sql: string): Promise<string> =>
  (await site.db.raw<{ rows: { d: string }[] }>(`SELECT (${sql})::date::text AS d`)).rows[0]?.d ?? '';

async function fill(visitor: Visitor, name: string, more: Record<string, string> = {}): Promise<Page> {
  const from = await dated('app_today()');
  let page = await visitor.get('/committees/new');
  page = await visitor.send(page, { 'committee.province': '370000' }, { button: 'do=refresh' });
  page = await visitor.send(page, { 'committee.city': '371000' }, { button: 'do=refresh' });
  return visitor.send(
    page,
    {
      'committee.name': name,
      'committee.grade': 'middle-junior',
      'committee.series': '91',
      'committee.district': '371002',
      'committee.from': from,
      'committee.until': await dated(`app_today() + interval '2 years'`),
      'committee.members': '11',
      'committee.phone': '0631-5200106',
      ...more,
    },
    { button: 'do=save' },
  );
}
const idOf = async (name: string): Promise<number> => ((await site.db('committees').where({ name }).first('id')) as { id: number }).id;
async function decide(visitor: Visitor, id: number, result: 'pass' | 'refuse', reason = ''): Promise<Page> {
  return visitor.send(await visitor.get(`/committees/${id}`), { 'decision.result': result, 'decision.reason': reason });
}

describe('J0 「组建评委会」 and 「评委会审核」', () => {
  const NAME = '威海市环翠区群众文化专业职务资格中级评审委员会';

  it('J0 a unit asks, with every field checked; the bureau approves; only then the public list has it (A6)', async () => {
    const bad = await fill(unit, NAME, {
      'committee.members': '10',
      'committee.until': await dated(`app_today() + interval '4 years'`),
      'committee.specialities': '没有的专业',
      'committee.more': '没有的地方',
    });
    expect(bad.errors().join()).toContain('任期最长 3 年');
    expect(bad.errors().join()).toContain('单数');
    expect(bad.fields().find(([n]) => n === 'committee.more')?.[1]).toContain('没有的地方');
    const where = await fill(unit, NAME, { 'committee.more': '没有的地方' });
    expect(where.errors().join()).toContain('没有找到下列区域');
    const asked = await fill(unit, NAME, { 'committee.more': '山东省威海市荣成市' });
    expect(asked.text()).toContain('组建申请已提交');
    const id = await idOf(NAME);
    expect((await site.visitor().get('/committees')).text()).not.toContain(NAME);
    expect((await bureau.get('/bureau/committees')).text()).toContain(NAME);
    const refused = await decide(bureau, id, 'refuse');
    expect(refused.status).toBe(422);
    expect((await decide(bureau, id, 'refuse', '请补充评审专业')).text()).toContain('已审核为「不通过」');
    expect((await unit.get(`/committees/${id}`)).text()).toContain('请补充评审专业');
    const revised = await unit.send(await unit.get(`/committees/${id}/revise`), { 'committee.specialities': '' }, { button: 'do=save' });
    expect(revised.text()).toContain('组建申请已提交');
    expect((await decide(bureau, id, 'pass')).text()).toContain('已审核通过');
    expect((await site.visitor().get('/committees?series=91&level=middle')).text()).toContain(NAME);
    expect((await site.visitor().get('/committees?series=91&level=senior')).text()).not.toContain(NAME);
    expect((await bureau.get(`/committees/${id}`)).find('main form[method="post"]')).toBeNull();
    const again = await fill(unit, NAME);
    expect(again.errors().join()).toContain('已有同名的评审委员会');
  });

  it('J0 a bureau founds in its own region, and not by one person alone', async () => {
    const name = '威海市环翠区图书资料专业职务资格初级评审委员会';
    expect((await fill(bureau, name)).text()).toContain('组建申请已提交');
    const id = await idOf(name);
    const own = await bureau.get(`/committees/${id}`);
    expect(own.text()).toContain('须由人社局的另一名工作人员审核');
    await expect(
      site
        .db('committee_requests')
        .where({ committee_id: id })
        .update({ state: 'approved', decided_at: site.db.raw('app_now()'), decided_by: site.db.ref('requested_by') }),
    ).rejects.toThrow(/four_eyes/);
    const colleague = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '李处长' }));
    expect((await decide(colleague, id, 'pass')).text()).toContain('已审核通过');
    const elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371082' }));
    expect((await elsewhere.get(`/committees/${id}`)).status).toBe(404);
    expect((await fill(elsewhere, '别处的评审委员会')).errors().join()).toContain('只能组建本区域');
  });

  it('J0 an expired committee receives nothing: no path, no report; a new term opens it again; ended is ended', async () => {
    const committee = await makeCommittee(site, { expired: true });
    await site.db('committees').where({ id: committee.id }).update({ founding_unit_id: founder.unitId });
    const batch = await makeBatch(site, { committeeId: committee.id });
    await makePath(site, batch, founder, { committeeId: committee.id });
    const declaration = await makeDeclaration(site, { batch, state: 'unit_passed', units: [founder], name: '上报的人', rank: [1, 1] });
    const blocked = await unit.send(await unit.get(`/declarations/${declaration}/moves/report`));
    expect(blocked.text()).toContain('不在任期内');
    expect(await stateOf(site, declaration)).toBe('unit_passed');
    const form = await unit.get(`/unit/paths/new?path.year=2027&path.series=91&path.level=junior&path.upward=committee`);
    expect(form.text()).not.toContain(committee.name);

    const long = await unit.send(await unit.get(`/committees/${committee.id}/renew`), {
      'term.until': await dated(`app_today() + interval '5 years'`),
    });
    expect(long.errors().join()).toContain('任期最长 3 年');
    const asked = await unit.send(await unit.get(`/committees/${committee.id}/renew`), {
      'term.until': await dated(`app_today() + interval '1 year'`),
    });
    expect(asked.text()).toContain('换届申请已提交');
    expect((await unit.get(`/committees/${committee.id}/renew`)).status).toBe(403);
    await decide(bureau, committee.id, 'pass');
    await unit.send(await unit.get(`/declarations/${declaration}/moves/report`));
    expect(await stateOf(site, declaration)).toBe('office_review');

    // said before anything is asked for
    const busy = await unit.get(`/committees/${committee.id}/end`);
    expect(busy.text()).toContain('还有 1 份申报正在');
    expect(busy.all('main form')).toEqual([]);
    await site.db('declarations').where({ id: declaration }).update({ state: 'refused' });
    expect((await unit.send(await unit.get(`/committees/${committee.id}/end`), { 'end.reason': '机构调整' })).text()).toContain(
      '评审委员会已终止',
    );
    expect((await site.visitor().get('/committees')).text()).not.toContain(committee.name);
  });

  it('J0, D0 a committee does not end while somebody fills in or a unit reviews for it in a running batch; once ended nobody begins', async () => {
    const committee = await makeCommittee(site, { name: '有草稿的评审委员会' });
    await site.db('committees').where({ id: committee.id }).update({ founding_unit_id: founder.unitId });
    const batch = await makeBatch(site, { committeeId: committee.id });
    const over = await makeBatch(site, { committeeId: committee.id, year: 2024, closed: true });
    const applicant = await signInAs(site, await makePerson(site));
    const seen = await applicant.get(`/declarations/new/${batch.id}`);
    expect((await applicant.submit(seen, { agree: 'yes' })).status).toBe(303);
    await makeDeclaration(site, { batch: over, state: 'draft', units: [founder], name: '早已截止的人' });
    const reviewed = await makeDeclaration(site, { batch, state: 'unit_review', units: [founder], name: '单位审核的人' });
    const endPage = (): Promise<Page> => unit.get(`/committees/${committee.id}/end`);
    const end = async (): Promise<Page> => unit.send(await endPage(), { 'end.reason': '机构调整' });
    const two = await endPage();
    expect(two.text()).toContain('还有 2 份申报正在填写或者正在单位审核');
    expect(two.text()).toContain('单位上报截止');
    expect(two.all('main form')).toEqual([]);
    await site.db('declarations').where({ id: reviewed }).update({ state: 'not_recommended' });
    expect((await endPage()).text()).toContain('还有 1 份');

    // what its owner deletes leads nowhere any more
    const [draft] = (await site.db('declarations').where({ batch_id: batch.id, state: 'draft' }).pluck('id')) as string[];
    await site
      .db('declarations')
      .where({ id: draft })
      .update({ deleted_at: site.db.raw('app_now()') });
    const list = await applicant.get('/declarations');
    expect((await applicant.get('/declarations/new')).text()).toContain(committee.name);
    expect((await end()).text()).toContain('评审委员会已终止');
    const late = await applicant.submit(seen, { agree: 'yes', _token: 'another-token-0123456789' });
    expect([late.status, late.text()]).toEqual([403, expect.stringContaining('该评审委员会已经终止')]);
    const back = await applicant.submit(list, {}, { form: `form[action="/declarations/deleted/${draft}"]` });
    expect([back.status, back.text()]).toEqual([409, expect.stringContaining('不能恢复该草稿')]);
    expect((await applicant.get('/declarations/new')).text()).not.toContain(committee.name);
    expect(await site.db('declarations').where({ batch_id: batch.id }).whereNull('deleted_at').pluck('state')).toEqual(['not_recommended']);
  });

  it('J0 of an end and a beginning in the same moment one is refused', async () => {
    for (let i = 0; i < 4; i++) {
      const committee = await makeCommittee(site, { name: `同时终止的评审委员会${i}` });
      await site.db('committees').where({ id: committee.id }).update({ founding_unit_id: founder.unitId });
      const batch = await makeBatch(site, { committeeId: committee.id });
      const applicant = await signInAs(site, await makePerson(site));
      const [seen, ending] = [await applicant.get(`/declarations/new/${batch.id}`), await unit.get(`/committees/${committee.id}/end`)];
      const answers = await Promise.all([applicant.submit(seen, { agree: 'yes' }), unit.submit(ending, { 'end.reason': '机构调整' })]);
      expect(answers.map((a) => a.status).sort()).not.toEqual([303, 303]);
      expect(answers.map((a) => a.status)).toContain(303);
    }
  });

  it('J0 a unit outside the divisions it serves finds no way to it', async () => {
    const committee = await makeCommittee(site, { name: '只受理环翠区的评审委员会' });
    await site.db('committee_divisions').insert({ committee_id: committee.id, division_code: '371002' });
    const address = '/unit/paths/new?path.year=2027&path.series=91&path.level=junior&path.upward=committee';
    expect((await unit.get(address)).text()).toContain('只受理环翠区的评审委员会');
    const away = await signInAs(site, await makeUnit(site, { name: '荣成市文化馆', divisionCode: '371082' }));
    expect((await away.get(address)).text()).not.toContain('只受理环翠区的评审委员会');
  });
});

describe('J0 「评审计划」', () => {
  it('J0 the office asks, the bureau approves, the meeting follows: once', async () => {
    const committee = await makeCommittee(site);
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    const values = { 'plan.meetsOn': await dated('app_today() + 3'), 'plan.place': '三楼会议室', 'plan.seats': '4', 'plan.expected': '12' };
    const even = await office.send(await office.get('/office/plans/new'), values);
    expect(even.errors().join()).toContain('单数');
    const few = await office.send(await office.get('/office/plans/new'), { ...values, 'plan.seats': '3' });
    expect(few.errors().join()).toContain('应不少于 5 人');
    expect((await office.send(await office.get('/office/plans/new'), { ...values, 'plan.seats': '5' })).text()).toContain('评审计划已提交');
    const { id } = (await site.db('review_plans').where({ committee_id: committee.id }).first('id')) as { id: number };
    expect((await office.get(`/plans/${id}`)).find('form[action$="/meeting"]')).toBeNull();
    expect((await office.send(await office.get('/office/plans/new'), { ...values, 'plan.seats': '5' })).status).toBe(409);
    const approve = await bureau.get(`/plans/${id}`);
    expect((await bureau.send(approve, { 'decision.result': 'pass' })).text()).toContain('已核准');
    const page = await office.get(`/plans/${id}`);
    const [first, second] = await Promise.all(
      ['a', 'b'].map((x) => office.submit(page, { _token: `meeting-${x}-abcdefghijkl` }, { form: 'form[action$="/meeting"]' })),
    );
    expect([first?.status, second?.status].sort()).toEqual([303, 409]);
    expect(await site.db('meetings').where({ plan_id: id })).toHaveLength(1);
  });
});
