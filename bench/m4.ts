import type http from 'node:http';
import express from 'express';
import { compressPages } from '../src/http/compress-pages';
import { scope } from '../src/policy/policy';
import { findActor } from '../src/modules/accounts';
import { firstOfRoster } from '../src/modules/reporting/roster.read';
import { rosterCells, rosterColumns, rosterRowHtml } from '../src/modules/reporting/roster.view';
import { makeReportable } from '../test/support/declarations';
import { makeBatch, makeCommittee, makeUnit, signInAs } from '../test/support/factories';
import { freezeContent } from '../test/support/frozen';
import type { Site } from '../test/support/site';
import { compare, median } from './compare';
import { slower, type Measured } from './measures';

const ROWS = 1000;

/** M4: 「一览表」 of 1,000 rows over HTTP, signed in, against a bare server that renders the same rows out of memory and compresses them alike; and when the first byte of ours comes. */
export async function m4(site: Site): Promise<Measured> {
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  const unit = await makeUnit(site);
  for (const id of await makeReportable(site, batch, unit, ROWS)) await freezeContent(site, id, true);
  await site.db.raw('ANALYZE');
  const visitor = await signInAs(site, unit);
  const cookie = [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const actor = await findActor(site.db, unit.accountId);
  if (!actor) throw new Error('no actor');
  const rows = await firstOfRoster(site.db, scope(actor), { show: 'to_report' }, ROWS);
  const catalogue = await site.deps.catalogue.get();
  const app = express();
  app.use(compressPages());
  app.get('/', (_req, res) => {
    let text = `<!DOCTYPE html><table><tr>${rosterColumns.map((c) => `<th>${c.head}</th>`).join('')}</tr>`;
    rows.forEach((row, n) => (text += rosterRowHtml(rosterCells(row, catalogue, n + 1))));
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`${text}</table>`);
  });
  const bare = await new Promise<http.Server>((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
  const floor = `http://127.0.0.1:${(bare.address() as { port: number }).port}/`;
  const firstBytes: number[] = [];
  const fetchAll = async (address: string, isOurs: boolean): Promise<void> => {
    const began = performance.now();
    const answer = await fetch(address, { headers: { cookie } });
    const reader = answer.body?.getReader();
    await reader?.read();
    if (isOurs) firstBytes.push(performance.now() - began);
    while (reader && !(await reader.read()).done);
    if (answer.status !== 200) throw new Error(`${address}: ${answer.status}`);
  };
  const result = await compare(
    () => fetchAll(`${site.base}/roster`, true),
    () => fetchAll(floor, false),
    15,
  );
  await new Promise<void>((resolve) => bare.close(() => resolve()));
  return {
    measures: [
      slower('「一览表」 of 1,000 rows', result, 1.3),
      { what: 'its first byte, median', value: Math.round(median(firstBytes)), unit: 'ms', goal: { atMost: 50 } },
    ],
    ...result,
  };
}
