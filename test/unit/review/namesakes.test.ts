import { namesakeTexts, tellApart } from '../../../src/modules/review/namesakes';

const who = (id: string, name: string, bornOn: string) => ({ id, name, bornOn });

describe('J1, J3, J4 people of one name in a list', () => {
  it.each<[string, ReturnType<typeof who>[], Record<string, string>]>([
    ['a name that nobody shares', [who('a', '于晓丽', '1985-03-01'), who('b', '丛海霞', '1985-03-01')], {}],
    [
      'told apart by the month',
      [who('a', '于晓丽', '1985-03-01'), who('b', '于晓丽', '1990-11-30')],
      { a: '1985年3月出生', b: '1990年11月出生' },
    ],
    [
      'of one month, by the day',
      [who('a', '于晓丽', '1985-03-01'), who('b', '于晓丽', '1985-03-02')],
      { a: '1985年3月1日出生', b: '1985年3月2日出生' },
    ],
    [
      'of one day, by the place in the list',
      [who('a', '于晓丽', '1985-03-01'), who('x', '丛海霞', '1985-03-01'), who('b', '于晓丽', '1985-03-01')],
      { a: '1985年3月1日出生，同名第 1 位', b: '1985年3月1日出生，同名第 2 位' },
    ],
  ])('%s', (_name, rows, texts) => {
    expect(Object.fromEntries(namesakeTexts(rows))).toEqual(texts);
    expect(tellApart(rows).map((r) => r.name)).toEqual(rows.map((r) => (r.id in texts ? `${r.name}（${texts[r.id] ?? ''}）` : r.name)));
  });
});
