import { showDate, showYearMonth, type PlainDate } from '../../lib/dates';

/** The column that `namesakeTexts` needs: `d` is the declaration. Not for lists that the public reads. */
export const BORN_ON = '(SELECT p.born_on FROM persons p WHERE p.account_id = d.person_id) AS "bornOn"';

interface Named {
  id: string;
  name: string;
  bornOn: PlainDate;
}

/** 「1985年3月出生」, which is told of whom a list may be mistaken about. */
export const bornText = (bornOn: PlainDate): string => `${showYearMonth(bornOn)}出生`;

/** For those whose name another one in `rows` has as well, what tells them apart, by id: the month of birth; where that is the same the day; where that is, too, the place in the list. */
export function namesakeTexts(rows: readonly Named[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const byName = new Map<string, Named[]>();
  for (const r of rows) byName.set(r.name, [...(byName.get(r.name) ?? []), r]);
  for (const same of byName.values()) {
    if (same.length < 2) continue;
    const ways = [(r: Named) => bornText(r.bornOn), (r: Named) => `${showDate(r.bornOn)}出生`];
    const told = ways.find((way) => new Set(same.map(way)).size === same.length);
    same.forEach((r, n) => texts.set(r.id, told ? told(r) : `${showDate(r.bornOn)}出生，同名第 ${n + 1} 位`));
  }
  return texts;
}

/** The same rows; names that several have say whose they are: 「于晓丽（1985年3月出生）」. */
export function tellApart<T extends Named>(rows: readonly T[]): T[] {
  const texts = namesakeTexts(rows);
  return rows.map((r) => {
    const text = texts.get(r.id);
    return text === undefined ? r : { ...r, name: `${r.name}（${text}）` };
  });
}
