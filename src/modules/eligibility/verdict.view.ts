import type { Verdict } from './evaluate';

/** How an outcome is shown: by its word first. */
export const outcomeTags: Readonly<Record<Verdict['outcome'], { text: string; colour: string }>> = {
  pass: { text: '符合', colour: 'green' },
  block: { text: '不符合', colour: 'red' },
  human: { text: '需要人工审核', colour: 'yellow' },
  open: { text: '待填写', colour: 'grey' },
};
