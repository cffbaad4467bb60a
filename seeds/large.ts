import type { Db, Handle, Trx } from '../src/db/db';
import type { Cipher } from '../src/lib/cipher';
import { findQueueFaults } from '../src/modules/review';

/**
 * A made-up province for measuring: units in cities, most of them below a superior unit; persons of whom each declares once a year; few units with many
 * persons and many with few. Declarations stand in every state with their stops, events, votes and publicities. Without forms, files and certificates:
 * what lists, counts and moves need is there. Everything is computed from the numbers, so that the same size is the same province.
 */
const STEPS: readonly { what: string; sql: string }[] = [
  {
    what: '评审委员会',
    sql: `
      INSERT INTO committees (name, division_code, founded_by, phone, valid_from, valid_until, approved_at)
        SELECT '测量用' || d.name || s.name || '评审委员会', d.code, d.name || '人力资源和社会保障局', '0531-0000000', app_today() - 30, app_today() + 700, app_now()
        FROM divisions d, series s WHERE d.code LIKE '37__00' AND d.code <> '370000' AND s.position <= 6;
      INSERT INTO committee_scopes (committee_id, series_id, level)
        SELECT c.id, s.id, l FROM committees c JOIN series s ON c.name LIKE '%' || s.name || '评审委员会', unnest(ARRAY['junior', 'middle', 'associate']) l WHERE c.name LIKE '测量用%'
        ON CONFLICT DO NOTHING;
      INSERT INTO batches (year, committee_id, series_id, level, applicant_opens_at, applicant_closes_at, unit_closes_at, rank_by, entrusted_evidence_by, commitment)
        SELECT y, k.committee_id, k.series_id, k.level, app_now() - make_interval(years => :year - y, days => 40), app_now() - make_interval(years => :year - y) + interval '20 days',
          app_now() - make_interval(years => :year - y) + interval '30 days', 'unit', 'unit', '本人承诺所填内容真实、准确。'
        FROM committee_scopes k JOIN committees c ON c.id = k.committee_id AND c.name LIKE '测量用%', generate_series(:year - 2, :year) y;
      INSERT INTO batch_commitments (batch_id, version, text) SELECT id, 1, commitment FROM batches ON CONFLICT DO NOTHING`,
  },
  {
    what: '单位',
    sql: `
      CREATE TEMP TABLE big_cities ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY c.code) - 1 AS n, c.code AS city,
          (SELECT array_agg(d.code ORDER BY d.code) FROM divisions d WHERE d.code LIKE left(c.code, 4) || '__' AND d.code <> c.code) AS districts
        FROM divisions c WHERE c.code LIKE '37__00' AND c.code <> '370000';
      CREATE TEMP TABLE big_units ON COMMIT DROP AS
        SELECT i AS n, i < :units / 50 AS is_superior, c.city, coalesce(c.districts[1 + i % greatest(1, cardinality(c.districts))], c.city) AS division,
          nextval(pg_get_serial_sequence('units', 'id')) AS id, nextval(pg_get_serial_sequence('accounts', 'id')) AS account
        FROM generate_series(0, :units + :units / 50 - 1) i JOIN big_cities c ON c.n = i % (SELECT count(*) FROM big_cities);
      INSERT INTO units (id, name, pinyin, credit_code, nature, division_code, contact_name, mobile, mobile_index, permission_state) OVERRIDING SYSTEM VALUE
        SELECT b.id, v.name || CASE WHEN is_superior THEN '主管' ELSE '' END || '第' || n || (ARRAY['文化馆', '图书馆', '中心医院', '实验中学', '机械厂', '农技站'])[1 + (n % 6)::int], 'dw' || n,
          '12' || division || lpad(n::text, 10, '0'), 'public-institution', division, '联系人', :unit_mobile, sha256(('unit' || n)::bytea), CASE WHEN n < :units THEN 'granted' ELSE 'requested' END
        FROM big_units b JOIN divisions v ON v.code = b.division;
      INSERT INTO accounts (id, role, login_name, password_hash, display_name, unit_id, is_owner) OVERRIDING SYSTEM VALUE
        SELECT account, 'unit', 'big-unit-' || n, '-', '经办人', id, true FROM big_units;
      INSERT INTO permission_requests (unit_id, credit_code, division_code, state, is_automatic, requested_by, requested_at, decided_at)
        SELECT id, '12' || division || lpad(n::text, 10, '0'), division, CASE WHEN n < :units THEN 'granted' ELSE 'requested' END, n < :units, account,
          app_now() - make_interval(mins => n % 500000), CASE WHEN n < :units THEN app_now() - make_interval(mins => n % 500000) END FROM big_units;
      CREATE UNIQUE INDEX ON big_units (n);
      ANALYZE big_units`,
  },
  {
    what: '个人',
    sql: `
      CREATE TEMP TABLE big_people ON COMMIT DROP AS
        SELECT p AS n, u.n AS unit, u.id AS unit_id, u.account AS unit_account, u.city, u.division, 1 + (u.n + p) % 6 AS series_position, (ARRAY['junior', 'junior', 'middle', 'middle', 'associate'])[1 + (p % 5)::int] AS level,
          (ARRAY['王', '李', '张', '刘', '陈', '杨', '于', '孙', '赵', '丛', '毕', '邹', '鞠', '宫', '隋'])[1 + ((p * 7919) % 15)::int]
            || (ARRAY['海', '建', '晓', '志', '文', '玉', '丽', '国', '春', '明', '秀', '永', '思', '雨'])[1 + ((p * 104729 / 7) % 14)::int]
            || (ARRAY['燕', '宁', '军', '华', '敏', '强', '霞', '涛', '洋', '莉', '杰', '', '娟', '波', '鑫', '彤'])[1 + ((p * 15485863 / 3) % 16)::int] AS name,
          nextval(pg_get_serial_sequence('accounts', 'id')) AS id
        FROM generate_series(0::bigint, :people - 1) p
          JOIN big_units u ON u.n = least(:units - 1, :units / 50 + floor(power((p * 2654435761 % 1000003)::float / 1000003, 3) * (:units - :units / 50))::bigint);
      INSERT INTO accounts (id, role, login_name, password_hash, display_name) OVERRIDING SYSTEM VALUE SELECT id, 'person', 'big-person-' || n, '-', name FROM big_people;
      INSERT INTO persons (account_id, name, id_type, id_number, sex, born_on, ethnicity, mobile, mobile_index)
        SELECT id, name, 'resident', :id_number, CASE WHEN n % 2 = 0 THEN 'female' ELSE 'male' END, date '1970-01-01' + (n % 10000)::int, '01', :person_mobile, sha256(('person' || n)::bytea)
        FROM big_people;
      ANALYZE big_people`,
  },
  {
    what: '工作人员',
    sql: `
      INSERT INTO accounts (role, login_name, password_hash, display_name, committee_id) SELECT 'office', 'big-office-' || id, '-', '经办人', id FROM committees WHERE name LIKE '测量用%';
      INSERT INTO accounts (role, login_name, password_hash, display_name, division_code) SELECT 'bureau', 'big-bureau-' || code, '-', '经办人', code FROM divisions WHERE code LIKE '37%';
      INSERT INTO accounts (role, login_name, password_hash, display_name) VALUES ('support', 'big-support', '-', '客服'), ('support', 'big-support-2', '-', '客服'), ('admin', 'big-admin', '-', '管理员');
      INSERT INTO identity_corrections (account_id, kind, old_name, new_name, reason, evidence_name, evidence_type, evidence_sha256, state, requested_by, requested_at, decided_by, decided_at)
        SELECT p.id, 'name', name || '一', name, '户籍更名', '户口簿.pdf', 'application/pdf', repeat('0', 64), CASE WHEN n % 700 = 0 THEN 'pending' ELSE 'confirmed' END, a.id,
          app_now() - make_interval(mins => (n % 500000)::int), CASE WHEN n % 700 <> 0 THEN b.id END, CASE WHEN n % 700 <> 0 THEN app_now() - make_interval(mins => (n % 400000)::int) END
        FROM big_people p, accounts a, accounts b WHERE n % 35 = 0 AND a.login_name = 'big-support' AND b.login_name = 'big-support-2';
      INSERT INTO notices (title, body, issued_by, published_at) SELECT '测量用公告第' || i || '号', '内容', '省人力资源和社会保障厅', app_now() - make_interval(days => i) FROM generate_series(1, 300) i`,
  },
  {
    what: '上报路径',
    sql: `
      INSERT INTO reporting_paths (unit_id, series_id, level, year, upstream_unit_id, committee_id, state, requested_by)
        SELECT u.id, s.id, l.level, :year, CASE WHEN NOT u.is_superior THEN sup.id END, CASE WHEN u.is_superior THEN c.id END, CASE WHEN u.n % 20 = 19 AND NOT u.is_superior THEN 'requested' ELSE 'approved' END, u.account
        FROM big_units u
          JOIN (SELECT DISTINCT unit AS n, series_position, level FROM big_people UNION SELECT b.n, p, v FROM big_units b, generate_series(1, 6) p, unnest(ARRAY['junior', 'middle', 'associate']) v WHERE b.is_superior) l ON l.n = u.n
          JOIN series s ON s.position = l.series_position
          LEFT JOIN big_units sup ON sup.n = u.n % (SELECT count(*) FROM big_cities)
          LEFT JOIN committees c ON c.name = '测量用' || (SELECT d.name FROM divisions d WHERE d.code = u.city) || s.name || '评审委员会'`,
  },
  {
    what: '申报',
    sql: `
      CREATE TEMP TABLE big_declarations ON COMMIT DROP AS
        SELECT d.*, CASE WHEN state = 'draft' THEN 0 WHEN at_committee THEN 3 WHEN is_high THEN 2 ELSE 1 END AS stops FROM (
        SELECT d.*, is_asked_high AND state <> 'returned_to_unit' AS is_high, state NOT IN ('draft', 'unit_review', 'unit_passed', 'returned_to_applicant', 'returned_to_unit') AS at_committee,
          state IN ('unit_review', 'unit_passed', 'returned_to_unit') AS at_unit FROM (
        SELECT gen_random_uuid() AS id, p.id AS person, p.name, p.unit_id, p.unit_account, p.division, sup.id AS superior_id, b.committee_id, b.id AS batch_id, b.year, b.series_id, b.level,
          CASE WHEN b.year = :year THEN (ARRAY['draft', 'draft', 'unit_review', 'unit_review', 'unit_review', 'unit_review', 'unit_passed', 'unit_passed', 'unit_passed', 'returned_to_applicant',
              'returned_to_unit', 'office_review', 'office_review', 'office_review', 'office_review', 'correction', 'accepted', 'accepted', 'accepted', 'voted_passed', 'voted_failed', 'publicity', 'publicity', 'refused'])[1 + ((p.n * 31 + 7) % 24)::int]
            ELSE (ARRAY['certified', 'certified', 'certified', 'certified', 'certified', 'certified', 'certified', 'voted_failed', 'refused', 'abandoned'])[1 + ((p.n * 13 + b.year) % 10)::int] END AS state,
          p.n % 3 <> 0 AS is_asked_high, app_now() - make_interval(years => :year - b.year, mins => (p.n * 7 % 40000)::int) AS at,
          row_number() OVER (PARTITION BY p.unit_id, b.id ORDER BY p.n)::int AS rank_n, (count(*) OVER (PARTITION BY p.unit_id, b.id))::int AS rank_of
        FROM big_people p
          JOIN series s ON s.position = p.series_position
          JOIN big_units sup ON sup.n = p.unit % (SELECT count(*) FROM big_cities)
          JOIN committees c ON c.name = '测量用' || (SELECT d.name FROM divisions d WHERE d.code = p.city) || s.name || '评审委员会'
          JOIN batches b ON b.committee_id = c.id AND b.series_id = s.id AND b.level = p.level
        WHERE p.n + (:year - b.year) * :people < :declarations) d) d;
      ANALYZE big_declarations;
      INSERT INTO declarations (id, person_id, batch_id, year, series_id, level, state, applicant_name, title_id, speciality, way, unit_id, rank_n, rank_of, rank_fixed_at, stop_position,
          holder_unit_id, holder_committee_id, return_position, reopened_sections, round, submitted_at, moved_at, created_at, region_code)
        SELECT id, person, batch_id, year, series_id, level, state, name, t.title_id, '专业', 'normal', unit_id,
          rank_n, rank_of, CASE WHEN stops > 1 THEN at END, CASE WHEN stops > 0 THEN stops - 1 END,
          CASE WHEN at_unit THEN CASE WHEN is_high THEN superior_id ELSE unit_id END END, CASE WHEN at_committee AND state <> 'correction' THEN committee_id END,
          CASE WHEN state IN ('returned_to_applicant', 'correction') THEN stops - 1 END, CASE WHEN state IN ('returned_to_applicant', 'correction') THEN ARRAY['performance'] END,
          least(1, stops), CASE WHEN stops > 0 THEN at END, at, at - interval '10 days', d.division
        FROM big_declarations d LEFT JOIN (SELECT series_id, level, min(id) AS title_id FROM titles GROUP BY 1, 2) t USING (series_id, level);
      INSERT INTO declaration_stops (declaration_id, position, unit_id, committee_id, arrived_at, passed_at, reported_at)
        SELECT d.id, i, CASE i WHEN 0 THEN d.unit_id WHEN 1 THEN d.superior_id END, CASE i WHEN 2 THEN d.committee_id END, d.at + make_interval(hours => i),
          CASE WHEN i < 2 AND (i < stops - 1 OR state = 'unit_passed') THEN d.at + make_interval(hours => i + 1) END, CASE WHEN i < 2 AND i < stops - 1 THEN d.at + make_interval(hours => i + 1) END
        FROM big_declarations d, generate_series(0, d.stops - 1) i;
      INSERT INTO declaration_events (declaration_id, move, from_state, to_state, round, actor_id, actor_name, on_behalf_of, stop_position, at)
        SELECT d.id, 'submit', 'draft', 'unit_review', 1, d.person, d.name, d.name, NULL, d.at FROM big_declarations d WHERE stops > 0
        UNION ALL SELECT d.id, m.move, m.f, m.t, 1, d.unit_account, '经办人', '单位', 0, d.at + interval '1 hour' FROM big_declarations d,
          (VALUES ('pass', 'unit_review', 'unit_passed'), ('report', 'unit_passed', 'unit_review')) m (move, f, t) WHERE stops > 1`,
  },
  {
    what: '表决、公示',
    sql: `
      INSERT INTO votes (declaration_id, total, present, yes, no, abstain, is_passed, met_on, entered_by)
        SELECT id, 9, 9, CASE WHEN state = 'voted_failed' THEN 3 ELSE 8 END, CASE WHEN state = 'voted_failed' THEN 6 ELSE 1 END, 0, state <> 'voted_failed', at::date, person
        FROM big_declarations WHERE state IN ('voted_passed', 'voted_failed', 'publicity', 'certified');
      CREATE TEMP TABLE big_publicities ON COMMIT DROP AS
        SELECT committee_id, year, min(at)::date AS starts_on, min(person) AS by, 0::bigint AS id FROM big_declarations WHERE state IN ('publicity', 'certified') GROUP BY 1, 2;
      INSERT INTO publicities (committee_id, starts_on, ends_on, created_by) SELECT committee_id, starts_on, starts_on + 7, by FROM big_publicities;
      INSERT INTO publicity_items (publicity_id, declaration_id)
        SELECT min(p.id), d.id FROM big_declarations d JOIN big_publicities b USING (committee_id, year) JOIN publicities p ON p.committee_id = b.committee_id AND p.starts_on = b.starts_on
        WHERE d.state IN ('publicity', 'certified') GROUP BY d.id`,
  },
];

/** What the triggers would have kept in step, out of the facts at once. */
const LISTS = `
  UPDATE publicities p SET item_count = x.n FROM (SELECT publicity_id, count(*)::int AS n FROM publicity_items GROUP BY 1) x WHERE p.id = x.publicity_id;
  INSERT INTO queue_entries (declaration_id, reader_kind, reader_id, position, bucket, is_reported, state_order, year, series_id, level, arrived_at, name, unit_name, rank_n, ends_on)
    SELECT * FROM queue_wanted;
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n, is_folded)
    SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, CASE WHEN bucket = 'publicity' THEN ends_on END, count(*), true
    FROM queue_entries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n, is_folded) SELECT *, true FROM region_wanted`;

const FACTS = [
  'batches',
  'units',
  'permission_requests',
  'identity_corrections',
  'accounts',
  'persons',
  'reporting_paths',
  'declarations',
  'declaration_stops',
  'declaration_events',
  'votes',
  'publicities',
  'publicity_items',
];

/** Without the indexes and keys of these tables that no foreign key needs; gives the statements that make them again. A row at a time they cost more than the rows. */
async function stripIndexes(trx: Trx, tables: readonly string[]): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { drop: string; make: string }[] }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS drop,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS make
       FROM pg_constraint c WHERE c.contype IN ('p', 'u') AND c.conrelid = ANY(CAST(:tables AS regclass[]))
         AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)
     UNION ALL
     SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
       FROM pg_index i WHERE i.indrelid = ANY(CAST(:tables AS regclass[])) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    { tables: [...tables] },
  );
  for (const row of rows) await trx.raw(row.drop);
  return rows.map((row) => row.make);
}

async function makeIndexes(trx: Trx, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await trx.raw(statement);
}

/** What must hold afterwards; each query counts what breaks it. */
const CHECKS: readonly { what: string; sql: string }[] = [
  {
    what: '申报没有停留记录',
    sql: `SELECT count(*) FROM declarations d WHERE state <> 'draft' AND NOT EXISTS (SELECT 1 FROM declaration_stops s WHERE s.declaration_id = d.id)`,
  },
  {
    what: '持有单位与停留记录不符',
    sql: `SELECT count(*) FROM declarations d WHERE holder_unit_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM declaration_stops s WHERE s.declaration_id = d.id AND s.position = d.stop_position AND s.unit_id = d.holder_unit_id)`,
  },
  {
    what: '持有评委会与停留记录不符',
    sql: `SELECT count(*) FROM declarations d WHERE holder_committee_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM declaration_stops s WHERE s.declaration_id = d.id AND s.position = d.stop_position AND s.committee_id = d.holder_committee_id)`,
  },
  {
    what: '申报的年度与批次不符',
    sql: `SELECT count(*) FROM declarations d JOIN batches b ON b.id = d.batch_id WHERE (d.year, d.series_id, d.level) IS DISTINCT FROM (b.year, b.series_id, b.level)`,
  },
  {
    what: '提交后的申报没有记录',
    sql: `SELECT count(*) FROM declarations d WHERE state <> 'draft' AND NOT EXISTS (SELECT 1 FROM declaration_events e WHERE e.declaration_id = d.id)`,
  },
  {
    what: '路径形成环',
    sql: `SELECT count(*) FROM reporting_paths p JOIN reporting_paths q ON q.unit_id = p.upstream_unit_id AND q.series_id = p.series_id AND q.level = p.level AND q.year = p.year WHERE q.upstream_unit_id = p.unit_id`,
  },
  {
    what: '路径指向不存在的单位或者评委会',
    sql: `SELECT count(*) FROM reporting_paths p LEFT JOIN units u ON u.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id WHERE u.id IS NULL AND c.id IS NULL`,
  },
  {
    what: '单位没有唯一的负责人账号',
    sql: `SELECT count(*) FROM units u WHERE (SELECT count(*) FROM accounts a WHERE a.unit_id = u.id AND a.is_owner) <> 1`,
  },
  {
    what: '申报的地区与单位不符',
    sql: `SELECT count(*) FROM declarations d JOIN units u ON u.id = d.unit_id WHERE d.region_code IS DISTINCT FROM u.division_code`,
  },
  {
    what: '批次没有保存承诺书',
    sql: `SELECT count(*) FROM batches b WHERE NOT EXISTS (SELECT 1 FROM batch_commitments c WHERE c.batch_id = b.id AND c.text = b.commitment)`,
  },
];

/** Rows that point at nothing, for each foreign key of these tables: what the database itself would have looked at, row by row. */
async function findOrphans(db: Handle, tables: readonly string[]): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string; sql: string }[] }>(
    `SELECT c.conname AS name, format('SELECT count(*)::int AS count FROM %s a WHERE %s AND NOT EXISTS (SELECT 1 FROM %s b WHERE %s)', c.conrelid::regclass,
         string_agg(format('a.%I IS NOT NULL', x.attname), ' AND ' ORDER BY k.n), c.confrelid::regclass, string_agg(format('b.%I = a.%I', y.attname, x.attname), ' AND ' ORDER BY k.n)) AS sql
       FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY k (here, there, n)
         JOIN pg_attribute x ON x.attrelid = c.conrelid AND x.attnum = k.here JOIN pg_attribute y ON y.attrelid = c.confrelid AND y.attnum = k.there
       WHERE c.contype = 'f' AND c.conrelid = ANY(CAST(:tables AS regclass[])) GROUP BY c.oid ORDER BY c.conname`,
    { tables: [...tables] },
  );
  const problems: string[] = [];
  for (const key of rows) {
    const found = await db.raw<{ rows: { count: number }[] }>(key.sql);
    const count = found.rows[0]?.count ?? 0;
    if (count !== 0) problems.push(`外键 ${key.name} 指向不存在的记录：${count} 项`);
  }
  return problems;
}

/** One box for all: what counts at size is that pages can open it. */
const boxes = (cipher: Cipher): Readonly<Record<string, string>> => {
  const box = (plain: string, purpose: string): string => `'\\x${cipher.encrypt(plain, purpose).toString('hex')}'::bytea`;
  return {
    unit_mobile: box('13900000000', 'unit.mobile'),
    person_mobile: box('13900000000', 'person.mobile'),
    id_number: box('370102199001011233', 'person.id-number'),
  };
};

async function run(trx: Trx, sql: string, given: Readonly<Record<string, number | string>>): Promise<void> {
  // numbers and boxes that this file computes, put in as they are: a statement of several parts takes no bindings
  const text = sql.replace(/:(year|units|people|declarations|unit_mobile|person_mobile|id_number)\b/g, (_m, name: string) =>
    String(given[name]),
  );
  await trx.raw(text.replace(/\?/g, '\\?'));
}

/** Makes the province in one transaction; gives what is wrong with it afterwards (nothing, unless there is a fault). Refuses a database that holds declarations. */
export async function seedLarge(
  { db, cipher }: { db: Db; cipher: Cipher },
  declarations: number,
  say: (line: string) => void,
): Promise<string[]> {
  if (((await db('declarations').first('id')) as object | undefined) !== undefined) return ['数据库中已有申报，请使用空的数据库'];
  const { rows } = await db.raw<{ rows: { year: number }[] }>('SELECT extract(year FROM app_today())::int AS year');
  const given = {
    ...boxes(cipher),
    year: rows[0]?.year ?? 0,
    declarations,
    units: Math.max(100, Math.ceil(declarations / 5)),
    people: Math.ceil(declarations / 3),
  };
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    say(`${what}：${((performance.now() - began) / 1000).toFixed(1)} 秒`);
    return result;
  };
  await db.transaction(async (trx) => {
    await trx.raw("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '512MB'; SET LOCAL maintenance_work_mem = '1GB'");
    // foreign keys and row triggers of a million rows one by one would take hours; what they keep is looked at as a whole afterwards
    await trx.raw("SET LOCAL session_replication_role = 'replica'");
    const indexes = await stripIndexes(trx, FACTS);
    for (const step of STEPS) await timed(step.what, () => run(trx, step.sql, given));
    await timed('索引', () => makeIndexes(trx, indexes));
    await trx.raw(`ANALYZE ${FACTS.join(', ')}, committees`);
    const ofLists = await stripIndexes(trx, ['queue_entries']);
    await timed('各方列表', () => run(trx, LISTS, given));
    await timed('列表索引', () => makeIndexes(trx, ofLists));
  });
  // what autovacuum does within hours: pages marked as seen by all (index-only reads need it), pending lists of grams merged
  await timed('整理', () => db.raw('VACUUM (ANALYZE)'));
  return timed('检查', () => inspect(db, say));
}

/** What is wrong with the whole. */
function inspect(db: Db, say: (line: string) => void): Promise<string[]> {
  return db.transaction(async (trx) => {
    await trx.raw("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '512MB'");
    await trx.raw('ANALYZE');
    const problems = await findOrphans(trx, [...FACTS, 'batch_commitments', 'committee_scopes', 'queue_entries']);
    for (const check of CHECKS) {
      const found = await trx.raw<{ rows: { count: number }[] }>(check.sql);
      const count = found.rows[0]?.count ?? 0;
      if (count !== 0) problems.push(`${check.what}：${count} 项`);
    }
    const faults = await findQueueFaults(trx);
    if (faults.entries + faults.counts > 0) problems.push(`列表与申报不符：${faults.entries} 项，计数不符：${faults.counts} 项`);
    const totals = await trx.raw<{ rows: Record<string, number | string>[] }>(
      `SELECT (SELECT count(*) FROM units) AS 单位, (SELECT count(*) FROM persons) AS 个人, (SELECT count(*) FROM reporting_paths) AS 路径, (SELECT count(*) FROM declarations) AS 申报,
         (SELECT count(*) FROM declaration_stops) AS 停留, (SELECT count(*) FROM declaration_events) AS 记录, (SELECT count(*) FROM queue_entries) AS 列表,
         pg_size_pretty(pg_database_size(current_database())) AS 大小`,
    );
    say(
      Object.entries(totals.rows[0] ?? {})
        .map(([name, n]) => `${name} ${n}`)
        .join('，'),
    );
    return problems;
  });
}
