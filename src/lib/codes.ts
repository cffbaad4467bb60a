/** One entry of a code set: what is stored and what is shown. */
export interface Code {
  readonly code: string;
  readonly text: string;
}

const ethnicNames =
  '汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺';

/** 民族, GB/T 3304: the 56 nationalities by number, 97 and 98. */
export const ethnicities: readonly Code[] = [
  ...ethnicNames.split(' ').map((name, index) => ({ code: String(index + 1).padStart(2, '0'), text: `${name}族` })),
  { code: '97', text: '其他' },
  { code: '98', text: '外国血统中国籍人士' },
];

/** 性别; the codes are those `readIdNumber` gives. */
export const sexes: readonly Code[] = [
  { code: 'male', text: '男' },
  { code: 'female', text: '女' },
];

/** 证件类型; the codes are those `readIdNumber` takes. */
export const idTypes: readonly Code[] = [
  { code: 'resident', text: '居民身份证' },
  { code: 'hmt-residence', text: '港澳台居民居住证' },
  { code: 'passport', text: '护照或其他证件' },
];

/** 政治面貌, GB/T 4762. */
export const politicalStatuses: readonly Code[] = [
  { code: '01', text: '中共党员' },
  { code: '02', text: '中共预备党员' },
  { code: '03', text: '共青团员' },
  { code: '04', text: '民革党员' },
  { code: '05', text: '民盟盟员' },
  { code: '06', text: '民建会员' },
  { code: '07', text: '民进会员' },
  { code: '08', text: '农工党党员' },
  { code: '09', text: '致公党党员' },
  { code: '10', text: '九三学社社员' },
  { code: '11', text: '台盟盟员' },
  { code: '12', text: '无党派人士' },
  { code: '13', text: '群众' },
];

/** 学历 in the words of the Shandong form (guide of 2022, part 3, paragraph 9); highest first, the historical kinds after. */
export const educations: readonly Code[] = [
  { code: 'postgraduate', text: '研究生' },
  { code: 'university', text: '大学' },
  { code: 'college', text: '大专' },
  { code: 'secondary-vocational', text: '中专' },
  { code: 'high-school', text: '高中及以下' },
  { code: 'university-regular-class', text: '大学普通班' },
  { code: 'central-party-postgraduate', text: '中央党校研究生' },
  { code: 'central-party-university', text: '中央党校大学' },
  { code: 'central-party-college', text: '中央党校大专' },
  { code: 'provincial-party-postgraduate', text: '省委党校研究生' },
  { code: 'provincial-party-university', text: '省委党校大学' },
  { code: 'provincial-party-college', text: '省委党校大专' },
  { code: 'city-party-postgraduate', text: '市委党校研究生' },
  { code: 'city-party-university', text: '市委党校大学' },
  { code: 'city-party-college', text: '市委党校大专' },
  { code: 'provincial-spare-time-university', text: '省业余大学' },
  { code: 'provincial-spare-time-college', text: '省业余大专' },
];

/** 学位. */
export const degrees: readonly Code[] = [
  { code: 'doctor', text: '博士' },
  { code: 'master', text: '硕士' },
  { code: 'double-bachelor', text: '双学士' },
  { code: 'bachelor', text: '学士' },
  { code: 'none', text: '无' },
];

/** 单位性质. */
export const unitNatures: readonly Code[] = [
  { code: 'authority', text: '机关' },
  { code: 'public-institution', text: '事业单位' },
  { code: 'state-enterprise', text: '国有企业' },
  { code: 'private-enterprise', text: '民营企业' },
  { code: 'social-organisation', text: '社会组织' },
  { code: 'other', text: '其他' },
];

/** 等级 of a result or prize. */
export const resultLevels: readonly Code[] = [
  { code: 'national', text: '国家级' },
  { code: 'provincial', text: '省部级' },
  { code: 'city', text: '市厅级' },
  { code: 'county', text: '县区级' },
  { code: 'other', text: '其他' },
];

/** 申报方式, the six of the guide of 2022, part 3, paragraph 4. */
export const wayOfDeclaring: readonly Code[] = [
  { code: 'normal', text: '正常晋升' },
  { code: 'exceptional', text: '破格' },
  { code: 'change-series', text: '改系列' },
  { code: 'multi-skilled', text: '复合型人才评审' },
  { code: 'high-level', text: '高层次人才直评' },
  { code: 'newcomer', text: '非企事业单位交流到企事业单位人员' },
];

/** 考核等次 of a yearly assessment. */
export const assessments: readonly Code[] = [
  { code: 'excellent', text: '优秀' },
  { code: 'qualified', text: '合格' },
  { code: 'basically-qualified', text: '基本合格' },
  { code: 'unqualified', text: '不合格' },
  { code: 'not-graded', text: '未定等次' },
];

/** What a correction of an account changes, by identity_corrections.kind. */
export const correctionKinds: readonly Code[] = [
  { code: 'name', text: '姓名' },
  { code: 'id-number', text: '证件号码' },
  { code: 'mobile', text: '手机号码' },
];
/** What became of a correction, by identity_corrections.state. */
export const correctionStates: readonly Code[] = [
  { code: 'pending', text: '待复核' },
  { code: 'confirmed', text: '已更正' },
  { code: 'refused', text: '未同意' },
];

/** The words for `code` in `set`, or undefined when the set has no such code. */
export function codeText(set: readonly Code[], code: string): string | undefined {
  return set.find((entry) => entry.code === code)?.text;
}
