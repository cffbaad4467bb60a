import type { Request } from 'express';
import type { Question } from '../db/db';
import { subjectOf, type Subject, type SubjectKind } from '../policy/policy';
import { matchRoute } from './match-route';
import type { Route } from './route';

/** What the guard of a route will ask the database about its subject: known from the address alone, before it is known who asks. */
export interface FirstQuestion {
  route: Route;
  params: Readonly<Record<string, string>>;
  about: Question<Subject>;
}

/** How the subject of an action is asked about; undefined for kinds that are loaded in another way, and where the address cannot name one. `beside`: see `besideSubject`. */
export type AskSubject = (kind: SubjectKind, id: string, beside: Readonly<Record<string, string>>) => Question<Subject> | undefined;

/** What the address names beside the subject, for routes that want it read with it (`Route.quick`). */
export const besideSubject = (route: Route, params: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  route.quick ? params : {};

/**
 * M1: the question that this request begins with, so that one statement reads the session and answers it. It decides nothing: the guard asks the policy afterwards, whoever it is, and a route that it does not
 * go to has no use for it.
 */
export function firstQuestion(
  routes: readonly Route[],
  { method, path }: Pick<Request, 'method' | 'path'>,
  ask: AskSubject,
): FirstQuestion | undefined {
  const found = matchRoute(routes, method === 'POST' ? 'post' : 'get', path);
  if (!found || found.route.access === 'public') return undefined;
  const { route, params } = found;
  const kind = subjectOf(found.route.access);
  const about = kind && ask(kind, params[kind] ?? '', besideSubject(route, params));
  return about && { route, params, about };
}
