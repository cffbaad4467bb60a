import type * as Common from '@zxcvbn-ts/language-common';

/** What people of this field and country choose beyond the international list, lower case. */
const OWN_WORDS = `
123456 1234567 12345678 123456789 1234567890 12345678910 123123 123123123 123321 1234321 111111 11111111 1111111111 000000
00000000 0000000000 666666 66666666 888888 88888888 8888888888 999999 99999999 654321 87654321 987654321 9876543210 0987654321
112233 11223344 1122334455 121212 12121212 131313 147258 147258369 159357 159753 258456 321321 520520 5201314 52013140 520131420
1314520 13145200 1314521 110110 110120 119119 10101010 20202020 12341234 1234qwer qwer1234 1qaz2wsx 1qaz2wsx3edc qaz123 qazwsx
qazwsxedc qazwsx123 zaq12wsx zaq1zaq1 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 qwerty qwerty1 qwerty12
qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyui qwerasdf qweasd qweasdzxc qweasd123 qwe123 qwe123456 qwe123qwe
asdfgh asdfghjkl asdfghjk asdfasdf asdf1234 asd123 asd123456 asdasd zxcvbn zxcvbnm zxcvbnm123 zxc123 zxc123456 poiuytrewq
lkjhgfdsa mnbvcxz abc123 abc1234 abc12345 abc123456 abc123456789 abcd1234 abcd123456 abcde12345 abcdef abcdefg abcdefgh abcdefg123
a123456 a1234567 a12345678 a123456789 a1234567890 aa123456 aa12345678 aa123456789 aaa111 aaa123456 aaaaaa aaaaaaaa as123456
asd12345 q123456 q123456789 qq123456 qq123456789 qq1234567890 w123456 w123456789 wang123456 woaini woaini123 woaini520 woaini1314
woaini5201314 woaini1314520 woaiwojia woaizhongguo woshishei iloveyou iloveyou1 iloveyou123 iloveyou1314 love1314 love520 loveyou
z123456 z123456789 zhang123456 zhangwei zhangwei123 li123456 liwei123456 wangwei liuwei chenwei zhao123456 x123456 s123456 l123456
c123456 y123456 h123456 j123456 m123456 password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword
p@ssw0rd123 p@ssword123 password! passwd pass1234 pass123456 admin admin1 admin12 admin123 admin1234 admin12345 admin123456
admin888 admin@123 admin@1234 admin@123456 administrator root root123 root123456 root1234 toor system system123 manager manager123
guest guest123 user user123 user1234 user123456 test test123 test1234 test12345 test123456 testtest demo demo123 demo123456
welcome welcome1 welcome123 welcome2023 welcome2024 letmein letmein123 master master123 monkey monkey123 dragon dragon123 sunshine
sunshine1 princess princess1 football football1 baseball superman batman michael jordan23 shadow killer trustno1 hello hello123
helloworld changeme changeme123 default default123 secret secret123 freedom computer computer123 internet google google123
microsoft windows windows10 samsung huawei huawei123 huawei@123 xiaomi xiaomi123 tencent taobao taobao123 alipay wechat weixin
weixin123 baidu baidu123 qq123123 jiayou jiayou123 zhongguo zhongguo123 china china123 beijing beijing2008 shanghai shandong
shandong123 jinan jinan123 qingdao qingdao123 weihai weihai123 yantai linyi rensheju zhicheng zhicheng123 zhicheng2022
zhicheng2023 zhicheng2024 shenbao shenbao123 pingshen pingshen123 pingwei123 zhengfu zhengfu123 danwei danwei123 renshi renshi123
laoshi laoshi123 xuexiao xuexiao123 yiyuan yiyuan123 tushuguan wenhuaguan bangong bangong123 bangongshi gongzuo gongzuo123 mima
mima123 mima1234 mima123456 wodemima wodemima123 nishishui nihao nihao123 nihao123456 xiexie pingan pingan123 jiankang facai888
fafafa dashabi caonima caonima123 tiankong tiantian tiantian123 xingfu xingfu123 kuaile kuaile123 baobao baobao123 laopo laopo520
laogong mama123 baba123 mamababa 19491001 20080808 20082008 19800101 19880808 19900101 20000101 20220101 20230101 20240101
aini1314 aiwoaini forever forever21 pokemon starwars whatever charlie jessica ashley daniel michelle thomas nicole anthony matthew
computer1 qazxsw qazxswedc 1234abcd 12345abc 123456abc 123456aa 123456a 123456aaa 1234567a 12345678a 123456789a 123456789aa
123456qwe 123456qq 123456789qq 123qwe 123qwe123 123qweasd 123qweasdzxc 123abc 123asd 1a2b3c 1a2b3c4d a1b2c3 a1b2c3d4 a1b2c3d4e5
p4ssw0rd pa55word pa55w0rd 3.1415926 31415926 314159265 3141592653 141421356 ab123456 ab12345678 ac123456 abc@123 abc@1234
abc@123456 abc!123 qwe@123 qwer@1234 qwerty@123 aa@123456 a@123456 1qaz@wsx 1qaz!qaz 1qaz@wsx3edc !qaz2wsx !qaz@wsx zaq!2wsx
passw0rd! p@ssw0rd! p@$$w0rd test@123 user@123 root@123 wang@123 zhang@123 sys@123 pwd123 pwd123456 pwd@123
`
  .trim()
  .split(/\s+/);

/** Words of Chinese passwords, in pinyin: they are common alone, doubled, and with digits, a year or a lucky number around them. */
const PINYIN_WORDS = `
woaini woaiwo aini woai woaizhongguo woaiwojia zhongguo zhonghua beijing shanghai tianjin chongqing guangzhou shenzhen shandong jinan qingdao weihai yantai weifang
linyi zibo jining taian dezhou liaocheng binzhou heze zaozhuang dongying rizhao jiangsu zhejiang guangdong henan hebei hunan hubei sichuan fujian mima wodemima
denglu yonghu guanliyuan guanli zhanghao xitong gongzuo danwei renshi rensheju zhicheng shenbao pingshen pingwei zhengfu xuexiao daxue laoshi xuesheng yiyuan yisheng
hushi gongcheng gongchengshi jiaoshi jiaoshou tushuguan wenhuaguan bangong bangongshi nihao nishishui woshishui xiexie zaijian pengyou baobao baobei laopo laogong
mama baba mamababa yeye nainai gege jiejie didi meimei airen qinai xihuan kuaile xingfu jiankang pingan jixiang ruyi facai gongxi shengri shengrikuaile xinnian
xinniankuaile tiantian tiankong taiyang yueliang xingxing dahai haiyang senlin chuntian xiatian qiutian dongtian long tiger fenghuang xiaolong xiaohu xiaomao xiaogou
wangwei wangfang wangjing wanglei wangli wangyan wangyong wangqiang wangjun wangtao liwei lina liqiang lijun lijing lilei liyan liyong lijie zhangwei zhangmin zhangli
zhangjing zhanglei zhangqiang zhangyong zhangjie zhangtao liuwei liuyang liufang liujie liuyan liutao liumin chenwei chenjing chenchen chenjie chenlei yangyang yangfan
yangwei zhaowei huangwei zhouwei wuwei xuwei sunwei huwei zhuwei gaowei linwei hewei guowei mawei luowei liangwei songwei zhengwei xiewei hanwei tangwei fengwei
yuwei dongwei xiaoming xiaohong xiaoli xiaofang xiaojun admin root user test guest manager system password passwd passw0rd welcome qwerty asdfgh zxcvbn iloveyou
abc abcd aaa qaz wsx qwe asd zxc qq weixin taobao baidu alipay huawei xiaomi wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo
`
  .trim()
  .split(/\s+/);

/** What is put behind or before a word. */
const ADDITIONS = `
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 123321 1234321 0 00 000 01 001 007 11 111 1111 111111 22 222 33 66 666 6666 66666 666666 77 777 88
888 8888 88888 888888 8888888 88888888 99 999 9999 999999 110 112233 121212 123123 147258 159357 168 188 1688 16888 518 520 521 5201314 1314 1314520 1314521 8023
@123 @1234 @123456 #123 !123 123! 123@ 1! ! !@# !@#123 @2020 @2021 @2022 @2023 @2024 @2025 @2026 .123 _123 abc qwe asd aa a
`
  .trim()
  .split(/\s+/);

/** Every run of at least eight neighbours on the keyboard's rows and columns, both ways, is a walk. */
const ROWS = [
  '`1234567890-=',
  '!@#$%^&*()_+',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7',
  '!qaz@wsx#edc$rfv',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '147258369',
  '789456123',
  '741852963',
];

const years = Array.from({ length: 100 }, (_x, i) => String(1950 + i));

let known: ReadonlySet<string> | undefined;

/** Common passwords, lower case: an international list of breached ones (49,000) and those that are made from the patterns above; built once, when first asked. */
export function commonPasswords(): ReadonlySet<string> {
  if (known) return known;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- half a megabyte that only processes that check passwords load
  const { dictionary } = require('@zxcvbn-ts/language-common') as typeof Common;
  const all = new Set<string>([...(dictionary['passwords-common'] as readonly string[]), ...OWN_WORDS]);
  for (const word of PINYIN_WORDS)
    for (const more of ['', ...ADDITIONS, ...years]) {
      all.add(word + more);
      all.add(more + word);
    }
  known = all;
  return all;
}

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '+': 't',
  '|': 'l',
  '(': 'c',
  '€': 'e',
};

/** A password with the digits and signs that stand for letters read as these. */
export const plainForm = (lower: string): string => [...lower].map((c) => LEET[c] ?? c).join('');

let knownPlain: ReadonlySet<string> | undefined;
/** The list as it reads when every sign is a letter: 「p@ssw0rd1」 and 「passwordi」 meet there. */
function commonPlain(): ReadonlySet<string> {
  knownPlain ??= new Set([...commonPasswords()].filter((p) => /[a-z].*[a-z].*[a-z]/.test(p)).map((p) => plainForm(p)));
  return knownPlain;
}

const isKnown = (text: string): boolean =>
  text.length >= 3 && (commonPasswords().has(text) || (/[a-z].*[a-z].*[a-z]/.test(text) && commonPlain().has(plainForm(text))));

/** A walk over the keyboard, or counting, all along. */
function isWalk(lower: string): boolean {
  const lines = [...ROWS, '01234567890123456789', 'abcdefghijklmnopqrstuvwxyz'];
  return lines.some((line) => line.includes(lower) || [...line].reverse().join('').includes(lower));
}

/** S06: whether a password, in lower case, is one that is tried first: of the list, spelt with signs, with some more around it, repeated, a walk, or hardly any different characters. */
export function isCommonPassword(lower: string): boolean {
  if (new Set(lower).size <= 3 || isWalk(lower) || isKnown(lower)) return true;
  const repeated = /^(.{1,8}?)\1+$/.exec(lower)?.[1];
  if (repeated !== undefined && (repeated.length < 6 || isKnown(repeated) || isWalk(repeated))) return true;
  const half = lower.slice(0, lower.length / 2);
  if (half + half === lower && (isKnown(half) || isWalk(half))) return true;
  const core = lower.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return [
    core,
    core.replace(/\d{1,4}$/, ''),
    core.replace(/^\d{1,4}/, ''),
    core.replace(/[^\p{L}\p{N}]+\d{1,8}$/u, ''),
    core.replace(/[^\p{L}\p{N}]/gu, ''),
  ].some((form) => form !== lower && form.length >= Math.max(4, lower.length - 9) && (isKnown(form) || (form.length >= 6 && isWalk(form))));
}
