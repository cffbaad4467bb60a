/** The platform of continuing education (docs/continuing-education.md). `deps.learning` is undefined where none is connected. */
export { httpPlatform, type PlatformSettings } from './http-platform';
export type { LearningPlatform, LearningQuery, LearningRecord, LearningResult } from './platform';
