/** D8: study hours from a bureau's file and from the platform. */
import { askPlatform } from '../../src/modules/education';
import { openPlatform, type TestPlatform } from '../support/learning-platform';
import { makeBatch, makeCommittee, makePerson, makeStaff, residentId, signInAs, type TestBatch } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let platform: TestPlatform;
let bureau: Visitor;
let batch: TestBatch;
const HEAD = '证件号码,姓名,年度,类别,学习内容,学时,开始时间,结束时间,学习地点,证明人';
const GB_HEAD_ROW = 'id,name';

beforeAll(async () => {
  platform = await openPlatform();
  site = await openSite({
    EDU_PLATFORM_URL: platform.url,
    EDU_PLATFORM_KEY: platform.key,
    EDU_PLATFORM_ACCOUNT: platform.account,
    EDU_PLATFORM_NAME: '省继续教育平台',
  });
  bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
  batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
});
afterAll(async () => {
  await site.close();
  await platform.close();
});

const upload = async (content: string | Buffer, visitor = bureau, name = '学时.csv'): Promise<Page> =>
  visitor.send(await visitor.open('/bureau/learning'), {}, { files: [{ field: 'file', name, content: Buffer.from(content as string) }] });
const stored = async (idNumber: string): Promise<{ title: string; hours: string; source_name: string }[]> => {
  const { rows } = await site.db.raw<{ rows: { title: string; hours: string; source_name: string }[] }>(
    `SELECT title, hours::text, source_name FROM learning_records WHERE person_index = ? ORDER BY title`,
    [site.deps.cipher.blindIndex(idNumber, 'sign-in-name')],
  );
  return rows;
};

describe('D8 the bureau’s file', () => {
  test('D8 good rows go in, bad ones are named with their line and the reason; the same file again changes nothing', async () => {
    const person = await makePerson(site, { name: '阿依努尔·吐尔逊', photo: false });
    const other = residentId(901);
    const file = [
      HEAD,
      `${person.idNumber},阿依努尔•吐尔逊,2025,专业科目,舞蹈编排,24,2025.3.10,2025.3.12,威海市文化馆,王丽`,
      `${other},还没注册的人,2025年,公需科目,人工智能,30.5,2025-5-1,2025年5月6日,,`,
      `${other.slice(0, 17)}${other.endsWith('0') ? '1' : '0'},号码错,2025,公需科目,人工智能,30,2025.5.1,2025.5.6,,`,
      `${person.idNumber},张三,2025,专业科目,声乐,8,2025.3.10,2025.3.12,,`,
      `${person.idNumber},阿依努尔·吐尔逊,2025,选修,声乐,8,2025.3.10,2025.3.12,,`,
      `${person.idNumber},阿依努尔·吐尔逊,2025,专业科目,声乐,八,2025.3.10,2025.3.12,,`,
      `${person.idNumber},阿依努尔·吐尔逊,2025,专业科目,声乐,8,2025.3.12,2025.3.10,,`,
      `${person.idNumber},阿依努尔·吐尔逊,2025,专业科目,舞蹈编排,40,2025.3.10,2025.3.12,,`,
      `${person.idNumber},阿依努尔·吐尔逊,2025,专业科目,"舞蹈,编排",8,2025.3.10,2025.3.12,,,多`,
    ].join('\r\n');
    const page = await upload(file);
    expect(page.text()).toContain('共 9 行：新增 2 行，更新 0 行，内容相同 0 行，未导入 7 行');
    const reasons = page.all('section table tbody tr').map((tr) => tr.text.replace(/\s+/g, ' ').trim());
    const expected = [
      '4 「证件号码」',
      '5 「姓名」',
      '6 「类别」',
      '7 「学时」',
      '8 「结束时间」早于',
      '9 与第 2 行',
      '10 这一行的列数比表头多',
    ];
    expect(reasons.map((r, i) => r.startsWith(expected[i] ?? '?'))).toEqual(expected.map(() => true));
    expect(await stored(person.idNumber)).toEqual([
      { title: '舞蹈编排', hours: '24.0', source_name: expect.stringContaining('环翠区') as string },
    ]);
    expect((await upload(file)).text()).toContain('新增 0 行，更新 0 行，内容相同 2 行，未导入 7 行');
    expect((await upload(file.replace(',24,', ',26,'))).text()).toContain('更新 1 行');
    expect((await stored(person.idNumber))[0]?.hours).toBe('26.0');
    const audit = (await site.db('audit_log').where({ action: 'learning.import' }).select('detail')) as { detail: unknown }[];
    expect(audit).toHaveLength(3);
    expect(JSON.stringify(audit)).not.toContain(person.idNumber);
  });

  test('D8 a file that is none is refused as a whole, with its reason beside the field (X4)', async () => {
    for (const [content, words] of [
      ['PK\u0003\u0004', 'Excel'],
      [`${GB_HEAD_ROW}\n1,2\n`, '表头'],
      [HEAD, '没有数据'],
    ] as const) {
      const page = await upload(content);
      expect([page.status, page.errors().join()]).toEqual([422, expect.stringContaining(words)]);
    }
    const nothing = await bureau.send(await bureau.open('/bureau/learning'));
    expect(nothing.errors()).toEqual(['请选择要导入的文件']);
  });

  test('D8 ten thousand rows go in with one statement', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => {
      const id = residentId(i % 1000, `19${70 + Math.floor(i / 1000)}0101`);
      return `${id},人员${i},2024,专业科目,岗位培训,${(i % 90) + 1},2024.4.1,2024.4.9,,`;
    });
    const began = performance.now();
    const page = await upload([HEAD, ...rows].join('\n'));
    console.log(`D8: 10,000 rows in ${Math.round(performance.now() - began)} ms`);
    expect(page.text()).toContain('新增 10000 行');
  });

  test('D8 an import is taken back by its bureau and by no other', async () => {
    const id = residentId(77);
    await upload(`${HEAD}\n${id},某人,2025,公需科目,撤销测试,10,2025.1.1,2025.1.2,,\n`, bureau, '要撤销.csv');
    const list = await bureau.open('/bureau/learning');
    const href = list.link('撤销');
    const stranger = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371082' }));
    expect((await stranger.get(href)).status).toBe(404);
    expect((await stranger.open('/bureau/learning')).text()).not.toContain('要撤销.csv');
    const ask = await bureau.open(href);
    expect(ask.text()).toContain('1 条学习记录');
    expect((await bureau.send(ask)).text()).toContain('删除了 1 条学习记录');
    expect(await stored(id)).toEqual([]);
  });
});

describe('D8 the platform', () => {
  test('D8 asked when a declaration begins, by the queue and not by a page; what the platform dropped goes', async () => {
    const person = await makePerson(site, { photo: false });
    const visitor = await signInAs(site, person);
    const course = { year: 2025, kind: 'public' as const, hours: 30, beginsOn: '2025-02-01', endsOn: '2025-02-03', place: '', witness: '' };
    platform.records.set(person.idNumber, [
      { ...course, id: 'a', title: '生态文明' },
      { ...course, id: 'b', title: '人工智能' },
      { ...course, id: 'c', title: '很久以前', year: 2010 },
    ]);
    platform.questions = [];
    await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
    expect(platform.questions).toHaveLength(0);
    await site.drainJobs();
    expect(platform.questions).toHaveLength(1);
    expect((await stored(person.idNumber)).map((r) => [r.title, r.source_name])).toEqual([
      ['人工智能', '省继续教育平台'],
      ['生态文明', '省继续教育平台'],
    ]);
    platform.records.set(person.idNumber, [{ ...course, id: 'b', title: '人工智能', hours: 32 }]);
    await site.composition.jobs['learning:fetch']({ accountId: person.accountId });
    expect(await stored(person.idNumber)).toEqual([{ title: '人工智能', hours: '32.0', source_name: '省继续教育平台' }]);
    expect(platform.complaints).toEqual([]);
  });

  test('D8 a dead platform is said, costs nothing and is asked again by the queue', async () => {
    const person = await makePerson(site, { photo: false });
    platform.fault = 'down';
    await site.db.transaction(async (trx) => {
      expect(await askPlatform(site.deps, trx, person.accountId)).toBe('asked');
      expect(await askPlatform(site.deps, trx, person.accountId)).toBe('already-asked');
    });
    await expect(site.composition.jobs['learning:fetch']({ accountId: person.accountId })).rejects.toThrow('out of reach');
    const fetch = (await site.db('learning_fetches').where({ state: 'unreachable' })) as unknown[];
    expect(fetch).toHaveLength(1);
    platform.fault = 'none';
    await site.composition.jobs['learning:fetch']({ accountId: person.accountId });
    expect(await site.db('learning_fetches').where({ state: 'unknown' })).toHaveLength(1);
  });
});
