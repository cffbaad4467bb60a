import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { Option } from '../../form/field';
import { asText } from '../../form/field';
import { choice, date, longText, text } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import type { SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { formFlow } from '../../http/form-flow';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, seeOther, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { isRealDate, nextDay, showDate, type PlainDate } from '../../lib/dates';
import { wholeNumber } from '../../lib/ids';
import { dayKindTexts, readCalendarLines, type DayKind } from './calendar-lines';
import { saveDays, saveUntil } from './save-calendar';
import { findCalendarYear, type CalendarYear } from './work-calendar.store';

const PART = 'calendar';
const kinds: readonly Option[] = Object.entries(dayKindTexts).map(([value, text]) => ({ value, text }));

const dayForm: SectionDefinition = {
  id: 'day',
  title: '修改一天',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        date({ id: 'day', label: '日期', required: true, hint: '例如 2027.10.1' }),
        choice({ id: 'kind', label: '安排', required: true, style: 'radios', options: kinds }),
        text({ id: 'note', label: '说明', max: 30, width: 'm', hint: '例如 国庆节' }),
      ],
    },
  ],
  rules: [],
};
const linesForm: SectionDefinition = {
  id: 'lines',
  title: '粘贴多行',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        longText({
          id: 'lines',
          label: '每行一天或者一段',
          required: true,
          limit: 20_000,
          rows: 12,
          hint: '写法：2027.10.1至2027.10.7 放假 国庆节；2027.10.9 上班 国庆节调休。取消原来的安排写「正常」',
        }),
      ],
    },
  ],
  rules: [],
};
const untilForm: SectionDefinition = {
  id: 'until',
  title: '延长日历',
  parts: [{ kind: 'group', id: PART, fields: [date({ id: 'until', label: '日历确定到', required: true, hint: '例如 2027.12.31' })] }],
  rules: [],
};

interface Cell {
  day: number;
  href: string;
  kind: string;
  label: string;
}

/** Twelve months of weeks that begin on Monday; a cell says in words what the colour says. */
function monthsOf(year: number, calendar: CalendarYear): { title: string; weeks: (Cell | null)[][] }[] {
  const known = new Map(calendar.days.map((d) => [d.day, d]));
  return Array.from({ length: 12 }, (_x, m) => {
    const prefix = `${year}-${String(m + 1).padStart(2, '0')}`;
    const cells: (Cell | null)[] = [];
    for (let day: PlainDate = `${prefix}-01`; day.startsWith(prefix); day = nextDay(day)) {
      const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
      if (cells.length === 0) cells.push(...Array.from({ length: weekday }, () => null));
      const found = known.get(day);
      const kind = found ? (found.isWorkday ? 'workday' : 'holiday') : weekday > 4 ? 'weekend' : 'usual';
      const words = { workday: '上班', holiday: '放假', weekend: '周末', usual: '工作日' }[kind];
      cells.push({
        day: Number(day.slice(8)),
        href: addressOf(paths.calendarDay(), { day }),
        kind: day > calendar.until ? `${kind} is-unknown` : day === calendar.today ? `${kind} is-today` : kind,
        label: `${words}${found?.note ? `：${found.note}` : ''}`,
      });
    }
    while (cells.length % 7 !== 0) cells.push(null);
    return { title: `${m + 1}月`, weeks: Array.from({ length: cells.length / 7 }, (_w, i) => cells.slice(i * 7, i * 7 + 7)) };
  });
}

const listCrumb: Crumb = { text: '工作日历', href: paths.calendar() };

/** K4 「工作日历」: publicity and corrections count working days by it, and never beyond its end. */
export function calendarRoutes(deps: Deps): Route[] {
  const { db } = deps;
  const contextOf = async () => smallFormContext((await databaseNow(db)).today);

  const show = async (visit: Visit): Promise<Reply> => {
    const { today } = await databaseNow(db);
    const asked = wholeNumber(visit.query.one('year'), 4);
    const year = asked !== undefined && asked >= 2000 && asked <= 2100 ? asked : Number(today.slice(0, 4));
    const calendar = await findCalendarYear(db, year);
    const count = wholeNumber(visit.query.one('changed'), 5);
    const done = visit.query.one('done');
    const notice: PageMeta['notice'] =
      done === 'days'
        ? { kind: 'success', text: count === undefined ? '没有变化' : `已修改 ${count} 天` }
        : done === 'until'
          ? { kind: 'success', text: `日历已确定到${showDate(calendar.until)}` }
          : undefined;
    return page(
      'batches/calendar',
      { title: '工作日历', breadcrumbs: [homeCrumb, { text: '工作日历' }], ...(notice ? { notice } : {}) },
      {
        year,
        until: calendar.until,
        isEnding: calendar.until < `${Number(today.slice(0, 4)) + 1}-01-31`,
        previous: year > 2000 ? addressOf(paths.calendar(), { year: String(year - 1) }) : undefined,
        next: year < 2100 ? addressOf(paths.calendar(), { year: String(year + 1) }) : undefined,
        months: monthsOf(year, calendar),
        listed: {
          caption: `${year}年与星期不同的日子`,
          emptyText: `${year}年还没有录入节假日`,
          columns: ['日期', '安排', '说明'].map((t) => ({ key: t, text: t })),
          rows: calendar.days.map((d) => ({
            cells: [
              { text: showDate(d.day), href: addressOf(paths.calendarDay(), { day: d.day }) },
              { tag: d.isWorkday ? { text: '上班', colour: 'blue' } : { text: '放假', colour: 'green' } },
              { text: d.note },
            ],
          })),
        },
      },
    );
  };

  const formPage = async (
    visit: Visit,
    section: SectionDefinition,
    action: string,
    stored: Record<string, string>,
    extra: { lead?: string; report?: unknown } = {},
  ): Promise<Reply> => {
    const typed = await formFlow(deps, 'admin-form', section, `calendar-${section.id}`).shown(visit, {
      groups: { [PART]: stored },
      rows: {},
    });
    const lines = section === linesForm && typed.problems.length > 0 ? readCalendarLines(typed.raw.groups[PART]?.lines ?? '') : [];
    return page(
      'batches/calendar-form',
      { title: section.title, breadcrumbs: [homeCrumb, listCrumb, { text: section.title }], errors: problemLinks(typed.problems) },
      {
        ...extra,
        report: lines.length > 0 && {
          caption: '逐行核对',
          columns: [
            { key: 'n', text: '行', numeric: true },
            { key: 't', text: '内容' },
            { key: 'r', text: '结果' },
          ],
          rows: lines.map((l) => ({
            cells: [
              { text: String(l.number) },
              { text: l.typed },
              { text: l.problem ?? (l.days.length === 1 ? '可以保存' : `可以保存，共 ${l.days.length} 天`) },
            ],
          })),
        },
        form: smallForm({
          section,
          raw: typed.raw,
          ctx: await contextOf(),
          problems: typed.problems,
          action,
          buttons: [{ value: 'save', text: '保存', kind: 'primary' }],
        }),
        backHref: paths.calendar(),
      },
    );
  };

  const showDay = async (visit: Visit): Promise<Reply> => {
    const asked = visit.query.one('day');
    const day = isRealDate(asked) ? asked : '';
    const held = day === '' ? undefined : (await findCalendarYear(db, Number(day.slice(0, 4)))).days.find((d) => d.day === day);
    const kind: DayKind = held ? (held.isWorkday ? 'workday' : 'holiday') : 'usual';
    return formPage(visit, dayForm, paths.calendarDay(), day === '' ? {} : { day: showDate(day), kind, note: held?.note ?? '' });
  };
  const posted = (visit: Visit, section: SectionDefinition) => {
    const flow = formFlow(deps, 'admin-form', section, `calendar-${section.id}`);
    return { flow, typed: flow.posted(visit) };
  };
  const answer = (year: string, changed: number): Reply =>
    seeOther(addressOf(paths.calendar(), { year, done: 'days', changed: changed > 0 ? String(changed) : '' }));

  const saveDay = async (visit: Visit): Promise<Reply> => {
    const { flow, typed } = posted(visit, dayForm);
    const checked = checkSection(dayForm, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, paths.calendarDay(), typed, checked.problems);
    const v = checked.groups[PART]?.values ?? {};
    const day = asText(v.day);
    return answer(
      day.slice(0, 4),
      await saveDays(deps, visit.actor, [{ day, kind: asText(v.kind) as DayKind, note: asText(v.note) }], visit.requestId),
    );
  };

  const saveLines = async (visit: Visit): Promise<Reply> => {
    const { flow, typed } = posted(visit, linesForm);
    const checked = checkSection(linesForm, typed.raw, await contextOf());
    const lines = readCalendarLines(asText(checked.groups[PART]?.values.lines));
    const wrong = lines.filter((l) => l.problem !== undefined);
    const problems = [
      ...checked.problems,
      ...wrong
        .slice(0, 20)
        .map((l) => ({ part: PART, field: 'lines', severity: 'rule' as const, text: `第 ${l.number} 行：${l.problem ?? ''}` })),
    ];
    if (problems.length > 0) return flow.again(visit, paths.calendarLines(), typed, problems);
    const days = lines.flatMap((l) => l.days);
    return answer(days[0]?.day.slice(0, 4) ?? '', await saveDays(deps, visit.actor, days, visit.requestId));
  };

  const showUntil = async (visit: Visit): Promise<Reply> => {
    const { until } = await findCalendarYear(db, 2000);
    return formPage(visit, untilForm, paths.calendarUntil(), { until: showDate(until) }, {
      lead: '公示期和补正期限按工作日计算，超过这一天的不计算，办理时提示联系系统管理员。录入新一年的放假安排之后，再延长到该年的最后一天。',
    }); // prettier-ignore
  };
  const postUntil = async (visit: Visit): Promise<Reply> => {
    const { flow, typed } = posted(visit, untilForm);
    const checked = checkSection(untilForm, typed.raw, await contextOf());
    if (checked.problems.length > 0) return flow.again(visit, paths.calendarUntil(), typed, checked.problems);
    const outcome = await saveUntil(deps, visit.actor, asText(checked.groups[PART]?.values.until), visit.requestId);
    if (outcome.kind === 'refused')
      return flow.again(visit, paths.calendarUntil(), typed, [{ part: PART, field: 'until', severity: 'rule', text: outcome.text }]);
    return seeOther(addressOf(paths.calendar(), { done: 'until' }));
  };

  const access = 'reference.manage';
  return [
    { method: 'get', path: paths.calendar(), access, audit: null, handle: show },
    { method: 'get', path: paths.calendarDay(), access, audit: null, handle: showDay },
    { method: 'post', path: paths.calendarDay(), access, audit: 'calendar.days', handle: saveDay },
    {
      method: 'get',
      path: paths.calendarLines(),
      access,
      audit: null,
      handle: (visit) => formPage(visit, linesForm, paths.calendarLines(), {}),
    },
    { method: 'post', path: paths.calendarLines(), access, audit: 'calendar.days', handle: saveLines },
    { method: 'get', path: paths.calendarUntil(), access, audit: null, handle: showUntil },
    { method: 'post', path: paths.calendarUntil(), access, audit: 'calendar.until', handle: postUntil },
  ];
}
