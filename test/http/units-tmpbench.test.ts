import { searchUnits } from '../../src/modules/units';
import { pinyinInitials } from '../../src/lib/pinyin';
import { openSite } from '../support/site';
it('bench', async () => {
  const site = await openSite();
  const a = ['威海', '济南', '青岛', '烟台', '荣成', '文登', '乳山', '环翠', '高新', '经济', '东海', '海富', '富田', '长城', '兴华', '光明'];
  const b = ['人力资源', '文化', '建筑', '机械', '医药', '电子', '食品', '教育', '测绘', '环保'];
  const c = ['有限公司', '有限公司', '有限公司', '中学', '小学', '医院', '研究院', '文化馆', '图书馆', '集团股份有限公司'];
  const rows = Array.from({ length: 200000 }, (_, i) => { const n = `${a[i % 16]}${i % 3 ? '市' : ''}${a[(i >> 4) % 16]}${b[(i >> 3) % 10]}${i}${c[(i * 7) % 10]}`; return n; });
  const py = new Map<string, string>();
  const init = (s: string) => { let p = py.get(s); if (p === undefined) py.set(s, (p = pinyinInitials(s))); return p; };
  for (let i = 0; i < rows.length; i += 5000) {
    const slice = rows.slice(i, i + 5000);
    await site.db.raw(`INSERT INTO units (name, pinyin, credit_code, nature, division_code, contact_name, mobile, permission_state)
      SELECT n, p, c, 'other', '371002', '某', '\\x00', CASE WHEN c ~ '7$' THEN 'none' ELSE 'granted' END FROM unnest(?::text[], ?::text[], ?::text[]) x(n, p, c)`,
      [slice, slice.map((n) => n.replace(/\d+/, '#').split('#').map(init).join(String(n.match(/\d+/)?.[0]))), slice.map((_, j) => `92371002${String(i + j).padStart(10, '0')}`)] as never);
  }
  await site.db.raw('VACUUM ANALYZE units');
  const out: string[] = [];
  for (const q of ['公司','有限公司']) { const { matchCondition, readSearchTerms } = await import('../../src/modules/units'); const m = matchCondition(readSearchTerms(q)!); const e = await site.db.raw(`EXPLAIN (ANALYZE) SELECT x.id FROM (SELECT u.id, u.name FROM units u WHERE ${m.sql} AND u.permission_state = 'granted' LIMIT 300) x ORDER BY length(x.name), x.name LIMIT 20`, m.bindings as never); out.push(e.rows.map((r: any) => r['QUERY PLAN']).join('\n')); }
  for (const q of ['威', '威海', '富田', '公司', '中学', '文化馆', '海', '东海文化', 'wh', 'ft', 'whsft', 'q', '12345', '有限公司', '%', '没有这个', '龘', '馆 威海']) {
    const t: number[] = [];
    for (let i = 0; i < 9; i++) { const s = performance.now(); await searchUnits(site.db, q); t.push(performance.now() - s); }
    t.sort((x, y) => x - y);
    const r = await searchUnits(site.db, q);
    out.push(`${q}\t${t[4]?.toFixed(1)} ms\t${r.rows.length} of ${r.total}${r.more ? '+' : ''}`);
  }
  console.log(out.join('\n'));
  await site.close();
}, 280_000);
