import type { Option } from '../../form/field';

/** 职称级别 as the guides name them; the code is what is stored. */
export type Level = 'junior' | 'middle' | 'associate' | 'senior';

export interface LevelName {
  code: Level;
  text: string;
}

/** Lowest first, as on the form. */
export const levels: readonly LevelName[] = [
  { code: 'junior', text: '初级职称' },
  { code: 'middle', text: '中级职称' },
  { code: 'associate', text: '副高级职称' },
  { code: 'senior', text: '正高级职称' },
];

/** The levels as options of a list. */
export const levelOptions = (of: readonly LevelName[] = levels): Option[] => of.map((l) => ({ value: l.code, text: l.text }));

/** Whether a text out of an address or a form is a level. */
export function isLevel(code: string): code is Level {
  return levels.some((l) => l.code === code);
}

/** 「中级职称」 for middle; '' for anything that is not a level. */
export function levelText(code: string): string {
  return levels.find((l) => l.code === code)?.text ?? '';
}
