/** D1: adding a field touches one file. One section's file is given one more field of every kind; nothing else knows of them. */
import sharp from 'sharp';
import { collectOwnData } from '../../src/modules/accounts/own-data.read';
import { diffSections } from '../../src/form/diff-sections';
import { findDeclaration } from '../../src/modules/declarations/declarations.store';
import { contentOfRound, freezeVersion } from '../../src/modules/declarations/freeze-version';
import { loadDeclaration } from '../../src/modules/declarations/load-declaration';
import { ownWords } from '../../src/modules/declarations/own-words';
import { renderReviewForm } from '../../src/modules/printing';
import { skipped, textOf, withPdfToText } from '../print/read-pdf';
import {
  makeBatch,
  makeCommittee,
  makePerson,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestPerson,
  type TestUnit,
} from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import type * as sectionFile from '../../src/modules/declarations/sections/performance.section';
import type * as kinds from '../../src/form/fields';

jest.mock('../../src/modules/declarations/sections/performance.section', () => {
  const { performance } = jest.requireActual<typeof sectionFile>('../../src/modules/declarations/sections/performance.section');
  const f = jest.requireActual<typeof kinds>('../../src/form/fields');
  const required = true;
  const options = [
    { value: 'stage', text: '舞台作品' },
    { value: 'street', text: '街头作品' },
  ];
  const more = [
    f.text({ id: 'newText', label: '新增的一行字', required }),
    f.longText({ id: 'newLong', label: '新增的长文', required, limit: 100 }),
    f.yearMonth({ id: 'newMonth', label: '新增的年月', required, copies: 'no' }),
    f.date({ id: 'newDate', label: '新增的日期', required }),
    f.integer({ id: 'newNumber', label: '新增的整数', required, max: 99, unit: ' 场' }),
    f.fraction({ id: 'newRank', label: '新增的位次', required }),
    f.monthSpans({ id: 'newSpans', label: '新增的时段', required }),
    f.choice({ id: 'newChoice', label: '新增的选项', required, options }),
    f.choiceWithOther({ id: 'newOther', label: '新增的其他选项', required, options, otherLabel: '其他名称' }),
    f.yesNo({ id: 'newYesNo', label: '新增的是否', required }),
    f.creditCode({ id: 'newCode', label: '新增的代码', required }),
    f.unitPicker({ id: 'newUnit', label: '新增的单位', required }),
    f.fixed({ id: 'newFixed', label: '新增的计算值', value: (raw) => (raw.newNumber ? `共 ${raw.newNumber} 场次` : '') }),
    f.files({ id: 'newFiles', label: '新增的附件', hint: '新增的材料', required }),
  ];
  const fields = [f.text({ id: 'rowText', label: '新增行里的字', required })];
  const row = { rowLabel: '新增的记录', addLabel: '增加一条', emptyText: '没有新增的记录', min: 0, max: () => 5 };
  return {
    performance: {
      ...performance,
      parts: [...performance.parts, { kind: 'group', id: 'extra', fields: more }, { kind: 'rows', id: 'extraRows', ...row, fields }],
    },
  };
});

let site: Site;
let person: TestPerson;
let visitor: Visitor;
let unit: TestUnit;
let last: TestBatch;
let id: string;
const LABELS = '一行字 长文 年月 日期 整数 位次 时段 选项 其他选项 是否 代码 单位 计算值 附件'.split(' ').map((x) => `新增的${x}`);
const ADDRESS = (): string => `/declarations/${id}/sections/performance`;
const CODE = '12371002MB2857123X';

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  last = await makeBatch(site, { committeeId: committee.id, year: 2025 });
  unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  person = await makePerson(site);
  visitor = await signInAs(site, person);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${last.id}`));
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(() => site.close());

const typed = (): Record<string, string> => ({
  'main.text': '组织群众文化活动四十余场。',
  'extra.newText': '一行新字',
  'extra.newLong': '两段新文\n第二段新文',
  'extra.newMonth': '2024.5',
  'extra.newDate': '2024.6.7',
  'extra.newNumber': '36',
  'extra.newRank': '2/7',
  'extra.newSpans': '2023.1-2023.3',
  'extra.newChoice': 'street',
  'extra.newOther': 'other',
  'extra.newOtherOther': '海上作品',
  'extra.newYesNo': 'yes',
  'extra.newCode': unit.creditCode,
  'extra.newUnit': String(unit.unitId),
});
/** what readers read for it */
const SHOWN = (): string[] => [
  '一行新字',
  '第二段新文',
  '2024年5月',
  '2024年6月7日',
  '36 场',
  '2/7',
  '2023年1月至2023年3月',
  '街头作品',
  '海上作品',
  unit.creditCode,
  unit.name,
  '共 36 场次',
  '行里的新字',
];
const squeeze = (s: string): string => s.replace(/\s/g, '');
const expectAll = (text: string, words: readonly string[]): void => {
  const bare = squeeze(text);
  expect(words.filter((w) => !bare.includes(squeeze(w)))).toEqual([]);
};
async function fill(more: Record<string, string> = {}): Promise<Page> {
  let page = await visitor.open(ADDRESS());
  if (!page.find('[name$=".rowText"]')) page = await visitor.send(page, {}, { button: 'do=add-row:extraRows' });
  const row = page.find('[name$=".rowText"]')?.getAttribute('name') ?? '';
  return visitor.send(page, { ...typed(), [row]: '行里的新字', ...more }, { button: 'do=save' });
}
const freeze = async (round: number): Promise<void> => {
  const d = await findDeclaration(site.db, id);
  if (!d) throw new Error('not found');
  await site.db.transaction(async (trx) => freezeVersion(site.deps, trx, await loadDeclaration(site.deps, trx, d), round));
};

describe('D1 a field of every kind, added in one file', () => {
  test('D1 stands in the form, and its blank is advised in the draft and bars the submission', async () => {
    expectAll((await visitor.open(ADDRESS())).text(), [...LABELS, '增加一条']);
    const demanded = LABELS.filter((l) => l !== '新增的计算值');
    const advised = await visitor.open(`${ADDRESS()}?check=1`);
    expect(demanded.filter((l) => !advised.errors().some((e) => e.includes(`「${l}」`)))).toEqual([]);
    const barred = (await visitor.open(`/declarations/${id}/check`)).text();
    expectAll(
      barred,
      demanded.map((l) => `「${l}」`),
    );
  });

  test('D1 what cannot be read is kept as typed and named', async () => {
    const page = await fill({ 'extra.newNumber': '一百', 'extra.newRank': '7/2', 'extra.newCode': CODE });
    for (const label of ['新增的整数', '新增的位次', '新增的代码'])
      expect(page.errors().join()).toContain(label === '新增的代码' ? '代码' : label);
    expect(page.find('input[name="extra.newNumber"]')?.getAttribute('value')).toBe('一百');
  });

  test('D14 its files are uploaded; then nothing is missing', async () => {
    await fill();
    const content = await sharp({ create: { width: 60, height: 90, channels: 3, background: '#135' } })
      .jpeg()
      .toBuffer();
    const files = [{ field: 'files:extra.newFiles', name: '2024年5月新增材料.jpg', content }];
    await visitor.send(await visitor.open(ADDRESS()), {}, { button: 'do=upload:extra.newFiles', files });
    expect((await visitor.open(`${ADDRESS()}?check=1`)).errors()).toEqual([]);
  });

  test('D15 it is read before the submission, and printed', async () => {
    expectAll((await visitor.open(`/declarations/${id}/check`)).text(), [...LABELS, ...SHOWN(), '2024年5月新增材料.jpg']);
  });
  withPdfToText(`R4 it is printed${skipped}`, async () => {
    const printed = await renderReviewForm(site.deps, id, 'applicant');
    expectAll(textOf(printed?.pdf ?? Buffer.alloc(0)), [...LABELS, ...SHOWN(), '2024年5月新增材料.jpg']);
  });

  test('R3, D17 reviewers read it, and what was changed in it since the last round', async () => {
    await freeze(1);
    await fill({ 'extra.newText': '改过的新字', 'extra.newChoice': 'stage' });
    await freeze(2);
    await site
      .db('declarations')
      .where({ id })
      .update({
        state: 'unit_review',
        round: 2,
        stop_position: 0,
        unit_id: unit.unitId,
        holder_unit_id: unit.unitId,
        submitted_at: site.db.raw('app_now()'),
      });
    await site.db('declaration_stops').insert({ declaration_id: id, position: 0, unit_id: unit.unitId });
    const reviewer = await signInAs(site, unit);
    const page = await reviewer.open(`/unit/review/${id}`);
    expectAll(page.text(), [...LABELS, '改过的新字', '舞台作品', '行里的新字']);
    const [before, after] = [await contentOfRound(site.db, id, 1), await contentOfRound(site.db, id, 2)];
    const changed = diffSections(before?.sections ?? [], after?.sections ?? [])
      .flatMap((s) => s.parts.flatMap((p) => p.lines))
      .filter((l) => l.change === 'changed');
    expect(changed.map((l) => [l.label, l.was, l.text])).toEqual([
      ['新增的一行字', '一行新字', '改过的新字'],
      ['新增的选项', '街头作品', '舞台作品'],
    ]);
  });

  test('S63 it is part of what the person takes away, D0 and goes over into next year where it may', async () => {
    const own = JSON.stringify(await collectOwnData(site.db, site.deps.cipher, person.accountId, ownWords(site.deps)));
    expectAll(own, [...LABELS, '一行新字', '改过的新字', '共 36 场次', '2024年5月新增材料.jpg']);
    await site.db('declarations').where({ id }).update({ state: 'refused' });
    const next = await makeBatch(site, { committeeId: last.committeeId, year: 2026 });
    const page = await visitor.open(`/declarations/new/${next.id}`);
    const copy = page.all('select[name="copy"] option').at(-1)?.getAttribute('value') ?? '';
    const answer = await visitor.submit(page, { copy });
    const copied = await visitor.open(`/declarations/${/declarations\/([0-9a-f-]{36})/.exec(answer.location)?.[1]}/sections/performance`);
    expect(copied.find('input[name="extra.newText"]')?.getAttribute('value')).toBe('改过的新字');
    expect(copied.find('input[name="extra.newMonth"]')?.getAttribute('value') ?? '').toBe('');
    expect(copied.find('[name$=".rowText"]')?.getAttribute('value')).toBe('行里的新字');
    expectAll(copied.text(), ['2024年5月新增材料.jpg', unit.name]);
  });
});
