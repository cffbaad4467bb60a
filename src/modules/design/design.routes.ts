import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { notFound, page, type Reply, type Route, type Visit } from '../../http/route';
import { examples, exampleErrors } from './examples';
import { contrastsOf, readPalette } from './palette';

/** An address of this site: one slash first, no second one and no backslash behind it, printable. Whether there is a page, the next request says. */
const OWN = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}$/;

/** 「大字版」, and in development and demonstrations the page that shows every component. */
export function designRoutes(deps: Deps): Route[] {
  const setType = (visit: Visit): Promise<Reply> => {
    const size = visit.param('size');
    if (size !== 'large' && size !== 'normal') return Promise.resolve(notFound);
    const back = visit.query.one('back');
    const to = OWN.test(back) ? back : visit.visitor ? paths.home() : paths.signIn();
    return Promise.resolve({ kind: 'see-other', to, largeType: size === 'large' });
  };
  const show = (visit: Visit): Promise<Reply> => {
    if (deps.config.production) return Promise.resolve(notFound);
    const palette = readPalette(deps.config.rootDir);
    return Promise.resolve(
      page(
        'design/design',
        {
          title: '界面规范',
          breadcrumbs: [{ text: '首页', href: visit.visitor ? paths.home() : paths.signIn() }, { text: '界面规范' }],
          errors: exampleErrors,
          notice: { kind: 'success', text: '这是办理成功之后的提示。', href: paths.design(), linkText: '查看' },
        },
        { ...examples, colours: [...palette].map(([name, value]) => ({ name, value })), contrasts: contrastsOf(palette) },
      ),
    );
  };
  return [
    { method: 'get', path: '/type/:size', access: 'public', onlyShows: true, audit: null, handle: setType },
    { method: 'get', path: paths.design(), access: 'public', audit: null, handle: show },
  ];
}
