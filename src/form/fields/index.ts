export { text, longText } from './text';
export { yearMonth, date } from './dates';
export { integer, fraction } from './numbers';
export { choice, choiceWithOther, yesNo, OTHER } from './choices';
export { unitPicker } from './unit-picker';
export { files } from './files';
export { creditCode } from './credit-code';
export { unitName } from './unit-name';
