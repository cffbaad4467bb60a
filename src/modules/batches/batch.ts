import type { PlainDate } from '../../lib/dates';
import type { Level } from '../catalogue';

/** K2, K3: a batch with its windows as they stand at this moment by the database's clock. */
export interface Batch {
  id: number;
  year: number;
  committeeId: number;
  committeeName: string;
  committeePhone: string;
  /** where the committee's bureau is */
  divisionCode: string;
  divisionName: string;
  seriesId: number;
  seriesName: string;
  level: Level;
  levelText: string;
  /** the day on which it was read, by the database's clock, and the moment */
  today: PlainDate;
  now: Date;
  applicantOpensAt: Date;
  /** with the extension of the person asked for, if there is one */
  applicantClosesAt: Date;
  unitClosesAt: Date;
  /** applicants may submit now */
  isOpenForApplicants: boolean;
  /** units may report now: from the applicants' opening to the units' closing */
  isOpenForUnits: boolean;
  /** who gives 「单位推荐排序」: the applicant (guide of 2022, part 3, paragraph 2) or the unit when reporting (guide of 2023, part 4, paragraph 8) */
  rankBy: 'applicant' | 'unit';
  /** who uploads the evidence of 「委托评审」 */
  entrustedEvidenceBy: 'applicant' | 'unit';
  maxResults: number;
  /** working days of publicity of the results */
  publicityDays: number;
  /** R5: a unit must publish its applicants before it reports them, for so many working days */
  demandsUnitPublicity: boolean;
  unitPublicityDays: number;
  /** working days that are proposed for a correction */
  correctionDays: number;
  /** working days in which 「复查」 of a result can be asked for */
  appealDays: number;
  /** 「申报承诺书」 */
  commitment: string;
  /** the administrator has opened it; nobody else sees it before */
  isPublished: boolean;
  version: number;
}

/** Whose windows are asked for: the same batch may be open longer for one person (K3). */
export interface WindowView {
  personId?: number;
}

export interface Window {
  applicantOpen: boolean;
  unitOpen: boolean;
  applicantOpensAt: Date;
  applicantClosesAt: Date;
  unitClosesAt: Date;
}
