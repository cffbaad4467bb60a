import { choice, creditCode, longText, text, unitName } from '../../form/fields';
import { asText, CHOOSE, optionsOf, type FormContext, type RawSection } from '../../form/field';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { codeText, unitNatures } from '../../lib/codes';
import { maskMobile } from '../../lib/mask';
import { mobileField, personNameField } from '../accounts';
import { chosenDivision, divisionFields, divisionOptions, divisionPath, type Division } from '../catalogue';
import { changedFacts } from './correct-unit';
import type { UnitFacts } from './unit-correction.store';

export const PART = 'unit';

/** C4: what the bureau corrects. The fields are those of the registration. */
export const unitCorrectionForm: SectionDefinition = {
  id: 'correct-unit',
  title: '更正单位信息',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        unitName('name'),
        creditCode({ id: 'creditCode', label: '统一社会信用代码', required: true }),
        choice({ id: 'nature', label: '单位性质', required: true, options: [CHOOSE, ...optionsOf(unitNatures)] }),
        ...divisionFields(),
        text({
          id: 'superiorName',
          label: '主管部门',
          max: 100,
          hint: '没有主管部门的不填',
          check: (v) => (/[<>]/.test(v) ? '「主管部门」不能包含「<」「>」' : undefined),
        }),
        personNameField({ id: 'contactName', label: '联系人' }),
        mobileField(),
        longText({ id: 'reason', label: '更正原因', required: true, limit: 200, rows: 3, hint: '写明依据，例如「单位更名，见……文件」' }),
      ],
    },
  ],
  rules: [],
};

export const correctionDefaults = (facts: UnitFacts): RawSection => {
  const { divisionCode, ...others } = facts;
  return { groups: { [PART]: { ...others, ...divisionPath(divisionCode) } }, rows: {} };
};

export const correctionContext = (today: string, divisions: readonly Division[]): FormContext =>
  smallFormContext(today, { options: divisionOptions(divisions) });

/** What the unit's data would be; only for a form without problems. */
export function factsFrom(checked: CheckedSection): UnitFacts {
  const { values, raw } = checked.groups[PART] ?? { values: {}, raw: {} };
  const text = (name: string): string => asText(values[name]);
  return {
    name: text('name'),
    creditCode: text('creditCode'),
    nature: text('nature'),
    divisionCode: chosenDivision(raw),
    superiorName: text('superiorName'),
    contactName: text('contactName'),
    mobile: text('mobile'),
  };
}

export const problemAt = (field: string, words: string): Problem => ({ part: PART, field, severity: 'rule', text: words });

export const factLabels: Readonly<Record<keyof UnitFacts, string>> = {
  name: '单位名称',
  creditCode: '统一社会信用代码',
  nature: '单位性质',
  divisionCode: '所属地区',
  superiorName: '主管部门',
  contactName: '联系人',
  mobile: '手机号码',
};

export type DivisionName = (code: string) => string;

export function factText(fact: keyof UnitFacts, value: string, divisionName: DivisionName): string {
  if (fact === 'nature') return codeText(unitNatures, value) ?? value;
  if (fact === 'divisionCode') return divisionName(value);
  return fact === 'mobile' ? maskMobile(value) : value;
}

/** What changes, before and after in words. */
export const factRows = (
  before: UnitFacts,
  after: UnitFacts,
  divisionName: DivisionName,
): { label: string; before: string; after: string }[] =>
  changedFacts(before, after).map((f) => ({
    label: factLabels[f],
    before: factText(f, before[f], divisionName),
    // the new number is shown whole: somebody has to compare it
    after: f === 'mobile' ? after.mobile : factText(f, after[f], divisionName),
  }));
