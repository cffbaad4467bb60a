import { makeCommittee, makeStaff, makeUnit, signInAs } from '../support/factories';
import { makePerson } from '../support/people';
import { makeMeeting } from '../support/meetings';
import { openSite, type Page, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** The status beside a line of the page's lists. */
function statusOf(page: Page, title: string): string {
  const work = page.all('.work__item').find((x) => x.querySelector('.work__title')?.text.includes(title));
  if (work) return (work.querySelector('.work__count')?.text ?? '').trim();
  const item = page
    .all('.govuk-task-list__item')
    .find((x) =>
      (x.querySelector('.govuk-task-list__link') ?? x.querySelector('.govuk-task-list__name-and-hint div'))?.text.includes(title),
    );
  if (!item) throw new Error(`no line 「${title}」: ${page.text()}`);
  return (item.querySelector('.govuk-task-list__status')?.text ?? '').trim();
}

async function makeBatch(
  committeeId: number,
  seriesId: number,
  level: string,
  opens = "- interval '1 day'",
  closes = "+ interval '10 days'",
): Promise<number> {
  const [row] = (await site
    .db('batches')
    .insert({
      year: 2026,
      committee_id: committeeId,
      series_id: seriesId,
      level,
      applicant_opens_at: site.db.raw(`app_now() ${opens}`),
      applicant_closes_at: site.db.raw(`app_now() ${closes}`),
      unit_closes_at: site.db.raw(`app_now() ${closes} + interval '5 days'`),
      rank_by: 'unit',
      entrusted_evidence_by: 'unit',
      commitment: '本人承诺……',
    })
    .returning('id')) as { id: number }[];
  return row?.id ?? 0;
}
async function makeDeclaration(personId: number, batchId: number, values: Record<string, unknown>): Promise<string> {
  const [row] = (await site
    .db('declarations')
    .insert({ person_id: personId, batch_id: batchId, year: 2026, series_id: 91, level: 'junior', applicant_name: '王丽华', ...values })
    .returning('id')) as { id: string }[];
  const id = row?.id ?? '';
  if (typeof values.holder_unit_id === 'number')
    await site.db('declaration_stops').insert({ declaration_id: id, position: 0, unit_id: values.holder_unit_id });
  return id;
}

describe('R7 the home pages', () => {
  it('asks for a sign-in', async () => {
    expect((await site.visitor().get('/home')).location).toBe('/sign-in?next=%2Fhome');
  });

  it('tells a person what is open, where their declarations are, and what is missing', async () => {
    const person = await makePerson(site, 'home_person', 1);
    const visitor = await signInAs(site, person);
    const empty = await visitor.get('/home');
    expect(empty.heading).toBe('王丽华，您好');
    expect(empty.text()).toContain('您还没有申报信息');
    expect(empty.text()).toContain('目前没有可以申报的项目');
    expect(empty.text()).toContain('您还没有上传证件照');
    expect(empty.link('新增申报信息')).toBe('/declarations/new');

    const committee = await makeCommittee(site, { scopes: [[91, 'junior'], [91, 'middle']] }); // prettier-ignore
    const batch = await makeBatch(committee.id, 91, 'junior');
    await makeBatch(committee.id, 91, 'middle', "+ interval '1 day'");
    const offered = (p: Page): string[] => p.all('main a').map((a) => a.getAttribute('href') ?? '').filter((href) => href.startsWith('/declarations/new/')); // prettier-ignore
    expect(offered(await visitor.get('/home'))).toEqual([`/declarations/new/${batch}`]);
    const id = await makeDeclaration(person.accountId, batch, { state: 'draft' });
    const other = await makePerson(site, 'home_other', 3);
    const hidden = await makeDeclaration(other.accountId, batch, { state: 'draft' });
    const page = await visitor.get('/home');
    expect(page.html).toContain(`/declarations/${id}`);
    expect(page.html).not.toContain(hidden);
    expect(statusOf(page, '2026年度')).toBe('未提交');
    expect(page.text()).toContain('请填写完整后点击「确定申报」，申报截止时间');
    expect(offered(page)).toEqual([]);
    await site.db('declarations').where({ id }).update({ state: 'correction', correction_due_on: '2026-12-01' });
    expect((await visitor.get('/home')).text()).toContain('最后一天是 2026年12月1日');
  });

  it('C5 P4 leads a unit from the permission to what waits', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    const visitor = await signInAs(site, unit);
    const fresh = await visitor.get('/home');
    expect([statusOf(fresh, '权限申请'), statusOf(fresh, '单位路径申请')]).toEqual(['尚未申请', '取得权限后办理']);
    expect(fresh.link('「职称评审」权限申请')).toBe('/unit/permission');
    expect(fresh.all('main a').some((a) => a.getAttribute('href') === '/unit/review')).toBe(false);

    await site.db('units').where({ id: unit.unitId }).update({ permission_state: 'granted' });
    const lower = await makeUnit(site);
    const committee = await makeCommittee(site);
    const batch = await makeBatch(committee.id, 91, 'junior');
    const path = { series_id: 91, level: 'junior', requested_by: unit.accountId, state: 'requested' };
    await site.db('reporting_paths').insert([
      { ...path, unit_id: unit.unitId, committee_id: committee.id, year: site.db.raw('extract(year FROM app_today())') },
      { ...path, unit_id: lower.unitId, upstream_unit_id: unit.unitId, year: 2026 },
    ]);
    for (const [n, state] of (['unit_review', 'unit_review', 'unit_passed', 'returned_to_unit'] as const).entries()) {
      const person = await makePerson(site, `declarer_${n}`, 10 + n);
      await makeDeclaration(person.accountId, batch, { state, unit_id: unit.unitId, holder_unit_id: unit.unitId });
    }
    const page = await visitor.get('/home');
    expect(
      ['权限申请', '单位路径申请', '职称申报数据审核', '上级单位退回', '职称申报数据上报', '路径审核'].map((t) => statusOf(page, t)),
    ).toEqual(['已取得', '1 条待审核', '2 人待审核', '1 人待处理', '1 人待上报', '1 条待审核']);
    // each number leads to just those that it counts (R6, R7)
    for (const [title, n] of [
      ['职称申报数据审核', 2],
      ['上级单位退回', 1],
    ] as const) {
      const link = page.all('.work__title a').find((a) => a.text.trim() === title);
      const list = await visitor.get(link?.getAttribute('href') ?? '');
      const chosen = list.find('select[name="state"] option[selected]')?.text.trim();
      expect([title, list.all('tbody tr').length, chosen]).toEqual([title, n, n === 2 ? '待审核（2）' : '上级单位退回（1）']);
    }
    // since when, and what stands in the way
    expect(page.text()).toMatch(/最早的一条自 \d{4}年\d+月\d+日 \d\d:\d\d 起等待/);
    expect(page.text()).toContain('还没有审核通过的路径，请先办理「单位路径申请」');
    await site.db('declarations').where({ holder_unit_id: unit.unitId, state: 'unit_review' }).update({ moved_at: site.db.raw("app_now() - interval '73 hours'") }); // prettier-ignore
    expect((await visitor.get('/home')).text()).toMatch(/最早的一条自 [^，]+ 起等待，已有 3 天/);
  });

  it('counts for a bureau what lies in its division, and only that', async () => {
    const inside = await makeUnit(site, { state: 'requested', divisionCode: '371002' });
    const outside = await makeUnit(site, { state: 'requested', divisionCode: '370602' });
    for (const [u, division] of [[inside, '371002'], [outside, '370602']] as const) {
      await site.db('permission_requests').insert({ unit_id: u.unitId, credit_code: u.creditCode, division_code: division, state: 'requested', requested_by: u.accountId });
    } // prettier-ignore
    for (const [divisionCode, status] of [['371002', '1 个待审核'], ['371000', '1 个待审核'], ['370000', '2 个待审核'], ['371003', '无']] as const) {
      const visitor = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode }));
      const page = await visitor.get('/home');
      expect([divisionCode, statusOf(page, '单位权限审核'), statusOf(page, '评审结果确认')]).toEqual([divisionCode, status, '无']);
    } // prettier-ignore
  });

  it('counts for an office by state what reached its committee', async () => {
    const committee = await makeCommittee(site);
    const batch = await makeBatch(committee.id, 91, 'junior');
    for (const [n, state] of (['office_review', 'office_review', 'accepted', 'certified'] as const).entries()) {
      const person = await makePerson(site, `office_${n}`, 30 + n);
      const id = await makeDeclaration(person.accountId, batch, { state, holder_committee_id: committee.id });
      await site.db('declaration_stops').insert({ declaration_id: id, position: 1, committee_id: committee.id });
    }
    const visitor = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    const page = await visitor.get('/home');
    expect(['待受理', '已受理', '已发证', '不予受理', '评委会路径审核'].map((t) => statusOf(page, t))).toEqual([
      '2 人',
      '1 人',
      '1 人',
      '无',
      '无',
    ]);
    // R7: the numbers of the days as a picture, and the same ones as a table
    const days = page.all('.chart__table tbody tr').map((r) => r.querySelectorAll('td').map((c) => c.text.trim()));
    expect(days).toHaveLength(14);
    expect(days.map(([, n]) => n)).toEqual([...Array<string>(13).fill('0'), '4']);
    expect(page.all('.chart__bar')).toHaveLength(1);
    expect(page.find('.chart__picture')?.getAttribute('aria-label')).toBe('近 14 日收到的申报，最多的一日 4 人，各日人数见下表');
    const other = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: (await makeCommittee(site)).id }));
    expect((await other.get('/home')).all('.chart__bar')).toEqual([]);
    expect(statusOf(await other.get('/home'), '待受理')).toBe('无');
  });

  it('J3 tells an office of its next meeting and what is to be done for it', async () => {
    const committee = await makeCommittee(site);
    const staff = await makeStaff(site, { role: 'office', committeeId: committee.id });
    const visitor = await signInAs(site, staff);
    expect(statusOf(await visitor.get('/home'), '评审会议')).toBe('无');
    const { planId, meetingId } = await makeMeeting(site, committee.id, staff.accountId);
    let page = await visitor.get('/home');
    expect(statusOf(page, '评审会议')).toBe('1 场待召开');
    expect(
      page
        .all('main a')
        .find((a) => a.text === '评审会议')
        ?.getAttribute('href'),
    ).toBe(`/meetings/${meetingId}`);
    expect(page.text('main')).toContain('请选择评审的申报、抽取评委');
    await site.db('meetings').where({ id: meetingId }).update({ state: 'cancelled', reason: '改期' });
    page = await visitor.get('/home');
    expect(page.text('main')).toContain('评审计划已经核准，请建立评审会议');
    expect(
      page
        .all('main a')
        .find((a) => a.text === '评审会议')
        ?.getAttribute('href'),
    ).toBe(`/plans/${planId}`);
    // the office votes without the site: a plan of a day that is over asks for nothing
    await site.advanceClock('2 days');
    expect(statusOf(await (await signInAs(site, staff)).get('/home'), '评审会议')).toBe('无');
    await site.advanceClock('-2 days');
  });

  it('serves support, administrators and auditors', async () => {
    for (const role of ['support', 'admin', 'auditor'] as const) {
      const visitor = await signInAs(site, await makeStaff(site, { role }));
      expect((await visitor.get('/home')).status).toBe(200);
    }
  });
});
