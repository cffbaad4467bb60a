import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { choiceFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { wholeNumber } from '../../lib/ids';
import { refusalReasons } from '../../policy/declaration-moves';
import { loadWorkCalendar } from '../batches';
import { countWorkingDays } from '../../lib/working-days';
import { titleCell, unitCell } from '../review';
import { MAX_OPEN, startTask } from '../tasks';
import { readSheetCondition, sheetScopeText } from './make-office-sheet';
import { countRefusals, listCommitteeYears, listCorrections, listOverview, type OverviewRow } from './overview.read';

/** Corrections named on the page; the list of 「待补正」 holds all. */
const MAX_NAMED = 50;

const counts = [
  { key: 'unreported', text: '单位尚未上报' },
  { key: 'arrived', text: '已报送', state: 'all' },
  { key: 'waiting', text: '待受理', state: 'office_review' },
  { key: 'correction', text: '补正中', state: 'correction' },
  { key: 'sentBack', text: '退回未再报' },
  { key: 'accepted', text: '已受理' },
  { key: 'refused', text: '不予受理', state: 'refused' },
  { key: 'abandoned', text: '已放弃', state: 'abandoned' },
] as const satisfies readonly { key: keyof OverviewRow; text: string; state?: string }[];

/** J1: 「受理情况总览」 of a committee's office, and the file of its list. */
export function overviewRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function show(visit: Visit): Promise<Reply> {
    const { committeeId } = visit.actor;
    if (committeeId === undefined) throw new Error('an office account without a committee');
    const years = await listCommitteeYears(db, committeeId);
    const asked = wholeNumber(visit.query.one('year'), 4);
    const year = years.find((y) => y === asked) ?? years[0];
    const catalogue = await deps.catalogue.get();
    const [rows, refusals, corrections, calendar] =
      year === undefined
        ? [[], new Map<string, number>(), [], undefined]
        : [
            await listOverview(db, committeeId, year),
            await countRefusals(db, committeeId, year),
            await listCorrections(db, committeeId, year, MAX_NAMED),
            await loadWorkCalendar(db),
          ];
    const sum = (key: (typeof counts)[number]['key']): number => rows.reduce((total, r) => total + r[key], 0);
    const left = (today: string, due: string) => {
      const days = calendar && countWorkingDays(calendar, today, due);
      if (due < today) return { text: '已过期限', colour: 'red' };
      if (due === today) return { text: '今天到期', colour: 'red' };
      return days?.ok ? { text: `还有 ${days.value} 个工作日`, colour: days.value <= 2 ? 'orange' : 'blue' } : undefined;
    };
    const linkTo = (r: { seriesId: number; level: string } | undefined, state: string): string =>
      addressOf(paths.office(), {
        year: String(year ?? ''),
        series: String(r?.seriesId ?? ''),
        level: r?.level ?? '',
        state: state === 'office_review' ? '' : state,
      });
    const cell = (value: number, href: string | undefined) => ({
      text: String(value),
      ...(value > 0 && href !== undefined ? { href } : {}),
    });
    const reasonRows = refusalReasons.map((r) => ({ cells: [{ text: r.text }, { text: String(refusals.get(r.text) ?? 0) }] }));
    return page(
      'committee/overview',
      { title: '受理情况总览', breadcrumbs: [homeCrumb, { text: '受理情况总览' }] },
      {
        year,
        filter: {
          action: paths.officeOverview(),
          controls: [
            choiceFilter(
              'year',
              '年度',
              years.map((y) => ({ value: String(y), text: String(y) })),
              year,
            ),
          ],
          resetHref: paths.officeOverview(),
        },
        overview: {
          caption: '各批次受理情况',
          columns: [{ key: 'batch', text: '申报批次' }, ...counts.map((c) => ({ key: c.key, text: c.text, numeric: true }))],
          rows: [
            ...rows.map((r) => ({
              cells: [
                { text: `${catalogue.seriesName(r.seriesId)}，${catalogue.levelText(r.level)}` },
                ...counts.map((c) => cell(r[c.key], 'state' in c ? linkTo(r, c.state) : undefined)),
              ],
            })),
            ...(rows.length > 1
              ? [
                  {
                    cells: [
                      { text: '合计' },
                      ...counts.map((c) => cell(sum(c.key), 'state' in c ? linkTo(undefined, c.state) : undefined)),
                    ],
                  },
                ]
              : []),
          ],
        },
        refusals: {
          caption: '不予受理的原因',
          columns: [
            { key: 'reason', text: '原因' },
            { key: 'count', text: '项数', numeric: true },
          ],
          rows: reasonRows,
        },
        refused: sum('refused'),
        corrections: {
          caption: '补正中的申报',
          columns: ['姓名', '申报职称', '申报单位', '补正期限']
            .map((text) => ({ key: text, text }))
            .concat([{ key: 'left', text: '剩余时间' }]),
          rows: corrections.map((c) => ({
            cells: [
              { text: c.name, href: paths.declaration(c.id) },
              titleCell(c, catalogue),
              unitCell(c),
              { text: showDate(c.dueOn) },
              { tag: left(c.today, c.dueOn) },
            ],
          })),
        },
        moreCorrections: sum('correction') > corrections.length ? linkTo(undefined, 'correction') : undefined,
        correctionCount: sum('correction'),
        exports: {
          action: paths.officeExport(),
          fields: { year: String(year ?? ''), series: '', level: '', state: 'all' },
        },
      },
    );
  }

  async function startExport(visit: Visit): Promise<Reply> {
    const { condition, show: state, input } = readSheetCondition(visit.body);
    const title = `申报受理情况 Excel（${sheetScopeText(condition, state, await deps.catalogue.get())}）`;
    const outcome = await inTransaction(db, (trx) =>
      startTask(deps, trx, { kind: 'office-queue:xlsx', owner: visit.actor, input, title, requestId: visit.requestId }),
    );
    if (outcome.kind === 'too-many')
      return refusal(409, `已有 ${MAX_OPEN} 个文件正在排队或者生成，请等待其中一个完成后再导出`, { text: '文件导出', href: paths.tasks() });
    return seeOther(paths.task(outcome.id));
  }

  return [
    { method: 'get', path: paths.officeOverview(), access: 'office.queue', audit: null, handle: show },
    { method: 'post', path: paths.officeExport(), access: 'office.queue', audit: 'task.start', reauth: true, handle: startExport },
  ];
}
