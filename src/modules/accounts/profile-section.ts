import { choice, date, text } from '../../form/fields';
import type { RawGroup, RawSection } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { ethnicities, politicalStatuses } from '../../lib/codes';
import type { Person } from './account.store';
import { CHOOSE, optionsOf } from './form-context';
import { mobileProblem, tidyMobile } from './person-registration';
import { textOf, valueOf } from './registration-kind';

/** B3: what a person may change of their own data. Name and document number are not here, so nothing posted can reach them. */
export const profileSection: SectionDefinition = {
  id: 'profile',
  title: '基本信息',
  parts: [
    {
      kind: 'group',
      id: 'profile',
      fields: [
        date({ id: 'bornOn', label: '出生日期', required: true, notInFuture: true, hint: '例如 1986.5.12' }),
        choice({ id: 'ethnicity', label: '民族', required: true, options: [CHOOSE, ...optionsOf(ethnicities)] }),
        text({
          id: 'mobile',
          label: '手机号码',
          required: true,
          max: 30,
          width: 'm',
          inputmode: 'tel',
          autocomplete: 'tel',
          tidy: tidyMobile,
          check: mobileProblem,
        }),
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
  mobile: string;
  politicalStatus: string;
  nativePlace: string;
}

export const profileRaw = (p: Person): RawSection => ({
  groups: {
    profile: Object.fromEntries(
      Object.entries({
        bornOn: p.bornOn,
        ethnicity: p.ethnicity,
        mobile: p.mobile,
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
  mobile: valueOf(checked, 'profile', 'mobile'),
  politicalStatus: textOf(checked, 'profile', 'politicalStatus'),
  nativePlace: textOf(checked, 'profile', 'nativePlace'),
});
