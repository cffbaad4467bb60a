import type { Cipher } from '../lib/cipher';
import type { Db } from '../db/db';
import { showMoment } from '../lib/moment';
import { createKeptPosts } from './kept-posts.store';
import { paths } from './paths';
import { page, refusal, seeOther, type Reply, type Route, type Visit } from './route';

const gone = refusal(410, '保留的内容已经提交、放弃或者超过 1 小时，不能再继续提交', { text: '返回首页', href: paths.home() });

const showSize = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** A9: what was sent after the session had ended, to go on with or to give up. */
export function keptPostsRoutes(deps: { db: Db; cipher: Cipher }): Route[] {
  const kept = createKeptPosts(deps.db, deps.cipher);

  /** What was sent, by the page it came from: an act's address has often no page of its own, and stands below the one that has. */
  const titleOf = async (visit: Visit, url: string): Promise<string> =>
    (await visit.titleAt(url)) ?? (await visit.titleAt(url.replace(/\/[^/]+$/, ''))) ?? '填写的表单';

  async function show(visit: Visit): Promise<Reply> {
    const found = visit.browser ? await kept.list(visit.browser, visit.actor.accountId) : [];
    const posts = await Promise.all(
      found.map(async (p) => ({
        id: p.id,
        title: await titleOf(visit, p.url),
        keptAt: showMoment(p.keptAt),
        filled: p.filled,
        files: p.files.map((f) => ({ name: f.name, size: showSize(f.size) })),
      })),
    );
    return page(
      'kept/kept',
      { title: '继续提交已保留的内容', breadcrumbs: [{ text: '首页', href: paths.home() }, { text: '继续提交已保留的内容' }] },
      { posts },
    );
  }

  async function decide(visit: Visit): Promise<Reply> {
    const id = visit.body.one('id');
    if (!visit.browser) return gone;
    if (visit.body.one('do') === 'drop') {
      await kept.remove(visit.browser, visit.actor.accountId, id);
      return seeOther((await kept.list(visit.browser, visit.actor.accountId)).length > 0 ? paths.kept() : paths.home());
    }
    const post = await kept.find(visit.browser, visit.actor.accountId, id);
    return post ? { kind: 'repost', post, id } : gone;
  }

  return [
    { method: 'get', path: paths.kept(), access: 'home.read', audit: null, handle: show },
    // the route that is run with the kept form writes its own entry
    { method: 'post', path: paths.kept(), access: 'home.read', audit: null, handle: decide },
  ];
}
