/** One course that somebody took, as the platform of continuing education records it. */
export interface LearningRecord {
  /** the platform's own id of the record: the same course comes under the same id again */
  id: string;
  year: number;
  kind: 'professional' | 'public';
  title: string;
  /** hours of study, at most one digit behind the point */
  hours: number;
  /** `YYYY-MM-DD` */
  beginsOn: string;
  endsOn: string;
  place: string;
  witness: string;
}

export interface LearningQuery {
  idNumber: string;
  name: string;
  fromYear: number;
  toYear: number;
}

/**
 * found: everything there is in these years, also nothing · unknown: the platform knows nobody of this number and name · refused: it will not answer this question,
 * `reason` says why (no number in it) · unreachable: it may answer later
 */
export type LearningResult =
  | { kind: 'found'; records: LearningRecord[] }
  | { kind: 'unknown' }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string };

/** Where records of continuing education come from. Expected outcomes are returned, nothing is thrown for a platform that is down. */
export interface LearningPlatform {
  /** what people call it; stands beside every record as its source */
  readonly name: string;
  find(query: LearningQuery): Promise<LearningResult>;
}
