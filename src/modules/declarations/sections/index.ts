import { validateSections, type SectionDefinition } from '../../../form/section';
import { achievements } from './achievements.section';
import { application } from './application.section';
import { currentTitle } from './current-title.section';
import { education } from './education.section';
import { performance } from './performance.section';
import { workHistory } from './work-history.section';

/** The sections of a declaration in the order of the form. To add one: a file beside this one, and a line here. */
export const sections: readonly SectionDefinition[] = [application, education, currentTitle, workHistory, achievements, performance];

validateSections(sections);

export function findSection(id: string): SectionDefinition | undefined {
  return sections.find((s) => s.id === id);
}

/** Changes with every change of the definitions that alters what a frozen version would say. */
export const DEFINITION_REVISION = 1;
