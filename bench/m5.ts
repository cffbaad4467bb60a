import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { xlsx, type Cells } from '../src/adapters/spreadsheet';
import { findActor } from '../src/modules/accounts';
import { eachRoster } from '../src/modules/reporting/roster.read';
import { rosterCells, rosterColumns } from '../src/modules/reporting/roster.view';
import { scope } from '../src/policy/policy';
import { makeReportable } from '../test/support/declarations';
import { makeBatch, makeCommittee, makeUnit } from '../test/support/factories';
import { freezeContent } from '../test/support/frozen';
import type { Site } from '../test/support/site';
import { compare } from './compare';
import { slower, type Measured } from './measures';

const ROWS = 100_000;

/** M5: 100,000 rows as a spreadsheet, against the server writing the same columns out as text (COPY's work, without the client); and how much memory it takes. */
export async function m5(site: Site): Promise<Measured> {
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  const unit = await makeUnit(site);
  const ids: string[] = [];
  // in parts, each within the time that a statement of the site may take
  for (let first = 1; first <= ROWS; first += 5000) ids.push(...(await makeReportable(site, batch, unit, 5000, { first, of: ROWS })));
  await freezeContent(site, ids[0] ?? '', true);
  for (let at = 0; at < ROWS; at += 5000)
    await site.db.raw(
      `INSERT INTO declaration_versions (declaration_id, round, content, sha256, roster)
       SELECT d.id, 1, '{}', v.sha256, v.roster FROM unnest(CAST(? AS uuid[])) d(id) CROSS JOIN (SELECT sha256, roster FROM declaration_versions LIMIT 1) v ON CONFLICT DO NOTHING`,
      [ids.slice(at, at + 5000)] as never,
    );
  await site.db.raw('ANALYZE');
  const actor = await findActor(site.db, unit.accountId);
  if (!actor) throw new Error('no actor');
  const catalogue = await site.deps.catalogue.get();
  let peak = 0;
  let bytes = 0;
  const ours = async (): Promise<void> => {
    bytes = 0;
    const cells = async function* (): AsyncGenerator<Iterable<Cells>> {
      let n = 0;
      for await (const rows of eachRoster(site.db, scope(actor), { show: 'to_report' }))
        yield rows.map((row) => rosterCells(row, catalogue, ++n));
    };
    const file = xlsx({ name: '一览表', title: '一览表', columns: rosterColumns.map((c) => ({ head: c.head, width: 10 })), rows: cells() });
    await pipeline(
      file,
      new Writable({
        write(chunk: Buffer, _e, done) {
          bytes += chunk.length;
          peak = Math.max(peak, process.memoryUsage.rss());
          done();
        },
      }),
    );
  };
  await ours();
  const before = process.memoryUsage.rss();
  peak = before;
  const result = await compare(
    ours,
    () =>
      site.db.raw(
        `COPY (SELECT d.*, u.name AS unit, v.roster FROM declarations d JOIN declaration_stops s ON s.declaration_id = d.id LEFT JOIN units u ON u.id = d.unit_id
           JOIN declaration_versions v ON v.declaration_id = d.id AND v.round = d.round WHERE s.unit_id = ${unit.unitId} ORDER BY u.name, d.rank_n) TO PROGRAM 'cat > /dev/null'`,
      ),
    5,
  );
  return {
    measures: [
      slower('100,000 rows as a spreadsheet', result, 8),
      { what: 'memory it takes', value: Math.round((peak - before) / 1024 / 1024), unit: 'MB', goal: { atMost: 32 } },
    ],
    ...result,
    fileMb: Math.round(bytes / 1024 / 1024),
  };
}
