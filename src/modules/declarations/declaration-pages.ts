import { homeCrumb } from '../../http/crumbs';
import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { declarationOf, type Crumb, type Visit } from '../../http/route';
import type { Role } from '../../policy/actor';
import { rowOfSubject } from './declaration-subject.store';
import { findDeclaration, type Declaration, type DeclarationEvent, type SectionComment } from './declarations.store';

/** The declaration that the address speaks of, as the policy has let the visitor see it; after a POST's own writes, as it stands now. */
export async function rowOf(deps: Deps, visit: Visit): Promise<Declaration> {
  const subject = declarationOf(visit);
  const d = (visit.method === 'GET' ? rowOfSubject(subject) : undefined) ?? (await findDeclaration(deps.db, subject.id));
  if (!d) throw new Error('the declaration vanished between guard and handler');
  return d;
}

export const mineCrumb: Crumb = { text: '我的申报信息', href: paths.declarations() };
/** Where the breadcrumbs of the applicant's pages begin. */
export const mineCrumbs: readonly Crumb[] = [homeCrumb, mineCrumb];

/** The list a reviewer comes from and goes back to. */
export function listCrumbs(role: Role): Crumb[] {
  if (role === 'unit') return [{ text: '职称申报数据审核', href: paths.review() }];
  if (role === 'judge') return [{ text: '我的评审', href: paths.sittings() }];
  if (role === 'office') return [{ text: '申报受理与评审', href: paths.office() }];
  return role === 'bureau' ? [{ text: '评审结果确认', href: paths.results() }] : [];
}

/** 「2026年度群众文化初级职称」: how a declaration is called on pages. */
export const declarationName = (d: { year: number }, seriesName: string, level: string): string => `${d.year}年度${seriesName}${level}`;

/** What reviewers asked for when they gave it back, section by section; none when it was not given back. */
export function openComments(events: readonly DeclarationEvent[], d: Declaration): SectionComment[] {
  if (d.state !== 'returned_to_applicant' && d.state !== 'correction') return [];
  return [...events].reverse().find((e) => e.to_state === d.state)?.comments ?? [];
}
