/** M9: what a page weighs on the line, and that being compressed gives nothing away. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { makePerson, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

interface Raw {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}
/** As the bytes come: fetch would unpack them. */
const raw = (address: string, encoding: string, cookie = ''): Promise<Raw> =>
  new Promise((resolve, reject) => {
    http
      .get(site.base + address, { headers: { 'accept-encoding': encoding, cookie } }, (res) => {
        const parts: Buffer[] = [];
        res.on('data', (b: Buffer) => parts.push(b));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(parts) }));
        res.on('error', reject);
      })
      .on('error', reject);
  });
const assetsOf = (html: string): { style: string; scripts: string[]; pictures: string[] } => ({
  style: /<link rel="stylesheet" href="([^"]+)"/.exec(html)?.[1] ?? '',
  scripts: [...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map((m) => m[1] ?? ''),
  pictures: [...html.matchAll(/<img[^>]+src="([^"]+)"/g)].map((m) => m[1] ?? ''),
});

describe('M9, M10 what the first page weighs', () => {
  it('M9 sends the first page of an applicant in at most 14 KB and 3 requests, and in at most 40 KB with scripts', async () => {
    const person = await makePerson(site);
    const visitor = await signInAs(site, person);
    const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    for (const address of ['/home', '/declarations', '/notices']) {
      const page = await raw(address, 'gzip, br', cookie);
      expect([address, page.status, page.headers['content-encoding'], page.headers.vary]).toEqual([address, 200, 'br', 'Accept-Encoding']);
      const { style, scripts, pictures } = assetsOf(brotliDecompressSync(page.body).toString('utf8'));
      // the page, its style sheet, the icon
      expect([address, pictures]).toEqual([address, []]);
      const sheet = await raw(style, 'gzip, br');
      const icon = await raw('/favicon.ico', 'gzip, br');
      const plain = page.body.length + sheet.body.length + icon.body.length;
      expect(plain).toBeLessThanOrEqual(14 * 1024);
      const code = await Promise.all(scripts.map((s) => raw(s, 'gzip, br')));
      expect(plain + code.reduce((sum, c) => sum + c.body.length, 0)).toBeLessThanOrEqual(40 * 1024);
    }
  });

  it('M9 gives every engine what it can read, and lets it keep public files for ever', async () => {
    const { style } = assetsOf((await raw('/sign-in', 'identity')).body.toString('utf8'));
    const [br, gz, none] = await Promise.all([raw(style, 'br'), raw(style, 'gzip'), raw(style, 'identity')]);
    expect([br, gz, none].map((r) => r.headers['content-encoding'])).toEqual(['br', 'gzip', undefined]);
    expect(brotliDecompressSync(br.body).equals(none.body)).toBe(true);
    expect(gunzipSync(gz.body).equals(none.body)).toBe(true);
    for (const r of [br, gz, none]) {
      expect(r.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(r.headers['content-type']).toMatch(/^text\/css; charset=utf-8$/i);
    }
    expect((await raw('/notices', 'gzip')).headers['content-encoding']).toBe('gzip');
  });

  it('M10 brings the style sheet inside the first page that a browser opens, allowed by its hash alone, and as a file from then on', async () => {
    const get = (headers: Record<string, string>): Promise<Response> => fetch(`${site.base}/sign-in`, { headers });
    const first = await get({ 'sec-fetch-dest': 'document' });
    const html = await first.text();
    const sheet = /<style>([^<]+)<\/style>/.exec(html)?.[1] ?? '';
    expect(sheet.length).toBeGreaterThan(20_000);
    expect(html).not.toContain('rel="stylesheet"');
    const hash = createHash('sha256').update(sheet).digest('base64');
    expect(first.headers.get('content-security-policy')).toContain(`;style-src 'self' 'sha256-${hash}';`);
    const cookie = first.headers.getSetCookie().find((c) => c.startsWith('sheet=')) ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax$/);

    const [kept = ''] = cookie.split(';');
    for (const headers of [{ 'sec-fetch-dest': 'document', cookie: kept }, { 'sec-fetch-dest': 'empty' }, {}] as Record<string, string>[]) {
      const next = await get(headers);
      expect(await next.text()).not.toContain('<style');
      expect(next.headers.get('content-security-policy')).toContain(";style-src 'self';");
    }
    // a new sheet, or large type: brought once more
    for (const other of ['sheet=000000000000', `${kept}; type=large`])
      expect(await (await get({ 'sec-fetch-dest': 'document', cookie: other })).text()).toContain('<style>');
  });

  it('S22 shows a form token under a new mask on every page, so that its length says nothing; every one of them is good', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    const seen = new Set<string>();
    for (let n = 0; n < 3; n++) {
      const page = await visitor.get('/password');
      const token = page.find('input[name="_csrf"]')?.getAttribute('value') ?? '';
      expect(new Set(page.all('input[name="_csrf"]').map((i) => i.getAttribute('value')))).toEqual(new Set([token]));
      seen.add(token);
    }
    expect(seen.size).toBe(3);
    const statusWith = async (token: string, n: number): Promise<number> =>
      (await visitor.request('POST', '/password', new URLSearchParams({ _csrf: token, _token: `one-time-token-${n}-of-the-test` }))).status;
    for (const [n, token] of [...seen].entries()) expect(await statusWith(token, n)).toBe(422);
    for (const [n, token] of ['x', '', 'AAAA'.repeat(43), [...seen].join('')].entries()) expect(await statusWith(token, 10 + n)).toBe(403);
  });
});
