import type { StateName } from './declaration-moves';
import { hidden, notNowBecause, on, rule, yes } from './decision';
import { maySee, permittedUnit } from './relations';

const onDeclaration = on('declaration');

const editable: readonly StateName[] = ['draft', 'returned_to_applicant', 'correction'];

/** Declarations on their way through units, offices and bureaus, and their certificates. The moves come from their own table. */
export const declarationRules = {
  'declarations.own': rule(['person']),
  'declaration.start': rule(['person']),
  'declaration.check': onDeclaration(['unit', 'office'], (a, d) => (maySee(a, d) ? permittedUnit(a) : hidden)),
  'review.reasons': rule(['unit', 'office'], permittedUnit),
  'declaration.read': onDeclaration(['person', 'unit', 'office', 'bureau', 'judge'], (a, d) => (maySee(a, d) ? yes : hidden)),
  // the certificate holds the ID number in full: units see its status only
  'certificate.read': onDeclaration(['person', 'office', 'bureau'], (a, d) => (maySee(a, d) ? yes : hidden)),
  'certificate.revoke': onDeclaration(['bureau'], (a, d) => {
    if (!maySee(a, d)) return hidden;
    return d.state === 'certified' ? yes : notNowBecause('该申报还没有发证');
  }),
  'declaration.own': onDeclaration(['person'], (a, d) => (maySee(a, d) ? yes : hidden)),
  'declaration.edit': onDeclaration(['person'], (a, d) => {
    if (!maySee(a, d)) return hidden;
    return editable.includes(d.state) ? yes : notNowBecause('该申报已经提交，当前不能修改');
  }),
  // J4: 「复查」 of a result that is not passed
  'appeal.ask': onDeclaration(['person'], (a, d) => {
    if (!maySee(a, d)) return hidden;
    return d.state === 'voted_failed' ? yes : notNowBecause('只有评审未通过的申报可以申请复查');
  }),
  'review.queue': rule(['unit'], permittedUnit),
  'report.queue': rule(['unit'], permittedUnit),
  'unit-publicity.manage': rule(['unit'], permittedUnit),
  'roster.read': rule(['unit', 'office'], permittedUnit),
  'region.read': rule(['bureau']),
} as const;
