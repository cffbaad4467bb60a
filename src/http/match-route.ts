import type { Route } from './route';

interface Compiled {
  route: Route;
  pattern: RegExp;
  names: string[];
}

/** The routes of a table by method, first word and number of words, in the order of the table; made at the first question about it. */
const tables = new WeakMap<readonly Route[], Map<string, Compiled[]>>();

function keyOf(method: Route['method'], path: string): string {
  const words = path.split('/');
  return `${method} ${words[1] ?? ''} ${words.length}`;
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const pattern = route.path
    .split(/(:\w+)/)
    .map((piece) => {
      if (!piece.startsWith(':')) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(piece.slice(1));
      return '([^/]+)';
    })
    .join('');
  return { route, pattern: new RegExp(`^${pattern}$`), names };
}

function tableOf(routes: readonly Route[]): Map<string, Compiled[]> {
  let table = tables.get(routes);
  if (!table) {
    table = new Map();
    for (const route of routes) {
      const key = keyOf(route.method, route.path);
      table.set(key, [...(table.get(key) ?? []), compile(route)]);
    }
    tables.set(routes, table);
  }
  return table;
}

/** The route of the table that answers this path, with the values of its parameters; undefined when none does, or when the path cannot be read. */
export function matchRoute(
  routes: readonly Route[],
  method: Route['method'],
  pathname: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const { route, pattern, names } of tableOf(routes).get(keyOf(method, pathname)) ?? []) {
    const found = pattern.exec(pathname);
    if (!found) continue;
    try {
      return { route, params: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')])) };
    } catch (e) {
      if (e instanceof URIError) return undefined;
      throw e;
    }
  }
  return undefined;
}
