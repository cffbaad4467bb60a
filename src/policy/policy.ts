import type { Actor, Mover, Role } from './actor';
import { committeeRules } from './committee-rules';
import { moveNames, moves, notNow, type MoveName, type Relation } from './declaration-moves';
import { declarationRules } from './declaration-rules';
import { hidden, notNowBecause, on, yes, type Decision, type Rule } from './decision';
import { isRelated, maySee, permittedUnit } from './relations';
import { siteRules } from './site-rules';
import type { DeclarationSubject, Subject, SubjectKind } from './subjects';
import { unitRules } from './unit-rules';

export type { Decision } from './decision';
export { covers, isRelated } from './relations';
export * from './subjects';

/** The one table of who may do what; its parts are divided by subject. */
const fixed = { ...siteRules, ...unitRules, ...declarationRules, ...committeeRules } as const;
const onDeclaration = on('declaration');
type AnyRule = Rule<undefined> | { [K in SubjectKind]: Rule<Extract<Subject, { kind: K }>> }[SubjectKind];

/** A person and an office that looks after nobody's declaration cannot move it; a unit also needs its permission. */
function moveRule(name: MoveName): Rule<DeclarationSubject> {
  const m = moves[name];
  const roles: Record<Relation, readonly Role[]> = {
    applicant: ['person'],
    'holder-unit': m.from.includes('office_review') ? ['unit', 'office'] : ['unit'],
    'holder-office': ['office'],
    bureau: ['bureau'],
    system: [],
  };
  return onDeclaration(roles[m.who], (a, d) => {
    if (!maySee(a, d)) return hidden;
    if (!m.from.includes(d.state)) return notNowBecause(notNow(name, d.state));
    if (!isRelated(a, m.who, d)) return notNowBecause('该申报当前不由贵单位处理。请刷新页面查看最新状态。');
    if (name === 'return-to-unit' && a.role === 'unit' && d.stopUnitIds[0] === a.unitId)
      return notNowBecause('该申报由申报人直接提交到贵单位，没有下级单位，请选择「退回申报人」');
    return permittedUnit(a);
  });
}

export type MoveAction = `declaration.${MoveName}`;
export type Action = keyof typeof fixed | MoveAction;

const rules: Record<Action, AnyRule> = {
  ...fixed,
  ...(Object.fromEntries(moveNames.map((m) => [`declaration.${m}`, moveRule(m)])) as Record<MoveAction, Rule<DeclarationSubject>>),
};

export const actions = Object.keys(rules) as Action[];

/** Which kind of subject an action is about; undefined for actions that only depend on the role. */
export const subjectOf = (action: Action): SubjectKind | undefined => rules[action].subject;
export const rolesOf = (action: Action): readonly Role[] => rules[action].roles;

/**
 * The one place that decides who may do what. Deny by default: an action without a rule does not compile, a subject that the actor has nothing to do
 * with is `hidden` (shown as not found), one that is theirs but not in the right state is `not-now` with the reason.
 */
export function can(actor: Actor, action: Action, subject?: Subject): Decision {
  const r = rules[action];
  if (!r.roles.includes(actor.role)) return r.subject ? hidden : { ok: false, why: 'role', roles: r.roles };
  if (r.subject !== subject?.kind)
    throw new Error(`policy: ${action} needs a ${r.subject ?? 'no subject'}, got ${subject?.kind ?? 'none'}`);
  return r.when ? (r.when as (a: Actor, s: Subject | undefined) => Decision)(actor, subject) : yes;
}

/** Whether the mover may make the move: the site itself only those that are nobody else's, and nobody else those. */
export function canMove(mover: Mover, move: MoveName, d: DeclarationSubject): Decision {
  if (mover.role !== 'system') return can(mover, `declaration.${move}`, d);
  if (moves[move].who !== 'system') return hidden;
  return moves[move].from.includes(d.state) ? yes : notNowBecause(notNow(move, d.state));
}

/** The moves this actor may make now: what the buttons of a page are made of. */
export function movesFor(actor: Actor, d: DeclarationSubject): MoveName[] {
  return moveNames.filter((m) => can(actor, `declaration.${m}`, d).ok);
}

/** What a list may hold for this actor: plain values that read models turn into conditions. */
export type Scope =
  | { kind: 'person'; accountId: number }
  | { kind: 'unit'; unitId: number }
  | { kind: 'committee'; committeeId: number }
  | { kind: 'division'; code: string }
  | { kind: 'none' };

export function scope(actor: Actor): Scope {
  if (actor.role === 'person') return { kind: 'person', accountId: actor.accountId };
  if (actor.role === 'unit' && actor.unitId !== undefined) return { kind: 'unit', unitId: actor.unitId };
  if (actor.role === 'office' && actor.committeeId !== undefined) return { kind: 'committee', committeeId: actor.committeeId };
  if (actor.role === 'bureau' && actor.divisionCode !== undefined) return { kind: 'division', code: actor.divisionCode };
  return { kind: 'none' };
}
