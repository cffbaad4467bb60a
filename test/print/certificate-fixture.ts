/** A small world for the tests of printed papers: committee, batch, units, a person with a photograph and declarations in any state, made directly as rows. */
import sharp from 'sharp';
import { canonicalJson, sha256Hex } from '../../src/lib/canonical-json';
import { issueCertificate } from '../../src/modules/certificates';
import { currentContent, findDeclaration, loadDeclaration, type FrozenContent } from '../../src/modules/declarations';
import { makeBatch, makeCommittee, makePerson, makeStaff, makeUnit, residentId, type TestStaff, type TestUnit } from '../support/factories';
import type { Site } from '../support/site';

export const RARE_NAME = '买䶮𬀩·㛃𫖯';

export interface World {
  committee: { id: number; name: string };
  batchId: number;
  unit: TestUnit;
  upper: TestUnit;
  office: TestStaff;
  bureau: TestStaff;
  seriesId: number;
  titleId: number;
  speciality: string;
}

const paragraph =
  '组织开展群众文化活动，负责策划、编排和辅导工作，完成年度任务，取得良好社会效果。参与非物质文化遗产保护和传承，深入街道、社区和村居开展培训，受到群众欢迎。';

/** The sections of a declaration as they are typed; `long` fills them to the brim. */
export function typedSections(w: World, long = false): Record<string, object> {
  const results = Array.from({ length: long ? 15 : 3 }, (_, i) => ({
    id: `result${String(i).padStart(2, '0')}`,
    values:
      i % 3 === 0
        ? {
            kind: 'paper',
            name: `《新时代基层群众文化工作的实践与思考（${i + 1}）》`,
            journal: '人文之友',
            serial: 'CN13-1338/G0',
            date: `2021-${String((i % 12) + 1).padStart(2, '0')}`,
            rank: '1/1',
          }
        : {
            kind: 'award',
            name: `舞蹈作品《海之韵${i + 1}》获山东省第${i + 1}届群众艺术优秀新创作品评选二等奖`,
            date: `2022-${String((i % 12) + 1).padStart(2, '0')}`,
            rank: `${(i % 3) + 1}/3`,
            authority: '山东省文化和旅游厅',
            level: 'provincial',
          },
  }));
  const jobs = Array.from({ length: long ? 9 : 2 }, (_, i) => ({
    id: `job${String(i).padStart(3, '0')}`,
    values: {
      from: `${2008 + i}-09`,
      ...(i === (long ? 8 : 1) ? {} : { to: `${2009 + i}-08` }),
      post: `威海市环翠区文化馆-群众文化部-${i === 0 ? '无' : '助理馆员'}`,
      work: '群众文化辅导',
      position: i === 0 ? '无' : '助理馆员',
      brief: i % 2 === 0 ? '负责舞蹈辅导。' : '从事舞蹈创作和基层文艺骨干培训。',
    },
  }));
  return {
    application: {
      groups: {
        main: {
          year: '2026',
          rank: '1/3',
          level: 'middle',
          series: String(w.seriesId),
          title: String(w.titleId),
          speciality: w.speciality,
          way: 'normal',
          unit: String(w.unit.unitId),
          isWorkUnit: 'yes',
          isEntrusted: 'no',
          startedOn: '2008-09',
          years: '17',
        },
      },
      rows: {},
    },
    education: {
      groups: {
        fullTime: {
          has: 'yes',
          school: '山东艺术学院',
          major: '舞蹈学（师范方向）',
          education: 'university',
          degree: 'bachelor',
          graduatedOn: '2008-07',
          isDomestic: 'yes',
          registerCode: 'ABCD1234EFGH5678',
        },
        basis: { isSame: 'yes' },
      },
      rows: {},
    },
    'current-title': {
      groups: {},
      rows: {
        titles: [
          {
            id: 'title001',
            values: {
              level: 'junior',
              series: String(w.seriesId),
              title: 'other',
              titleOther: '助理馆员（舞蹈）',
              obtainedOn: '2012-12',
              appointedOn: '2013-01',
              appointedYears: '13',
            },
          },
        ],
      },
    },
    'work-history': { groups: {}, rows: { jobs } },
    achievements: { groups: {}, rows: { results } },
    performance: {
      groups: { main: { text: Array.from({ length: long ? 14 : 3 }, (_, i) => `${i + 1}．${paragraph}`).join('\n') } },
      rows: {},
    },
  };
}

export async function makeWorld(site: Site): Promise<World> {
  const catalogue = await site.deps.catalogue.get();
  const series = catalogue.series.find((s) => s.name === '群众文化');
  const title = series && catalogue.titlesOf(series.id, 'middle')[0];
  const speciality = series && catalogue.specialitiesOf(series.id)[0];
  if (!series || !title || !speciality) throw new Error('the reference data lack 群众文化');
  const committee = await makeCommittee(site, { name: '威海市环翠区群众文化专业职务资格中级评审委员会', scopes: [[series.id, 'middle']] });
  const batch = await makeBatch(site, { committeeId: committee.id, seriesId: series.id, level: 'middle' });
  return {
    committee,
    batchId: batch.id,
    unit: await makeUnit(site, { name: '威海市环翠区文化馆', contactName: '王晓梅' }),
    upper: await makeUnit(site, { name: '威海市环翠区文化和旅游局', contactName: '于海波' }),
    office: await makeStaff(site, { role: 'office', committeeId: committee.id, name: '刘志强' }),
    bureau: await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '毕志刚' }),
    seriesId: series.id,
    titleId: title.id,
    speciality: speciality.name,
  };
}

let people = 0;

export interface Declared {
  id: string;
  personId: number;
  loginName: string;
  idNumber: string;
  content: FrozenContent;
}

/** A declaration that was submitted and, with `state` voted_passed or later, reported, accepted and voted on. */
export async function declare(
  site: Site,
  w: World,
  o: { name?: string; state?: 'draft' | 'unit_review' | 'certified' | 'publicity'; long?: boolean; photo?: boolean } = {},
): Promise<Declared> {
  const n = ++people;
  const state = o.state ?? 'publicity';
  const person = await makePerson(site, {
    name: o.name ?? RARE_NAME,
    idNumber: residentId(2 * n, '19850609'),
    ethnicity: '03',
    politicalStatus: '13',
    nativePlace: '山东省威海市环翠区',
    photo: o.photo !== false && (await portrait()),
  });
  const { accountId: personId, name } = person;
  const submitted = state !== 'draft';
  const reached = state === 'publicity' || state === 'certified';
  const [row] = (await site
    .db('declarations')
    .insert({
      person_id: personId,
      batch_id: w.batchId,
      year: 2026,
      series_id: w.seriesId,
      level: 'middle',
      state,
      applicant_name: name,
      title_id: w.titleId,
      speciality: w.speciality,
      way: 'normal',
      unit_id: w.unit.unitId,
      round: submitted ? 1 : 0,
      submitted_at: submitted ? site.db.raw('app_now()') : null,
      holder_committee_id: reached ? w.committee.id : null,
      holder_unit_id: submitted && !reached ? w.unit.unitId : null,
      stop_position: reached ? 2 : submitted ? 0 : null,
      ...(reached ? { rank_n: n, rank_of: 1000, rank_fixed_at: site.db.raw('app_now()') } : {}),
    })
    .returning('id')) as { id: string }[];
  const id = (row as { id: string }).id;
  for (const [section, raw] of Object.entries(typedSections(w, o.long)))
    await site.db('declaration_sections').insert({ declaration_id: id, section, raw: JSON.stringify(raw), updated_by: personId });
  await site.db('attachments').insert({
    declaration_id: id,
    section: 'education',
    part: 'fullTime',
    row_id: '',
    field: 'diploma',
    position: 0,
    name: '2008年7月本科毕业证书.jpg',
    media_type: 'image/jpeg',
    size: 1000,
    sha256: 'a'.repeat(64),
    uploaded_by: personId,
  });
  await site
    .db('commitments')
    .insert({ account_id: personId, batch_id: w.batchId, text: '本人郑重承诺：所填报的申报信息和提交的全部材料真实、准确、有效。' })
    .onConflict()
    .ignore();
  const found = await findDeclaration(site.db, id);
  if (!found) throw new Error('not found');
  const { content } = await currentContent(site.deps, site.db, await loadDeclaration(site.deps, site.db, found), false);
  const frozen = { ...content, round: 1 };
  if (submitted)
    await site
      .db('declaration_versions')
      .insert({ declaration_id: id, round: 1, content: JSON.stringify(frozen), sha256: sha256Hex(canonicalJson(frozen)) });
  if (reached) await walkUp(site, w, id, personId);
  return { id, personId, loginName: person.loginName, idNumber: person.idNumber, content: frozen };
}

async function walkUp(site: Site, w: World, id: string, personId: number): Promise<void> {
  const now = site.db.raw('app_now()');
  await site.db('declaration_stops').insert([
    { declaration_id: id, position: 0, unit_id: w.unit.unitId, passed_at: now, reported_at: now },
    { declaration_id: id, position: 1, unit_id: w.upper.unitId, passed_at: now, reported_at: now },
    { declaration_id: id, position: 2, committee_id: w.committee.id },
  ]);
  const event = (
    move: string,
    from: string,
    to: string,
    by: { id: number; name: string; behalf: string; stop: number | null },
    opinion = '',
  ) => ({
    declaration_id: id,
    move,
    from_state: from,
    to_state: to,
    round: 1,
    actor_id: by.id,
    actor_name: by.name,
    on_behalf_of: by.behalf,
    stop_position: by.stop,
    opinion,
  });
  const unit = { id: w.unit.accountId, name: '王晓梅', behalf: w.unit.name, stop: 0 };
  const upper = { id: w.upper.accountId, name: '于海波', behalf: w.upper.name, stop: 1 };
  const office = { id: w.office.accountId, name: '刘志强', behalf: w.committee.name, stop: 2 };
  await site
    .db('declaration_events')
    .insert([
      event('submit', 'draft', 'unit_review', { id: personId, name: '本人', behalf: '本人', stop: null }),
      event('pass', 'unit_review', 'unit_passed', unit, '经审核，申报材料真实完整，同意推荐。'),
      event('report', 'unit_passed', 'unit_review', unit),
      event('pass', 'unit_review', 'unit_passed', upper, '同意呈报。'),
      event('report', 'unit_passed', 'office_review', upper),
      event('accept', 'office_review', 'accepted', office),
    ]);
  await site.db('votes').insert({
    declaration_id: id,
    total: 25,
    present: 23,
    yes: 20,
    no: 2,
    abstain: 1,
    is_passed: true,
    met_on: '2026-11-20',
    entered_by: w.office.accountId,
  });
  const [p] = (await site
    .db('publicities')
    .insert({ committee_id: w.committee.id, starts_on: '2026-11-23', ends_on: '2026-11-27', created_by: w.office.accountId })
    .returning('id')) as { id: number }[];
  await site.db('publicity_items').insert({ publicity_id: p?.id, declaration_id: id });
}

/** Issues the certificate as 「确认」 does. */
export async function certify(site: Site, id: string): Promise<string> {
  return site.db.transaction(async (trx) => {
    const number = await issueCertificate(site.deps, trx, id);
    await trx('declarations').where({ id }).update({ state: 'certified' });
    return number;
  });
}

function portrait(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="295" height="413"><rect width="295" height="413" fill="#4a90d9"/><ellipse cx="147" cy="170" rx="70" ry="90" fill="#f1c9a5"/><path d="M30 413 Q40 290 147 285 Q255 290 265 413 Z" fill="#26324a"/><path d="M75 150 Q80 60 147 60 Q215 60 220 150 Q200 100 147 100 Q95 100 75 150" fill="#1b1b1b"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}
