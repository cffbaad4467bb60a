import { databaseNow, inTransaction } from '../../src/db/db';
import { moveDeclaration, openPublicity } from '../../src/modules/declarations';
import { findDeclaration } from '../../src/modules/declarations/declarations.store';
import type { MoveInput } from '../../src/modules/declarations';
import { startDeclaration } from '../../src/modules/declarations/start-declaration';
import { cases, SYSTEM, type Case, type Deed } from './cases';
import { systemActor, type Actor } from '../../src/policy/actor';
import { careers, type Career } from './careers';
import type { Plan } from './clock';
import { fillComplete, fillHalf, papersOfCareer } from './fill-form';
import { drawScans, type Paper, type Scans } from './papers';
import { actorOf, demand, REQUEST_ID, type World } from './world';

const MEMBERS = 11;
const careerOf = (loginName: string): Career =>
  demand(
    careers.find((c) => c.loginName === loginName),
    `career of ${loginName}`,
  );
const complete = cases.filter((c) => c.filled === 'complete');

/** Every paper that the demonstration's forms hold. */
export function drawAllScans(year: number): Promise<Scans> {
  return drawScans(complete.flatMap((c): Paper[] => papersOfCareer(careerOf(c.loginName), year)));
}

/** Puts every case into the plan: starting, filling in, and one move after another. */
export function planCases(plan: Plan, world: World, scans: Scans): void {
  const publicities = new Map<number, number>();
  for (const c of cases) plan.add(c.started, '12:10', () => start(plan, world, c, scans, publicities));
}

async function start(plan: Plan, world: World, c: Case, scans: Scans, publicities: Map<number, number>): Promise<void> {
  // who has filled in nothing declares for 群众文化 as most do
  const career = c.filled === 'empty' ? undefined : careerOf(c.loginName);
  const batch = demand(world.batches.get(career?.field ?? 'qzwh'), `batch of ${c.loginName}`);
  const actor = await actorOf(world, c.loginName);
  const earlier = c.earlier && career ? await beginLastYear(world, actor, batch, career) : '';
  const started = await startDeclaration(world.deps, actor, batch, true, REQUEST_ID, earlier);
  if (started.kind !== 'started') throw new Error(`demonstration data: start of ${c.loginName} gave ${started.kind}`);
  const { id } = started;
  if (career && c.filled === 'half' && !c.earlier) await fillHalf(world, id, career);
  if (career && c.filled === 'complete') await fillComplete(world, id, career, scans);
  for (const d of c.deeds) plan.add(d.daysAgo, d.time, () => act(world, id, c, d, publicities));
  plan.add(0, '00:00', async () => {
    const reached = (await findDeclaration(world.trx, id))?.state;
    if (reached !== c.ends) throw new Error(`demonstration data: ${c.loginName} came to ${reached ?? 'nothing'}, not to ${c.ends}`);
  });
}

/** D0: the same batch a year before, and what somebody began in it and never handed in. Gives its id. */
async function beginLastYear(world: World, actor: Actor, batch: number, career: Career): Promise<string> {
  const year = world.year - 1;
  const { rows } = await world.trx.raw<{ rows: { id: string }[] }>(
    `WITH b AS (INSERT INTO batches (year, committee_id, series_id, level, applicant_opens_at, applicant_closes_at, unit_closes_at, rank_by, entrusted_evidence_by, commitment)
         SELECT ?, committee_id, series_id, level, applicant_opens_at - interval '1 year', applicant_closes_at - interval '1 year', unit_closes_at - interval '1 year',
           rank_by, entrusted_evidence_by, commitment FROM batches WHERE id = ? RETURNING id, series_id, level)
     INSERT INTO declarations (person_id, batch_id, year, series_id, level, applicant_name, state, created_at, moved_at)
     SELECT ?, id, ?, series_id, level, ?, 'draft', app_now() - interval '1 year', app_now() - interval '1 year' FROM b RETURNING id`,
    [year, batch, actor.accountId, year, actor.name],
  );
  const { id } = demand(rows[0], `declaration of ${year}`);
  await fillHalf({ ...world, year }, id, { ...career, graduated: career.graduated - 1 });
  return id;
}

async function act(world: World, id: string, c: Case, d: Deed, publicities: Map<number, number>): Promise<void> {
  const actor = d.by === SYSTEM ? systemActor : await actorOf(world, d.by);
  const { now, today } = await databaseNow(world.trx);
  const { vote } = d;
  const input: MoveInput = {
    opinion: d.opinion ?? '',
    comments: d.comments ?? [],
    ...(d.reason ? { reason: d.reason } : {}),
    ...(d.dueInDays ? { dueOn: new Date(now.getTime() + d.dueInDays * 24 * 3600_000).toISOString().slice(0, 10) } : {}),
    ...(vote ? { vote: { total: MEMBERS, ...vote, abstain: vote.present - vote.yes - vote.no }, metOn: today } : {}),
    ...(d.rank ? { rank: d.rank } : {}),
  };
  const outcome = await inTransaction(world.deps.db, async (trx) => {
    if (d.move !== 'publish' || actor.role === 'system') return moveDeclaration(world.deps, trx, id, d.move, actor, input, REQUEST_ID);
    // published on the same day, published on the same sheet
    let publicityId = publicities.get(d.daysAgo);
    if (publicityId === undefined) {
      const row = demand(await findDeclaration(trx, id), `declaration of ${c.loginName}`);
      const opened = await openPublicity(trx, demand(row.holder_committee_id ?? undefined, 'committee'), row.batch_id, actor);
      if ('complaint' in opened) throw new Error(`demonstration data: ${opened.complaint.text}`);
      publicityId = opened.id;
      publicities.set(d.daysAgo, publicityId);
    }
    return moveDeclaration(world.deps, trx, id, d.move, actor, { ...input, publicityId }, REQUEST_ID);
  });
  if (outcome.kind !== 'moved')
    throw new Error(`demonstration data: ${d.move} of ${c.loginName} by ${d.by} gave ${JSON.stringify(outcome)}`);
}
