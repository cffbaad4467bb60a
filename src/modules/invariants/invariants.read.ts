import type { Handle } from '../../db/db';
import { stateNames, states } from '../../policy/declaration-moves';

/** One thing that must not be: `where` names the row, `what` says what is wrong with it. */
export interface BrokenRow {
  invariant: string;
  where: string;
  what: string;
}

/** Each gives the rows that break it, as `id` and `what`. Read-only, over whole tables: for operators and for tests, not for pages. */
const queries: Readonly<Record<string, string>> = {
  'a submitted declaration has its receipt and every round of it frozen': `
    SELECT d.id::text, d.state || ', round ' || d.round || ', ' || count(v.round) || ' versions' AS what
    FROM declarations d LEFT JOIN declaration_versions v ON v.declaration_id = d.id
    WHERE d.deleted_at IS NULL
    GROUP BY d.id HAVING count(v.round) <> d.round OR coalesce(max(v.round), 0) <> d.round OR (d.state <> 'draft' AND (d.round = 0 OR d.submitted_at IS NULL))`,
  'the state of a declaration is where its last event led': `
    SELECT d.id::text, d.state || ', last event led to ' || coalesce(e.to_state, 'nothing') AS what
    FROM declarations d LEFT JOIN LATERAL (SELECT to_state FROM declaration_events WHERE declaration_id = d.id ORDER BY id DESC LIMIT 1) e ON true
    WHERE d.deleted_at IS NULL AND d.state <> coalesce(e.to_state, 'draft')`,
  'each event begins where the one before ended': `
    SELECT declaration_id::text AS id, 'event ' || event || ' from ' || from_state || ' after ' || coalesce(before, 'draft') AS what FROM (
      SELECT declaration_id, id AS event, from_state, lag(to_state) OVER (PARTITION BY declaration_id ORDER BY id) AS before FROM declaration_events) e
    WHERE from_state <> coalesce(before, 'draft')`,
  'each event stands in the operation log, once': `
    SELECT e.id::text, e.what || ', ' || e.n || ' events, ' || coalesce(a.n, 0) || ' entries' AS what
    FROM (SELECT declaration_id::text AS id, 'declaration.' || move AS what, count(*)::int AS n FROM declaration_events GROUP BY 1, 2) e
    LEFT JOIN (SELECT subject_id, action, count(*)::int AS n FROM audit_log WHERE subject_kind = 'declaration' GROUP BY 1, 2) a ON a.subject_id = e.id AND a.action = e.what
    WHERE e.n <> coalesce(a.n, 0)`,
  'a declaration lies on the desk that its state says': `
    SELECT id::text, state || ', unit ' || coalesce(holder_unit_id::text, 'none') || ', committee ' || coalesce(holder_committee_id::text, 'none') AS what FROM declarations
    WHERE deleted_at IS NULL AND ((state = ANY(:ofUnits::text[])) <> (holder_unit_id IS NOT NULL) OR (state = ANY(:ofApplicants::text[]) AND holder_committee_id IS NOT NULL)
      OR (state = ANY(:ofOffices::text[]) AND holder_committee_id IS NULL))`,
  'a stop that was reported has a next one': `
    SELECT s.declaration_id::text AS id, 'stop ' || s.position || ' was reported' AS what FROM declaration_stops s
    WHERE s.reported_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM declaration_stops n WHERE n.declaration_id = s.declaration_id AND n.position = s.position + 1)`,
  'a unit has one live path of a kind': `
    SELECT min(id)::text AS id, count(*) || ' live paths of unit ' || unit_id || ', series ' || series_id || ', ' || level || ', ' || year AS what
    FROM reporting_paths WHERE state IN ('requested', 'approved') GROUP BY unit_id, series_id, level, year HAVING count(*) > 1`,
  'paths form no ring': `
    WITH RECURSIVE up AS (
      SELECT id, unit_id AS start, upstream_unit_id AS at, series_id, level, year, 1 AS hops FROM reporting_paths WHERE state IN ('requested', 'approved') AND upstream_unit_id IS NOT NULL
      UNION ALL SELECT up.id, up.start, p.upstream_unit_id, up.series_id, up.level, up.year, up.hops + 1 FROM up JOIN reporting_paths p
        ON p.unit_id = up.at AND p.series_id = up.series_id AND p.level = up.level AND p.year = up.year AND p.state IN ('requested', 'approved')
      WHERE up.at <> up.start AND p.upstream_unit_id IS NOT NULL AND up.hops < 50)
    SELECT id::text, 'unit ' || start || ' reports to itself' AS what FROM up WHERE at = start`,
  'ranks of a unit in a batch are distinct': `
    SELECT min(id::text) AS id, count(*) || ' with rank ' || rank_n || ' of unit ' || unit_id || ' in batch ' || batch_id AS what
    FROM declarations WHERE rank_fixed_at IS NOT NULL AND deleted_at IS NULL AND state NOT IN ('refused', 'abandoned') GROUP BY unit_id, batch_id, rank_n HAVING count(*) > 1`,
  'a vote has the result that its figures give, and the declaration the state that the vote gave': `
    SELECT d.id::text, d.state || ', yes ' || v.yes || ' of ' || v.present AS what FROM votes v JOIN declarations d ON d.id = v.declaration_id
    WHERE v.is_passed <> (3 * v.yes >= 2 * v.present) OR v.yes + v.no + v.abstain <> v.present
      OR (d.state IN ('voted_passed', 'publicity', 'certified') AND NOT v.is_passed)
    UNION ALL SELECT d.id::text, d.state || ' without a vote' FROM declarations d
    WHERE d.state IN ('voted_passed', 'publicity', 'certified') AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.declaration_id = d.id)`,
  'no more votes than judges who were there': `
    SELECT r.round_id || '/' || r.declaration_id AS id, r.yes + r.no + r.abstain || ' votes of ' || b.present || ' present' AS what
    FROM ballot_results r JOIN ballot_rounds b ON b.id = r.round_id WHERE r.yes + r.no + r.abstain > b.present
    UNION ALL SELECT b.id::text, (SELECT count(*) FROM ballots x WHERE x.round_id = b.id) || ' ballots for ' || b.present || ' present' FROM ballot_rounds b
    WHERE (SELECT count(*) FROM ballots x WHERE x.round_id = b.id) <> b.present`,
  'no single vote outlives its count': `
    SELECT b.round_id || '/' || b.judge_id AS id, 'a box of a round that is ' || r.state AS what FROM ballots b JOIN ballot_rounds r ON r.id = b.round_id WHERE r.state <> 'open' AND b.box IS NOT NULL`,
  'who is certified has a certificate, and nobody else': `
    SELECT d.id::text, d.state || ', certificates: ' || count(c.id) AS what FROM declarations d LEFT JOIN certificates c ON c.declaration_id = d.id
    GROUP BY d.id HAVING (d.state = 'certified') <> (count(c.id) > 0)`,
  'a declaration whose result is put up stands in a publicity': `
    SELECT d.id::text, d.state AS what FROM declarations d WHERE d.state = 'publicity' AND NOT EXISTS (SELECT 1 FROM publicity_items i WHERE i.declaration_id = d.id)`,
  'a publicity names as many people as stand in it': `
    SELECT p.id::text, p.item_count || ' kept, ' || count(i.publicity_id) || ' there' AS what FROM publicities p LEFT JOIN publicity_items i ON i.publicity_id = p.id
    GROUP BY p.id HAVING p.item_count <> count(i.publicity_id)`,
  'a permission that was taken back was taken back by somebody': `
    SELECT u.id::text, 'without a record' AS what FROM units u WHERE u.permission_state = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM permission_withdrawals w WHERE w.unit_id = u.id)`,
  'whoever can sign in has a name to sign in with': `
    SELECT a.id::text, a.role || ' without a name to sign in with' AS what FROM accounts a
    WHERE a.disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM sign_in_names n WHERE n.account_id = a.id)
    UNION ALL SELECT p.account_id::text, 'a person without an ID number to sign in with' FROM persons p JOIN accounts a ON a.id = p.account_id
    WHERE a.disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM sign_in_names n WHERE n.account_id = p.account_id AND n.kind = 'id-number')`,
  'what holds all this is switched on: triggers and indexes': `
    SELECT t.tgrelid::regclass::text || '.' || t.tgname AS id, 'the trigger is off' AS what FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled <> 'O'
    UNION ALL SELECT i.indexrelid::regclass::text, 'the index is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT (i.indisvalid AND i.indisready)`,
};

const held = (holder: string): string[] => stateNames.filter((s) => states[s].holder === holder);

/** The names of all invariants that the database alone can tell about. */
export const invariantNames = Object.keys(queries);

/** Rows that break an invariant, at most `most` of each; nothing when all is well. */
export async function listBrokenRows(h: Handle, most: number): Promise<BrokenRow[]> {
  const broken: BrokenRow[] = [];
  const given = { ofUnits: held('unit'), ofOffices: held('office'), ofApplicants: held('applicant') };
  for (const [invariant, sql] of Object.entries(queries)) {
    const { rows } = await h.raw<{ rows: { id: string; what: string }[] }>(`SELECT id, what FROM (${sql}) x ORDER BY id LIMIT :most`, {
      ...given,
      most,
    } as never);
    broken.push(...rows.map(({ id, what }) => ({ invariant, where: id, what })));
  }
  return broken;
}

/** Frozen versions after this place, with what their hash should be of. */
export async function listVersions(
  h: Handle,
  after: { id: string; round: number },
  most: number,
): Promise<{ id: string; round: number; content: unknown; sha256: string }[]> {
  const { rows } = await h.raw<{ rows: { id: string; round: number; content: unknown; sha256: string }[] }>(
    `SELECT declaration_id AS id, round, content, sha256 FROM declaration_versions WHERE (declaration_id, round) > (?, ?) ORDER BY declaration_id, round LIMIT ?`,
    [after.id, after.round, most],
  );
  return rows;
}

/** Contents that rows refer to, each once, after this hash. */
export async function listReferredFiles(h: Handle, after: string, most: number): Promise<{ sha256: string; where: string }[]> {
  const { rows } = await h.raw<{ rows: { sha256: string; where: string }[] }>(
    `SELECT sha256, min(who) AS where FROM (
       SELECT sha256, 'attachment ' || id AS who FROM attachments WHERE removed_at IS NULL AND sha256 > :after
       UNION ALL SELECT photo_sha256, 'photo of person ' || account_id FROM persons WHERE photo_sha256 > :after
       UNION ALL SELECT evidence_sha256, 'evidence of correction ' || id FROM identity_corrections WHERE evidence_sha256 > :after
       UNION ALL SELECT pdf_sha256, 'certificate ' || id FROM certificates WHERE pdf_sha256 > :after) x
     GROUP BY sha256 ORDER BY sha256 LIMIT :most`,
    { after, most },
  );
  return rows;
}
