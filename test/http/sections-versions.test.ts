/** What was frozen under older definitions stays readable as it was: on the page, in print, and beside what is written today. */
import { diffSections } from '../../src/form/diff-sections';
import type { SectionText } from '../../src/form/section-text';
import type { FrozenContent } from '../../src/modules/declarations';
import { renderReviewForm } from '../../src/modules/printing';
import { makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let unit: TestUnit;
let id: string;

/** As revision 1 kept it: six sections, files without the item they belong to. */
const sections: SectionText[] = [
  {
    id: 'application',
    title: '申报信息',
    parts: [{ id: 'main', title: '', isRows: false, items: [], files: [], lines: [{ label: '旧的字段名称', text: '旧的内容' }] }],
  },
  {
    id: 'achievements',
    title: '任现职以来取得的代表性成果',
    parts: [
      {
        id: 'results',
        title: '代表性成果',
        isRows: true,
        lines: [],
        files: [],
        items: [
          {
            id: 'row001',
            lines: [{ label: '成果名称', text: '《潮声》' }],
            files: [{ id: 'f', name: '2020年证书.jpg', mediaType: 'image/jpeg', size: 1, sha256: 'a'.repeat(64), hasThumbnail: false }],
          },
        ],
      },
    ],
  },
  {
    id: 'a-section-no-longer-asked',
    title: '已取消的项目',
    parts: [{ id: 'main', title: '', isRows: false, items: [], files: [], lines: [{ label: '甲', text: '乙丙丁' }] }],
  },
];
const content: FrozenContent = {
  revision: 1,
  round: 1,
  applicant: { name: '测试', sex: '女', bornOn: '1990-01-01', ethnicity: '汉族', politicalStatus: '', nativePlace: '', photoSha256: null },
  batch: { year: 2026, series: '群众文化', level: '初级职称', committee: '某评审委员会' },
  unit: '某单位',
  sections,
};

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  unit = await makeUnit(site);
  id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
  await site.db('declaration_versions').insert({ declaration_id: id, round: 1, content: JSON.stringify(content), sha256: 'b'.repeat(64) });
});
afterAll(() => site.close());

describe('D15 a version of older definitions', () => {
  test('D15 reads on the page as it was frozen, also what is no longer asked', async () => {
    const page = await (await signInAs(site, unit)).open(`/declarations/${id}`);
    expect(page.status).toBe(200);
    for (const words of ['旧的字段名称', '旧的内容', '《潮声》', '2020年证书.jpg', '已取消的项目', '乙丙丁'])
      expect(page.text()).toContain(words);
    expect(page.text()).not.toContain('任现职以来考核情况');
  });

  test('R4 prints', async () => {
    const made = await renderReviewForm(site.deps, id);
    expect(made?.pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('R1 compares with what is written today', () => {
    const today: SectionText[] = structuredClone(sections.slice(0, 2));
    for (const f of today[1]?.parts[0]?.items[0]?.files ?? []) f.label = '证书和佐证材料';
    today[1]?.parts[0]?.items[0]?.lines.push({ label: '位次', text: '1/1' });
    expect(diffSections(sections, today).map((s) => [s.id, s.change, s.count])).toEqual([
      ['application', 'same', 0],
      ['achievements', 'changed', 1],
      ['a-section-no-longer-asked', 'removed', 1],
    ]);
  });
});
