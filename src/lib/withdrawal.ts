import { showMoment } from './moment';

/** C3: a permission that was taken back, out of the function `unit_withdrawal` of the database. */
export interface Withdrawal {
  at: string;
  /** full name of the division whose bureau took it back */
  division: string;
  /** of that bureau or of the one above it */
  phone: string | null;
}

/** 「已于2026年11月23日 09:05 由山东省威海市环翠区人力资源和社会保障局收回」 */
export const withdrawnText = (w: Withdrawal): string => `已于 ${showMoment(w.at)} 由${w.division}人力资源和社会保障局收回`;

/** 「有疑问的，请联系该局，电话 0631-5231234」 */
export const withdrawnContact = (w: Withdrawal): string =>
  `有疑问的，请联系该局，${w.phone === null ? '电话见「人社局联系电话」' : `电话 ${w.phone}`}`;

/** Why a unit can't be chosen, and what to do. */
export const barredText = (name: string, w: Withdrawal | null | undefined): string =>
  w
    ? `「${name}」的「职称评审」权限${withdrawnText(w)}，请选择其他单位；${withdrawnContact(w)}`
    : `「${name}」尚未取得「职称评审」权限，请联系该单位办理「权限申请」`;
