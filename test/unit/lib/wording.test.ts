import { isAdministrativePost, isNone, plainName, vagueWordIn, workNameOf } from '../../../src/lib/wording';

describe('D7 vague words about languages and computers', () => {
  it.each([
    ['英语熟练', '熟练'],
    ['英语水平良好', '良好'],
    ['精通日语', '精通'],
    ['能够熟悉操作办公软件', '熟悉'],
    ['大学英语四级证书（2016年6月）', undefined],
    ['全国计算机等级考试二级合格证书', undefined],
    ['全国会计电算化合格证', undefined],
    ['无', undefined],
  ])('%s: %s', (text, word) => expect(vagueWordIn(text)).toBe(word));

  it.each([
    ['无', true],
    [' 无。', true],
    ['没有', true],
    ['暂无', true],
    ['无证书', false],
    ['', false],
  ])('%j says there is none: %s', (text, expected) => expect(isNone(text)).toBe(expected));
});

describe('D6, D9 administrative posts', () => {
  it.each(['馆长', '副馆长', '主任', '副主任', '常务副主任', '活动部部长', '党支部书记', '办公室科长', '总经理', '代局长', '副 科 长'])(
    '%s is one',
    (post) => expect(isAdministrativePost(post)).toBe(true),
  );
  it.each([
    '无',
    '馆员',
    '副研究馆员',
    '主任医师',
    '副主任医师',
    '主任记者',
    '主任编辑',
    '主任舞台技师',
    '一级演员',
    '管理员',
    '高级工程师',
  ])('%s is a title', (post) => expect(isAdministrativePost(post)).toBe(false));
});

describe('D10 names of works', () => {
  it.each([
    ['《海之舞》获山东省群众舞蹈大赛二等奖', '海之舞'],
    ['《海 之·舞》', '海之舞'],
    ['社区广场舞的编排与普及', '社区广场舞的编排与普及'],
    ['', ''],
  ])('%s is %s', (name, work) => expect(workNameOf(name)).toBe(work));
  it('compares without blanks, punctuation and case', () => expect(plainName('“A b”，《丙》！')).toBe('ab丙'));
});
