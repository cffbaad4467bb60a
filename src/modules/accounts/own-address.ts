import { paths } from '../../http/paths';

/** First parts of the addresses that are pages one may be sent to after signing in. */
const PAGES = [
  'home',
  'profile',
  'declarations',
  'unit',
  'paths',
  'bureau',
  'office',
  'admin',
  'support',
  'notices',
  'faq',
  'committees',
  'publicities',
  'certificates',
  'plans',
  'meetings',
  'judge',
  'batches',
  'results',
  'tasks',
  'guides',
  'roster',
  'review',
];
const ADDRESS = /^\/([a-z]+)((?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*)(\?[A-Za-z0-9_.~%&=+:,;!*'()@/-]*)?$/;
/** Addresses that only take a POST; the confirm page of a bulk act has its choice in the query. */
const ONLY_POST = /\/(bulk|delete|end)$/;
const WITH_CHOICE = /\/bulk\?(draft|result|task)=/;

/**
 * S27: where to go after signing in, from the `next` of the address: only own pages, by an allow list. Everything else (other hosts, backslashes, encoded
 * slashes, line breaks, addresses that only take a POST) becomes the home page.
 */
export function ownAddress(next: string): string {
  const match = next.length <= 1000 ? ADDRESS.exec(next) : null;
  if (!match || !PAGES.includes(match[1] ?? '')) return paths.home();
  if (ONLY_POST.test(`${match[1]}${match[2]}`) && !WITH_CHOICE.test(next)) return paths.home();
  return next;
}
