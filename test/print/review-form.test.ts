import { execFileSync } from 'node:child_process';
import { PDFDocument } from 'pdf-lib';
import { collectOrphans } from '../../src/modules/attachments';
import { findActor, findPerson } from '../../src/modules/accounts';
import { findDeclaration } from '../../src/modules/declarations/declarations.store';
import { freezeVersion } from '../../src/modules/declarations/freeze-version';
import { loadDeclaration } from '../../src/modules/declarations/load-declaration';
import { importRecords } from '../../src/modules/education';
import { renderReviewForm } from '../../src/modules/printing';
import { chineseNumber, pairRows, printSection } from '../../src/modules/printing/section-print';
import { maskIdNumber, maskMobile } from '../../src/lib/mask';
import { signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';
import { declare, makeWorld, RARE_NAME, type Declared, type World } from './certificate-fixture';
import { fontsOf, keepPrint, skipped, textOf, withPdfToText } from './read-pdf';

const squeeze = (s: string): string => s.replace(/\s/g, '');
/** Without what stands at the foot of pages, so that answers running over a page stay whole. */
const wordsOf = (pdf: Buffer): string => textOf(pdf).replace(/(?:[0-9A-F]{4}(?:-[0-9A-F]{4}){3})?第\d+页共\d+页/g, '');

let site: Site;
let world: World;
const print = async (d: Declared, reader?: 'applicant'): Promise<Buffer> => {
  const made = await renderReviewForm(site.deps, d.id, reader);
  if (!made) throw new Error('nothing printed');
  return made.pdf;
};

beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
  await site.deps.printer.warm();
});
afterAll(() => site.close());

describe('R4 评审表', () => {
  let d: Declared;
  let pdf: Buffer;
  beforeAll(async () => {
    d = await declare(site, world, { long: true });
    pdf = await print(d);
    keepPrint('review-form-long.pdf', pdf);
  });

  it('is A4 with several pages, all fonts embedded', async () => {
    const file = await PDFDocument.load(pdf);
    expect(file.getPageCount()).toBeGreaterThan(5);
    const { width, height } = file.getPage(0).getSize();
    expect([width, height].map((points) => Math.round((points / 72) * 25.4))).toEqual([210, 297]);
    const { names, notEmbedded } = await fontsOf(pdf);
    expect(names.length).toBeGreaterThan(0);
    expect(notEmbedded).toEqual([]);
  });

  withPdfToText(`prints every answer of the submitted content, label and words${skipped}`, () => {
    const text = wordsOf(pdf);
    const lines = d.content.sections.flatMap((s) => s.parts.flatMap((p) => [...p.lines, ...p.items.flatMap((i) => i.lines)]));
    expect(lines.length).toBeGreaterThan(150);
    const missing = lines.filter((l) => !text.includes(squeeze(l.text)) || !text.includes(squeeze(l.label)));
    expect(missing).toEqual([]);
    for (const s of d.content.sections) expect(text).toContain(squeeze(s.title));
    expect(d.content.sections.find((s) => s.id === 'performance')?.parts[0]?.lines[0]?.text.length).toBeGreaterThan(1000);
    expect(text).toContain('2008年7月本科毕业证书.jpg');
  });

  withPdfToText(`keeps the commitment and the line for its signature on one page${skipped}`, async () => {
    const other = await declare(site, world, { name: '周承诺' });
    const { person_id: person } = (await site.db('declarations').where({ id: other.id }).first('person_id')) as { person_id: number };
    const text = [
      '职称申报诚信承诺书',
      ...Array.from({ length: 7 }, (_, i) => `${i + 1}、${'本人所填信息真实、准确、完整，与原始证件一致。'.repeat(3)}`),
    ];
    await site
      .db('commitments')
      .where({ account_id: person })
      .update({ text: text.join('\n') });
    const pages = execFileSync('pdftotext', ['-raw', '-', '-'], { input: await print(other) })
      .toString()
      .split('\f')
      .map(squeeze);
    const signed = pages.filter((p) => p.includes('本人签名'));
    expect(signed).toEqual([expect.stringContaining('1、本人所填信息真实')]);
    expect(signed[0]).toContain('诚信承诺书');
  });

  withPdfToText(`B5 prints rare characters, in the cover and the basics${skipped}`, () => {
    expect(wordsOf(pdf).split(RARE_NAME).length - 1).toBeGreaterThanOrEqual(2);
  });

  withPdfToText(`numbers its pages and repeats the check code of the version${skipped}`, async () => {
    const raw = textOf(pdf);
    const pages = (await PDFDocument.load(pdf)).getPageCount();
    for (let n = 2; n <= pages; n++) expect(raw).toContain(`第${n}页共${pages}页`);
    expect(raw).not.toContain('第1页共');
    const { sha256 } = (await site.db('declaration_versions').where({ declaration_id: d.id }).first('sha256')) as { sha256: string };
    expect(raw).toContain(
      `校验码：${sha256
        .slice(0, 16)
        .toUpperCase()
        .replace(/(.{4})(?=.)/g, '$1-')}`,
    );
  });

  withPdfToText(`fills the opinions, the vote and the publicity in${skipped}`, () => {
    const text = wordsOf(pdf);
    for (const words of [
      '山东省专业技术职称评审表',
      '填表说明',
      '诚信承诺书',
      '经审核，申报材料真实完整，同意推荐。',
      '同意呈报。',
      '威海市环翠区文化和旅游局审核通过（经办人：于海波',
      '总人数参加人数赞成反对弃权结果',
      '25232021通过',
      '2026年11月20日召开评审会议',
      '公示时间：2026年11月23日至2026年11月27日',
      '单位推荐排序：1/1000',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('草稿');
  });

  withPdfToText(`X3 shows the ID number and telephone in full to the applicant only${skipped}`, async () => {
    const mobile = (await findPerson(site.db, site.deps.cipher, d.personId))?.mobile ?? '';
    const forOthers = wordsOf(pdf);
    expect(forOthers).not.toContain(d.idNumber);
    expect(forOthers).toContain(maskIdNumber(d.idNumber));
    expect(forOthers).toContain(maskMobile(mobile));
    const own = wordsOf(await print(d, 'applicant'));
    expect(own).toContain(d.idNumber);
    expect(own).toContain(mobile);
  });

  withPdfToText(`marks what was not submitted as 草稿${skipped}`, async () => {
    const draft = await declare(site, world, { state: 'draft', name: '于晓梅' });
    const printed = await print(draft, 'applicant');
    keepPrint('review-form-draft.pdf', printed);
    const text = wordsOf(printed);
    expect(text).toContain('草稿');
    expect(text).toContain('尚未提交，不得作为申报材料');
    expect(text).not.toContain('校验码：');
  });

  withPdfToText(`D17 prints for others what was submitted while the applicant corrects it${skipped}`, async () => {
    const corrected = await declare(site, world, { state: 'unit_review', name: '于海洋' });
    await site
      .db('declarations')
      .where({ id: corrected.id })
      .update({ state: 'returned_to_applicant', reopened_sections: ['performance'] });
    await site
      .db('declaration_sections')
      .where({ declaration_id: corrected.id, section: 'performance' })
      .update({ raw: JSON.stringify({ groups: { main: { text: '修改之后的成绩' } }, rows: {} }) });
    expect(wordsOf(await print(corrected))).not.toContain('修改之后的成绩');
    const own = wordsOf(await print(corrected, 'applicant'));
    expect(own).toContain('修改之后的成绩');
    expect(own).toContain('草稿');
  });

  withPdfToText(`B4 keeps the submitted name after a correction and says so, in the frozen version only${skipped}`, async () => {
    const own = await declare(site, world, { state: 'unit_review' });
    const { person_id: person } = (await site.db('declarations').where({ id: own.id }).first('person_id')) as { person_id: number };
    const [support] = (await site
      .db('accounts')
      .insert({ role: 'support', login_name: 'zhichi', password_hash: 'x', display_name: '姜晓东' })
      .returning('id')) as { id: number }[];
    await site.db('persons').where({ account_id: person }).update({ name: '于德水' });
    await site.db('identity_corrections').insert({
      account_id: person,
      kind: 'name',
      old_name: own.content.applicant.name,
      new_name: '于德水',
      reason: '证件为准',
      evidence_name: 'a.jpg',
      evidence_type: 'image/jpeg',
      evidence_sha256: 'a'.repeat(64),
      requested_by: support?.id,
      state: 'confirmed',
      decided_at: site.db.raw('app_now()'),
    });
    const text = wordsOf(await print(own));
    expect(text).toContain(`由「${own.content.applicant.name}」更正为「于德水」，本表保留提交时的姓名`);
    expect(text).toContain(`姓名${own.content.applicant.name}`);
    await site.db('persons').where({ account_id: person }).update({ name: own.content.applicant.name });
    expect(wordsOf(await print(own))).not.toContain('本表保留提交时的姓名');
  });

  it('is a download, recorded when somebody else takes it (X1), and hidden from strangers (X2)', async () => {
    const address = `/declarations/${d.id}/review-form.pdf`;
    const own = await (await signInAs(site, d)).bytes(address);
    expect(own.status).toBe(200);
    expect(own.headers.get('content-type')).toBe('application/pdf');
    expect(own.headers.get('content-disposition')).toContain(encodeURIComponent(`${RARE_NAME}职称评审表.pdf`));
    const log = () => site.db('audit_log').where({ action: 'review-form.download', subject_id: d.id });
    expect(await log()).toEqual([]);
    expect((await (await signInAs(site, world.unit)).bytes(address)).status).toBe(200);
    expect(await log()).toMatchObject([{ actor_id: world.unit.accountId }]);
    const stranger = await declare(site, world, { state: 'draft', name: '路人甲' });
    expect((await (await signInAs(site, stranger)).bytes(address)).status).toBe(404);
  });

  it('M6 is printed once: asked for again it is the file that was kept, through the policy; whatever stands on it prints it anew', async () => {
    const of = await declare(site, world, { state: 'unit_review', name: '丛海涛', photo: false });
    await site.db('declaration_stops').insert({ declaration_id: of.id, position: 0, unit_id: world.unit.unitId });
    const kept = async (n: number): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        if ((await site.db('printed_forms').where({ declaration_id: of.id })).length === n) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`${n} prints were not kept`);
    };
    const prints = (): number => site.deps.printer.stats().prints;
    const address = `/declarations/${of.id}/review-form.pdf`;
    const unit = await signInAs(site, world.unit);
    const before = prints();
    const first = await unit.bytes(address);
    await kept(1);
    const again = await unit.bytes(address);
    expect([again.status, again.body.equals(first.body), prints() - before]).toEqual([200, true, 1]);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    // kept or not, it is nobody else's
    expect((await (await signInAs(site, await declare(site, world, { state: 'draft', name: '路人乙' }))).bytes(address)).status).toBe(404);
    // the applicant's own shows the whole numbers: another file
    const own = await signInAs(site, of);
    expect((await own.bytes(address)).body.equals(first.body)).toBe(false);
    await kept(2);
    expect(prints() - before).toBe(2);
    // something happens to it: printed anew
    await site
      .db('declaration_stops')
      .where({ declaration_id: of.id })
      .update({ passed_at: site.db.raw('app_now()') });
    await unit.bytes(address);
    await kept(3);
    expect(prints() - before).toBe(3);
    // a lost file is printed anew
    const rows = (await site.db('printed_forms').where({ declaration_id: of.id }).select('sha256')) as { sha256: string }[];
    for (const { sha256 } of rows) await site.deps.storage.delete(sha256);
    expect((await unit.bytes(address)).status).toBe(200);
    expect(prints() - before).toBe(4);
    await kept(3);
    // what the applicant is writing is never kept, and old prints are forgotten with their files
    await site.db('declarations').where({ id: of.id }).update({ state: 'returned_to_applicant' });
    await own.bytes(address);
    expect((await site.db('printed_forms').where({ declaration_id: of.id })).length).toBe(3);
    await site.db('printed_forms').update({ printed_at: site.db.raw("app_now() - interval '31 days'") });
    const files = (await site.db('printed_forms').where({ declaration_id: of.id }).pluck('sha256')) as string[];
    await collectOrphans(site.deps, () => Date.now() + 2 * 24 * 3600_000);
    expect(await site.db('printed_forms')).toEqual([]);
    expect(await Promise.all(files.map((f) => site.deps.storage.has(f)))).toEqual(files.map(() => false));
  }, 60_000);

  withPdfToText(`D8 prints the study hours that the bureau recorded, and the unit reads the same${skipped}`, async () => {
    const d8 = await declare(site, world, { state: 'draft', name: '于海燕' });
    const bureau = await findActor(site.db, world.bureau.accountId);
    if (bureau?.divisionCode === undefined) throw new Error('no bureau');
    const file = [
      '证件号码,姓名,年度,类别,学习内容,学时,开始时间,结束时间,学习地点,证明人',
      `${d8.idNumber},于海燕,2025,专业科目,舞蹈编排与排练,60,2025.3.10,2025.5.12,威海市群众文化培训中心,丛海波`,
      `${d8.idNumber},于海燕,2025,公需科目,人工智能应用,30.5,2025.6.1,2025.6.6,省继续教育平台,`,
    ].join('\r\n');
    const source = '威海市环翠区人力资源和社会保障局';
    const imported = await importRecords(
      site.deps,
      { ...bureau, divisionCode: bureau.divisionCode },
      source,
      { name: '学时.csv', content: Buffer.from(file) },
      'test',
    );
    expect(imported).toMatchObject({ kind: 'done', report: { added: 2, refused: 0 } });
    const row = await findDeclaration(site.db, d8.id);
    if (!row) throw new Error('not found');
    await site.db.transaction(async (trx) => freezeVersion(site.deps, trx, await loadDeclaration(site.deps, trx, row), 1));
    await site
      .db('declarations')
      .where({ id: d8.id })
      .update({
        state: 'unit_review',
        round: 1,
        stop_position: 0,
        holder_unit_id: world.unit.unitId,
        submitted_at: site.db.raw('app_now()'),
      });
    await site.db('declaration_stops').insert({ declaration_id: d8.id, position: 0, unit_id: world.unit.unitId });

    const pdf = wordsOf(await print(d8));
    const read = await (await signInAs(site, world.unit)).open(`/unit/review/${d8.id}`);
    expect(read.status).toBe(200);
    const shown = squeeze(read.text());
    for (const words of [
      '各年度学时（继续教育记录）',
      '90.5学时，其中专业科目60学时、公需科目30.5学时',
      '舞蹈编排与排练（专业科目）',
      '人工智能应用（公需科目）',
      '2025年3月10日',
      '威海市群众文化培训中心',
      '丛海波',
      source,
    ]) {
      expect(pdf).toContain(words);
      expect(shown).toContain(words);
    }
    expect(shown).not.toContain(d8.idNumber);
  });

  it('prints without a photograph that the storage has lost, and says so in the log', async () => {
    const lost = await declare(site, world, { state: 'unit_review', name: '于海燕' });
    const sha256 = 'f'.repeat(64);
    await site.db('persons').where({ account_id: lost.personId }).update({ photo_sha256: sha256 });
    await site.db('declarations').where({ id: lost.id }).update({ state: 'returned_to_applicant' });
    expect((await print(lost, 'applicant')).length).toBeGreaterThan(10_000);
    expect(site.log.some((l) => l.includes('photograph') && l.includes(sha256))).toBe(true);
  });
});

describe('R4 the layout of a section', () => {
  const line = (label: string, text: string) => ({ label, text });
  const part = { id: 'x', title: '', lines: [], files: [], items: [], isRows: true };

  it('puts two short answers side by side and gives long ones the whole width', () => {
    const rows = pairRows([line('甲', '一'), line('乙', '二'), line('丙', '长'.repeat(40)), line('丁', '四')]);
    expect(rows.map((r) => r.map((l) => l.label))).toEqual([['甲', '乙'], ['丙'], ['丁']]);
  });

  it('makes one table of rows alike and short, blocks of all others, and says 无 where there are none', () => {
    const item = (n: number, ...lines: { label: string; text: string }[]) => ({ id: `row${n}`, lines, files: [] });
    const of = (items: ReturnType<typeof item>[]) => printSection({ id: 's', title: '段', parts: [{ ...part, items }] }).parts[0]?.kind;
    expect(of([])).toBe('none');
    expect(of([item(1, line('甲', '一')), item(2, line('甲', '二'))])).toBe('table');
    expect(of([item(1, line('甲', '一')), item(2, line('乙', '二'))])).toBe('items');
    expect(of([item(1, line('甲', '一\n二'))])).toBe('items');
  });

  it('counts headings in Chinese', () => {
    expect([1, 9, 10, 11, 20, 21, 99].map(chineseNumber)).toEqual(['一', '九', '十', '十一', '二十', '二十一', '九十九']);
  });
});
