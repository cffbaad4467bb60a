import type { Deps } from '../../deps';
import type { Trx } from '../../db/db';
import { sectionText, type SectionText } from '../../form/section-text';
import { canonicalJson, sha256Hex } from '../../lib/canonical-json';
import { codeText, ethnicities, politicalStatuses, sexes } from '../../lib/codes';
import { askAboutRetirement, evaluate, type Verdict } from '../eligibility';
import { drawnParts } from '../education';
import { findApplicant } from './applicant.read';
import { eligibilityFacts } from './eligibility-facts';
import { LEARNING_SECTION, learningYears } from './drawn-learning';
import { findVersion, insertVersion, type Declaration } from './declarations.store';
import { loadDeclaration, sectionsOf, type LoadedDeclaration } from './load-declaration';
import { rosterFacts } from './roster-facts';
import { DEFINITION_REVISION } from './sections';
import { application } from './sections/application.section';

/** What was submitted, in words: reviewers, printed forms and later readers see this and nothing newer. Holds no ID or telephone number. */
export interface FrozenContent {
  revision: number;
  round: number;
  applicant: {
    name: string;
    sex: string;
    bornOn: string;
    ethnicity: string;
    politicalStatus: string;
    nativePlace: string;
    photoSha256: string | null;
  };
  batch: { year: number; series: string; level: string; committee: string };
  unit: string;
  /** K5: as it was checked then; missing in versions from before there were rules */
  eligibility?: Verdict;
  sections: SectionText[];
}

/** The content as it stands now; for a draft it is the preview of 「确定申报」. */
export async function contentOf(deps: Deps, h: Trx | Deps['db'], d: LoadedDeclaration, round: number): Promise<FrozenContent> {
  const facts = eligibilityFacts(d, await deps.catalogue.get());
  const asked = { personId: d.row.person_id, years: learningYears(d.row.year), facts, day: d.batch.today };
  const applicant = await findApplicant(h, deps.cipher, asked);
  if (!applicant) throw new Error(`declaration ${d.row.id}: its person is gone`);
  const { person } = applicant;
  const drawn = drawnParts(applicant.records);
  const texts = sectionsOf(d).map((s) => {
    const text = sectionText(s, d.check(s), d.context(s));
    return s.id === LEARNING_SECTION ? { ...text, parts: [...drawn, ...text.parts] } : text;
  });
  const { retirementMale, retirementFemale } = await deps.settings.get();
  const age = { sex: person.sex, bornOn: person.bornOn, today: d.batch.today };
  // K5: by the rules of today
  const eligibility = evaluate(applicant.rules, facts);
  return {
    revision: DEFINITION_REVISION,
    round,
    applicant: {
      name: person.name,
      sex: codeText(sexes, person.sex) ?? '',
      bornOn: person.bornOn,
      ethnicity: codeText(ethnicities, person.ethnicity) ?? person.ethnicity,
      politicalStatus: codeText(politicalStatuses, person.politicalStatus) ?? '',
      nativePlace: person.nativePlace,
      photoSha256: person.photoSha256,
    },
    batch: { year: d.batch.year, series: d.batch.seriesName, level: d.batch.levelText, committee: d.batch.committeeName },
    unit: d.context(application).unit(d.typed(application).groups.main?.unit ?? '')?.name ?? '',
    eligibility: askAboutRetirement(eligibility, age, { male: retirementMale, female: retirementFemale }),
    sections: texts,
  };
}

/** D15: keeps the content of this round with its SHA-256. */
export async function freezeVersion(deps: Deps, trx: Trx, d: LoadedDeclaration, round: number): Promise<string> {
  const content = await contentOf(deps, trx, d, round);
  const sha256 = sha256Hex(canonicalJson(content));
  await insertVersion(trx, d.row.id, round, { content, sha256, roster: rosterFacts(content) });
  return sha256;
}

/** The last submitted content, or what the draft would submit now. */
export async function currentContent(
  deps: Deps,
  h: Deps['db'],
  d: LoadedDeclaration,
  asSubmitted: boolean,
): Promise<{ content: FrozenContent; sha256?: string }> {
  if (asSubmitted && d.row.round > 0) {
    const found = await findVersion(h, d.row.id, d.row.round);
    if (found) return { content: found.content as FrozenContent, sha256: found.sha256 };
  }
  return { content: await contentOf(deps, h, d, d.row.round + 1) };
}

/** What reviewers read: the version of this round, or what the draft would submit now. One query where a version was frozen. */
export async function submittedContent(deps: Deps, h: Deps['db'], row: Declaration): Promise<FrozenContent> {
  const found = row.round > 0 ? await findVersion(h, row.id, row.round) : undefined;
  if (found) return found.content as FrozenContent;
  return contentOf(deps, h, await loadDeclaration(deps, h, row), Math.max(1, row.round));
}

/** What was submitted in this round; undefined when nothing was frozen. */
export async function contentOfRound(h: Deps['db'], declaration: string, round: number): Promise<FrozenContent | undefined> {
  return (await findVersion(h, declaration, round))?.content as FrozenContent | undefined;
}
