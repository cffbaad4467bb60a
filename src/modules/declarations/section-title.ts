import { ENTRUSTED_SECTION } from './declarations.store';
import { findSection } from './sections';

/** What a part of a declaration is called: a section of the form, or what a unit has added; undefined for an id that nobody knows any more. */
export const sectionTitleOf = (id: string): string | undefined => (id === ENTRUSTED_SECTION ? '委托评审材料' : findSection(id)?.title);
