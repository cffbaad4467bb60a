import type { Handle } from '../../db/db';
import { paragraphsOf } from './notice.read';

export interface FaqCategory {
  category: string;
  items: { id: number; question: string; paragraphs: string[] }[];
}

/** A4: questions with their answers by category, in the order the staff gave; with `words`, those that contain all of them. */
export async function listFaqs(h: Handle, words: readonly string[]): Promise<FaqCategory[]> {
  const query = h('faqs').select('id', 'category', 'question', 'answer').orderBy(['position', 'id']);
  for (const word of words) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    void query.where(
      (q) => void q.where('question', 'ilike', pattern).orWhere('answer', 'ilike', pattern).orWhere('category', 'ilike', pattern),
    );
  }
  const rows = (await query) as { id: number; category: string; question: string; answer: string }[];
  const groups = new Map<string, FaqCategory>();
  for (const { id, category, question, answer } of rows) {
    const group = groups.get(category) ?? { category, items: [] };
    group.items.push({ id, question, paragraphs: paragraphsOf(answer) });
    groups.set(category, group);
  }
  return [...groups.values()];
}
