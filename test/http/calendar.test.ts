import { loadWorkCalendar } from '../../src/modules/batches';
import { readCalendarLines } from '../../src/modules/batches/calendar-lines';
import { makeStaff, signInAs } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
beforeAll(async () => {
  site = await openSite();
  admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
});
afterAll(() => site.close());
const save = { button: 'do=save' };

describe('K4 工作日历', () => {
  it('shows a year day by day and changes one day, in words as well as in colour', async () => {
    const page = await admin.get('/admin/calendar?year=2028');
    expect(page.all('.calendar__month')).toHaveLength(12);
    expect(page.all('.calendar__day')).toHaveLength(366);
    expect(page.text()).toContain('2028年还没有录入节假日');
    const day = await admin.get('/admin/calendar/day?day=2028-10-07');
    expect(day.find('#f-calendar-day')?.getAttribute('value')).toBe('2028年10月7日');
    const done = await admin.send(day, { 'calendar.kind': 'workday', 'calendar.note': '国庆节调休' }, save);
    expect(done.text()).toContain('已修改 1 天');
    expect(done.find('a[href$="day=2028-10-07"]')?.text).toContain('上班：国庆节调休');
    expect((await loadWorkCalendar(site.db)).isWorkday('2028-10-07')).toBe(true);
    const back = await admin.send(await admin.get('/admin/calendar/day?day=2028-10-07'), { 'calendar.kind': 'usual' }, save);
    expect(back.text()).toContain('已修改 1 天');
    expect((await loadWorkCalendar(site.db)).isWorkday('2028-10-07')).toBe(false);
    expect((await admin.send(await admin.get('/admin/calendar/day'), { 'calendar.day': '2028.13.1' }, save)).errors()).toEqual([
      '「日期」请按年、月、日填写，例如 2017.12.5',
      '请选择「安排」',
    ]);
  });

  it('takes pasted lines with an answer for each; one bad line and nothing is saved', async () => {
    const lines = '2028.10.1至2028.10.7 放假 国庆节\n2028年10月8日 上班 国庆节调休\n2028.2.30 放假\n2028-10-03 休\n2028.10.9\n';
    const bad = await admin.send(await admin.get('/admin/calendar/lines'), { 'calendar.lines': lines }, save);
    expect(bad.errors()).toEqual([
      '第 3 行：日期请按年、月、日填写，例如 2027.10.1 或者 2027.10.1至2027.10.7',
      '第 4 行：2028-10-03 已经写在第 1 行',
      '第 5 行：日期之后请写「放假」「上班」或者「正常」，中间空一格',
    ]);
    expect(bad.all('main table tbody tr').map((tr) => tr.querySelectorAll('td')[2]?.text)).toEqual(
      expect.arrayContaining(['可以保存，共 7 天', '可以保存']),
    );
    expect((await site.db('calendar_days').whereRaw("day >= '2028-01-01'").count('* as n').first())?.n).toBe(0);
    const good = await admin.send(bad, { 'calendar.lines': lines.split('\n').slice(0, 2).join('\n') }, save);
    expect(good.text()).toContain('已修改 8 天');
    const same = await admin.send(await admin.get('/admin/calendar/lines'), { 'calendar.lines': '2028.10.1至2028.10.7 放假 国庆节' }, save);
    expect(same.text()).toContain('没有变化');
    const { detail } = (await site.db('audit_log').where({ action: 'calendar.days' }).orderBy('id', 'desc').first('detail')) as {
      detail: { changes: unknown[] };
    };
    expect(detail.changes).toHaveLength(8);
  });

  it('says how far it is known, and is not prolonged into a year that nobody has entered', async () => {
    const known = (await loadWorkCalendar(site.db)).until;
    const year = Number(known.slice(0, 4)) + 1;
    const page = await admin.get('/admin/calendar/until');
    const refused = await admin.send(page, { 'calendar.until': `${year}.12.31` }, save);
    expect(refused.errors()).toEqual([expect.stringContaining(`${year}年还没有录入节假日`)]);
    await admin.send(await admin.get('/admin/calendar/lines'), { 'calendar.lines': `${year}.1.1 放假 元旦` }, save);
    const done = await admin.send(refused, { 'calendar.until': `${year}.12.31` }, save);
    expect(done.text()).toContain(`日历已确定到${year}年12月31日`);
    expect((await loadWorkCalendar(site.db)).until).toBe(`${year}-12-31`);
    expect((await admin.send(refused, { 'calendar.until': '2020.1.1' }, save)).errors()).toEqual(['日历至少应当确定到今天']);
  });

  it('S44 reads 20,000 characters of anything without harm', () => {
    for (const text of ['2028.1.1至'.repeat(4000), '至'.repeat(20_000), `2028.1.1至9999.1.1 放假`, '2028.1.1 放假\n'.repeat(1500)])
      expect(readCalendarLines(text).length).toBeLessThanOrEqual(400);
  });
});
