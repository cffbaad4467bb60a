import { databaseNow } from '../../src/db/db';
import { showDate } from '../../src/lib/dates';
import { collectOrphans } from '../../src/modules/attachments';
import { applicant, caseSections } from '../support/case';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  pastPassword,
  signInAs,
  type TestBatch,
  type TestPerson,
  type TestUnit,
} from '../support/factories';
import { stateOf } from '../support/declarations';
import { chooseTitleAndUnit, fillSection, rowIds } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let superior: TestUnit;
let committee: { id: number; name: string };
let batch: TestBatch;

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  superior = await makeUnit(site, { name: '威海市环翠区文化和旅游局' });
  committee = await makeCommittee(site, { name: '威海市环翠区群众文化专业职务资格初级评审委员会' });
  batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, superior);
  await makePath(site, batch, superior, { committeeId: committee.id });
});
afterAll(() => site.close());

/** Accepts the commitment and gives the new declaration's id. */
async function begin(visitor: Visitor): Promise<string> {
  const commitment = await visitor.open(`/declarations/new/${batch.id}`);
  expect(commitment.text()).toMatch(/我同意|您已经同意过/);
  const answer = await visitor.submit(commitment);
  return /\/declarations\/([0-9a-f-]{36})\//.exec(answer.location)?.[1] ?? '';
}

let rank = 0;
async function complete(visitor: Visitor, id: string): Promise<void> {
  for (const c of caseSections(batch.year, `${++rank}/40`)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
  }
}

async function submitted(name = applicant.name): Promise<{ id: string; person: TestPerson; visitor: Visitor }> {
  const person = await makePerson(site, { name });
  const visitor = await signInAs(site, person);
  const id = await begin(visitor);
  await complete(visitor, id);
  const check = await visitor.open(`/declarations/${id}/check`);
  const done = await visitor.send(check);
  expect(done.text()).toContain('已完成「确定申报」');
  return { id, person, visitor };
}

const move = async (visitor: Visitor, id: string, name: string, values: Record<string, string> = {}): Promise<Page> =>
  visitor.send(await pastPassword(visitor, await visitor.open(`/declarations/${id}/moves/${name}`)), values);

describe('D0 我的申报信息', () => {
  test('D0 the commitment comes first, one declaration for each batch, also after two clicks', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    expect((await visitor.open('/declarations')).text()).toContain('您还没有申报信息');
    const choose = await visitor.open('/declarations/new');
    expect(choose.text()).toContain(committee.name);
    const commitment = await visitor.open(choose.link('开始申报'));
    const [a, b] = await Promise.all([visitor.submit(commitment), visitor.submit(commitment)]);
    expect(a.location).toBe(b.location);
    const list = await visitor.open('/declarations');
    expect(list.all('tbody tr')).toHaveLength(1);
    expect(list.text()).toContain('未提交');
  });

  test('K3 outside its window nothing can be begun, and the page says so', async () => {
    const closed = await makeBatch(site, { committeeId: committee.id, year: 2025, closed: true });
    const visitor = await signInAs(site, await makePerson(site));
    const page = await visitor.open(`/declarations/new/${closed.id}`);
    expect(page.status).toBe(403);
    expect(page.text()).toContain('不在个人申报时间内');
  });
});

describe('D1 saving', () => {
  test('D1 an incomplete section is saved as typed, with the problems shown beside the fields and in the summary (X4)', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const page = await visitor.open(`/declarations/${id}/sections/application`);
    const saved = await visitor.send(page, { 'main.rank': '5/3', 'main.startedOn': '去年', 'main.years': '三' }, { button: 'do=save' });
    expect(saved.find('input[name="main.rank"]')?.getAttribute('value')).toBe('5/3');
    expect(saved.find('input[name="main.startedOn"]')?.getAttribute('value')).toBe('去年');
    expect(saved.errors().join()).toContain('参加工作时间');
    expect(saved.find('title')?.text).toContain('已保存：');
    // one message, that it was saved first: what is left is no refusal
    expect(saved.text('#error-summary-title')).toBe(`已保存。还有 ${saved.errors().length} 处需要修改或者补充，提交前完成即可`);
    expect(saved.find('#error-summary')?.getAttribute('role')).toBe('status');
    expect(saved.all('.notice')).toEqual([]);
    for (const a of saved.all('#error-summary a')) expect(saved.find(a.getAttribute('href') ?? '')).not.toBeNull();
  });

  test('D1 two tabs: the later save of stale data is refused with both versions, and the choice is kept', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const address = `/declarations/${id}/sections/performance`;
    const [one, two] = [await visitor.open(address), await visitor.open(address)];
    await visitor.send(one, { 'main.text': '甲页填写的内容' }, { button: 'do=save' });
    const conflict = await visitor.submit(two, { 'main.text': '乙页填写的内容' }, { button: 'do=save' });
    expect(conflict.status).toBe(409);
    expect(conflict.text()).toContain('甲页填写的内容');
    expect(conflict.text()).toContain('乙页填写的内容');
    const after = await visitor.send(conflict);
    expect(after.find('textarea')?.text).toContain('乙页填写的内容');
  });

  test('D1 the same form sent twice is one save (F11)', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const page = await visitor.open(`/declarations/${id}/sections/performance`);
    const answers = await Promise.all([1, 2, 3].map(() => visitor.submit(page, { 'main.text': '同一份内容' }, { button: 'do=save' })));
    expect(new Set(answers.map((a) => `${a.status} ${a.location}`)).size).toBe(1);
    const row = (await site.db('declaration_sections').where({ declaration_id: id, section: 'performance' }).first('version')) as {
      version: number;
    };
    expect(row.version).toBe(1);
  });

  test('D9, D10 rows are added and removed without losing what was typed beside them', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    let page = await visitor.open(`/declarations/${id}/sections/work-history`);
    page = await visitor.send(page, {}, { button: 'do=add-row:jobs' });
    const [first = ''] = rowIds(page, 'jobs');
    page = await visitor.send(page, { [`jobs.${first}.post`]: '某馆-文艺部-无' }, { button: 'do=add-row:jobs' });
    expect(rowIds(page, 'jobs')).toHaveLength(2);
    expect(page.find(`input[name="jobs.${first}.post"]`)?.getAttribute('value')).toBe('某馆-文艺部-无');
    page = await visitor.send(page, {}, { button: `do=remove-row:jobs:${rowIds(page, 'jobs')[1]}` });
    expect(rowIds(page, 'jobs')).toEqual([first]);
  });

  test('D15 the last look shows what was typed wrongly as it was typed, not as missing', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    await fillSection(visitor, id, { section: 'work-history', rows: { jobs: [{ from: '2018.13', post: '甲馆-部-无', work: '' }] } });
    const text = (await visitor.open(`/declarations/${id}/check`)).text('#section-work-history');
    expect(text).toContain('2018.13（填写有误）');
    expect(text).toContain('未填写');
  });

  test('D9, D14 a row that was removed by mistake comes back in its place, with its words and its files, and with what was typed since', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    let page = await fillSection(visitor, id, {
      section: 'work-history',
      rows: { jobs: ['甲', '乙', '丙'].map((x) => ({ from: '2018.7', post: `${x}-部-无`, work: '舞蹈', position: '无' })) },
    });
    const [first = '', second = '', third = ''] = rowIds(page, 'jobs');
    const picture = { field: `files:jobs.${second}.proof`, name: '2018年7月证明.png', content: await tinyPng() };
    page = await visitor.send(page, {}, { button: `do=upload:jobs.${second}.proof`, files: [picture] });
    page = await visitor.send(page, {}, { button: `do=remove-row:jobs:${second}` });
    expect(rowIds(page, 'jobs')).toEqual([first, third]);
    expect(page.text('#removed-jobs')).toContain('已删除「经历 2」');
    const undo = page.find('#removed-jobs button')?.getAttribute('value') ?? '';
    const address = `/declarations/${id}/sections/work-history?removed=${undo.split(':')[1]}`;
    expect((await visitor.open(address)).find('#removed-jobs')).not.toBeNull();
    const other = await signInAs(site, await makePerson(site));
    const otherId = await begin(other);
    const foreign = await other.open(`/declarations/${otherId}/sections/work-history`);
    expect(rowIds(await other.send(foreign, {}, { button: `do=${undo}` }), 'jobs')).toEqual([]);
    page = await visitor.send(page, { [`jobs.${third}.work`]: '声乐' }, { button: `do=${undo}` });
    expect(rowIds(page, 'jobs')).toEqual([first, second, third]);
    expect(page.find(`input[name="jobs.${second}.post"]`)?.getAttribute('value')).toBe('乙-部-无');
    expect(page.find(`input[name="jobs.${third}.work"]`)?.getAttribute('value')).toBe('声乐');
    expect(page.text(`#row-jobs-${second}`)).toContain('2018年7月证明.png');
    // the page of before, asked for again by the back button, speaks of no removal any more; pressed once more, nothing changes
    expect((await visitor.open(address)).find('#removed-jobs')).toBeNull();
    page = await visitor.send(page, {}, { button: `do=${undo}` });
    expect(rowIds(page, 'jobs')).toEqual([first, second, third]);
  });
});

describe('D2-D11 rules of the sections', () => {
  test.each([
    [
      'D3 a domestic degree from 2001 on needs the code',
      'education',
      { 'fullTime.has': 'yes', 'fullTime.isDomestic': 'yes', 'fullTime.graduatedOn': '2018.6', 'fullTime.education': 'university' },
      '学信网验证码',
    ],
    ['D11 the own name may not occur, also with a blank inside', 'performance', { 'main.text': '本人于 𬀩组织活动' }, '不得出现本人姓名'],
    ['D11 more than 1200 characters', 'performance', { 'main.text': '舞'.repeat(1201) }, '现有 1201 个字'],
  ])('%s', async (_name, section, values, expected) => {
    const visitor = await signInAs(site, await makePerson(site, { name: '于𬀩' }));
    const id = await begin(visitor);
    const page = await visitor.send(await visitor.open(`/declarations/${id}/sections/${section}`), values, { button: 'do=save' });
    expect(page.errors().join()).toContain(expected);
  });

  test('D9 the first gap of the work history is named with its dates', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    await fillSection(visitor, id, { section: 'application', groups: { main: { startedOn: '2018.7' } } });
    const page = await fillSection(visitor, id, {
      section: 'work-history',
      rows: {
        jobs: [
          { from: '2018.7', to: '2020.1', post: '甲-乙-无', work: '舞蹈', position: '无' },
          { from: '2020.5', post: '甲-乙-无', work: '舞蹈', position: '无' },
        ],
      },
    });
    expect(page.errors().join()).toMatch(/2020年2月至2020年4月没有工作经历/);
  });

  test('D9, X4 「至今」 is taken as the hint says it: no end', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    for (const typed of ['至今', ' 现在', '今。', '目前']) {
      const page = await fillSection(visitor, id, {
        section: 'work-history',
        rows: { jobs: [{ from: '2018.7', to: typed, post: '甲-乙-无', work: '舞蹈', position: '无' }] },
      });
      expect([typed, page.errors()]).toEqual([typed, []]);
    }
  });

  test('D2, D6, D8, X4 a number with its unit behind it is read', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const application = await fillSection(visitor, id, {
      section: 'application',
      groups: { main: { startedOn: '1995.8', years: '３０ 年' } },
    });
    expect(application.errors().join()).not.toContain('专业工作年限');
    const words = await fillSection(visitor, id, { section: 'application', groups: { main: { years: '三十年' } } });
    expect(words.errors()).toContain('「专业工作年限」请填写 0 至 60 之间的整数');
    for (const typed of ['2025年', '２０２５年度', '2025']) {
      const page = await fillSection(visitor, id, {
        section: 'assessments',
        rows: { years: [{ year: typed, post: '馆员', grade: 'qualified', unit: '甲馆' }] },
      });
      expect([typed, page.errors()]).toEqual([typed, ['请上传「考核结果证明」']]);
    }
    const learning = await fillSection(visitor, id, { section: 'continuing-education', rows: { records: [{ hours: '72学时' }] } });
    expect(learning.errors().join()).not.toContain('「学时」');
  });

  test("D4, X4 a name of a title of one's own that is too long is told its length, a missing one how to say 「无」", async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    for (const [typed, error] of [
      ['高'.repeat(60), '第 1 条：「职称名称」最多 50 个字，现有 60 个字'],
      ['', '第 1 条：选择「其他」时，请填写「职称名称」；没有的填写「无」'],
    ] as const) {
      const page = await fillSection(visitor, id, { section: 'current-title', rows: { titles: [{ title: 'other', titleOther: typed }] } });
      expect(page.errors()).toContain(error);
    }
  });

  test('D10 the same result twice is pointed out', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const result = {
      kind: 'award',
      name: '《海之舞》获一等奖',
      prize: '一等奖',
      date: '2023.9',
      rank: '1/1',
      authority: '甲',
      level: 'city',
    };
    const page = await fillSection(visitor, id, {
      section: 'achievements',
      rows: { results: [result, { ...result, name: '海之舞 获一等奖' }] },
    });
    expect(page.errors().join()).toContain('与第 1 条的成果名称相同');
  });

  test('D4 the years of appointment are proposed with their working, kept as typed and taken over with one button', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const page = await fillSection(visitor, id, {
      section: 'current-title',
      rows: {
        titles: [{ level: 'junior', series: '91', title: 'other', titleOther: '助理馆员', obtainedOn: '2020.12', appointedOn: '2020.12' }],
      },
    });
    expect(page.text()).toContain('系统计算为 6：从2020年12月算到2026年12月为 72 个月，满 6 年');
    const [row = ''] = rowIds(page, 'titles');
    const field = `titles.${row}.appointedYears`;
    const valueOf = (p: Page): string | undefined => p.find(`input[name="${field}"]`)?.getAttribute('value');
    const kept = await visitor.send(page, { [field]: '5' }, { button: 'do=save' });
    expect(valueOf(kept)).toBe('5');
    const accepted = await visitor.send(kept, {}, { button: `do=accept:${field}` });
    expect(valueOf(accepted)).toBe('6');
    expect(accepted.text()).not.toContain('按计算结果填写');
  });

  test('D2 a unit without the permission is not offered (C3)', async () => {
    await makeUnit(site, { name: '威海市未获权限文化站', state: 'none' });
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    let page = await visitor.open(`/declarations/${id}/sections/application/find-unit?field=main.unit`);
    page = await visitor.send(page, { q: '未获权限' }, { form: 'form.filter' });
    expect(page.all('input[type="radio"][name="unit"]')).toHaveLength(0);
    expect(page.text()).toContain('尚未取得「职称评审」权限');
  });
});

describe('D14 attachments', () => {
  test('D14 a bad file costs that file only and says why; the fields beside it are kept', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const page = await visitor.open(`/declarations/${id}/sections/performance`);
    const saved = await visitor.send(
      page,
      { 'main.text': '已经写好的内容' },
      {
        button: 'do=upload:main.proof',
        files: [
          { field: 'files:main.proof', name: '2024年证明.pdf', content: Buffer.from('<html><script>alert(1)</script>') },
          { field: 'files:main.proof', name: 'C:\\fakepath\\2024年照片.png', content: await tinyPng() },
        ],
      },
    );
    expect(saved.errors().join()).toContain('2024年证明.pdf');
    expect(saved.text()).toContain('2024年照片.png');
    expect(saved.find('textarea')?.text).toContain('已经写好的内容');
    const link =
      saved
        .all('a')
        .find((a) => (a.getAttribute('href') ?? '').includes('/attachments/'))
        ?.getAttribute('href')
        ?.replace(/\/preview$/, '') ?? '';
    const file = await visitor.bytes(link);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    const stranger = await signInAs(site, await makePerson(site));
    expect((await stranger.bytes(link)).status).toBe(404);
    const gone = await visitor.send(saved, {}, { button: `do=${saved.find('button[value^="delete-file:"]')?.getAttribute('value')}` });
    expect(gone.all('.files__name')).toHaveLength(0);
    expect(gone.text()).toContain('已删除「2024年照片.png」');
  });
});

describe('D0 a draft that was deleted', () => {
  test('D0 says before how long it is kept, and comes back with what was typed and uploaded', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    await visitor.send(
      await visitor.open(`/declarations/${id}/sections/performance`),
      { 'main.text': '已经写好的内容' },
      { button: 'do=upload:main.proof', files: [{ field: 'files:main.proof', name: '2024年照片.png', content: await tinyPng() }] },
    );
    const ask = await visitor.open(`/declarations/${id}/delete`);
    expect(ask.text()).toContain('保留 30 天');
    expect(ask.text()).toContain('在「我的申报信息」的「已删除的草稿」中恢复');
    const list = await visitor.send(ask);
    expect(list.text()).toContain('可以在下面的「已删除的草稿」中恢复');
    expect((await visitor.get(`/declarations/${id}`)).status).toBe(404);

    // the collector of files passes by, long after one removed file would be gone
    await site
      .db('declarations')
      .where({ id })
      .update({ deleted_at: site.db.raw("app_now() - interval '20 days'") });
    await collectOrphans(site.deps, () => Date.now() + 3 * 86_400_000);
    const stranger = await signInAs(site, await makePerson(site));
    const theirs = new URLSearchParams((await stranger.open('/declarations')).fields('.site-header__out'));
    expect((await stranger.request('POST', `/declarations/deleted/${id}`, theirs)).status).toBe(409);

    const back = await visitor.send(await visitor.open('/declarations'), {}, { form: `form[action="/declarations/deleted/${id}"]` });
    expect(back.text()).toContain('草稿已恢复');
    const section = await visitor.open(`/declarations/${id}/sections/performance`);
    expect(section.find('textarea')?.text).toContain('已经写好的内容');
    expect(section.all('.files__name').map((f) => f.text)).toEqual(['2024年照片.png']);
    const file = (section.find('.files__link')?.getAttribute('href') ?? '').replace(/\/preview$/, '');
    expect((await visitor.bytes(file)).status).toBe(200);
    expect((await visitor.open('/declarations')).text()).not.toContain('已删除的草稿');
  });

  test('D0 does not come back beside another one of the same committee, nor after its days', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    await visitor.submit(await visitor.open(`/declarations/${id}/delete`), {});
    const before = await visitor.open('/declarations');
    const second = await begin(visitor);
    const list = await visitor.open('/declarations');
    expect(list.all(`form[action="/declarations/deleted/${id}"]`)).toEqual([]);
    expect(list.text()).toContain('需要恢复的，请先删除新增的草稿');
    const refused = await visitor.send(before, {}, { form: `form[action="/declarations/deleted/${id}"]` });
    expect([refused.status, refused.heading]).toEqual([409, '操作没有生效']);
    expect(refused.text()).toContain('请先删除新增的草稿');
    expect(await site.db('declarations').where({ id: second }).first('deleted_at')).toEqual({ deleted_at: null });

    await visitor.submit(await visitor.open(`/declarations/${second}/delete`), {});
    const both = await visitor.open('/declarations');
    await site
      .db('declarations')
      .where({ id })
      .update({ deleted_at: site.db.raw("app_now() - interval '31 days'") });
    const late = await visitor.send(both, {}, { form: `form[action="/declarations/deleted/${id}"]` });
    expect(late.status).toBe(409);
    expect(late.text()).toContain('超过保留的期限');
    expect((await visitor.open('/declarations')).text()).not.toContain(id);
  });
});

async function tinyPng(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp({ create: { width: 40, height: 40, channels: 3, background: '#eef' } })
    .png()
    .toBuffer();
}

describe('D15, D16 submitting and what comes after', () => {
  test('D15 an incomplete form is not submitted and every missing item is a link', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const id = await begin(visitor);
    const check = await visitor.open(`/declarations/${id}/check`);
    expect(check.all('a').filter((a) => (a.getAttribute('href') ?? '').includes('/sections/')).length).toBeGreaterThan(10);
    expect(() => check.form()).toThrow();
    const anyForm = await visitor.open(`/declarations/${id}/delete`);
    const forced = await visitor.request('POST', `/declarations/${id}/moves/submit`, new URLSearchParams(anyForm.fields()));
    expect(forced.status).toBe(422);
    expect(forced.errors().length).toBeGreaterThan(10);
    expect(await stateOf(site, id)).toBe('draft');
  });

  test('B3, D15 without a photograph nothing is submitted; overview and check say so, and the way there leads back', async () => {
    const visitor = await signInAs(site, await makePerson(site, { name: applicant.name, photo: false }));
    const id = await begin(visitor);
    await complete(visitor, id);
    const overview = await visitor.open(`/declarations/${id}`);
    expect(overview.text('.progress-line')).toContain('还有 1 项需要填写');
    expect(overview.link('证件照')).toBe(`/profile?declaration=${id}#f-profile-photo`);
    const check = await visitor.open(`/declarations/${id}/check`);
    expect(check.text('.box--warning')).toContain('还有 1 项需要修改或者补充');
    expect(check.link('基本信息：请上传「证件照」')).toBe(`/profile?declaration=${id}#f-profile-photo`);
    expect(() => check.form()).toThrow();
    const anyForm = await visitor.open(`/declarations/${id}/delete`);
    const forced = await visitor.request('POST', `/declarations/${id}/moves/submit`, new URLSearchParams(anyForm.fields()));
    expect([forced.status, forced.errors()]).toEqual([422, ['基本信息：请上传「证件照」']]);
    expect(await stateOf(site, id)).toBe('draft');

    const profile = await visitor.open(`/profile?declaration=${id}`);
    const { default: sharp } = await import('sharp');
    const content = await sharp({ create: { width: 400, height: 560, channels: 3, background: '#8aa' } })
      .jpeg()
      .toBuffer();
    const uploaded = await visitor.send(
      profile,
      {},
      { button: 'do=upload:profile.photo', files: [{ field: 'files:profile.photo', name: '照片.jpg', content }] },
    );
    expect(uploaded.text('.notice')).toContain('照片已上传');
    expect(uploaded.text('.notice')).not.toContain('请继续填写后保存');
    const back = await visitor.open(uploaded.link('返回填写项目'));
    expect(back.text('.progress-line')).toContain('可以核对并提交');
    expect((await visitor.send(await visitor.open(`/declarations/${id}/check`))).text()).toContain('已完成「确定申报」');
    expect((await visitor.open('/profile?declaration=//elsewhere.example')).all('a').map((a) => a.text)).not.toContain('返回填写项目');
  });

  test('D15, D16, R1, R2, R3 the way up: pass and report at every level, then 受理', async () => {
    const { id, visitor } = await submitted();
    expect(await stateOf(site, id)).toBe('unit_review');
    const version = (await site.db('declaration_versions').where({ declaration_id: id }).first('sha256', 'content')) as {
      sha256: string;
      content: { sections: unknown[] };
    };
    expect(version.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(version.content.sections).toHaveLength(16);
    expect(JSON.stringify(version.content)).not.toContain('371002199');

    const clerk = await signInAs(site, unit);
    const dossier = await clerk.open(`/declarations/${id}`);
    expect(dossier.text()).toContain('山东艺术学院');
    expect(dossier.text()).toContain('《海之舞》获山东省群众舞蹈大赛二等奖');
    await move(clerk, id, 'pass');
    expect(await stateOf(site, id)).toBe('unit_passed');
    expect((await move(clerk, id, 'report')).text()).toContain('已完成「数据上报」');
    const upper = await signInAs(site, superior);
    await move(upper, id, 'pass');
    await move(upper, id, 'report');
    expect(await stateOf(site, id)).toBe('office_review');
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    await move(office, id, 'accept');
    expect(await stateOf(site, id)).toBe('accepted');
    const status = await visitor.open(`/declarations/${id}`);
    for (const words of ['确定申报', '审核通过', '数据上报', '受理', superior.name]) expect(status.text()).toContain(words);

    const { today } = await databaseNow(site.db);
    // a day on which there was nothing to vote on yet: it would stand on the certificate
    const before = await move(office, id, 'record-vote', {
      metOn: '2019.11.1',
      'vote.total': '11',
      'vote.present': '9',
      'vote.yes': '9',
      'vote.no': '0',
      'vote.abstain': '0',
    });
    expect(before.status).toBe(422);
    expect(before.text()).toContain(`评审会议日期不能早于申报人确定申报的日期（${showDate(today)}），请核对`);
    expect(before.find('#metOn')?.getAttribute('value')).toBe('2019.11.1');
    const bad = await move(office, id, 'record-vote', {
      metOn: today,
      'vote.total': '11',
      'vote.present': '7',
      'vote.yes': '7',
      'vote.no': '0',
      'vote.abstain': '0',
    });
    expect(bad.status).toBe(422);
    expect(bad.find('input[name="vote.present"]')?.getAttribute('value')).toBe('7');
    const figures = { metOn: today, 'vote.total': '11', 'vote.present': '9', 'vote.yes': '6', 'vote.no': '2', 'vote.abstain': '1' };
    // two figures changed over: the last look says what comes of them, and leads back with what was typed
    const failed = await move(office, id, 'record-vote', { ...figures, 'vote.yes': '2', 'vote.no': '6' });
    expect(failed.text()).toContain('表决结果：未通过');
    expect(failed.text()).toContain('赞成 2 人，不足参加人数 9 人的三分之二');
    expect(await stateOf(site, id)).toBe('accepted');
    const again = await office.send(failed, {}, { button: 'edit=yes' });
    expect([again.status, again.find('#vote-no')?.getAttribute('value')]).toEqual([200, '6']);
    // whoever changes the figures behind the last look sees the new result first
    const passed = await office.send(failed, { 'vote.yes': '6', 'vote.no': '2' });
    expect(passed.text()).toContain('表决结果：通过');
    expect(await stateOf(site, id)).toBe('accepted');
    await office.send(passed, {});
    expect(await stateOf(site, id)).toBe('voted_passed');
    await move(office, id, 'publish');
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    const early = await move(bureau, id, 'confirm');
    expect(early.text()).toContain('期满后才能确认');
    expect(await stateOf(site, id)).toBe('publicity');
    await site.db('publicities').update({ ends_on: site.db.raw('app_today() - 1'), starts_on: site.db.raw('app_today() - 9') });
    await move(bureau, id, 'confirm');
    expect(await stateOf(site, id)).toBe('certified');
    const list = await visitor.open('/declarations');
    const certificate = await visitor.bytes(list.link('下载证书'));
    expect(certificate.status).toBe(200);
    expect(certificate.body.subarray(0, 5).toString()).toBe('%PDF-');
    const form = await visitor.bytes(`/declarations/${id}/review-form.pdf`);
    expect(form.body.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('D16 withdrawn before the unit acted, and not after', async () => {
    const { id, visitor } = await submitted();
    await move(visitor, id, 'withdraw');
    expect(await stateOf(site, id)).toBe('draft');
    const clerk = await signInAs(site, unit);
    expect((await clerk.get(`/declarations/${id}`)).status).toBe(404);
    await visitor.send(await visitor.open(`/declarations/${id}/check`));
    await move(clerk, id, 'return-to-applicant', { opinion: '请补充', 'reopen.performance': 'yes', 'comment.performance': '请写明工作量' });
    expect((await visitor.get(`/declarations/${id}/moves/withdraw`)).status).toBe(403);
  });

  test('D17 only the returned sections reopen, and the resubmission goes back to the stop that returned it', async () => {
    const { id, visitor } = await submitted();
    const clerk = await signInAs(site, unit);
    await move(clerk, id, 'pass');
    await move(clerk, id, 'report');
    const upper = await signInAs(site, superior);
    const empty = await move(upper, id, 'return-to-applicant', { opinion: '材料不全' });
    expect(empty.errors().join()).toContain('请选择需要修改的项目');
    expect(empty.find('textarea[name="opinion"]')?.text).toContain('材料不全');
    await move(upper, id, 'return-to-applicant', {
      opinion: '材料不全',
      'comment.performance': '请写明工作量',
    });
    const page = await visitor.open(`/declarations/${id}`);
    expect(page.text()).toContain('请写明工作量');
    expect(page.text()).toContain('本次不需要修改');
    const locked = await visitor.open(`/declarations/${id}/sections/education`);
    expect([locked.status, locked.find('#form')]).toEqual([403, null]);
    expect(locked.text()).toContain('「学历信息」不在本次退回修改的范围内，不能修改');
    expect(locked.link('返回申报详情')).toBe(`/declarations/${id}`);
    // nor does the way through the sections lead into it
    const open = await visitor.open(`/declarations/${id}/sections/performance`);
    expect(open.all('a[href*="/sections/"]')).toEqual([]);
    await fillSection(visitor, id, { section: 'performance', groups: { main: { text: '全年组织活动 120 场，辅导 3000 人次。' } } });
    await visitor.send(await visitor.open(`/declarations/${id}/check`));
    const row = (await site.db('declarations').where({ id }).first('state', 'holder_unit_id', 'round')) as {
      state: string;
      holder_unit_id: number;
      round: number;
    };
    expect(row).toEqual({ state: 'unit_review', holder_unit_id: superior.unitId, round: 2 });
  });

  test('D17 what a correction makes wrong elsewhere opens with it, and stays open until it is handed in again', async () => {
    const { id, visitor } = await submitted();
    const clerk = await signInAs(site, unit);
    await move(clerk, id, 'return-to-applicant', { opinion: '请核对', 'comment.application': '申报方式应为破格' });
    const way = `/declarations/${id}/sections/way`;
    expect((await visitor.open(way)).status).toBe(403);
    await fillSection(visitor, id, { section: 'application', groups: { main: { way: 'exceptional' } } });
    const overview = await visitor.open(`/declarations/${id}`);
    expect(overview.link('申报方式说明')).toBe(way);
    expect(overview.text()).toContain('受其他项目修改的影响，请一并修改');
    let page = await fillSection(visitor, id, { section: 'way', groups: { main: { grounds: '符合破格条件第二条' } } });
    const proof = { field: 'files:main.proof', name: '2026年1月破格审批表.png', content: await tinyPng() };
    await visitor.send(page, {}, { button: 'do=upload:main.proof', files: [proof] });
    // nothing is wrong in it any more, and a word in it can still be changed
    page = await visitor.send(await visitor.open(way), { 'main.grounds': '符合破格条件第三条' }, { button: 'do=save' });
    expect([page.status, page.errors()]).toEqual([200, []]);
    expect((await visitor.open(`/declarations/${id}/sections/education`)).status).toBe(403);
    await visitor.send(await visitor.open(`/declarations/${id}/check`));
    expect(await stateOf(site, id)).toBe('unit_review');
  });

  test('D15, X4 the back button after the act: what stands in the way is said, with a link to where it stands now', async () => {
    const { id, visitor } = await submitted();
    for (const address of ['check', 'sections/education', 'moves/resubmit']) {
      const page = await visitor.open(`/declarations/${id}/${address}`);
      expect([address, page.status, page.link('查看最新内容')]).toEqual([address, 403, `/declarations/${id}`]);
    }
  });

  test('R1, F03 two reviewers on one item: the second is told and nothing is overwritten', async () => {
    const { id } = await submitted();
    const [a, b] = [await signInAs(site, unit), await signInAs(site, unit)];
    const [passPage, returnPage] = [
      await a.open(`/declarations/${id}/moves/pass`),
      await b.open(`/declarations/${id}/moves/return-to-applicant`),
    ];
    expect((await a.submit(passPage)).status).toBe(303);
    const second = await b.submit(returnPage, { opinion: '退回', 'reopen.performance': 'yes', 'comment.performance': '修改' });
    expect(second.status).toBe(409);
    expect(second.text()).toContain(`该申报已由${unit.name}`);
    expect(await stateOf(site, id)).toBe('unit_passed');
  });

  test('F04 确定申报 twenty times at once is one submission', async () => {
    const person = await makePerson(site, { name: applicant.name });
    const visitor = await signInAs(site, person);
    const id = await begin(visitor);
    await complete(visitor, id);
    const check = await visitor.open(`/declarations/${id}/check`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.submit(check)));
    expect(new Set(answers.map((x) => `${x.status} ${x.location}`))).toEqual(new Set([`303 /declarations/${id}?done=submit`]));
    const late = await visitor.submit(check);
    expect([late.status, late.location]).toEqual([303, `/declarations/${id}?done=submit`]);
    const events = await site.db('declaration_events').where({ declaration_id: id, move: 'submit' });
    expect(events).toHaveLength(1);
    expect(await site.db('declaration_versions').where({ declaration_id: id })).toHaveLength(1);
  });

  test('X1 every move has its audit row, and the chain is whole', async () => {
    const { id } = await submitted();
    await site.drainJobs();
    const rows = (await site.db('audit_log').where({ subject_id: id, action: 'declaration.submit' })) as unknown[];
    expect(rows).toHaveLength(1);
  });
});
