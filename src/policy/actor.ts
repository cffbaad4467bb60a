import type { Withdrawal } from '../lib/withdrawal';

export type Role = 'person' | 'unit' | 'bureau' | 'office' | 'support' | 'admin' | 'auditor' | 'judge';

export const roleTexts: Record<Role, string> = {
  person: '个人',
  unit: '用人单位',
  bureau: '人社局',
  office: '评委会办事机构',
  support: '技术支持',
  admin: '系统管理员',
  auditor: '审计管理员',
  judge: '评委',
};

/** Who works for the authorities: everybody but applicants and units. */
export type StaffRole = Exclude<Role, 'person' | 'unit'>;
export const isStaff = (role: Role): role is StaffRole => role !== 'person' && role !== 'unit';

/** Who asks: loaded anew at every request, so that a change of right holds from the next request on (S34). */
export interface Actor {
  accountId: number;
  role: Role;
  name: string;
  /** the body the actor speaks for: the unit, the bureau's division, the committee; for persons their own name */
  behalf: string;
  unitId?: number;
  unitPermitted?: boolean;
  /** C3: its permission was taken back, and not asked for again */
  unitWithdrawal?: Withdrawal;
  /** looks after the other operators of the unit (C6) */
  isOwner?: true;
  divisionCode?: string;
  committeeId?: number;
  /** the password came from somebody else: nothing else goes before a new one is set (S12) */
  mustChangePassword?: true;
  /** the password has held for more than 90 days: for staff a reason to change it where the settings say so */
  passwordIsOld?: true;
}

/** The site itself: makes the moves that no person makes, such as ending what has missed its deadline. Never signs in. */
export interface SystemActor {
  role: 'system';
  /** whoever has asked for what the site does; null where nobody has */
  accountId: number | null;
  name: string;
  behalf: string;
}
export const systemActor: SystemActor = { role: 'system', accountId: null, name: '系统', behalf: '系统' };
/** The site, at the word of somebody who may ask for it by another action than the move's: the record names them. */
export const siteFor = ({ accountId, name, behalf }: Actor): SystemActor => ({ role: 'system', accountId, name, behalf });
export type Mover = Actor | SystemActor;
