import { choice, creditCode, text, unitName } from '../../form/fields';
import { emptySection } from '../../form/read-section';
import { CHOOSE, optionsOf, type FormContext, type Option, type RawGroup, type RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { paths } from '../../http/paths';
import { unitNatures } from '../../lib/codes';
import { bureauContactText, findBureauContact, listDivisions } from '../catalogue';
import { createUnitAccount } from './account.store';
import { loginNameField, mobileField, personNameField } from './contact-fields';
import { groupOf, textOf, valueOf, type RegistrationKind } from './registration-kind';

/** Stands for 「省直单位」 among the cities: a unit that belongs to the province itself. */
const PROVINCIAL: Option = { value: 'provincial', text: '省直单位，不选市' };
const MUNICIPAL: Option = { value: '', text: '市直单位，不选县（市、区）' };

const cities = (ctx: FormContext): readonly Option[] => ctx.options('cities');
const districts = (ctx: FormContext): readonly Option[] => ctx.options('districts');

/** C1: the fields of 「单位注册」. */
export const unitRegistrationSection: SectionDefinition = {
  id: 'register-unit',
  title: '单位注册',
  parts: [
    {
      kind: 'group',
      id: 'unit',
      fields: [
        unitName('name'),
        creditCode({ id: 'creditCode', label: '统一社会信用代码', required: true }),
        choice({ id: 'nature', label: '单位性质', required: true, options: [CHOOSE, ...optionsOf(unitNatures)] }),
        text({ id: 'superiorName', label: '主管部门', max: 100, width: 'l', hint: '没有主管部门的不填' }),
        choice({
          id: 'province',
          label: '所属地区（省）',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => [CHOOSE, ...ctx.options('provinces')],
        }),
        choice({
          id: 'city',
          label: '所属地区（市）',
          required: (raw, ctx) => Boolean(raw.province) && cities(ctx).length > 0,
          appliesWhen: (raw) => Boolean(raw.province),
          refreshes: true,
          options: (_raw, ctx) => (cities(ctx).length > 0 ? [CHOOSE, ...cities(ctx), PROVINCIAL] : [{ value: '', text: '没有下级地区' }]),
        }),
        choice({
          id: 'district',
          label: '所属地区（县、市、区）',
          appliesWhen: (_raw, ctx) => districts(ctx).length > 0,
          hint: '区县及以下的单位必须选择；市直部门及其下属单位不选',
          width: 'l',
          options: (_raw, ctx) => [MUNICIPAL, ...districts(ctx)],
        }),
      ],
    },
    {
      kind: 'group',
      id: 'contact',
      fields: [personNameField({ label: '联系人', autocomplete: 'name' }), mobileField()],
    },
    {
      kind: 'group',
      id: 'account',
      fields: [loginNameField('统一社会信用代码')],
    },
  ],
  rules: [],
};

/** Drops what was chosen under another province or city. */
function dropStrayDivisions(unit: RawGroup, ctx: FormContext): RawGroup {
  const kept = { ...unit };
  if (kept.city && kept.city !== PROVINCIAL.value && !cities(ctx).some((o) => o.value === kept.city)) {
    delete kept.city;
    delete kept.district;
  }
  if (kept.district && !districts(ctx).some((o) => o.value === kept.district)) delete kept.district;
  return kept;
}

const divisionOf = (unit: RawGroup): string => {
  const city = unit.city === PROVINCIAL.value ? undefined : unit.city;
  return unit.district || city || unit.province || '';
};

export const unitRegistration: RegistrationKind = {
  purpose: 'register-unit',
  section: unitRegistrationSection,
  partTitles: ['单位信息', '联系方式', '账号信息'],
  blank: emptySection(unitRegistrationSection),
  mobilePart: 'contact',
  mobileLabel: '手机号码',
  minPassword: 12,
  passwordHint: '至少 12 个字符，不能包含登录名、统一社会信用代码、手机号码和联系人姓名',
  tips: [
    '注册完成后，请及时办理「职称评审」的权限申请；取得权限之前，申报人不能选择本单位。',
    '统一社会信用代码和所属地区请准确填写：区县及以下的单位选择到县（市、区），市直部门及其下属单位选择到市。',
    '请记录登录名和密码并妥善保管。',
  ],
  warning: '请仔细核对。点击「确认」后，单位名称不能自行修改。',
  audit: 'account.register-unit',
  form: paths.registerUnit,
  confirm: paths.registerUnitConfirm,
  async context(h, raw: RawSection, today) {
    const unit = groupOf(raw, 'unit');
    const found = await listDivisions(
      h,
      [unit.province, unit.city].filter((code) => code !== undefined),
    );
    const under = (parent: string | null): Option[] =>
      found.filter((d) => d.parentCode === parent).map((d) => ({ value: d.code, text: d.name }));
    const citiesHere = unit.province ? under(unit.province) : [];
    // a city of another province has no districts to offer here
    const districtsHere = citiesHere.some((o) => o.value === unit.city) ? under(unit.city ?? '') : [];
    const lists: Record<string, Option[]> = { provinces: under(null), cities: citiesHere, districts: districtsHere };
    return smallFormContext(today, { options: (list) => lists[list] ?? [] });
  },
  settle: (raw, _before, ctx) => ({ ...raw, groups: { ...raw.groups, unit: dropStrayDivisions(groupOf(raw, 'unit'), ctx) } }),
  forbiddenInPassword: (raw) => [
    { field: 'loginName', text: groupOf(raw, 'account').loginName ?? '', what: '登录名' },
    { field: 'name', text: groupOf(raw, 'unit').name ?? '', what: '单位名称' },
    { field: 'name', text: groupOf(raw, 'contact').name ?? '', what: '联系人姓名' },
    { field: 'creditCode', text: groupOf(raw, 'unit').creditCode ?? '', what: '统一社会信用代码' },
    { field: 'mobile', text: groupOf(raw, 'contact').mobile ?? '', what: '手机号码' },
  ],
  claimedNames: (checked) => [
    {
      part: 'account',
      field: 'loginName',
      name: valueOf(checked, 'account', 'loginName'),
      problem: '这个登录名已经被使用，请换一个登录名',
    },
    {
      part: 'unit',
      field: 'creditCode',
      name: valueOf(checked, 'unit', 'creditCode'),
      problem: async ({ db, settings }) => {
        const bureau = await findBureauContact(db, divisionOf(checked.groups.unit?.raw ?? {}));
        return `该统一社会信用代码已经注册，请使用之前的账号登录；不知道账号的，请联系${bureauContactText(bureau, settings.known().servicePhone)}`;
      },
    },
  ],
  async create(trx, deps, checked, passwordHash) {
    const { accountId } = await createUnitAccount(trx, deps, {
      loginName: valueOf(checked, 'account', 'loginName'),
      passwordHash,
      unitName: valueOf(checked, 'unit', 'name'),
      creditCode: valueOf(checked, 'unit', 'creditCode'),
      nature: valueOf(checked, 'unit', 'nature'),
      divisionCode: divisionOf(checked.groups.unit?.raw ?? {}),
      superiorName: textOf(checked, 'unit', 'superiorName'),
      contactName: valueOf(checked, 'contact', 'name'),
      mobile: valueOf(checked, 'contact', 'mobile'),
    });
    return accountId;
  },
};
