/**
 * One word for one thing, in everything people read: templates, definitions and messages of src, what is seeded, and the guides. A variant that is right in one place (a document's official name,
 * a header that people's own files carry) stands in `except`, as a piece of text around it.
 */
export interface Term {
  term: string;
  instead: readonly string[];
  except?: readonly string[];
}

export const glossary: readonly Term[] = [
  { term: '账号', instead: ['帐号', '帐户', '账户', '用户账号'] },
  { term: '登录', instead: ['登陆', '登入'] },
  { term: '退出登录', instead: ['注销登录', '登出'] },
  { term: '登录名', instead: ['用户帐号', '登录用户名'] },
  { term: '您', instead: ['你'] },
  { term: '其他', instead: ['其它'] },
  { term: '撤销、撤回', instead: ['撤消'] },
  { term: '申报人', instead: ['申请人员', '申报者', '参评人', '参评人员'] },
  { term: '确定申报', instead: ['确认申报', '提交申报表'] },
  { term: '退回', instead: ['驳回', '打回', '退件'] },
  { term: '审核', instead: ['审批'], except: ['审批表', '审批手续'] },
  { term: '通过、不通过', instead: ['审核不过', '拒绝通过'] },
  { term: '用人单位', instead: ['所属企业', '雇主'] },
  { term: '主管部门', instead: ['主管机关'] },
  { term: '人社局', instead: ['人社部门', '人力社保局', '职改办'] },
  { term: '评委会办事机构', instead: ['评委会办公室', '评委会秘书处', '评委办'] },
  { term: '评审专家、评委', instead: ['评审委员们', '评审员'] },
  { term: '经办人', instead: ['办理人', '操作员'] },
  { term: '技术支持', instead: ['客服', '技术客服', '运维'] },
  { term: '证件号码', instead: ['证件号：', '证件编号'] },
  { term: '居民身份证号码', instead: ['身份证编码'] },
  {
    term: '手机号码',
    instead: [
      '手机号',
      '更换手机',
      '更正手机',
      '新手机',
      '联系手机',
      '本人手机',
      '经办人的手机',
      '单位的手机',
      '登记的手机',
      '注册的手机',
      '接收短信的手机',
    ],
    except: ['手机号码', '手机验证器'],
  },
  { term: '验证码', instead: ['短信码', '图形码', '动态码'] },
  { term: '文件导出', instead: ['任务中心', '下载中心'] },
  { term: '查询、查找', instead: ['搜索', '检索'] },
  { term: '点击', instead: ['单击', '点选', '鼠标点'] },
  { term: '请填写「…」', instead: ['不能为空', '不可为空', '必填项不能'] },
  { term: '没有…', instead: ['暂无'] },
  { term: '请稍后再试', instead: ['请重试'], except: ['稍后重试'] },
  { term: '没有成功、未能…', instead: ['失败'], except: ['登录失败', '初始化失败'] },
  { term: '补正', instead: ['补充更正材料'] },
  { term: '委托评审', instead: ['委托评定', '代评'] },
  { term: '单位推荐排序', instead: ['推荐位次', '推荐名次'] },
  { term: '继续教育学时', instead: ['继教'] },
  { term: '验证链', instead: ['校验链'] },
  { term: '您的操作、本次操作', instead: ['您的请求', '该请求', '本次请求', '请求编号'] },
];

/** What official language does without, by pattern. */
export const punctuation: readonly { name: string; pattern: RegExp }[] = [
  { name: 'half-width punctuation after Chinese', pattern: /[\u4e00-\u9fff」》）][,;:?!](?!\/\/)/u },
  { name: 'half-width brackets around Chinese', pattern: /[\u4e00-\u9fff]\([\u4e00-\u9fff]|[\u4e00-\u9fff]\)/u },
  { name: 'three dots instead of ……', pattern: /[\u4e00-\u9fff]\.{2,}/u },
  { name: 'a mark twice', pattern: /，，|。。|、、|；；|：：|，。|。，/u },
  { name: 'an exclamation', pattern: /[！]/u },
  { name: 'other quotation marks than 「」', pattern: /[\u4e00-\u9fff]["“”]|["“”][\u4e00-\u9fff]/u },
  { name: 'a date with gaps in it', pattern: /\d{4} 年(?!度)|年 \d{1,2} ?月|\d 月|月 \d{1,2} ?日/u },
  {
    name: 'a number stuck to what it counts',
    pattern: /[\u4e00-\u9fff]\d+(?:个|位|人|条|项|次|天|分钟|字|页|行|小时|秒|至)|[\u4e00-\u9fff]〇个月/u,
  },
  { name: 'a number named by the thing: 手机 for 手机号码', pattern: /^手机$/u },
  { name: 'digits of full width', pattern: /[０-９]/u },
];

/** Names of documents, written as on the documents. */
export const officialNames: readonly string[] = ['《推荐申报职称“六公开”监督卡》'];
