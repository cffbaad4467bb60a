import { fitsScheme, makeCertificateNumber, scopeOf, type NumberScheme } from '../../src/lib/certificate-number';
import { certify, declare, makeWorld, type World } from '../print/certificate-fixture';
import { makeStaff, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let world: World;
let admin: Visitor;
const ADDRESS = '/admin/certificate-numbers';

const save = async (values: Record<string, string>, button = 'do=save'): Promise<Page> =>
  admin.send(await admin.open(ADDRESS), Object.fromEntries(Object.entries(values).map(([k, v]) => [`scheme.${k}`, v])), {
    form: '#form',
    button,
  });

beforeAll(async () => {
  site = await openSite();
  world = await makeWorld(site);
  admin = await signInAs(site, await makeStaff(site, { role: 'admin' }));
}, 60_000);
afterAll(() => site.close());

describe('J5, S35 certificate numbers by a scheme that is data', () => {
  it('is previewed before it is saved, keeps what was typed, and refuses what would give a number twice', async () => {
    expect((await admin.get(ADDRESS)).text()).toContain('「鲁」、年度（4 位）、系列代码（2 位）、级别代码（1 位）、行政区划代码（6 位）');
    const wrong = await save({ prefix: '鲁1', series: '1' });
    expect(wrong.errors()).toEqual(['「前缀」请用汉字或者大写字母填写']);
    expect(wrong.find('input[name="scheme.prefix"]')?.getAttribute('value')).toBe('鲁1');
    const clash = await save({ prefix: '鲁职', series: '1' });
    expect(clash.errors()[0]).toContain('同一段');
    expect((await save({})).errors()).toEqual(['与目前的规则相同，没有需要保存的内容']);
    // the same length and prefix in another order could give the same number
    expect((await save({ series: '3', level: '2' })).errors()[0]).toContain('编号可能重复');
    const preview = await save({ prefix: '鲁职', level: 'none', width: '6' }, 'do=preview');
    expect(preview.text('#preview')).toContain('「鲁职」和 19 位数字');
    expect((await site.db('certificate_schemes').count('* as n'))[0]?.n).toBe(1);
  });

  it('a scheme in use is followed by a new one: numbers without gap or double also while it changes; both are found by 「证书查验」', async () => {
    const first = await declare(site, world, { name: '孙立本', photo: false });
    const old = await certify(site, first.id);
    const people = await Promise.all(Array.from({ length: 12 }, (_, i) => declare(site, world, { name: `丁${i}`, photo: false })));
    const [saved, ...numbers] = await Promise.all([
      save({ prefix: '鲁职', level: 'none', series: '2', division: '3', width: '6' }),
      ...people.map((d) => certify(site, d.id)),
    ]);
    expect(saved.text()).toContain('已保存');
    const after = await declare(site, world, { name: '孙立新', photo: false });
    numbers.push(await certify(site, after.id));
    const scheme: NumberScheme = { prefix: '鲁职', parts: ['year', 'series', 'division'], width: 6 };
    const [ofOld, ofNew] = [numbers.filter((n) => !n.startsWith('鲁职')), numbers.filter((n) => n.startsWith('鲁职'))];
    expect(ofNew.every((n) => fitsScheme(n, scheme))).toBe(true);
    const serials = (list: string[], from: number, to: number) => list.map((n) => Number(n.slice(from, to))).sort((a, b) => a - b);
    expect(serials(ofNew, 14, 20)).toEqual(ofNew.map((_, i) => i + 1));
    expect(serials([old, ...ofOld], 14, 19)).toEqual([old, ...ofOld].map((_, i) => i + 1));
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [number, name] of [
      [old, '孙立本'],
      [numbers.at(-1) ?? '', '孙立新'],
      [(numbers.at(-1) ?? '').replace('鲁职', ''), '孙立新'],
    ] as const) {
      const visitor = site.visitor();
      expect((await visitor.send(await visitor.get('/certificates/check'), { number, name })).text('#result')).toContain('有效');
    }
    const visitor = site.visitor();
    expect((await visitor.send(await visitor.get('/certificates/check'), { number: '鲁职123', name: '甲' })).errors()[0]).toContain(
      '「鲁职」加 19 位数字，或者「鲁」加 19 位数字',
    );
    expect(await site.db('audit_log').where({ action: 'certificate-scheme.save' })).toHaveLength(1);
  }, 60_000);

  it('what a certificate was numbered by never changes, one that was not used yet does', async () => {
    const rows = (await site.db('certificate_schemes').orderBy('id').select('id')) as { id: number }[];
    for (const { id } of rows) {
      await expect(site.db('certificate_schemes').where({ id }).update({ width: 8 })).rejects.toThrow(/numbered by scheme/);
      await expect(site.db('certificate_schemes').where({ id }).delete()).rejects.toThrow(/numbered by scheme|foreign key/);
    }
    await save({ prefix: 'SD' });
    await save({ prefix: 'SDZC' });
    expect(await site.db('certificate_schemes').orderBy('id').pluck('prefix')).toEqual(['鲁', '鲁职', 'SDZC']);
    expect((await admin.get(ADDRESS)).text()).toContain('尚未使用');
  });

  it('counts apart what the scheme tells apart', () => {
    const parts = { year: 2026, seriesCode: '05', level: 3, division: '371002' } as const;
    const scheme: NumberScheme = { prefix: '鲁', parts: ['division', 'year'], width: 4 };
    expect(scopeOf(parts, scheme)).toBe('371002-2026');
    expect(makeCertificateNumber({ ...parts, serial: 12 }, scheme)).toMatch(/^鲁37100220260012\d$/);
    expect(() => makeCertificateNumber({ ...parts, serial: 10_000 }, scheme)).toThrow(RangeError);
  });
});
