import { calendar, divisions, series } from '../../../seeds/data/catalogue';
import { isRealDate } from '../../../src/lib/dates';

describe('K1 catalogue data', () => {
  it('has 27 national series and the two only the province knows', () => {
    expect(series).toHaveLength(29);
    expect(series.filter((s) => s.national).map((s) => s.code)).toEqual(
      Array.from({ length: 27 }, (_, i) => String(i + 1).padStart(2, '0')),
    );
    expect(series.filter((s) => !s.national).map((s) => [s.code, s.series])).toEqual([
      ['91', '群众文化'],
      ['92', '美术'],
    ]);
    expect(series.reduce((sum, s) => sum + s.levels.length, 0)).toBe(271);
  });

  it.each(series.map((s) => [s.series, s] as const))('%s has specialities and titles, none twice', (_, s) => {
    expect(s.specialities.length).toBeGreaterThan(0);
    expect(new Set(s.specialities).size).toBe(s.specialities.length);
    const titles = s.levels.map((t) => `${t.level} ${t.branch ?? ''} ${t.title}`);
    expect(titles.length).toBeGreaterThan(0);
    expect(new Set(titles).size).toBe(titles.length);
    expect(s.levels.filter((t) => t.code !== undefined && !t.code.startsWith(s.code))).toEqual([]);
  });

  it('offers 舞蹈 first for 群众文化', () => {
    expect(series.find((s) => s.series === '群众文化')?.specialities[0]).toBe('舞蹈');
  });
});

describe('K6 division data', () => {
  it('has 31 provinces, 342 cities and their districts, parents before children', () => {
    const seen = new Set<string>();
    const level = { province: 0, city: 0, district: 0 };
    for (const { code, name, parent } of divisions) {
      expect(code).toMatch(/^\d{6}$/);
      expect(name).not.toBe('');
      expect(seen.has(code)).toBe(false);
      expect(parent === null || seen.has(parent)).toBe(true);
      level[parent === null ? 'province' : parent.endsWith('0000') ? 'city' : 'district'] += 1;
      seen.add(code);
    }
    expect(level).toEqual({ province: 31, city: 342, district: 2975 });
  });

  it('knows Weihai and its districts', () => {
    const weihai = divisions.filter((d) => d.code === '371000' || d.parent === '371000').map((d) => d.code + d.name);
    expect(weihai).toEqual(expect.arrayContaining(['371000威海市', '371002环翠区', '371003文登区', '371082荣成市', '371083乳山市']));
    expect(divisions.filter((d) => d.parent === '370000')).toHaveLength(16);
  });
});

describe('K4 calendar data', () => {
  it('lists only days on which work differs from Monday to Friday, in order', () => {
    const days = calendar.days.map((d) => d.day);
    expect(days).toEqual([...new Set(days)].sort());
    for (const { day, workday, note } of calendar.days) {
      const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
      expect([day, isRealDate(day), weekend]).toEqual([day, true, workday]);
      expect(note).toMatch(workday ? /调休上班$/ : /放假$/);
    }
  });

  it.each([
    ['spring festival 2026', '2026-02-10', '2026-03-01', '放假', ['02-16', '02-17', '02-18', '02-19', '02-20', '02-23']],
    ['spring festival 2026, make-up', '2026-02-10', '2026-03-01', '调休上班', ['02-14', '02-28']],
    ['national day 2026', '2026-09-15', '2026-10-15', '国庆节放假', ['10-01', '10-02', '10-05', '10-06', '10-07']],
    ['national day 2026, make-up', '2026-09-15', '2026-10-15', '调休上班', ['09-20', '10-10']],
  ])('%s', (_, from, to, note, days) => {
    const found = calendar.days.filter((d) => d.day >= from && d.day <= to && d.note.endsWith(note)).map((d) => d.day.slice(5));
    expect(found).toEqual(days);
  });
});
