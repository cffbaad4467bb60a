import { validateSections, type SectionDefinition } from '../../../form/section';
import { achievements } from './achievements.section';
import { administrativePost } from './administrative-post.section';
import { application } from './application.section';
import { assessments } from './assessments.section';
import { basics } from './basics.section';
import { continuingEducation } from './continuing-education.section';
import { currentTitle } from './current-title.section';
import { earlierWork } from './earlier-work.section';
import { education } from './education.section';
import { exams } from './exams.section';
import { languages } from './languages.section';
import { mainWork } from './main-work.section';
import { otherFiles } from './other-files.section';
import { performance } from './performance.section';
import { societies } from './societies.section';
import { way } from './way.section';
import { workHistory } from './work-history.section';

/** The sections of a declaration in the order of the form. To add one: a file beside this one, and a line here. */
export const sections: readonly SectionDefinition[] = [
  application,
  way,
  basics,
  education,
  currentTitle,
  administrativePost,
  assessments,
  languages,
  exams,
  continuingEducation,
  workHistory,
  earlierWork,
  mainWork,
  achievements,
  performance,
  societies,
  otherFiles,
];

validateSections(sections);

export function findSection(id: string): SectionDefinition | undefined {
  return sections.find((s) => s.id === id);
}

/** Changes with every change of the definitions that alters what a frozen version would say. */
export const DEFINITION_REVISION = 2;
