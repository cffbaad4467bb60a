import { asText } from '../../form/field';
import type { Values } from '../../form/field';
import type { Catalogue } from '../catalogue';
import { isRank, type Facts, type Grade, type Rank } from '../eligibility';
import type { LoadedDeclaration } from './load-declaration';
import { application } from './sections/application.section';
import { currentTitle } from './sections/current-title.section';
import { education } from './sections/education.section';

/** A degree counts before the kind of schooling; kinds of their time count as what they are recognised as. */
function gradeOf(v: Values): Grade | undefined {
  const degree = asText(v.degree);
  if (degree === 'doctor' || degree === 'master') return degree;
  const kind = asText(v.education);
  if (/postgraduate$/.test(kind)) return 'master';
  if (kind === 'university-regular-class' || /college$/.test(kind)) return 'college';
  if (/university$/.test(kind)) return 'bachelor';
  if (kind === 'secondary-vocational') return 'secondary';
  return kind === 'high-school' ? 'lower' : undefined;
}

/** Where a title stands alone without a place in the catalogue, its level says the rank; 初级 is then taken for 助理级. */
const RANK_OF_LEVEL: Readonly<Record<string, Rank>> = { junior: '助理级', middle: '中级', associate: '副高级', senior: '正高级' };

function heldTitle(v: Values, catalogue: Catalogue): { rank: Rank; years: number } | 'none' | undefined {
  const title = asText(v.title);
  if (title === '') return undefined;
  const found = /^\d{1,9}$/.test(title) ? catalogue.findTitle(Number(title)) : undefined;
  if (!found && asText(v.level) === 'none') return 'none';
  const rank = found && isRank(found.rankName) ? found.rankName : RANK_OF_LEVEL[asText(v.level)];
  if (!rank) return undefined;
  return typeof v.appointedYears === 'number' ? { rank, years: v.appointedYears } : undefined;
}

/** K5: what a declaration says that decides about education and years; undefined where it says nothing yet. */
export function eligibilityFacts(d: LoadedDeclaration, catalogue: Catalogue): Facts {
  const main = d.check(application).groups.main?.values ?? {};
  const schools = d.check(education).groups;
  const basis = schools.basis?.values.isSame === true ? schools.fullTime : schools.basis;
  const rows = (d.check(currentTitle).rows.titles ?? []).map((r) => heldTitle(r.values, catalogue));
  const declared = catalogue.findTitle(Number(asText(main.title) || 0));
  return {
    seriesId: d.row.series_id,
    rank: declared && isRank(declared.rankName) ? declared.rankName : undefined,
    way: asText(main.way),
    education: basis && gradeOf(basis.values),
    titles: rows.length === 0 || rows.includes(undefined) ? undefined : rows.filter((r) => r !== undefined && r !== 'none'),
    workYears: typeof main.years === 'number' ? main.years : undefined,
  };
}
