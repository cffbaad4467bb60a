import { hidden, notNowBecause, on, rule, yes } from './decision';
import { byOwner, covers, isBureauOver, permittedUnit } from './relations';

const onPath = on('path');
const onPermission = on('permission');
const onUnit = on('unit');
const onOperator = on('operator');

/** Units: their operators, paths and permission, and what a bureau does with them. */
export const unitRules = {
  'unit.permission': rule(['unit']),
  'operators.read': rule(['unit']),
  'operator.add': rule(['unit'], (a) => (a.isOwner === true ? yes : notNowBecause('经办人由本单位的主经办人管理，请联系主经办人'))),
  'operator.read': onOperator(['unit'], (a, o) => (a.unitId !== undefined && o.unitId === a.unitId ? yes : hidden)),
  'operator.manage': onOperator(['unit'], byOwner),
  'operator.promote': onOperator(['unit'], (a, o) => {
    const decision = byOwner(a, o);
    return decision.ok && o.state === 'suspended' ? notNowBecause('该经办人已经停用，请先恢复再移交') : decision;
  }),
  'paths.own': rule(['unit'], permittedUnit),
  'paths.review': rule(['unit', 'office'], permittedUnit),
  'path.decide': onPath(['unit', 'office'], (a, p) => {
    const upstream = a.role === 'unit' ? p.upstreamUnitId === a.unitId : p.committeeId === a.committeeId;
    if (!upstream || (a.role === 'unit' && a.unitId === undefined)) return hidden;
    if (a.role === 'unit' && a.unitPermitted !== true) return permittedUnit(a);
    return p.state === 'requested' ? yes : notNowBecause('该路径申请已经处理');
  }),
  'path.end': onPath(['unit'], (a, p) => {
    if (a.unitId === undefined || p.unitId !== a.unitId) return hidden;
    return p.state === 'requested' || p.state === 'approved' ? yes : notNowBecause('该路径已经终止或者未获批准');
  }),
  'permissions.review': rule(['bureau']),
  'permission.decide': onPermission(['bureau'], (a, p) => {
    if (a.divisionCode === undefined || !covers(a.divisionCode, p.divisionCode)) return hidden;
    return p.state === 'requested' ? yes : notNowBecause('该权限申请已经处理');
  }),
  'permission.read': onPermission(['bureau'], (a, p) =>
    a.divisionCode !== undefined && covers(a.divisionCode, p.divisionCode) ? yes : hidden,
  ),
  'path.read': onPath(['unit', 'office'], (a, p) => {
    if (a.role === 'office') return a.committeeId !== undefined && p.committeeId === a.committeeId ? yes : hidden;
    return a.unitId !== undefined && (p.unitId === a.unitId || p.upstreamUnitId === a.unitId) ? yes : hidden;
  }),
  'units.find': rule(['bureau']),
  'learning.import': rule(['bureau']),
  'register.import': rule(['bureau']),
  'unit.correct': onUnit(['bureau'], (a, u) => (isBureauOver(a, u.divisionCode) ? yes : hidden)),
  'permission.withdraw': onUnit(['bureau'], (a, u) => {
    if (!isBureauOver(a, u.divisionCode)) return hidden;
    return u.isPermitted ? yes : notNowBecause('该单位没有「职称评审」权限，无需收回');
  }),
  // whoever has the permission handles what stands with it
  'unit.send-back': onUnit(['bureau'], (a, u) => {
    if (!isBureauOver(a, u.divisionCode)) return hidden;
    return u.isPermitted ? notNowBecause('该单位有「职称评审」权限，申报由该单位处理') : yes;
  }),
} as const;
