import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findEntry, hasUsedChildren, insertDivision, lockDivisions, renameDivision, switchDivision } from './divisions.store';

type Db = Pick<Deps, 'db'>;
/** `name`: a sibling in use has the name · `code`: the code is there · `parent`: what it would belong to is missing or ended */
export type SaveDivisionOutcome = { kind: 'done' } | { kind: 'gone' } | { kind: 'refused'; why: 'name' | 'code' | 'parent' };

const record = (trx: Trx, actor: Actor, act: string, code: string, detail: AuditDetail, requestId: string): Promise<void> =>
  appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: `division.${act}`,
    subjectKind: 'division',
    subjectId: code,
    detail,
    requestId,
  });

/** GB/T 2260: two digits for the province, two for the city, two for the district. Null for a province. */
const parentOf = (code: string): string | null =>
  code.endsWith('0000') ? null : code.endsWith('00') ? `${code.slice(0, 2)}0000` : `${code.slice(0, 4)}00`;

async function refusing(work: () => Promise<SaveDivisionOutcome>): Promise<SaveDivisionOutcome> {
  try {
    return await work();
  } catch (e) {
    if (isViolationOf(e, 'divisions_sibling_names')) return { kind: 'refused', why: 'name' };
    if (isViolationOf(e, 'divisions_pkey')) return { kind: 'refused', why: 'code' };
    throw e;
  }
}

/** K6: a new division; where it belongs follows from its code. */
export const addDivision = (
  { db }: Db,
  actor: Actor,
  input: { code: string; name: string },
  requestId: string,
): Promise<SaveDivisionOutcome> =>
  refusing(() =>
    inTransaction(db, async (trx): Promise<SaveDivisionOutcome> => {
      await lockDivisions(trx);
      const parentCode = parentOf(input.code);
      const parent = parentCode === null ? undefined : await findEntry(trx, parentCode);
      if (parentCode !== null && (parent?.isEnded ?? true)) return { kind: 'refused', why: 'parent' };
      const fullName = (parent?.fullName ?? '') + input.name;
      await insertDivision(trx, { ...input, fullName, parentCode });
      await record(trx, actor, 'add', input.code, { name: fullName }, requestId);
      return { kind: 'done' };
    }),
  );

/** K6: a new name. Submitted versions and certificates hold words and stay as they are; everything else shows the new name. */
export const nameDivision = ({ db }: Db, actor: Actor, code: string, name: string, requestId: string): Promise<SaveDivisionOutcome> =>
  refusing(() =>
    inTransaction(db, async (trx): Promise<SaveDivisionOutcome> => {
      await lockDivisions(trx);
      const before = await findEntry(trx, code);
      if (!before) return { kind: 'gone' };
      if (before.name === name) return { kind: 'done' };
      await renameDivision(trx, code, name);
      await record(trx, actor, 'rename', code, { before: before.name, after: name }, requestId);
      return { kind: 'done' };
    }),
  );

/** `already`: it is so · `children`: divisions below are still in use · `parent`: the one above has ended · `name`: a sibling in use has its name */
export type SwitchDivisionOutcome =
  { kind: 'done' } | { kind: 'gone' } | { kind: 'refused'; why: 'already' | 'children' | 'parent' | 'name' };

/** K6: ends a division, which is not offered any more but kept by whoever has it; or takes it back. */
export async function endOrRestoreDivision(
  { db }: Db,
  actor: Actor,
  code: string,
  act: 'end' | 'restore',
  requestId: string,
): Promise<SwitchDivisionOutcome> {
  try {
    return await inTransaction(db, async (trx): Promise<SwitchDivisionOutcome> => {
      await lockDivisions(trx);
      const entry = await findEntry(trx, code);
      if (!entry) return { kind: 'gone' };
      if (act === 'end' && (await hasUsedChildren(trx, code))) return { kind: 'refused', why: 'children' };
      if (act === 'restore' && entry.parentCode !== null && (await findEntry(trx, entry.parentCode))?.isEnded)
        return { kind: 'refused', why: 'parent' };
      if (!(await switchDivision(trx, code, act === 'restore'))) return { kind: 'refused', why: 'already' };
      await record(trx, actor, act, code, { name: entry.fullName }, requestId);
      return { kind: 'done' };
    });
  } catch (e) {
    if (isViolationOf(e, 'divisions_sibling_names')) return { kind: 'refused', why: 'name' };
    throw e;
  }
}
