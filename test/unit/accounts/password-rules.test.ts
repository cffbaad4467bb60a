import { commonPasswords } from '../../../src/modules/accounts/common-passwords';
import { passwordProblem, type PasswordRules } from '../../../src/modules/accounts/password-rules';

const rules = (min: number, ...forbidden: [text: string, what: string][]): PasswordRules => ({
  min,
  forbidden: forbidden.map(([text, what]) => ({ text, what })),
});
const COMMON = '这个密码太常见，容易被猜到，请换一个密码';

describe('S06 common passwords', () => {
  it('knows at least 3,000 that are long enough to be tried here', () => {
    const all = [...commonPasswords()];
    expect(all.length).toBeGreaterThan(3000);
    expect(all.filter((p) => p.length >= 10).length).toBeGreaterThan(3000);
    expect(all.filter((p) => p.length >= 12).length).toBeGreaterThan(3000);
  });

  it.each([
    'Password1234',
    'P@ssw0rd1234',
    'PASSWORD2024',
    'Woaini5201314',
    'zhongguo@123',
    'Zhicheng2026',
    'weihai123456',
    'w3ihai123456',
    'qwertyuiop[]',
    '1qaz2wsx3edc',
    '7ujm6yhn5tgb',
    '!QAZ@WSX#EDC',
    '147258369147',
    'asdfasdfasdf',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '2026wangwei!',
    'liuyang@2024',
    'qwe123qwe123',
    '123456789012',
    'Ｐａｓｓｗｏｒｄ１２３４',
  ])('refuses %s', (password) => {
    expect(passwordProblem(password, rules(10))).toBe(COMMON);
  });

  it.each([
    'Dengta-2026-Haian',
    'Haian-Yanshi-2580',
    '海边的灯塔亮着1',
    'correct horse battery',
    'Meigui-Haitan-77',
    'k7vqm-2xw9p-hr4tn',
    '灯塔-Lighthouse-2027',
    '山东半岛的春天来了',
  ])('takes %s', (password) => {
    expect(passwordProblem(password, rules(8))).toBeUndefined();
  });
});

describe('S06 what belongs to the account', () => {
  it.each([
    ['姓名', '王小明', 'xX-wangxiaoming-77'],
    ['姓名', '王小明', 'WANG-王小明-2026-x'],
    ['姓名', '吕燕', 'Lvyan-Haitan-99'],
    ['姓名', '于静', 'Haian-YuJing-2580'],
    ['证件号码', '371002199503120025', 'Haian-19950312-x'],
    ['证件号码', '371002199503120025', 'Haian-120025-ddd'],
    ['手机号码', '13906310001', 'Haian-06310001-d'],
    ['单位名称', '威海市环翠区文化馆', 'whshcqwhg-Haian-7'],
    ['登录名', 'zhang_san', 'Zhang_San-Haian-7'],
    ['登录名', 'zhangsan', 'zh@ngs@n-Haian-7'],
  ])('%s %s does not go into %s', (what, text, password) => {
    expect(passwordProblem(password, rules(10, [text, what]))).toBe(`密码不能包含${what}，请换一个密码`);
  });

  it('short and blank words bar nothing', () => {
    expect(passwordProblem('Haian-li-2580-Tuan', rules(10, ['', '姓名'], ['李', '姓名'], ['li', '登录名']))).toBeUndefined();
  });

  it('counts characters: 10 for persons, 12 for units and staff, 128 at most', () => {
    expect(passwordProblem('Haian-2x9', rules(10))).toContain('至少 10 个字符，现有 9 个');
    expect(passwordProblem('灯塔-Haian-2', rules(12))).toContain('至少 12 个字符');
    expect(passwordProblem('Haian-2580-Tu'.repeat(10), rules(12))).toContain('最多 128 个字符');
  });
});
