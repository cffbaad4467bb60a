import { choice, date, text } from '../../form/fields';
import { emptySection } from '../../form/read-section';
import { optionsOf, type RawGroup } from '../../form/field';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { paths } from '../../http/paths';
import { idTypes, sexes } from '../../lib/codes';
import { readDate, typedDate, type PlainDate } from '../../lib/dates';
import { readIdNumber, type IdNumberReading, type IdType } from '../../lib/id-number';
import { compactCode } from '../../lib/text';
import { createPersonAccount } from './account.store';
import { ethnicityField, loginNameField, mobileField, personNameField } from './contact-fields';
import { groupOf, textOf, valueOf, type RegistrationKind } from './registration-kind';

const idTypeOf = (raw: RawGroup): IdType | undefined => (['resident', 'hmt-residence', 'passport'] as const).find((t) => t === raw.idType);

function reading(raw: RawGroup, today: PlainDate): IdNumberReading | undefined {
  const type = idTypeOf(raw);
  return type && raw.idNumber ? readIdNumber(type, raw.idNumber, today) : undefined;
}
const isPassport = (raw: RawGroup): boolean => raw.idType === 'passport';

/** The number and what it says about birth and sex (GB 11643). */
function idNumberRule(s: CheckedSection, { today }: { today: PlainDate }): Problem[] {
  const group = s.groups.person;
  const read = group && reading(group.raw, today);
  if (!group || !read) return [];
  if (!read.ok) return [{ part: 'person', field: 'idNumber', severity: 'shape', text: read.problem }];
  const problems: Problem[] = [];
  const typedSex = group.values.sex;
  const typedBirth = group.values.bornOn;
  if (read.sex && typedSex !== undefined && typedSex !== read.sex)
    problems.push({ part: 'person', field: 'sex', severity: 'rule', text: '「性别」与证件号码不一致，请核对' });
  if (read.bornOn && typedBirth !== undefined && typedBirth !== read.bornOn)
    problems.push({ part: 'person', field: 'bornOn', severity: 'rule', text: '「出生日期」与证件号码不一致，请核对' });
  return problems;
}

/** B1: the fields of 「个人注册」; password and captcha are no fields, because they are never kept as typed. */
export const personRegistrationSection: SectionDefinition = {
  id: 'register-person',
  title: '个人注册',
  parts: [
    {
      kind: 'group',
      id: 'person',
      fields: [
        personNameField({ autocomplete: 'name', hint: '与证件一致；少数民族姓名中的间隔号填写「·」' }),
        choice({ id: 'idType', label: '证件类型', required: true, options: optionsOf(idTypes) }),
        text({
          id: 'idNumber',
          label: '证件号码',
          required: true,
          max: 40,
          width: 'm',
          tidy: (line) => compactCode(line),
          hint: '每个证件号码只能注册一个账号',
        }),
        choice({
          id: 'sex',
          label: '性别',
          required: isPassport,
          style: 'radios',
          options: optionsOf(sexes),
          hint: '使用居民身份证的可不选择，按证件号码自动填写',
        }),
        date({
          id: 'bornOn',
          label: '出生日期',
          required: isPassport,
          notInFuture: true,
          hint: '例如 1986.5.12；使用居民身份证的可不填写，按证件号码自动填写',
        }),
        ethnicityField(),
        mobileField(),
      ],
    },
    {
      kind: 'group',
      id: 'account',
      fields: [loginNameField('证件号码')],
    },
  ],
  rules: [idNumberRule],
};

export const personRegistration: RegistrationKind = {
  purpose: 'register-person',
  section: personRegistrationSection,
  partTitles: ['个人信息', '账号信息'],
  blank: { ...emptySection(personRegistrationSection), groups: { person: { idType: 'resident' }, account: {} } },
  mobilePart: 'person',
  mobileLabel: '手机号码',
  minPassword: 10,
  passwordHint: '至少 10 个字符，不能包含登录名、证件号码和手机号码',
  tips: [
    '每个证件号码只能注册一个账号，注册完成后姓名和证件号码不能修改，请按证件如实填写。',
    '请记住登录名和密码。手机号码请填写本人正在使用的号码。',
  ],
  warning: '请仔细核对。点击「确认」后，姓名和证件号码不能修改；姓名填写错误的，须拨打技术支持电话更正。',
  audit: 'account.register-person',
  form: paths.registerPerson,
  confirm: paths.registerPersonConfirm,
  context: (_h, _raw, today) => Promise.resolve(smallFormContext(today)),

  settle(raw, before, { today }) {
    const person = { ...groupOf(raw, 'person') };
    const read = reading(person, today);
    const old = reading(groupOf(before, 'person'), today);
    if (!read?.ok) return raw;
    person.idNumber = read.value;
    // what was filled in from another number follows the new one
    if (old?.ok && old.value !== read.value) {
      if (old.sex && person.sex === old.sex) delete person.sex;
      if (old.bornOn && person.bornOn && readDate(person.bornOn) === old.bornOn) delete person.bornOn;
    }
    if (read.sex) person.sex ??= read.sex;
    if (read.bornOn) person.bornOn ??= typedDate(read.bornOn);
    return { ...raw, groups: { ...raw.groups, person } };
  },

  forbiddenInPassword: (raw) => [
    { field: 'loginName', text: groupOf(raw, 'account').loginName ?? '', what: '登录名' },
    { field: 'name', text: groupOf(raw, 'person').name ?? '', what: '姓名' },
    { field: 'idNumber', text: groupOf(raw, 'person').idNumber ?? '', what: '证件号码' },
    { field: 'mobile', text: groupOf(raw, 'person').mobile ?? '', what: '手机号码' },
  ],
  claimedNames: (checked) => [
    {
      part: 'account',
      field: 'loginName',
      name: valueOf(checked, 'account', 'loginName'),
      problem: '这个登录名已经被使用，请换一个登录名',
    },
    {
      part: 'person',
      field: 'idNumber',
      name: valueOf(checked, 'person', 'idNumber'),
      problem: ({ settings }) =>
        Promise.resolve(`该证件号码已经注册，请直接登录；不是本人注册的，请拨打技术支持电话 ${settings.known().supportPhone}`),
    },
  ],
  create(trx, deps, checked, passwordHash) {
    const idType = idTypeOf(checked.groups.person?.raw ?? {});
    const sex = valueOf(checked, 'person', 'sex');
    if (idType === undefined || (sex !== 'male' && sex !== 'female'))
      throw new Error('registration: sex or kind of document was not checked');
    return createPersonAccount(trx, deps, {
      loginName: valueOf(checked, 'account', 'loginName'),
      passwordHash,
      name: valueOf(checked, 'person', 'name'),
      idType,
      idNumber: valueOf(checked, 'person', 'idNumber'),
      sex,
      bornOn: valueOf(checked, 'person', 'bornOn'),
      ethnicity: valueOf(checked, 'person', 'ethnicity'),
      mobile: textOf(checked, 'person', 'mobile'),
    });
  },
};
