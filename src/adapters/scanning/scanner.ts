export type ScanVerdict = { kind: 'clean' } | { kind: 'infected'; name: string };

/** Looks for viruses in a file. */
export interface VirusScanner {
  /** @throws ScannerAwayError when there is no verdict: not reachable, too slow, too busy, file too large for it */
  scan: (content: Buffer) => Promise<ScanVerdict>;
}

export class ScannerAwayError extends Error {
  constructor(message: string) {
    super(`virus scanner: ${message}`);
    this.name = 'ScannerAwayError';
  }
}
