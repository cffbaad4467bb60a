import * as codes from '../../../src/lib/codes';

const sets = Object.entries(codes).filter((entry): entry is [string, readonly codes.Code[]] => Array.isArray(entry[1]));

describe('B1 code sets', () => {
  it('holds twelve sets', () => {
    expect(sets).toHaveLength(12);
  });

  it.each(sets)('%s has no code and no words twice', (_, set) => {
    expect(new Set(set.map((entry) => entry.code)).size).toBe(set.length);
    expect(new Set(set.map((entry) => entry.text)).size).toBe(set.length);
  });

  it('numbers the nationalities as GB/T 3304', () => {
    expect(codes.ethnicities).toHaveLength(58);
    expect(['01', '05', '15', '22', '30', '44', '56', '97', '98'].map((code) => codes.codeText(codes.ethnicities, code))).toEqual([
      '汉族',
      '维吾尔族',
      '土家族',
      '畲族',
      '土族',
      '俄罗斯族',
      '基诺族',
      '其他',
      '外国血统中国籍人士',
    ]);
  });

  it('has the words of the forms', () => {
    expect(codes.educations.map((entry) => entry.text)).toEqual([
      '研究生',
      '大学',
      '大专',
      '中专',
      '高中及以下',
      '大学普通班',
      ...['中央党校', '省委党校', '市委党校'].flatMap((school) => ['研究生', '大学', '大专'].map((level) => school + level)),
      '省业余大学',
      '省业余大专',
    ]);
    expect(codes.wayOfDeclaring.map((entry) => entry.text)).toEqual([
      '正常晋升',
      '破格',
      '改系列',
      '复合型人才评审',
      '高层次人才直评',
      '非企事业单位交流到企事业单位人员',
    ]);
    expect(codes.politicalStatuses).toHaveLength(13);
  });

  it('knows no words for an unknown code', () => {
    expect(codes.codeText(codes.sexes, 'x')).toBeUndefined();
  });
});
