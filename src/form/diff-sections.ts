import type { SectionText, TextFile, TextItem, TextLine, TextPart } from './section-text';

/** What became of a line, file, row, part or section between two versions. */
export type Change = 'same' | 'changed' | 'added' | 'removed';

export interface DiffLine {
  label: string;
  /** as it stands now; '' when it was removed */
  text: string;
  /** as it stood before; only with 'changed' and 'removed' */
  was?: string;
  change: Change;
}
export interface DiffFile extends TextFile {
  change: 'same' | 'added' | 'removed';
}
export interface DiffItem {
  id: string;
  change: Change;
  lines: DiffLine[];
  files: DiffFile[];
}
export interface DiffPart {
  id: string;
  title: string;
  isRows: boolean;
  change: Change;
  lines: DiffLine[];
  files: DiffFile[];
  items: DiffItem[];
}
export interface DiffSection {
  id: string;
  title: string;
  change: Change;
  /** lines and files that are not the same */
  count: number;
  parts: DiffPart[];
}

/**
 * Two lists as one, matched by key: in the order of `after`, with what it lost where it stood before. Keys may repeat; the first then meets the first.
 */
function pairs<T>(before: readonly T[], after: readonly T[], keyOf: (x: T) => string): { was?: T; now?: T }[] {
  const numbered = (list: readonly T[]): [string, T][] => {
    const seen = new Map<string, number>();
    return list.map((x) => {
      const n = seen.get(keyOf(x)) ?? 0;
      seen.set(keyOf(x), n + 1);
      return [`${keyOf(x)}\u0000${n}`, x];
    });
  };
  const old = numbered(before);
  const present = new Map(numbered(after));
  const earlier = new Map(old);
  const out: { was?: T; now?: T }[] = [];
  let next = 0;
  const lostUntil = (key: string | undefined): void => {
    const end = key === undefined ? old.length : old.findIndex(([k]) => k === key);
    for (; next < end; next++) {
      const [k, was] = old[next] as [string, T];
      if (!present.has(k)) out.push({ was });
    }
  };
  for (const [key, now] of present) {
    const was = earlier.get(key);
    if (was === undefined) out.push({ now });
    else {
      lostUntil(key);
      out.push({ was, now });
    }
  }
  lostUntil(undefined);
  return out;
}

const changeOf = (p: { was?: unknown; now?: unknown }, isSame: boolean): Change =>
  p.was === undefined ? 'added' : p.now === undefined ? 'removed' : isSame ? 'same' : 'changed';

const diffLines = (before: readonly TextLine[], after: readonly TextLine[]): DiffLine[] =>
  pairs(before, after, (l) => l.label).map(({ was, now }): DiffLine => {
    const change = changeOf({ was, now }, was?.text === now?.text);
    const label = (now ?? was)?.label ?? '';
    return { label, text: now?.text ?? '', change, ...(was && change !== 'same' ? { was: was.text } : {}) };
  });

/** A file is the same file while its content and its item are (where both versions name the items); a new name alone is no change of the file. */
function diffFiles(before: readonly TextFile[], after: readonly TextFile[]): DiffFile[] {
  const haveItems = [...before, ...after].every((f) => f.label !== undefined);
  return pairs(before, after, (f) => (haveItems ? `${f.sha256} ${f.label}` : f.sha256)).flatMap(({ was, now }): DiffFile[] => {
    const file = now ?? was;
    return file ? [{ ...file, change: now === undefined ? 'removed' : was === undefined ? 'added' : 'same' }] : [];
  });
}

const isSame = (x: { change: Change }): boolean => x.change === 'same';

const diffItems = (before: readonly TextItem[], after: readonly TextItem[]): DiffItem[] =>
  pairs(before, after, (i) => i.id).map((p): DiffItem => {
    const lines = diffLines(p.was?.lines ?? [], p.now?.lines ?? []);
    const files = diffFiles(p.was?.files ?? [], p.now?.files ?? []);
    return { id: (p.now ?? p.was)?.id ?? '', change: changeOf(p, lines.every(isSame) && files.every(isSame)), lines, files };
  });

const diffParts = (before: readonly TextPart[], after: readonly TextPart[]): DiffPart[] =>
  pairs(before, after, (part) => part.id).map((p): DiffPart => {
    const lines = diffLines(p.was?.lines ?? [], p.now?.lines ?? []);
    const files = diffFiles(p.was?.files ?? [], p.now?.files ?? []);
    const items = diffItems(p.was?.items ?? [], p.now?.items ?? []);
    const shown = p.now ?? p.was;
    return {
      id: shown?.id ?? '',
      title: shown?.title ?? '',
      isRows: shown?.isRows ?? false,
      change: changeOf(p, [...lines, ...files, ...items].every(isSame)),
      lines,
      files,
      items,
    };
  });

/**
 * What changed between two versions of a declaration, old beside new, over their words alone: sections, parts and rows are matched by id, lines by label, files
 * by content, so versions frozen under other definitions compare too. In the order of `after`; what it lost stands where it stood.
 */
export function diffSections(before: readonly SectionText[], after: readonly SectionText[]): DiffSection[] {
  return pairs(before, after, (s) => s.id).map((p): DiffSection => {
    const parts = diffParts(p.was?.parts ?? [], p.now?.parts ?? []);
    const shown = p.now ?? p.was;
    const leaves = parts.flatMap((x) => [...x.lines, ...x.files, ...x.items.flatMap((i) => [...i.lines, ...i.files])]);
    const count = leaves.filter((x) => !isSame(x)).length;
    // a row added or taken away that holds nothing yet is a change of the section all the same
    return { id: shown?.id ?? '', title: shown?.title ?? '', change: changeOf(p, parts.every(isSame)), count, parts };
  });
}
