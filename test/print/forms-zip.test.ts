import { PDFDocument } from 'pdf-lib';
import { signInAs } from '../support/factories';
import { readZip } from '../support/read-zip';
import { openSite, type Site } from '../support/site';
import { declare, makeWorld } from './certificate-fixture';

const FORMS = 50;
let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.deps.printer.warm();
}, 120_000);
afterAll(() => site.close());

describe('R4 review forms of a whole list', () => {
  it('F10 come as one ZIP in the order of the list, all of them right, although the browser is killed in the middle', async () => {
    const world = await makeWorld(site);
    for (let i = 0; i < FORMS; i++) await declare(site, world, { name: `申报人${String.fromCharCode(0x4e00 + i)}`, photo: false });
    const visitor = await signInAs(site, world.office);
    const answer = await visitor.submit(
      await visitor.get('/roster?show=accepted'),
      {},
      { form: 'form.roster__export', button: 'do=forms' },
    );
    expect(answer.status).toBe(303);
    const before = site.deps.printer.stats();
    const run = site.drainJobs();
    const until = performance.now() + 60_000;
    while (site.deps.printer.stats().prints < before.prints + 20 && performance.now() < until) await new Promise((r) => setTimeout(r, 5));
    process.kill(site.deps.printer.stats().pid ?? 0, 'SIGKILL');
    await run;
    const page = await visitor.get(answer.location);
    expect(site.log.filter((l) => l.includes('task failed'))).toEqual([]);
    expect(page.text()).toContain('已生成');
    expect(site.deps.printer.stats()).toMatchObject({ prints: before.prints + FORMS, failures: before.failures });
    expect(site.deps.printer.stats().launches).toBeGreaterThan(before.launches);
    const whole = await visitor.bytes(`${answer.location}/file`);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    const files = readZip(whole.body);
    expect(files.size).toBe(FORMS);
    expect([...files.keys()].map((name) => name.slice(0, 4))).toEqual(
      Array.from({ length: FORMS }, (_, i) => String(i + 1).padStart(4, '0')),
    );
    for (const pdf of files.values()) expect((await PDFDocument.load(pdf)).getPageCount()).toBeGreaterThan(2);
    // what was broken off is fetched on from there
    const part = await visitor.get(`${answer.location}/file`, { range: 'bytes=1000-' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-${whole.body.length - 1}/${whole.body.length}`]);
  }, 240_000);
});
