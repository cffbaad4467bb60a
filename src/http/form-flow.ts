import type { Db } from '../db/db';
import type { RawSection } from '../form/field';
import { emptySection, readSection, restoreSection } from '../form/read-section';
import type { Problem, SectionDefinition } from '../form/section';
import type { Cipher } from '../lib/cipher';
import { wholeNumber } from '../lib/ids';
import { findDraft, keepDraft, type DraftPurpose } from './form-drafts.store';
import { seeOther, type Reply, type Visit } from './route';

/** A form as it was typed, with what is wrong with it. */
export interface TypedForm {
  raw: RawSection;
  problems: Problem[];
  version: number | undefined;
}

export interface FormFlow {
  /** what the page shows: the form that was typed and came back, else `stored` */
  shown(visit: Visit, stored: RawSection, version?: number): Promise<TypedForm>;
  /** what was posted; `before` keeps the fields that were not on the page */
  posted(visit: Visit, before?: RawSection): { raw: RawSection; version: number | undefined };
  /** back to the page at `to`, which shows what was typed and what is wrong */
  again(visit: Visit, to: string, typed: { raw: RawSection; version?: number | undefined }, problems: readonly Problem[]): Promise<Reply>;
}

/**
 * The way of a form outside the declaration: GET shows it, POST goes on or comes back to the GET with everything that was typed. `of` tells forms of one purpose
 * apart, so that a draft of one entry never appears in the form of another.
 */
export function formFlow(
  { db, cipher }: { db: Db; cipher: Cipher },
  purpose: DraftPurpose,
  section: SectionDefinition,
  of: string,
): FormFlow {
  interface Kept {
    of: string;
    raw: RawSection;
    problems: Problem[];
    version?: number;
  }
  return {
    async shown(visit, stored, version) {
      const kept = await findDraft<Kept>(db, cipher, purpose, visit.owner, visit.query.one('draft'));
      if (kept?.of !== of) return { raw: stored, problems: [], version };
      return { raw: restoreSection(section, kept.raw), problems: kept.problems, version: kept.version ?? version };
    },
    posted: (visit, before = emptySection(section)) => ({
      raw: readSection(section, visit.body, before),
      version: wholeNumber(visit.body.one('version'), 9),
    }),
    async again(visit, to, { raw, version }, problems) {
      const kept: Kept = { of, raw, problems: [...problems], ...(version === undefined ? {} : { version }) };
      return seeOther(`${to}${to.includes('?') ? '&' : '?'}draft=${await keepDraft(db, cipher, purpose, visit.owner, kept)}`);
    },
  };
}
