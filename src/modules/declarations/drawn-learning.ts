import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { declarationOf, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';
import { askPlatform, findDrawnRecords, findFetch, kindTexts, showHours, sumsOf, type Fetch } from '../education';
import type { Declaration } from './declarations.store';

/** 「近五年学习培训及继续教育经历」 */
export const LEARNING_SECTION = 'continuing-education';

/** D8: the declaring year and the five before it. */
export const learningYears = (year: number): [from: number, to: number] => [year - 5, year];

function stateNote(fetch: Fetch | undefined): string {
  const at = fetch?.answeredAt ? `（${showMoment(fetch.answeredAt)}）` : '';
  switch (fetch?.state) {
    case undefined:
      return '还没有获取过学习记录';
    case 'waiting':
      return '正在获取，稍后刷新本页即可看到。不影响继续填写';
    case 'found':
      return `已获取${at}`;
    case 'unknown':
      return `继续教育平台没有您的记录${at}，请核对在该平台登记的姓名和证件号码；也可以在下面自行填写`;
    case 'refused':
      return `继续教育平台未能提供记录${at}，请在下面自行填写`;
    case 'unreachable':
      return '继续教育平台暂时不通，系统会自动重试。不影响继续填写，也可以在下面自行填写';
  }
}

/** What the section's page shows above the applicant's own rows: two queries, none of them to anybody else's server. */
export async function drawnLearning(deps: Deps, d: Declaration): Promise<object> {
  const records = await findDrawnRecords(deps.db, d.person_id, ...learningYears(d.year));
  const isConnected = deps.learning !== undefined;
  return {
    note: isConnected ? stateNote(await findFetch(deps.db, d.person_id)) : undefined,
    sums: sumsOf(records).map((s) => ({
      year: s.year,
      total: showHours(s.total),
      professional: showHours(s.professional),
      public: showHours(s.public),
    })),
    table: {
      caption: '继续教育记录',
      emptyText: '没有可以引用的学习记录',
      columns: [
        { key: 'title', text: '学习内容' },
        { key: 'time', text: '时间' },
        { key: 'hours', text: '学时', numeric: true },
        { key: 'place', text: '学习地点' },
        { key: 'source', text: '来源' },
      ],
      rows: records.map((r) => ({
        cells: [
          { text: r.title, sub: kindTexts[r.kind] },
          { text: r.beginsOn === r.endsOn ? showDate(r.beginsOn) : `${showDate(r.beginsOn)}至${showDate(r.endsOn)}` },
          { text: showHours(r.hours) },
          { text: r.place },
          { text: r.sourceName, sub: showMoment(r.fetchedAt) },
        ],
      })),
    },
    hasRecords: records.length > 0,
  };
}

/** The button of the section that saves it and asks the platform. */
export const DRAW_LEARNING = 'draw-learning';

/** D8: 「获取学习记录」: lets the queue ask, unless that was just done. */
export async function askForLearning(deps: Deps, visit: Visit): Promise<void> {
  const { id, personId } = declarationOf(visit);
  await inTransaction(deps.db, async (trx) => {
    if ((await askPlatform(deps, trx, personId)) !== 'asked') return;
    await appendAudit(trx, {
      actorId: visit.actor.accountId,
      actorName: visit.actor.name,
      action: 'learning.ask',
      subjectKind: 'declaration',
      subjectId: id,
      requestId: visit.requestId,
    });
  });
}
