import type { Config } from '../../config';
import type { Field, FieldValue } from '../../form/field';
import { integer, text, yesNo } from '../../form/fields';
import { isServicePhone } from '../../lib/phone';

export type SettingPart = 'support' | 'staff' | 'corrections' | 'eligibility' | 'messages' | 'retention';
export const settingParts: readonly { id: SettingPart; title: string; hint?: string }[] = [
  { id: 'support', title: '联系电话' },
  { id: 'corrections', title: '更正' },
  { id: 'eligibility', title: '申报条件核对', hint: '达到年龄的，提示申报人和审核单位核对是否在职，不影响提交' },
  {
    id: 'staff',
    title: '工作人员密码',
    hint: '对人社局、办事机构、评委、技术支持、系统管理员和审计管理员的账号有效，申报人和用人单位不受影响',
  },
  { id: 'messages', title: '提醒短信' },
  {
    id: 'retention',
    title: '保存期限',
    hint: '到期的记录每小时清理一次，缩短期限后立即按新的期限清理。提交过的申报、版本和操作日志不受影响',
  },
];

interface Definition<T extends FieldValue> {
  part: SettingPart;
  field: Field;
  /** what holds until somebody has set it */
  fallback: (config: Config) => T;
  /** a stored value, or undefined when it is none of this setting (any more) */
  read: (stored: unknown) => T | undefined;
}

type Words = { label: string; hint?: string };
const flag = (part: SettingPart, id: string, words: Words, fallback: boolean): Definition<boolean> => ({
  part,
  field: yesNo({ id, ...words, required: true }),
  fallback: () => fallback,
  read: (stored) => (typeof stored === 'boolean' ? stored : undefined),
});
const whole = (
  part: SettingPart,
  id: string,
  words: Words,
  fallback: number,
  min: number,
  max: number,
  unit: string,
): Definition<number> => ({
  part,
  field: integer({
    id,
    ...words,
    hint: `${words.hint ? `${words.hint}。` : ''}${min} 至 ${max} ${unit}`,
    required: true,
    min,
    max,
    unit: ` ${unit}`,
  }),
  fallback: () => fallback,
  read: (stored) => (typeof stored === 'number' && Number.isInteger(stored) && stored >= min && stored <= max ? stored : undefined),
});

/** What the administrator may set while the site runs. The one list: page, checks, history and readers go by it. The field's id is the key in the table `settings`. */
export const definitions = {
  supportPhone: {
    part: 'support',
    field: text({
      id: 'supportPhone',
      label: '技术支持电话',
      required: true,
      max: 30,
      width: 's',
      hint: '显示在每一页和发出的短信中，例如 0531-81919792',
      check: (v) => (isServicePhone(v) ? undefined : '「技术支持电话」请填写区号和号码，例如 0531-81919792'),
    }),
    fallback: (config) => config.supportPhone,
    read: (stored) => (typeof stored === 'string' && isServicePhone(stored) ? stored : undefined),
  } satisfies Definition<string> as Definition<string>,
  servicePhone: {
    part: 'support',
    field: text({
      id: 'servicePhone',
      label: '人社服务电话',
      required: true,
      max: 30,
      width: 's',
      hint: '需要联系人社局而该局没有填写联系电话时提示的电话，例如 12333',
      check: (v) => (isServicePhone(v) ? undefined : '「人社服务电话」请填写区号和号码，例如 12333'),
    }),
    fallback: () => '12333',
    read: (stored) => (typeof stored === 'string' && isServicePhone(stored) ? stored : undefined),
  } satisfies Definition<string> as Definition<string>,
  secondPersonForNames: flag(
    'corrections',
    'secondPersonForNames',
    { label: '更正姓名须由第二人复核', hint: '选「是」的，更正姓名由另一名技术支持人员复核后生效。更正证件号码始终须由第二人复核' },
    false,
  ),
  retirementMale: whole('eligibility', 'retirementMale', { label: '男性提示年龄' }, 60, 50, 75, '周岁'),
  retirementFemale: whole('eligibility', 'retirementFemale', { label: '女性提示年龄' }, 55, 45, 75, '周岁'),
  // no 「password」 in its name: what a form calls so is never kept between two pages
  strictStaff: flag(
    'staff',
    'strictStaff',
    {
      label: '按网络安全等级保护要求管理工作人员密码',
      hint: '选「是」的，新密码须包含大写字母、小写字母、数字、符号中的三种，不能与最近 5 次用过的密码相同；密码使用 90 天后，须先更换密码才能办理业务',
    },
    false,
  ),
  remindersOn: flag('messages', 'remindersOn', { label: '截止前发送提醒短信', hint: '截止前 3 天和前 1 天各发送一次' }, true),
  resultMessagesOn: flag(
    'messages',
    'resultMessagesOn',
    { label: '评审结果短信', hint: '评审未通过、评审结果确认以后各发送一次。选「否」的，只在首页和「我的申报信息」中告知' },
    true,
  ),
  moveMessagesOn: flag(
    'messages',
    'moveMessagesOn',
    { label: '退回、补正短信', hint: '申报被退回修改、要求补正、不予受理或者不予推荐时，立即告知申报人；退回下级单位时，告知该单位' },
    true,
  ),
  remindersFrom: whole('messages', 'remindersFrom', { label: '每天最早发送时间' }, 8, 6, 12, '时'),
  remindersTo: whole('messages', 'remindersTo', { label: '每天最晚发送时间' }, 21, 13, 22, '时'),
  smsDays: whole('retention', 'smsDays', { label: '短信内容', hint: '超过期限的短信全文删除' }, 1, 1, 30, '天'),
  reminderDays: whole('retention', 'reminderDays', { label: '提醒记录', hint: '谁在何时被提醒过' }, 90, 30, 730, '天'),
  draftYears: whole(
    'retention',
    'draftYears',
    { label: '从未提交的申报草稿', hint: '多久没有修改即删除，上传的材料一并删除' },
    3,
    2,
    10,
    '年',
  ),
  deletedDraftDays: whole('retention', 'deletedDraftDays', { label: '本人删除的申报草稿', hint: '删除以后保留多久' }, 30, 7, 365, '天'),
  judgeNoteDays: whole(
    'retention',
    'judgeNoteDays',
    { label: '评委笔记', hint: '评审会议结束或者取消以后保留多久，笔记只有评委本人可以看到' },
    30,
    1,
    365,
    '天',
  ),
  browserDays: whole('retention', 'browserDays', { label: '常用浏览器', hint: '登录过的浏览器多久不用即不再视为常用' }, 180, 7, 180, '天'),
} as const;

export type SettingKey = keyof typeof definitions;
export const settingKeys = Object.keys(definitions) as SettingKey[];
export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(definitions, key);

type ValueOf<D> = D extends Definition<infer T> ? T : never;
export type Settings = Readonly<{ [K in SettingKey]: ValueOf<(typeof definitions)[K]> }>;

/** The settings that hold: what is stored, and the fallback where nothing is or where a stored value does not fit its definition. */
export function settingsOf(stored: ReadonlyMap<string, unknown>, config: Config): Settings {
  return Object.freeze(
    Object.fromEntries(settingKeys.map((key) => [key, definitions[key].read(stored.get(key)) ?? definitions[key].fallback(config)])),
  ) as Settings;
}

/** A value as a person reads it, also one that does not fit the definition. */
export function settingText(key: SettingKey, value: unknown): string {
  const { field, read } = definitions[key];
  const known = read(value);
  return known === undefined ? `无效：${JSON.stringify(value)}` : field.text(known, {}, {} as never);
}
