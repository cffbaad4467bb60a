import { readCreditCode } from '../../lib/credit-code';
import { compactCode } from '../../lib/text';
import type { Field, FieldBase } from '../field';
import { text } from './text';

/** A unified social credit code (GB 32100), kept without blanks and in upper case. */
export const creditCode = (o: FieldBase): Field =>
  text({
    ...o,
    max: 40,
    width: 'm',
    tidy: compactCode,
    check: (typed) => {
      const code = readCreditCode(typed);
      return code.ok ? undefined : code.problem;
    },
  });
