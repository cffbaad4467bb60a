import type { Actor, Role } from './actor';
import type { Subject, SubjectKind } from './subjects';

export type Decision =
  | { ok: true }
  | { ok: false; why: 'hidden' }
  | { ok: false; why: 'role'; roles: readonly Role[] }
  /** mend: what the actor can do about it, when there is something */
  | { ok: false; why: 'not-now'; reason: string; mend?: 'permission' };

export const yes: Decision = { ok: true };
export const hidden: Decision = { ok: false, why: 'hidden' };
export const notNowBecause = (reason: string): Decision => ({ ok: false, why: 'not-now', reason });

export interface Rule<S extends Subject | undefined> {
  roles: readonly Role[];
  subject?: SubjectKind;
  when?: (actor: Actor, subject: S) => Decision;
}

/** An action that is about nothing in particular. */
export const rule = (roles: readonly Role[], when?: (actor: Actor) => Decision): Rule<undefined> => ({ roles, ...(when ? { when } : {}) });

type Of<K extends SubjectKind> = Extract<Subject, { kind: K }>;
/** Rules of actions about a kind of subject. */
export const on =
  <K extends SubjectKind>(subject: K) =>
  (roles: readonly Role[], when: (a: Actor, s: Of<K>) => Decision): Rule<Of<K>> => ({ roles, subject, when });
