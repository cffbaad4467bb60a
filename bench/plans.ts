import { signInNameIndex } from '../src/modules/accounts';
import { addressOf } from '../src/http/paging';
import { paths } from '../src/http/paths';
import { passwordHash, signInAs } from '../test/support/factories';
import type { Site, Visitor } from '../test/support/site';
import type { Measure, Measured } from './measures';

/** Makes an account of the made-up province one that can sign in. */
export async function enter(site: Site, loginName: string): Promise<Visitor> {
  const account = (await site.db('accounts').where({ login_name: loginName }).first('id')) as { id: number } | undefined;
  if (!account) throw new Error(`no account ${loginName}`);
  await site
    .db('accounts')
    .where({ id: account.id })
    .update({ password_hash: await passwordHash() });
  await site
    .db('sign_in_names')
    .insert({ name_index: signInNameIndex(site.deps.cipher, loginName), account_id: account.id, kind: 'login-name' })
    .onConflict()
    .ignore();
  return signInAs(site, { loginName });
}

/** The reader of this kind who has most in the lists. */
export async function greatestReader(site: Site, kind: 'unit' | 'committee'): Promise<{ id: number; rows: number }> {
  const [most] = (await site
    .db('queue_counts')
    .where({ reader_kind: kind })
    .groupBy('reader_id')
    .orderByRaw('sum(n) DESC, reader_id')
    .limit(1)
    .select('reader_id as id', site.db.raw('sum(n)::int AS rows'))) as { id: number; rows: number }[];
  if (!most) throw new Error(`no ${kind}`);
  return most;
}

const HAI = encodeURIComponent('海');
const HAIYAN = encodeURIComponent('海燕');
const LIST = [
  '',
  'level=middle&state=accepted',
  'state=all&sort=name',
  'state=all&sort=name&dir=desc',
  'state=all&sort=unit',
  'state=all&sort=rank&dir=desc',
  'state=all&sort=state',
];
const QUEUE = [
  ...LIST,
  'state=all&dir=desc',
  `state=all&name=${HAI}`,
  `state=all&name=${HAIYAN}`,
  'state=all&end=yes',
  'state=all&sort=name&end=yes',
];

interface Plan extends Node {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Actual Rows': number;
}
interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}

/** A table of more rows than this grows with the province: a page must not read one from beginning to end. */
const LARGE = 5000;

/** The large tables that a plan reads whole. */
function readWhole(node: Node): string[] {
  const rows = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
  const here = node['Node Type'] === 'Seq Scan' && rows > LARGE ? [`${node['Relation Name'] ?? '?'} (${rows} rows)`] : [];
  return [...here, ...(node.Plans ?? []).flatMap(readWhole)];
}

interface Query {
  sql: string;
  bindings: unknown[];
}

async function explain(site: Site, q: Query): Promise<{ ms: number; pages: number; rows: number; whole: string[] }> {
  const { rows } = await site.db.raw<{ rows: { 'QUERY PLAN': { Plan: Plan; 'Execution Time': number }[] }[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${q.sql.replace(/\$\d+/g, '?')}`,
    q.bindings as string[],
  );
  const found = rows[0]?.['QUERY PLAN'][0];
  if (!found) throw new Error('no plan');
  return {
    ms: found['Execution Time'],
    pages: found.Plan['Shared Hit Blocks'] + found.Plan['Shared Read Blocks'],
    rows: found.Plan['Actual Rows'],
    whole: readWhole(found.Plan),
  };
}

/**
 * What every list of every reader asks of the database, in the province that `--database` names: for each page the queries it made, the slowest one, its time and the
 * pages of 8 kB it read, and the large tables it read whole (there should be none), by EXPLAIN (ANALYZE, BUFFERS) of the very queries of the page. Second run of each, so that what is read often lies in memory.
 */
export async function plans(site: Site): Promise<Measured> {
  const unit = await greatestReader(site, 'unit');
  const committee = await greatestReader(site, 'committee');
  const owner = (await site.db('accounts').where({ unit_id: unit.id, is_owner: true }).first('login_name')) as { login_name: string };
  const busy = (await site
    .db('reporting_paths')
    .whereNotNull('upstream_unit_id')
    .groupBy('upstream_unit_id')
    .orderByRaw('count(*) DESC')
    .first('upstream_unit_id as id')) as { id: number };
  const upstream = (await site.db('accounts').where({ unit_id: busy.id, is_owner: true }).first('login_name')) as { login_name: string };
  const REGION = [
    '',
    'year=',
    'state=accepted',
    'level=middle',
    `name=${HAI}`,
    `name=${HAIYAN}`,
    'end=yes',
    `unit=${encodeURIComponent('第77图书馆')}`,
  ];
  const PERMISSIONS = [
    '',
    'state=all',
    'state=granted',
    'state=granted&end=yes',
    `state=all&name=${encodeURIComponent('中心医院')}`,
    'state=refused',
  ];
  const UNITS = ['', 'end=yes', `name=${encodeURIComponent('中心医院')}`, 'name=dw777', 'code=12370102', 'show=namesakes'];
  const bureau = (code: string): [string, [string, string[]][]] => [
    `big-bureau-${code}`,
    [
      [paths.home(), ['']],
      [paths.results(), QUEUE],
      [paths.regionDeclarations(), REGION],
      [paths.permissions(), PERMISSIONS],
      [paths.bureauUnits(), UNITS],
      [paths.resultObjections(), ['']],
    ],
  ];
  const visits: [string, [string, string[]][]][] = [
    [
      `big-office-${committee.id}`,
      [
        [paths.home(), ['']],
        [paths.office(), QUEUE],
        [paths.officeOverview(), ['']],
        [paths.pathReview(), ['', 'state=all', 'state=approved']],
      ],
    ],
    [
      owner.login_name,
      [
        [paths.home(), ['']],
        [paths.review(), QUEUE],
        [paths.report(), ['']],
        [paths.unitPublicities(), ['']],
        [paths.unitPaths(), ['']],
      ],
    ],
    [
      upstream.login_name,
      [
        [
          paths.pathReview(),
          [
            '',
            'state=all',
            'state=approved',
            'state=approved&end=yes',
            'state=all&level=middle',
            `state=all&name=${encodeURIComponent('图书馆')}`,
          ],
        ],
      ],
    ],
    bureau('370000'),
    bureau('370200'),
    bureau('370202'),
    [
      'big-support',
      [
        [paths.home(), ['']],
        [paths.corrections(), ['', 'state=confirmed', 'state=confirmed&end=yes']],
      ],
    ],
    [
      'big-admin',
      [
        [paths.home(), ['']],
        [paths.staff(), ['', 'role=office', `name=${HAI}`]],
        [paths.divisions(), ['']],
      ],
    ],
    [
      '',
      [
        [paths.notices(), ['', 'page=6']],
        [paths.publicities(), ['', 'page=9']],
      ],
    ],
  ];
  const lines: { who: string; address: string; databaseMs: number; blocks: number; readWhole: string[] }[] = [];
  for (const [who, pages] of visits) {
    const visitor = who === '' ? site.visitor() : await enter(site, who);
    for (const [path, questions] of pages) {
      for (const question of questions) {
        const address = addressOf(path, question);
        const queries: Query[] = [];
        const note = (q: Query): void => void queries.push(q);
        await visitor.get(address);
        site.db.on('query', note);
        const began = performance.now();
        const page = await visitor.get(address);
        const total = performance.now() - began;
        site.db.removeListener('query', note);
        if (page.status !== 200) throw new Error(`${who} ${address}: ${page.status}`);
        const plansOf = [];
        for (const q of queries.filter((x) => /^\s*(select|with)/i.test(x.sql))) plansOf.push({ ...(await explain(site, q)), sql: q.sql });
        const slowest = plansOf.sort((a, b) => b.ms - a.ms)[0];
        const line = {
          who,
          address,
          pageMs: Math.round(total),
          queries: queries.length,
          databaseMs: Math.round(100 * plansOf.reduce((sum, p) => sum + p.ms, 0)) / 100,
          blocks: plansOf.reduce((sum, p) => sum + p.pages, 0),
          readWhole: plansOf.flatMap((p) => p.whole),
          slowest: slowest && {
            ms: slowest.ms,
            blocks: slowest.pages,
            rows: slowest.rows,
            sql: slowest.sql.replace(/\s+/g, ' ').slice(0, 160),
          },
        };
        process.stderr.write(
          `${who} ${address} ${line.databaseMs} ms ${line.blocks} pages ${slowest ? `${slowest.ms} ms` : ''} ${line.readWhole.join(', ')}\n`,
        );
        lines.push(line);
      }
    }
  }
  const whole = lines.flatMap((l) => l.readWhole.map((table) => `${l.who} ${l.address}: ${table}`));
  const measures: Measure[] = [
    { what: `most pages of 8 kB that one of ${lines.length} pages reads`, value: Math.max(...lines.map((l) => l.blocks)) },
    { what: 'longest time of all statements of a page', value: Math.max(...lines.map((l) => l.databaseMs)), unit: 'ms' },
    { what: 'tables of a page that are read whole', value: whole.length },
  ];
  return { measures, rowsOfTheUnit: unit.rows, rowsOfTheCommittee: committee.rows, readWhole: whole, lines };
}
