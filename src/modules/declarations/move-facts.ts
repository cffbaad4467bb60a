import { databaseNow, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { findBatch, windowsOf, type Batch, type Window } from '../batches';
import { lockLivePath, type LivePath } from '../paths';
import { findUnitOption } from '../units';
import {
  findBeenAtOffice,
  findEntrustedEvidence,
  findFixedRanks,
  findLastEvents,
  findPublicities,
  findStanding,
  isCommitteeValid,
  type Declaration,
  type DeclarationEvent,
  type PublicityOfResult,
} from './declarations.store';
import { findDeskContacts } from './desk-contacts.read';
import { loadDeclaration, type LoadedDeclaration } from './load-declaration';
import { findPutUps, type PutUp } from './unit-publicity.store';

/**
 * What guards look up about the declarations that one act moves. Each thing is asked for once: what many declarations share (path, batch, committee) by its key,
 * what each has of its own (window, publicity, last act) for all of them in one query. So one declaration and a thousand go through the same rules with
 * the same handful of queries.
 */
export class MoveFacts {
  readonly #kept = new Map<string, Promise<unknown>>();
  /** ranks given by this very act, by declaring unit and batch */
  readonly #totals = new Map<string, number>();
  readonly #places = new Set<string>();

  constructor(
    private readonly trx: Trx,
    private readonly all: readonly Declaration[],
  ) {}

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key) as Promise<T> | undefined;
    if (kept) return kept;
    const asked = ask();
    this.#kept.set(key, asked);
    return asked;
  }

  async now(): Promise<Date> {
    return (await this.#once('now', () => databaseNow(this.trx))).now;
  }

  batch(id: number): Promise<Batch | undefined> {
    return this.#once(`batch:${id}`, () => findBatch(this.trx, id));
  }

  /** everything that is in it; its row is locked, so that nobody writes into it meanwhile */
  loaded(deps: Deps, d: Declaration): Promise<LoadedDeclaration> {
    return this.#once(`loaded:${d.id}`, () => loadDeclaration(deps, this.trx, d));
  }

  /** what its person needs to hand it in */
  standing(d: Declaration): ReturnType<typeof findStanding> {
    return this.#once(`standing:${d.person_id}:${d.batch_id}`, () => findStanding(this.trx, d.person_id, d.batch_id));
  }

  /** whom to call about declarations of a batch */
  desks(batchId: number): ReturnType<typeof findDeskContacts> {
    return this.#once(`desks:${batchId}`, () => findDeskContacts(this.trx, batchId));
  }

  unit(id: number): ReturnType<typeof findUnitOption> {
    return this.#once(`unit:${id}`, () => findUnitOption(this.trx, id));
  }

  /** the path of the unit that holds it, held until the transaction is over */
  livePath(d: Declaration): Promise<LivePath | undefined> {
    const { holder_unit_id: unit, series_id: series, level, year } = d;
    if (unit === null) return Promise.resolve(undefined);
    return this.#once(`path:${unit}:${series}:${level}:${year}`, () => lockLivePath(this.trx, unit, series, level, year));
  }

  /** J0: whether its committee, or the one it is about to reach, may receive it */
  isCommitteeValid(d: Declaration, committee = d.holder_committee_id): Promise<boolean> {
    const { series_id: series, level, speciality } = d;
    if (committee === null) return Promise.resolve(false);
    return this.#once(`committee:${committee}:${series}:${level}:${speciality}`, () =>
      isCommitteeValid(this.trx, committee, series, level, speciality),
    );
  }

  async window(d: Declaration): Promise<Window> {
    const all = await this.#once('windows', () =>
      windowsOf(
        this.trx,
        this.all.map((x) => ({ batchId: x.batch_id, personId: x.person_id })),
      ),
    );
    const found = all.get(`${d.batch_id}:${d.person_id}`);
    if (!found) throw new Error(`no batch ${d.batch_id}`);
    return found;
  }

  /** whether it arrived at its committee's office once: it was reported in time */
  async hasBeenAtOffice(d: Declaration): Promise<boolean> {
    const ids = this.all.map((x) => x.id);
    return (await this.#once('been at office', () => findBeenAtOffice(this.trx, ids))).has(d.id);
  }

  async publicity(d: Declaration): Promise<PublicityOfResult | undefined> {
    const ids = this.all.map((x) => x.id);
    return (await this.#once('publicities', () => findPublicities(this.trx, ids))).get(d.id);
  }

  async putUp(d: Declaration): Promise<PutUp | undefined> {
    const ids = this.all.map((x) => x.id);
    return (await this.#once('put up', () => findPutUps(this.trx, ids))).get(d.id);
  }

  async hasEntrustedEvidence(d: Declaration): Promise<boolean> {
    const ids = this.all.map((x) => x.id);
    return (await this.#once('evidence', () => findEntrustedEvidence(this.trx, ids))).has(d.id);
  }

  async lastEvent(d: Declaration): Promise<DeclarationEvent | undefined> {
    const ids = this.all.map((x) => x.id);
    return (await this.#once('last events', () => findLastEvents(this.trx, ids))).get(d.id);
  }

  #ranks(): Promise<Map<string, { totals: number[]; places: Set<number> }>> {
    return this.#once('ranks', () => findFixedRanks(this.trx, this.all));
  }

  /** Forgets what is known of ranks, because somebody else has just fixed one. */
  forgetRanks(): void {
    this.#kept.delete('ranks');
    this.#totals.clear();
    this.#places.clear();
  }

  /**
   * The total that the declaring unit's ranks in this batch name already: those of earlier acts, or of a declaration earlier in this one; otherwise `mine` is
   * the one that counts from now on.
   */
  async rankTotal(d: Declaration, mine: number): Promise<number> {
    const key = `${d.unit_id}:${d.batch_id}`;
    const total = (await this.#ranks()).get(key)?.totals[0] ?? this.#totals.get(key) ?? mine;
    this.#totals.set(key, total);
    return total;
  }

  /** Takes a place among the declaring unit's ranks in this batch; false when it is somebody else's. */
  async takePlace(d: Declaration, place: number): Promise<boolean> {
    const key = `${d.unit_id}:${d.batch_id}`;
    if ((await this.#ranks()).get(key)?.places.has(place) || this.#places.has(`${key}:${place}`)) return false;
    this.#places.add(`${key}:${place}`);
    return true;
  }
}
