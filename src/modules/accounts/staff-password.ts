import { verifyPassword } from '../../adapters/passwords';
import type { Handle } from '../../db/db';
import type { Deps } from '../../deps';
import { isStaff, type Actor } from '../../policy/actor';
import { findActor, PASSWORD_DAYS, readActor } from './actor.store';
import { listFormerPasswords } from './password.store';

/** What the settings ask of the passwords of staff beyond S06 (等保 8.1.4.1 a): 复杂度, 定期更换); nothing of applicants and units. */
export async function isStrict({ settings }: Pick<Deps, 'settings'>, actor: Pick<Actor, 'role'>): Promise<boolean> {
  return isStaff(actor.role) && (await settings.get()).strictStaff;
}

/** The signed-in account; where the settings ask for it, a member of staff whose password is older than 90 days by the database's clock can do nothing but change it. */
export async function loadVisitor(deps: Pick<Deps, 'settings'>, h: Handle, accountId: number): Promise<Actor | undefined> {
  const found = await findActor(h, accountId);
  return found && restrict(deps, found);
}
/** The same out of a row that `ACTOR_QUERY` gives. */
export const visitorOfRow = (deps: Pick<Deps, 'settings'>, row: unknown): Promise<Actor> => restrict(deps, readActor(row));

async function restrict(deps: Pick<Deps, 'settings'>, found: Actor): Promise<Actor> {
  return found.passwordIsOld && (await isStrict(deps, found)) ? { ...found, mustChangePassword: true } : found;
}

export const strictHint = '须包含大写字母、小写字母、数字、符号中的三种，不能与最近 5 次用过的密码相同';
export const oldPasswordText = `您的密码已经使用 ${PASSWORD_DAYS} 天以上。请先更换密码，然后才能办理业务。`;

/** Capital letters, small letters, digits, everything else: what is wrong with a password that has fewer than three of them. */
export function classesProblem(password: string): string | undefined {
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password.normalize('NFKC'))).length;
  return kinds < 3 ? `密码须包含大写字母、小写字母、数字、符号中的三种，现有 ${kinds} 种` : undefined;
}

/** Whether it is one of the last five passwords before the present one. To be asked only for somebody who has given the present one. */
export async function isFormerPassword(h: Handle, accountId: number, password: string): Promise<boolean> {
  for (const hash of await listFormerPasswords(h, accountId)) if (await verifyPassword(hash, password)) return true;
  return false;
}
