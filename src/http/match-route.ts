import type { Route } from './route';

/** The route of the table that answers this path, with the values of its parameters; undefined when none does. */
export function matchRoute(
  routes: readonly Route[],
  method: Route['method'],
  pathname: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const names: string[] = [];
    const pattern = route.path
      .split(/(:\w+)/)
      .map((piece) => {
        if (!piece.startsWith(':')) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        names.push(piece.slice(1));
        return '([^/]+)';
      })
      .join('');
    const found = new RegExp(`^${pattern}$`).exec(pathname);
    if (found) return { route, params: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')])) };
  }
  return undefined;
}
