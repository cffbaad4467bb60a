import type { Deps } from '../../deps';
import { showSize } from '../../form/form-model';
import { fieldId } from '../../form/section';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { findItem, findItemFiles, findRemoved, itemName, sayNotAdded, stemOf, type FoundItem, type StoredAttachment } from '../attachments';
import { arrangeFiles, orderOf, type ArrangeInput } from './arrange-files';
import { declarationName, mineCrumbs, rowOf } from './declaration-pages';
import type { Declaration } from './declarations.store';
import { isShut, shutReason } from './lock-section';
import { loadDeclaration, type LoadedDeclaration } from './load-declaration';
import { findSection } from './sections';
import type { SectionDefinition } from '../../form/section';

interface Place {
  d: Declaration;
  loaded: LoadedDeclaration;
  section: SectionDefinition;
  item: FoundItem;
}
interface Messages {
  problems: string[];
  notes: string[];
}
interface Typed {
  typed: ArrangeInput['typed'];
  ticked: readonly string[];
  problems: { id: string; text: string }[];
}

/** D14: the page on which the files of one item get their names and order, and several pictures become one PDF. */
export function filesRoutes(deps: Deps): Route[] {
  async function placeOf(visit: Visit): Promise<Place | undefined> {
    const section = findSection(visit.param('section'));
    if (!section) return undefined;
    const d = await rowOf(deps, visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const item = findItem(section, loaded.typed(section), visit.param('item'));
    return item && { d, loaded, section, item };
  }

  const hrefOfItem = ({ d, section, item }: Place): string =>
    `${paths.section(d.id, section.id)}#${fieldId({ part: item.part, ...(item.rowId === '' ? {} : { row: item.rowId }), field: item.field })}-list`;

  async function render(place: Place, messages: Messages | undefined, again?: Typed): Promise<Reply> {
    const { d, loaded, section, item } = place;
    const stored = await findItemFiles(deps.db, d.id, item);
    const files = again ? orderOf(stored, again.typed) : stored;
    const removed = (await findRemoved(deps.db, d.id, section.id)).filter((f) => itemName(f) === item.name);
    const line = (f: StoredAttachment, at: number) => ({
      id: f.id,
      name: f.name,
      stem: again?.typed.get(f.id)?.stem ?? stemOf(f.name),
      extension: f.name.slice(stemOf(f.name).length),
      number: at + 1,
      size: showSize(f.size),
      href: paths.preview(d.id, f.id),
      ...(f.thumbSha256 ? { thumbHref: paths.thumbnail(d.id, f.id) } : {}),
      isPicture: f.mediaType !== 'application/pdf',
      ticked: again?.ticked.includes(f.id) ?? false,
      problem: again?.problems.find((p) => p.id === f.id)?.text,
    });
    const problems = [
      ...(again?.problems ?? []).map((p) => ({ text: p.text, href: `#name-${p.id}` })),
      ...(messages?.problems ?? []).map((text) => ({ text, href: '#files' })),
    ];
    return page(
      'declarations/files',
      {
        title: `整理附件：${item.definition.label}`,
        breadcrumbs: [
          ...mineCrumbs,
          { text: declarationName(d, loaded.batch.seriesName, loaded.batch.levelText), href: paths.declaration(d.id) },
          { text: section.title, href: hrefOfItem(place) },
          { text: '整理附件' },
        ],
        errors: problems,
        ...(messages && messages.notes.length > 0 ? { notice: { kind: 'success' as const, text: messages.notes.join('。') } } : {}),
      },
      {
        action: paths.arrangeFiles(d.id, section.id, item.name),
        files: files.map(line),
        removed: removed.map((f) => ({ id: f.id, name: f.name })),
        proposal: item.definition.proposeName(item.raw),
        canMerge: files.filter((f) => f.mediaType !== 'application/pdf').length >= 2,
        backHref: hrefOfItem(place),
        sectionTitle: section.title,
      },
      again ? 422 : 200,
    );
  }

  async function show(visit: Visit): Promise<Reply> {
    const place = await placeOf(visit);
    if (!place) return notFound;
    if (isShut(place.loaded, place.section))
      return refusal(403, shutReason(place.section), { text: '返回申报详情', href: paths.declaration(place.d.id) });
    const messages = await findDraft<Messages>(deps.db, deps.cipher, 'file-problems', visit.owner, visit.query.one('messages'));
    return render(place, messages);
  }

  async function arrange(visit: Visit): Promise<Reply> {
    const place = await placeOf(visit);
    if (!place) return notFound;
    const { section, item } = place;
    const { id } = declarationOf(visit);
    const { body } = visit;
    const ids = body.names().flatMap((n) => (n.startsWith('name.') ? [n.slice('name.'.length)] : []));
    const typed = new Map(ids.map((f) => [f, { stem: body.one(`name.${f}`), order: body.one(`order.${f}`) }]));
    const ticked = body.all('merge');
    const action = body.one('do') || 'save';
    const outcome = await arrangeFiles(deps, { id, section, item, action, typed, ticked, actor: visit.actor, requestId: visit.requestId });
    const here = paths.arrangeFiles(id, section.id, item.name);
    const answer = async (messages: Messages): Promise<Reply> => {
      const kept = await keepDraft(deps.db, deps.cipher, 'file-problems', visit.owner, messages, 30);
      return seeOther(`${here}?messages=${kept}`);
    };
    switch (outcome.kind) {
      case 'hidden':
        return notFound;
      case 'closed':
        return refusal(403, outcome.reason, { text: '返回申报详情', href: paths.declaration(id) });
      case 'invalid':
        return render(place, undefined, { typed, ticked, problems: outcome.problems });
      case 'not-merged':
        return answer({ problems: [outcome.problem], notes: [] });
      case 'done':
        if (outcome.notAdded.length > 0) return answer({ problems: outcome.notAdded.map(sayNotAdded), notes: [] });
        if (outcome.notes.length > 0) return answer({ problems: [], notes: outcome.notes });
        return action === 'save' || action === 'adopt' ? answer({ problems: [], notes: ['已保存名称和顺序'] }) : seeOther(here);
    }
  }

  return [
    {
      method: 'get',
      path: '/declarations/:declaration/sections/:section/files/:item',
      access: 'declaration.edit',
      audit: null,
      handle: show,
    },
    {
      method: 'post',
      path: '/declarations/:declaration/sections/:section/files/:item',
      access: 'declaration.edit',
      audit: 'attachments.arrange',
      handle: arrange,
    },
  ];
}
