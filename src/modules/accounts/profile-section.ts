import { choice, date, text } from '../../form/fields';
import { CHOOSE, optionsOf, type RawGroup, type RawSection } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { politicalStatuses } from '../../lib/codes';
import { typedDate } from '../../lib/dates';
import type { Person } from './account.store';
import { ethnicityField } from './contact-fields';
import { textOf, valueOf } from './registration-kind';

/** B3: what a person may change of their own data. Name, document number and mobile number are not here, so nothing posted can reach them. */
export const profileSection: SectionDefinition = {
  id: 'profile',
  title: '基本信息',
  parts: [
    {
      kind: 'group',
      id: 'profile',
      fields: [
        date({ id: 'bornOn', label: '出生日期', required: true, notInFuture: true, hint: '例如 1986.5.12' }),
        ethnicityField(),
        choice({ id: 'politicalStatus', label: '政治面貌', options: [CHOOSE, ...optionsOf(politicalStatuses)] }),
        text({
          id: 'nativePlace',
          label: '籍贯',
          max: 50,
          width: 'm',
          hint: '例如 山东荣成',
          check: (v) => (/[<>]/.test(v) ? '「籍贯」不能包含「<」「>」' : undefined),
        }),
      ],
    },
  ],
  rules: [],
};

export interface ProfileChange {
  bornOn: string;
  ethnicity: string;
  politicalStatus: string;
  nativePlace: string;
}

export const profileRaw = (p: Person): RawSection => ({
  groups: {
    profile: Object.fromEntries(
      Object.entries({
        bornOn: typedDate(p.bornOn),
        ethnicity: p.ethnicity,
        politicalStatus: p.politicalStatus,
        nativePlace: p.nativePlace,
      } satisfies RawGroup).filter(([, v]) => v !== ''),
    ),
  },
  rows: {},
});

export const profileChange = (checked: CheckedSection): ProfileChange => ({
  bornOn: valueOf(checked, 'profile', 'bornOn'),
  ethnicity: valueOf(checked, 'profile', 'ethnicity'),
  politicalStatus: textOf(checked, 'profile', 'politicalStatus'),
  nativePlace: textOf(checked, 'profile', 'nativePlace'),
});
