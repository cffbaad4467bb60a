import { showDate } from '../../src/lib/dates';
import { PDFDocument } from 'pdf-lib';
import { findActor } from '../../src/modules/accounts';
import { castBallot, countBallot, openBallot } from '../../src/modules/meetings/hold-ballot';
import { beginMeeting, chooseItems } from '../../src/modules/meetings/prepare-meeting';
import { printMinutes, printVoteSheet } from '../../src/modules/meetings/print-meeting';
import { checkIn, recuse } from '../../src/modules/meetings/review-items';
import type { Actor } from '../../src/policy/actor';
import { makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit } from '../support/factories';
import { makeJudge, makeMeeting, type TestJudge } from '../support/meetings';
import { openSite, type Site } from '../support/site';
import { RARE_NAME } from './certificate-fixture';
import { keepPrint, skipped, textOf, withPdfToText } from './read-pdf';

const PEOPLE = 40;
const LONG_UNIT = '山东省威海市环翠区非物质文化遗产保护传承与群众文化艺术创作研究发展服务中心东山街道综合文化服务分中心';

let site: Site;
let meetingId: number;
let judges: TestJudge[];
const actorOf = async (accountId: number): Promise<Actor> => {
  const actor = await findActor(site.db, accountId);
  if (!actor) throw new Error('no actor');
  return actor;
};

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  const unit = await makeUnit(site, { name: LONG_UNIT });
  const staff = await makeStaff(site, { role: 'office', committeeId: committee.id });
  const office = await actorOf(staff.accountId);
  judges = [];
  for (let i = 0; i < 5; i++) judges.push(await makeJudge(site, committee.id, i === 4 ? { name: RARE_NAME } : {}));
  const ids: string[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    const name = i === 0 ? RARE_NAME : i < 3 ? '于晓丽' : `阿卜杜热西提·买买提吐尔逊·${i}`;
    ids.push(
      await makeDeclaration(site, {
        batch,
        state: 'accepted',
        units: [unit],
        name,
        rank: [i + 1, PEOPLE],
        speciality: '非物质文化遗产保护',
      }),
    );
  }
  await site
    .db('persons')
    .where({ account_id: site.db('declarations').where({ id: ids[2] }).select('person_id') })
    .update({ born_on: '1985-03-01' });
  let planId: number;
  ({ meetingId, planId } = await makeMeeting(site, committee.id, staff.accountId, judges.length));
  // it meets three days before its day
  await site
    .db('review_plans')
    .where({ id: planId })
    .update({ meets_on: site.db.raw('app_today() + 3') });
  const done = (outcome: { kind: string }): void => expect(outcome).toMatchObject({ kind: 'done' });
  done(await chooseItems(site.deps, office, meetingId, ids, 'test'));
  await site
    .db('meeting_seats')
    .insert(judges.map((j, i) => ({ meeting_id: meetingId, judge_id: j.judgeId, position: i + 1, is_chair: i === 0 })));
  done(await beginMeeting(site.deps, office, meetingId, 1, 'test'));
  const [, second] = judges;
  done(
    await recuse(site.deps, office, meetingId, { declarationId: ids[1] ?? '', judgeId: second?.judgeId ?? 0, reason: '师生关系' }, 'test'),
  );
  for (const j of judges) done(await checkIn(site.deps, await actorOf(j.accountId), meetingId, true, 'test'));
  await site
    .db('review_assignments')
    .where({ meeting_id: meetingId })
    .update({ score: 80, scored_at: site.db.raw('app_now()') });
  await site
    .db('meeting_items')
    .where({ meeting_id: meetingId })
    .update({ opinion: '业绩突出，长期在基层从事群众文化辅导，同意提交评审。' });
  done(await openBallot(site.deps, office, meetingId, 'test'));
  for (const j of judges)
    done(
      await castBallot(
        site.deps,
        await actorOf(j.accountId),
        meetingId,
        new Map(ids.map((id, i) => [id, i % 9 === 8 ? 'no' : 'yes'])),
        'test',
      ),
    );
  done(await countBallot(site.deps, office, meetingId, false, 'test'));
  await site.deps.printer.warm();
}, 120_000);
afterAll(() => site.close());

describe('J3 papers of a meeting', () => {
  withPdfToText(
    `J3 the vote sheet has every row with its figures, its head on each page, and tells people of one name apart${skipped}`,
    async () => {
      const made = await printVoteSheet(site.deps, meetingId);
      if (!made) throw new Error('no sheet');
      keepPrint('vote-sheet.pdf', made.pdf);
      const pages = (await PDFDocument.load(made.pdf)).getPageCount();
      expect(pages).toBeGreaterThan(1);
      const text = textOf(made.pdf).replace(/\s+/g, '');
      // also the last one: nobody signs a sheet without figures
      expect(text.split('申报单位').length - 1).toBe(pages);
      expect(text).toContain(`第${pages}页共${pages}页`);
      expect(text.split('助理馆员').length - 1).toBe(PEOPLE);
      for (const words of [RARE_NAME, '于晓丽（1985年3月出生）', '于晓丽（1990年1月出生）', '通过36人，未通过4人', '监票人（签字）'])
        expect(text).toContain(words);
    },
  );

  withPdfToText(`J3 the minutes say who was there, who stood back from what, what was said, and how it ended${skipped}`, async () => {
    const made = await printMinutes(site.deps, meetingId);
    if (!made) throw new Error('no minutes');
    keepPrint('minutes.pdf', made.pdf);
    const text = textOf(made.pdf).replace(/\s+/g, '');
    const { met_on: metOn } = (await site.db('votes').first('met_on')) as { met_on: string };
    for (const words of [
      `会议日期：${showDate(metOn)}`,
      '评委5人，出席5人',
      '对于晓丽（1990年1月出生）的申报回避（办事机构决定：师生关系）',
      `1.${RARE_NAME}（助理馆员，非物质文化遗产保护，${LONG_UNIT}）：业绩突出`,
      '通过36人，未通过4人',
    ])
      expect(text).toContain(words);
  });
});
