import type { BlobStorage } from '../../adapters/storage';
import { proveChain } from '../../audit/prove-chain';
import type { Db } from '../../db/db';
import { canonicalJson, sha256Hex } from '../../lib/canonical-json';
import { findQueueFaults } from '../review';
import { listBrokenRows, listReferredFiles, listVersions, type BrokenRow } from './invariants.read';

/** So many rows of one broken invariant are named; more would say nothing more. */
const MOST = 20;
const AT_A_TIME = 200;

async function* brokenVersions(db: Db): AsyncIterable<BrokenRow> {
  let after = { id: '00000000-0000-0000-0000-000000000000', round: 0 };
  for (;;) {
    const list = await listVersions(db, after, AT_A_TIME);
    for (const { id, round, content, sha256 } of list)
      if (sha256Hex(canonicalJson(content)) !== sha256)
        yield { invariant: 'a frozen version is as it was frozen', where: `${id}, round ${round}`, what: 'its content has another hash' };
    const last = list.at(-1);
    if (!last || list.length < AT_A_TIME) return;
    after = last;
  }
}

async function* missingFiles(db: Db, storage: BlobStorage): AsyncIterable<BrokenRow> {
  let after = '';
  for (;;) {
    const list = await listReferredFiles(db, after, AT_A_TIME);
    for (const { sha256, where } of list)
      if (!(await storage.has(sha256))) yield { invariant: 'a row that names a file has it', where, what: `no file ${sha256}` };
    if (list.length < AT_A_TIME) return;
    after = list.at(-1)?.sha256 ?? after;
  }
}

async function take(rows: AsyncIterable<BrokenRow>): Promise<BrokenRow[]> {
  const taken: BrokenRow[] = [];
  for await (const row of rows) {
    taken.push(row);
    if (taken.length === MOST) break;
  }
  return taken;
}

/**
 * What must always be so and is not, each row by name: states, events, versions, receipts, desks, paths, ranks, votes, certificates, lists, files, names, the operation log, and whether the constraints and triggers that hold
 * them are there. Reads everything; files are looked for, not read (that is the nightly job's). May run beside the site: what a move changes, it changes in one transaction.
 */
export async function findBrokenRows({ db, storage }: { db: Db; storage: BlobStorage }): Promise<BrokenRow[]> {
  const [queues, chain] = [await findQueueFaults(db), await proveChain(db)];
  return [
    ...(await listBrokenRows(db, MOST)),
    ...(await take(brokenVersions(db))),
    ...(await take(missingFiles(db, storage))),
    ...(queues.entries > 0 || queues.counts > 0
      ? [
          {
            invariant: 'lists and their counts follow the facts',
            where: 'queue_entries',
            what: `${queues.entries} entries, ${queues.counts} counts`,
          },
        ]
      : []),
    ...(chain.verdict.kind === 'whole'
      ? []
      : [{ invariant: 'the chain of the operation log is whole', where: 'audit_log', what: chain.sentence }]),
  ];
}
