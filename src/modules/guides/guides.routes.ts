import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Deps } from '../../deps';
import { startCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { notFound, page, type Reply, type Route, type Visit } from '../../http/route';
import { can } from '../../policy/policy';
import { guides, type Guide } from './guides';
import { folderOf, readGuide, type RenderedGuide } from './render-guide';

const crumb = { text: '使用指南', href: paths.guides() };
/** Pictures change only with a new version of the program. */
const PICTURE_SECONDS = 3600;

const isFor = (visit: Visit, guide: Guide): boolean =>
  guide.access === 'public' || (visit.visitor !== undefined && can(visit.visitor, guide.access, undefined).ok);

const accessOf = ({ access }: Guide): Pick<Route, 'access' | 'onlyShows'> =>
  access === 'public' ? { access, onlyShows: true } : { access };

/** 「使用指南」: docs/guides as pages, each behind its own action of the policy. */
export function guidesRoutes(deps: Deps): Route[] {
  const rendered = new Map<string, RenderedGuide>();
  const load = (id: string): RenderedGuide => {
    const kept = rendered.get(id);
    if (kept) return kept;
    const fresh = readGuide(deps.config.rootDir, id);
    if (deps.config.production || deps.config.demo) rendered.set(id, fresh);
    return fresh;
  };

  const list = (visit: Visit): Promise<Reply> =>
    Promise.resolve(
      page(
        'guides/list',
        { title: '使用指南', breadcrumbs: [startCrumb(visit), { text: '使用指南' }] },
        {
          tasks: guides
            .filter((g) => isFor(visit, g))
            .map((g) => ({ title: g.title, hint: g.about, href: paths.guide(g.id), status: { text: '' } })),
        },
      ),
    );

  const show =
    (guide: Guide) =>
    (visit: Visit): Promise<Reply> => {
      const { html, contents } = load(guide.id);
      return Promise.resolve(
        page('guides/guide', { title: guide.title, breadcrumbs: [startCrumb(visit), crumb, { text: guide.title }] }, { html, contents }),
      );
    };

  const picture =
    (guide: Guide) =>
    async (visit: Visit): Promise<Reply> => {
      const name = visit.param('picture');
      if (!load(guide.id).pictures.includes(name)) return notFound;
      const body = await readFile(path.join(folderOf(deps.config.rootDir), 'pictures', name));
      return { kind: 'file', body, contentType: 'image/png', fileName: name, inline: true, maxAge: PICTURE_SECONDS };
    };

  return [
    { method: 'get', path: paths.guides(), access: 'public', onlyShows: true, audit: null, handle: list },
    ...guides.flatMap((g): Route[] => [
      { method: 'get', path: paths.guide(g.id), ...accessOf(g), audit: null, handle: show(g) },
      { method: 'get', path: paths.guidePicture(g.id, ':picture'), ...accessOf(g), audit: null, handle: picture(g) },
    ]),
  ];
}
