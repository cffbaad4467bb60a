/** Declarations that lack nothing but 「确定申报」: the first filled in through the pages, the others copies of it for other persons. */
import { makeScan } from '../../seeds/demo/scans';
import { applicant, caseSections } from './case';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeUnit,
  signInAs,
  signInVia,
  type TestBatch,
  type TestPerson,
} from './factories';
import { chooseTitleAndUnit, fillSection } from './fill';
import { Visitor, type Site } from './site';

export interface Submittable {
  id: string;
  visitor: Visitor;
  /** what 「确定申报」 sends: the form token of the session and a one-time token of its own */
  form: [string, string][];
}

/**
 * A person with a declaration of a new batch, filled in over plain forms: everything but the sections named, for a unit 「威海市环翠区文化馆」 that has a path, as the only one
 * it recommends.
 */
export async function makeFilled(
  site: Site,
  without: readonly string[] = [],
): Promise<{ id: string; person: TestPerson; visitor: Visitor; batch: TestBatch }> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, await makeUnit(site, { name: '威海市环翠区文化馆' }), { committeeId: committee.id });
  const person = await makePerson(site);
  const visitor = await signInAs(site, person);
  const id = await begin(visitor, batch);
  await fillAll(visitor, id, batch, without);
  return { id, person, visitor, batch };
}

async function begin(visitor: Visitor, batch: TestBatch): Promise<string> {
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /\/declarations\/([0-9a-f-]{36})\//.exec(started.location)?.[1];
  if (id === undefined) throw new Error(`no declaration: ${started.status} ${started.location}`);
  return id;
}

async function fillAll(visitor: Visitor, id: string, batch: TestBatch, without: readonly string[] = []): Promise<void> {
  for (const c of caseSections(batch.year).filter((s) => !without.includes(s.section))) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
  }
}

/** One declaration filled in through the pages; gives its id. The unit must be 「威海市环翠区文化馆」 and have a path. */
async function fillOne(site: Site, batch: TestBatch, photo: Buffer): Promise<string> {
  const person = await makePerson(site, { name: applicant.name, photo });
  const visitor = new Visitor(site.base);
  await signInVia(site, visitor, person.loginName);
  const id = await begin(visitor, batch);
  await fillAll(visitor, id, batch);
  return id;
}

/** The same declaration for another person, with all its sections and files. */
async function copyOf(site: Site, id: string, personId: number): Promise<string> {
  const { rows } = await site.db.raw<{ rows: { id: string }[] }>(
    `WITH d AS (INSERT INTO declarations (person_id, batch_id, year, series_id, level, state, applicant_name, title_id, speciality, way, unit_id, work_unit, is_entrusted)
         SELECT :person, batch_id, year, series_id, level, state, applicant_name, title_id, speciality, way, unit_id, work_unit, is_entrusted FROM declarations WHERE id = :id RETURNING id),
       c AS (INSERT INTO commitments (account_id, batch_id, text) SELECT :person, batch_id, text FROM commitments WHERE account_id = (SELECT person_id FROM declarations WHERE id = :id)),
       s AS (INSERT INTO declaration_sections (declaration_id, section, raw, updated_by) SELECT d.id, x.section, x.raw, :person FROM declaration_sections x, d WHERE x.declaration_id = :id),
       a AS (INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, uploaded_by)
         SELECT d.id, x.section, x.part, x.row_id, x.field, x.position, x.name, x.media_type, x.size, x.sha256, x.thumb_sha256, x.pages, :person
         FROM attachments x, d WHERE x.declaration_id = :id AND x.removed_at IS NULL)
     SELECT id FROM d`,
    { id, person: personId },
  );
  return rows[0]?.id ?? '';
}

/** `count` declarations of as many persons, each with its own signed-in browser at `base`. */
export async function makeSubmittable(site: Site, batch: TestBatch, count: number, base = site.base): Promise<Submittable[]> {
  const photo = (await makeScan('photo', { name: applicant.name, lines: [], date: '' }, 'jpg')).content;
  const first = await fillOne(site, batch, photo);
  const ready: Submittable[] = [];
  for (let n = 0; n < count; n++) {
    const person = await makePerson(site, { name: applicant.name, photo });
    const id = await copyOf(site, first, person.accountId);
    const visitor = new Visitor(base);
    await signInVia(site, visitor, person.loginName);
    // any page of the session gives the form token; the one-time token is each form's own
    const form = (await visitor.get('/home')).fields('form[action="/sign-out"]').filter(([k]) => k === '_csrf');
    ready.push({ id, visitor, form: [...form, ['_token', `ready-${String(n).padStart(20, '0')}`]] });
  }
  return ready;
}
