import type { PlainDate } from '../../lib/dates';
import { askPrepared, type Handle } from '../../db/db';
import { waitedMs } from '../../lib/arrival';
import { levelText, type Level } from '../catalogue';
import type { Batch, Window, WindowView } from './batch';

interface Row {
  id: number;
  year: number;
  committee_id: number;
  committee_name: string;
  committee_phone: string;
  division_code: string;
  division_name: string;
  series_id: number;
  series_name: string;
  level: Level;
  applicant_opens_at: Date;
  applicant_closes_at: Date;
  unit_closes_at: Date;
  applicant_open: boolean;
  unit_open: boolean;
  rank_by: Batch['rankBy'];
  entrusted_evidence_by: Batch['entrustedEvidenceBy'];
  max_results: number;
  publicity_days: number;
  demands_unit_publicity: boolean;
  unit_publicity_days: number;
  correction_days: number;
  appeal_days: number;
  commitment: string;
  published: boolean;
  version: number;
  today: PlainDate;
  now: Date;
}

// K3: opening counts, closing does not: at the second of closing it is closed. An extension (e) counts as long as it was not taken back.
const APPLICANT_CLOSES = 'greatest(b.applicant_closes_at, e.applicant_until)';
const UNIT_CLOSES = 'greatest(b.unit_closes_at, e.unit_until)';
// clock_timestamp moves on inside a transaction, as waitedMs does: their difference is the moment the request arrived, by the database's clock
const AT = `(CASE WHEN :waited::float8 IS NULL THEN app_now() ELSE app_now() + (clock_timestamp() - now()) - make_interval(secs => :waited::float8) END)`;
const OPENED = `b.published_at IS NOT NULL AND ${AT} >= b.applicant_opens_at`;
const APPLICANT_OPEN = `${OPENED} AND ${AT} < ${APPLICANT_CLOSES}`;
const UNIT_OPEN = `${OPENED} AND ${AT} < ${UNIT_CLOSES}`;
const EXTENSION = 'LEFT JOIN batch_extensions e ON e.batch_id = b.id AND e.person_id = :person::bigint AND e.revoked_at IS NULL';
const WINDOW = `b.applicant_opens_at, ${APPLICANT_CLOSES} AS applicant_closes_at, ${UNIT_CLOSES} AS unit_closes_at,
    (${APPLICANT_OPEN}) AS applicant_open, (${UNIT_OPEN}) AS unit_open`;
const bindings = ({ personId }: WindowView): { person: number | null; waited: number | null } => {
  const waited = waitedMs();
  return { person: personId ?? null, waited: waited === undefined ? null : waited / 1000 };
};

const SELECT = `SELECT b.id, b.year, b.committee_id, c.name AS committee_name, c.phone AS committee_phone, c.division_code, d.full_name AS division_name,
    b.series_id, s.name AS series_name, b.level, ${WINDOW},
    b.rank_by, b.entrusted_evidence_by, b.max_results, b.publicity_days, b.demands_unit_publicity, b.unit_publicity_days, b.correction_days, b.appeal_days, b.commitment,
    b.published_at IS NOT NULL AS published, b.version, app_today() AS today, app_now() AS now
  FROM batches b JOIN committees c ON c.id = b.committee_id JOIN divisions d ON d.code = c.division_code JOIN series s ON s.id = b.series_id ${EXTENSION}`;

function batchOf(r: Row): Batch {
  return {
    id: r.id,
    year: r.year,
    committeeId: r.committee_id,
    committeeName: r.committee_name,
    committeePhone: r.committee_phone,
    divisionCode: r.division_code,
    divisionName: r.division_name,
    seriesId: r.series_id,
    seriesName: r.series_name,
    level: r.level,
    levelText: levelText(r.level),
    today: r.today,
    now: r.now,
    applicantOpensAt: r.applicant_opens_at,
    applicantClosesAt: r.applicant_closes_at,
    unitClosesAt: r.unit_closes_at,
    isOpenForApplicants: r.applicant_open,
    isOpenForUnits: r.unit_open,
    rankBy: r.rank_by,
    entrustedEvidenceBy: r.entrusted_evidence_by,
    maxResults: r.max_results,
    publicityDays: r.publicity_days,
    demandsUnitPublicity: r.demands_unit_publicity,
    unitPublicityDays: r.unit_publicity_days,
    correctionDays: r.correction_days,
    appealDays: r.appeal_days,
    commitment: r.commitment,
    isPublished: r.published,
    version: r.version,
  };
}

/** One batch as a query, also for statements that bring more with it: its values, and how a row of it is read. */
export const BATCH_QUERY = `${SELECT} WHERE b.id = :batch`;
export const batchValues = (id: number, view: WindowView = {}): { batch: number; person: number | null; waited: number | null } => ({
  batch: id,
  ...bindings(view),
});
export const readBatch = (row: unknown): Batch => batchOf(row as Row);

/** One batch, or undefined when there is none of this id. */
export async function findBatch(h: Handle, id: number, view: WindowView = {}): Promise<Batch | undefined> {
  const [row] = await askPrepared<unknown>(h, 'batch', BATCH_QUERY, batchValues(id, view));
  return row === undefined ? undefined : readBatch(row);
}

/**
 * Batches in which somebody can still do something: those that applicants or units may use now, and those that open later. Batches of a committee that is
 * not approved or whose term is over receive nothing and are left out. The one that closes first comes first.
 */
export async function listOpenBatches(h: Handle, view: WindowView = {}): Promise<Batch[]> {
  const rows = await askPrepared<Row>(
    h,
    'batches-open',
    `${SELECT} WHERE b.published_at IS NOT NULL AND app_now() < ${UNIT_CLOSES} AND committee_is_valid(c)
     ORDER BY b.applicant_closes_at, b.series_id, b.level, b.id`,
    bindings(view),
  );
  return rows.map(batchOf);
}

/** K3: the windows of these persons in these batches at this moment, by `batch:person`; the answers that decide inside a transaction. One query. */
export async function windowsOf(h: Handle, of: readonly { batchId: number; personId: number }[]): Promise<Map<string, Window>> {
  const waited = waitedMs();
  const rows = await askPrepared<WindowRow & { batch: number; person: number }>(
    h,
    'windows',
    `SELECT x.batch, x.person, ${WINDOW} FROM unnest(CAST(:batches AS bigint[]), CAST(:persons AS bigint[])) AS x(batch, person) JOIN batches b ON b.id = x.batch
       LEFT JOIN batch_extensions e ON e.batch_id = b.id AND e.person_id = x.person AND e.revoked_at IS NULL`,
    { batches: of.map((x) => x.batchId), persons: of.map((x) => x.personId), waited: waited === undefined ? null : waited / 1000 },
  );
  return new Map(rows.map((r) => [`${r.batch}:${r.person}`, windowIn(r)]));
}

/** K3: the windows of a batch at this moment. Inside a transaction that locked the declaration this is the answer that decides. Throws when the batch is gone. */
export async function windowOf(h: Handle, batchId: number, view: WindowView = {}): Promise<Window> {
  const [row] = await askPrepared<WindowRow>(h, 'window', `SELECT ${WINDOW} FROM batches b ${EXTENSION} WHERE b.id = :id`, {
    id: batchId,
    ...bindings(view),
  });
  if (!row) throw new Error(`no batch ${batchId}`);
  return windowIn(row);
}

type WindowRow = Pick<Row, 'applicant_open' | 'unit_open' | 'applicant_opens_at' | 'applicant_closes_at' | 'unit_closes_at'>;

const windowIn = (r: WindowRow): Window => ({
  applicantOpen: r.applicant_open,
  unitOpen: r.unit_open,
  applicantOpensAt: r.applicant_opens_at,
  applicantClosesAt: r.applicant_closes_at,
  unitClosesAt: r.unit_closes_at,
});
