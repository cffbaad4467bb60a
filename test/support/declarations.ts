/** Declarations in any state, put into the database as if they had come there the long way; for tests of lists and of what happens later. */
import type { StateName } from '../../src/policy/declaration-moves';
import { makePerson, residentId, type TestBatch } from './factories';
import type { Page, Site } from './site';

export interface DeclarationInput {
  batch: TestBatch;
  state: StateName;
  name?: string;
  /** units it has been reported to, the declaring one first; the last one holds it in the unit states */
  units: { unitId: number }[];
  rank?: [n: number, of: number];
  rankFixed?: boolean;
  speciality?: string;
  titleName?: string;
}

let sequence = 0;

const atCommittee: readonly StateName[] = [
  'office_review',
  'correction',
  'accepted',
  'refused',
  'voted_passed',
  'voted_failed',
  'publicity',
  'certified',
];
const voted: readonly StateName[] = ['voted_passed', 'publicity', 'certified'];

/** Gives the id. Stops say where it has been; events, versions and sections are not made. */
export async function makeDeclaration(site: Site, d: DeclarationInput): Promise<string> {
  const n = ++sequence;
  const { batch } = d;
  const name = d.name ?? `测试人员${n}`;
  const { accountId: personId } = await makePerson(site, {
    loginName: `applicant_${n}`,
    name,
    idNumber: residentId(n % 1000, n < 1000 ? '19900101' : '19900102'),
    photo: false,
  });
  const title = (await site
    .db('titles')
    .where({ series_id: batch.seriesId, level: batch.level, ...(d.titleName ? { name: d.titleName } : {}) })
    .first('id')) as { id: number } | undefined;
  const isAtCommittee = atCommittee.includes(d.state);
  const isWithApplicant = ['draft', 'returned_to_applicant', 'correction'].includes(d.state);
  const last = d.units.length - 1;
  const position = isAtCommittee ? d.units.length : last;
  const [row] = (await site
    .db('declarations')
    .insert({
      person_id: personId,
      batch_id: batch.id,
      year: batch.year,
      series_id: batch.seriesId,
      level: batch.level,
      state: d.state,
      applicant_name: name,
      title_id: title?.id ?? null,
      speciality: d.speciality ?? '舞蹈',
      way: 'normal',
      unit_id: d.units[0]?.unitId ?? null,
      rank_n: d.rank?.[0] ?? null,
      rank_of: d.rank?.[1] ?? null,
      rank_fixed_at: d.rank && (d.rankFixed || d.units.length > 1 || isAtCommittee) ? site.db.raw('app_now()') : null,
      stop_position: d.state === 'draft' ? null : position,
      holder_unit_id: isAtCommittee || isWithApplicant ? null : (d.units[last]?.unitId ?? null),
      holder_committee_id: isAtCommittee && !isWithApplicant ? batch.committeeId : null,
      return_position: isWithApplicant && d.state !== 'draft' ? position : null,
      reopened_sections: isWithApplicant && d.state !== 'draft' ? ['performance'] : null,
      round: d.state === 'draft' ? 0 : 1,
      submitted_at: d.state === 'draft' ? null : site.db.raw('app_now()'),
    })
    .returning('id')) as { id: string }[];
  if (!row) throw new Error('no declaration');
  if (d.state === 'draft') return row.id;
  const now = site.db.raw('app_now()');
  const stops = d.units.map((u, i) => {
    const isReported = i < last || isAtCommittee;
    return {
      declaration_id: row.id,
      position: i,
      unit_id: u.unitId,
      committee_id: null as number | null,
      // one second apart in the order of making, so that the order of arrival is certain
      arrived_at: site.db.raw("app_now() - interval '1 day' + ? * interval '1 second'", [n]),
      passed_at: isReported || d.state === 'unit_passed' ? now : null,
      reported_at: isReported ? now : null,
    };
  });
  await site.db('declaration_stops').insert(stops);
  if (isAtCommittee) await site.db('declaration_stops').insert({ declaration_id: row.id, position, committee_id: batch.committeeId });
  if (voted.includes(d.state)) {
    await site.db('votes').insert({
      declaration_id: row.id,
      total: 9,
      present: 9,
      yes: 8,
      no: 1,
      abstain: 0,
      is_passed: true,
      met_on: site.db.raw('app_today()'),
      entered_by: personId,
    });
  }
  return row.id;
}

/** How many database queries `work` makes. */
export async function countQueries(site: Site, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const one = (): void => void count++;
  site.db.on('query', one);
  try {
    await work();
  } finally {
    site.db.removeListener('query', one);
  }
  return count;
}

export const stateOf = async (site: Site, id: string): Promise<string> =>
  ((await site.db('declarations').where({ id }).first('state')) as { state: string }).state;

/** The names in a list of declarations, in its order. */
export const namesOn = (page: Page): string[] =>
  page.all('table.queue tbody tr').map((tr) => tr.querySelectorAll('td a')[0]?.text.trim() ?? '');

/** What a reviewer reads: one section of one group, as it is frozen. */
export const frozenSection = (
  id: string,
  title: string,
  lines: Record<string, string>,
  files: readonly { id: string; name: string; mediaType?: string; label?: string }[] = [],
): object => ({
  id,
  title,
  parts: [
    {
      id: 'main',
      title: '',
      isRows: false,
      items: [],
      lines: Object.entries(lines).map(([label, text]) => ({ label, text })),
      files: files.map((f) => ({
        size: 1000,
        sha256: f.id.replace(/-/g, '').repeat(2).slice(0, 64),
        hasThumbnail: false,
        mediaType: 'image/jpeg',
        ...f,
      })),
    },
  ],
});

/** Freezes a round of a declaration with these sections, as if it had been submitted. */
export async function freezeRound(site: Site, id: string, round: number, sections: readonly object[]): Promise<void> {
  const d = (await site.db('declarations').where({ id }).first('applicant_name', 'year')) as { applicant_name: string; year: number };
  const content = {
    revision: 1,
    round,
    applicant: {
      name: d.applicant_name,
      sex: '女',
      bornOn: '1990-01-01',
      ethnicity: '汉族',
      politicalStatus: '',
      nativePlace: '',
      photoSha256: null,
    },
    batch: { year: d.year, series: '群众文化', level: '初级职称', committee: '群众文化初级评审委员会' },
    unit: '文化馆',
    sections,
  };
  await site.db('declaration_versions').insert({ declaration_id: id, round, content: JSON.stringify(content), sha256: '0'.repeat(64) });
}

/** A picture attached to a declaration; gives its id. */
export const attachPicture = (site: Site, declaration: string, name: string, content: Buffer): Promise<string> =>
  attachFile(site, declaration, name, content, 'image/jpeg');

/** A file attached to a declaration; gives its id. */
export async function attachFile(site: Site, declaration: string, name: string, content: Buffer, mediaType: string): Promise<string> {
  const { sha256, size } = await site.deps.storage.put(content);
  const d = (await site.db('declarations').where({ id: declaration }).first('person_id')) as { person_id: number };
  const [row] = (await site
    .db('attachments')
    .insert({
      declaration_id: declaration,
      section: 'performance',
      part: 'main',
      row_id: `picture${++sequence}`,
      field: 'proof',
      position: 1,
      name,
      media_type: mediaType,
      size,
      sha256,
      uploaded_by: d.person_id,
    })
    .returning('id')) as { id: string }[];
  if (!row) throw new Error('no attachment');
  return row.id;
}

/** Many declarations of one unit that wait to be reported, named 人员1 …, ranked 1/n …; made by a few statements. Gives the ids in the order of the ranks. */
export async function makeReportable(
  site: Site,
  batch: TestBatch,
  unit: { unitId: number },
  n: number,
  { first = 1, of = n }: { first?: number; of?: number } = {},
): Promise<string[]> {
  const { rows } = await site.db.raw<{ rows: { id: string }[] }>(
    `WITH a AS (INSERT INTO accounts (role, login_name, password_hash, display_name)
         SELECT 'person', 'many-' || :unit || '-' || i, '-', '人员' || i FROM generate_series(CAST(:first AS int), CAST(:first AS int) + CAST(:n AS int) - 1) i RETURNING id, display_name),
       p AS (INSERT INTO persons (account_id, name, id_type, id_number, sex, born_on, ethnicity, mobile)
         SELECT id, display_name, 'resident', '\\x00', 'female', '1995-03-12', '01', '\\x00' FROM a RETURNING account_id, name, substr(name, 3)::int AS i),
       d AS (INSERT INTO declarations (person_id, batch_id, year, series_id, level, state, applicant_name, unit_id, rank_n, rank_of, stop_position, holder_unit_id, round, submitted_at)
         SELECT account_id, :batch, :year, :series, :level, 'unit_passed', name, :unit, i, :of, 0, :unit, 1, app_now() FROM p RETURNING id, rank_n),
       s AS (INSERT INTO declaration_stops (declaration_id, position, unit_id, passed_at) SELECT id, 0, :unit, app_now() FROM d)
     SELECT id FROM d ORDER BY rank_n`,
    { unit: unit.unitId, n, first, of, batch: batch.id, year: batch.year, series: batch.seriesId, level: batch.level },
  );
  return rows.map((r) => r.id);
}
