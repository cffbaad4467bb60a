import { pinyinInitials } from '../../../src/lib/pinyin';

describe('D2 pinyinInitials', () => {
  it.each([
    ['威海市环翠区文化馆', 'whshcqwhg'],
    ['重庆市ABC第1中学', 'cqsabcd1zx'],
    ['（长春）音乐·厅', 'ccyyt'],
    ['ＡＢ１', 'ab1'],
    ['㛃䶮𬀩𫖯', 'jywf'],
    ['🙂汉', 'h'],
    ['', ''],
  ])('%s is %s', (name, initials) => {
    expect(pinyinInitials(name)).toBe(initials);
  });
});
