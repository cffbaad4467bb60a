import type { PostedForm } from '../../src/form/read-section';
import { emptySection, readSection } from '../../src/form/read-section';
import { receiveFiles } from '../../src/modules/attachments';
import { findSections } from '../../src/modules/declarations/declarations.store';
import { saveSection } from '../../src/modules/declarations/save-section';
import { findSection } from '../../src/modules/declarations/sections';
import { committeeOf, LEVEL } from './committees';
import type { Career } from './careers';
import { englishTestOf, isMember, papersOf, registerCode, type Paper, type Scans } from './papers';
import { people } from './people';
import { PERFORMANCE } from './texts';
import { units } from './units';
import { actorOf, demand, expectKind, REQUEST_ID, type World } from './world';

export type Typed = Record<string, string>;

/** A form as a browser would post it, out of plain names and values. */
export const postedForm = (typed: Typed): PostedForm => ({
  one: (name) => typed[name] ?? '',
  has: (name) => name in typed,
});

const prefixed = (prefix: string, values: Typed): Typed =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [`${prefix}.${k}`, v]));
const rows = (part: string, list: readonly (readonly [string, Typed])[]): Typed =>
  list.reduce((all, [id, values]) => ({ ...all, ...prefixed(`${part}.${id}`, values) }), {
    [`${part}.rows`]: list.map(([id]) => id).join(','),
  });

async function titleId(world: World, seriesId: number, name: string): Promise<string> {
  const titles = (await world.deps.catalogue.get()).titlesOf(seriesId, LEVEL);
  return String(
    demand(
      titles.find((t) => t.name === name),
      `title ${name}`,
    ).id,
  );
}

async function applicationOf(world: World, c: Career): Promise<Typed> {
  const { seriesId } = committeeOf(c.field);
  return prefixed('main', {
    year: String(world.year),
    level: LEVEL,
    series: String(seriesId),
    title: await titleId(world, seriesId, c.title),
    speciality: c.speciality,
    way: c.exceptional ? 'exceptional' : 'normal',
    unit: String(demand(world.units.get(c.unit), `unit ${c.unit}`)),
    isWorkUnit: c.workUnit ? 'no' : 'yes',
    ...(c.workUnit ? { workUnit: c.workUnit } : {}),
    isEntrusted: 'no',
    startedOn: `${world.year - c.graduated}.8`,
    years: String(c.graduated),
    ...(c.rank ? { rank: c.rank } : {}),
  });
}

function educationOf(c: Career, year: number): Typed {
  return {
    ...prefixed('fullTime', {
      has: 'yes',
      school: c.school,
      major: c.major,
      education: c.education,
      degree: c.degree,
      graduatedOn: `${year - c.graduated}.7`,
      isDomestic: 'yes',
      registerCode: registerCode(c.loginName),
    }),
    ...prefixed('basis', { isSame: 'yes' }),
  };
}

async function currentTitleOf(world: World, c: Career): Promise<Typed> {
  const { held } = c;
  if (!held) return rows('titles', [['title1', { level: 'none', series: 'none', title: 'other', titleOther: '无' }]]);
  const { seriesId } = committeeOf(c.field);
  const since = world.year - held.since;
  return rows('titles', [
    [
      'title1',
      {
        level: LEVEL,
        series: String(seriesId),
        title: await titleId(world, seriesId, held.title),
        obtainedOn: `${since}.12`,
        appointedOn: `${since + 1}.1`,
        appointedYears: String(held.since - 1),
      },
    ],
  ]);
}

function workHistoryOf(c: Career, unitName: string, year: number): Typed {
  const started = year - c.graduated;
  const employer = c.workUnit?.replace(/（.*$/, '') ?? unitName;
  const heldSince = c.held ? year - c.held.since : undefined;
  const job = (from: string, to: string, title: string): Typed => ({
    from,
    to,
    post: `${employer}-${c.department}-${title}`,
    work: `${c.speciality}辅导与服务`,
    position: title,
    brief: '按照岗位职责完成业务辅导、活动组织和公共文化服务工作，服从工作安排。',
  });
  if (heldSince === undefined || heldSince <= started) return rows('jobs', [['jobrow1', job(`${started}.8`, '', '无')]]);
  return rows('jobs', [
    ['jobrow1', job(`${started}.8`, `${heldSince}.12`, '无')],
    ['jobrow2', job(`${heldSince + 1}.1`, '', c.held?.title ?? '')],
  ]);
}

function achievementsOf(c: Career, year: number): Typed {
  return rows(
    'results',
    c.results.map((r, i) => [
      `result${i + 1}`,
      {
        kind: r.kind,
        name: r.name,
        date: `${year - r.yearsAgo}.${r.month}`,
        rank: r.rank,
        ...(r.kind === 'paper'
          ? { genre: 'paper', journal: r.journal ?? '', serial: r.serial ?? '' }
          : { authority: r.authority ?? '', level: r.level ?? '' }),
        ...(r.kind === 'award' ? { prize: /[一二三]等奖/.exec(r.name)?.[0] ?? '无' } : {}),
        ...(r.kind === 'project' ? { number: `WHSK${year - r.yearsAgo - 1}-0${10 + r.month}`, stage: 'closed' } : {}),
      },
    ]),
  );
}

/** From the year after the appointment on; without a title the last year alone, for whoever worked all through it. */
function assessmentsOf(c: Career, unitName: string, year: number): Typed {
  const first = c.held ? year - c.held.since + 2 : year - c.graduated < year - 1 ? year - 1 : year;
  return rows(
    'years',
    Array.from({ length: Math.max(0, year - first) }, (_, i) => [
      `assess${first + i}`,
      {
        year: String(first + i),
        post: c.held?.title ?? '无',
        grade: (first + i + c.loginName.length) % 4 === 0 ? 'excellent' : 'qualified',
        unit: c.workUnit?.replace(/（.*$/, '') ?? unitName,
      },
    ]),
  );
}

const postsOf = (c: Career, unitName: string, year: number): Typed =>
  c.post ? rows('posts', [['adpost1', { post: `${unitName}${c.post.name}`, since: `${year - c.post.since}.3`, isDual: 'no' }]]) : {};

/** Whoever studied at a university passed the English test there; certificates about computers nobody has. */
const languagesOf = (c: Career, year: number): Typed => ({
  foreign: c.education === 'college' ? '无' : `大学英语四级证书（${englishTestOf(c, year)}）`,
  computer: '无',
});

const societiesOf = (c: Career, year: number): Typed =>
  isMember(c) ? rows('societies', [['society1', { name: `威海市${c.speciality}学会`, post: '会员', since: `${year - 1}.6` }]]) : {};

function continuingEducationOf(c: Career, year: number): Typed {
  const of = (back: number): [string, Typed][] => [
    [
      `course${year - back}a`,
      {
        from: `${year - back}.4`,
        to: `${year - back}.6`,
        content: `基层公共文化服务${c.speciality}业务培训班`,
        subject: 'professional',
        hours: '60',
        place: '威海市群众文化培训中心',
        witness: '丛海波',
      },
    ],
    [
      `course${year - back}b`,
      {
        from: `${year - back}.9`,
        to: `${year - back}.9`,
        content: `${year - back}年度公需科目网络学习`,
        subject: 'general',
        hours: '30',
        place: '省专业技术人员继续教育公共服务平台',
        witness: '无',
      },
    ],
  ];
  const years = Math.min(3, Math.max(1, c.graduated - 1));
  return rows('records', Array.from({ length: years }, (_, i) => of(years - i)).flat());
}

/** Saves one section of a declaration as its applicant would: text and papers in one go. */
export async function fillSection(
  world: World,
  declaration: string,
  loginName: string,
  sectionId: string,
  typed: Typed,
  files: readonly { item: string; name: string; content: Buffer }[] = [],
): Promise<void> {
  const section = demand(findSection(sectionId), `section ${sectionId}`);
  const form = postedForm(typed);
  const received = await receiveFiles(
    world.deps,
    section,
    readSection(section, form, emptySection(section)),
    files.map((f) => ({ field: `files:${f.item}`, name: f.name, content: f.content })),
  );
  if (received.problems.length > 0) throw new Error(`demonstration data: ${received.problems.join('; ')}`);
  const stored = (await findSections(world.trx, declaration)).find((s) => s.section === sectionId);
  const outcome = await saveSection(world.deps, {
    id: declaration,
    section,
    form,
    version: stored?.version ?? 0,
    action: 'save',
    uploads: received.good,
    actor: await actorOf(world, loginName),
    requestId: REQUEST_ID,
  });
  expectKind(outcome, 'saved', `section ${sectionId} of ${loginName}`);
}

const namesOf = (c: Career): { name: string; unitName: string } => ({
  name: demand(
    people.find((p) => p.loginName === c.loginName),
    `person ${c.loginName}`,
  ).name,
  unitName: demand(
    units.find((u) => u.loginName === c.unit),
    `unit ${c.unit}`,
  ).name,
});

export function papersOfCareer(c: Career, year: number): Paper[] {
  const { name, unitName } = namesOf(c);
  return papersOf(c, name, unitName, year);
}

/** Fills everything in, ready for 「确定申报」. */
export async function fillComplete(world: World, declaration: string, c: Career, scans: Scans): Promise<void> {
  const papers = papersOfCareer(c, world.year);
  const sections: [string, Typed][] = [
    ['application', await applicationOf(world, c)],
    ['education', educationOf(c, world.year)],
    ['current-title', await currentTitleOf(world, c)],
    ...(c.exceptional ? ([['way', { 'main.grounds': c.exceptional }]] as [string, Typed][]) : []),
    ['administrative-post', postsOf(c, namesOf(c).unitName, world.year)],
    ['basics', { 'main.birthplace': '山东省威海市', 'main.health': '健康' }],
    ['assessments', assessmentsOf(c, namesOf(c).unitName, world.year)],
    ['languages', prefixed('main', languagesOf(c, world.year))],
    ['continuing-education', continuingEducationOf(c, world.year)],
    ['work-history', workHistoryOf(c, namesOf(c).unitName, world.year)],
    ['achievements', achievementsOf(c, world.year)],
    ['performance', { 'main.text': PERFORMANCE[c.field][c.performance] ?? PERFORMANCE[c.field][0] ?? '' }],
    ['societies', societiesOf(c, world.year)],
    ['other-files', {}],
  ];
  for (const [id, typed] of sections) {
    const files = papers
      .filter((p) => p.section === id)
      .map((p) => ({ item: p.item, name: `${p.title}.${p.format}`, content: scans.get(p) }));
    await fillSection(world, declaration, c.loginName, id, typed, files);
  }
}

/** What somebody leaves who is called away: two sections begun, several things missing. */
export async function fillHalf(world: World, declaration: string, c: Career): Promise<void> {
  const { 'main.unit': _unit, 'main.years': _years, ...application } = await applicationOf(world, c);
  await fillSection(world, declaration, c.loginName, 'application', application);
  const { 'fullTime.registerCode': _code, 'basis.isSame': _same, ...education } = educationOf(c, world.year);
  await fillSection(world, declaration, c.loginName, 'education', education);
}
