import type { PageMeta, Visit } from './route';

/** The sentence of success on the page that an accepted POST leads to: by the `done` of its address. Nothing for words that are not in the table. */
export function doneNotice(visit: Pick<Visit, 'query'>, texts: Readonly<Record<string, string>>): Pick<PageMeta, 'notice'> {
  const word = visit.query.one('done');
  const text = Object.hasOwn(texts, word) ? texts[word] : undefined;
  return text === undefined ? {} : { notice: { kind: 'success', text } };
}
