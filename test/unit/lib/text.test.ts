import fc from 'fast-check';
import { compactCode, countCharacters, findNameIn, normaliseLine, normaliseText, toHalfWidth } from '../../../src/lib/text';

describe('S42 normaliseText', () => {
  it.each([
    ['line ends', '一\r\n二\r三\u2028四\u0085五\v六', '一\n二\n三\n四\n五\n六'],
    ['controls', 'a\0b\u0007c\u007Fd\u009Fe', 'abcde'],
    ['line feed and tab stay', 'a\n\tb', 'a\n\tb'],
    ['zero-width and direction marks', '王\u200B\u200D\u202E小\u2066\uFEFF明\u00AD', '王小明'],
    ['fillers that show nothing', '\u3164王\u034F', '王'],
    ['lone surrogates', 'a\uD800b', 'ab'],
    ['NFC', 'e\u0301', 'é'],
    ['ends, also the ideographic space', ' \n\u3000王\u3000\u200B ', '王'],
    ['rare characters and variation selectors stay', '㛃䶮𬀩𫖯葛\u{E0100}', '㛃䶮𬀩𫖯葛\u{E0100}'],
    ['the middle dot stays', '阿迪力·买买提', '阿迪力·买买提'],
  ])('%s', (_, given, expected) => {
    expect(normaliseText(given)).toBe(expected);
  });

  it('is idempotent', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (s) => normaliseText(normaliseText(s)) === normaliseText(s)));
  });
});

describe('S42 normaliseLine', () => {
  it('turns line breaks, tabs and runs of blanks into one space', () => {
    expect(normaliseLine(' 威海市\r\n环翠区\t \u3000文化馆 ')).toBe('威海市 环翠区 文化馆');
  });
});

describe('B1 toHalfWidth', () => {
  it('converts full-width ASCII and the ideographic space only', () => {
    expect(toHalfWidth('！１２３／Ａｚ～\u3000，。汉')).toBe('!123/Az~ ,。汉');
  });

  it('leaves half-width ASCII as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (s) => toHalfWidth(s) === s));
  });
});

describe('B1 compactCode', () => {
  it('gives a typed code without blanks, half-width, upper case', () => {
    expect(compactCode(' 3710 02\u200B１９ｘ\n')).toBe('37100219X');
  });
});

describe('D11 countCharacters', () => {
  it.each([
    ['', 0],
    ['汉字', 2],
    ['𬀩𫖯', 2],
    ['a\nb', 3],
    ['葛\u{E0100}', 1],
    ['e\u0301e', 2],
    ['👍🏽👩‍👩‍👧‍👦', 2],
    ['🇨🇳', 1],
  ])('%j has %i', (text, count) => {
    expect(countCharacters(text)).toBe(count);
  });
});

describe('D11 findNameIn', () => {
  it.each([
    ['as it stands', '本人王小明主持', '王小明', [[2, 5]]],
    ['with blanks', '本人王 小\u3000明主持', '王小明', [[2, 7]]],
    ['across a line break', '王小\n明', '王小明', [[0, 4]]],
    ['with a zero-width space', '王\u200B小明', '王小明', [[0, 4]]],
    [
      'twice',
      '王小明与王小明',
      '王小明',
      [
        [0, 3],
        [4, 7],
      ],
    ],
    ['not at all', '王小民', '王小明', []],
    ['a one-character name', '王', '王', []],
    ['one character and a dot', '王', '王·', []],
    ['an empty name', '王', '', []],
    ['another dot', '由阿迪力•买买提编导', '阿迪力·买买提', [[1, 8]]],
    ['the dot left out', '由阿迪力买买提编导', '阿迪力·买买提', [[1, 7]]],
    ['positions in code units after a rare character', '𬀩王明', '王明', [[2, 4]]],
    ['a rare character in the name', '由王𫖯𬀩编', '王𫖯𬀩', [[1, 6]]],
    ['Latin letters in either case', 'by JOHN smith.', 'John Smith', [[3, 13]]],
    ['Latin letters inside a word', 'Limited Polish', 'Li', []],
    ['signs with a meaning in patterns', 'A(B)C', '(B)', [[1, 4]]],
  ])('%s', (_, text, name, places) => {
    expect(findNameIn(text, name).map(({ start, end }) => [start, end])).toEqual(places);
  });

  it('shows the words around, shortened on both sides and on one line', () => {
    const [place] = findNameIn('一二三四五六七八九十甲乙丙王小\n明一二三四五六七八九十甲乙丙', '王小明');
    expect(place?.excerpt).toBe('…四五六七八九十甲乙丙王小 明一二三四五六七八九十…');
    expect(findNameIn('本人王小明主持', '王小明')[0]?.excerpt).toBe('本人王小明主持');
  });

  it('never cuts a surrogate pair in the excerpt', () => {
    const [place] = findNameIn(`${'𬀩'.repeat(15)}王明${'𫖯'.repeat(15)}`, '王明');
    expect(place?.excerpt).toBe(`…${'𬀩'.repeat(10)}王明${'𫖯'.repeat(10)}…`);
  });

  it('finds the name wherever it is put, however it is spaced', () => {
    const separator = fc.constantFrom('', ' ', '\n', '·', '\u3000', ' • ');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('甲', '乙', '丙', '𬀩') }), separator, separator, (before, one, two) => {
        const [place] = findNameIn(`${before}王${one}小${two}明后`, '王小明');
        return place?.start === before.length && place.end === before.length + 3 + one.length + two.length;
      }),
    );
  });
});
