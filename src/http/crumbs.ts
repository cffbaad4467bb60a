import { paths } from './paths';
import type { Crumb, Visit } from './route';

/** Where the breadcrumbs of signed-in people begin. */
export const homeCrumb: Crumb = { text: '首页', href: paths.home() };
/** Where the breadcrumbs of people who are not signed in begin. */
export const entryCrumb: Crumb = { text: '首页', href: paths.signIn() };

/** Where the breadcrumbs of a public page begin. */
export const startCrumb = (visit: Visit): Crumb => (visit.visitor ? homeCrumb : entryCrumb);
