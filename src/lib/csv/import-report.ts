/** What became of an imported file, row by row; views/components/import-report.njk shows it. */
export interface ImportReport {
  fileName: string;
  total: number;
  added: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** the first ones, in the order of the file */
  problems: { line: number; text: string }[];
}

/** So many refused rows are named one by one; whoever has more mends these and imports again. */
export const NAMED_PROBLEMS = 500;

/** The report of a file in which `refused` rows stay out and the others went in as counted. */
export function importReport(
  fileName: string,
  counts: { added: number; changed: number; unchanged: number },
  refused: readonly { line: number; text: string }[],
): ImportReport {
  return {
    fileName: [...fileName].slice(0, 100).join(''),
    total: counts.added + counts.changed + counts.unchanged + refused.length,
    ...counts,
    refused: refused.length,
    problems: [...refused].sort((a, b) => a.line - b.line).slice(0, NAMED_PROBLEMS),
  };
}
