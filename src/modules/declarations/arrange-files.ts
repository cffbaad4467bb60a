import { MAX_STORED_BYTES } from '../../adapters/files/inspect-file';
import { mergePictures } from '../../adapters/files/merge-pictures';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { SectionDefinition } from '../../form/section';
import type { Actor } from '../../policy/actor';
import {
  arrangeAttachments,
  fileNameOf,
  findItemFiles,
  insertAttachments,
  itemName,
  removeAttachment,
  restoreAttachment,
  stemOf,
  type FoundItem,
  type NotAdded,
  type StoredAttachment,
} from '../attachments';
import { updateDeclaration } from './declarations.store';
import { lockSection } from './lock-section';

export interface ArrangeInput {
  id: string;
  section: SectionDefinition;
  item: FoundItem;
  /** save, adopt (proposed names), merge, delete:<id>, restore:<id> */
  action: string;
  /** by id: the name without extension as typed, and the number in the order; a file that was not on the page keeps what it has */
  typed: ReadonlyMap<string, { stem: string; order: string }>;
  /** ids of the pictures that become one PDF */
  ticked: readonly string[];
  actor: Actor;
  requestId: string;
}

export type ArrangeOutcome =
  | { kind: 'done'; notes: string[]; notAdded: NotAdded[] }
  | { kind: 'invalid'; problems: { id: string; text: string }[] }
  /** merging was asked for, and this stands in its way; names and order are stored */
  | { kind: 'not-merged'; problem: string }
  | { kind: 'hidden' }
  | { kind: 'closed'; reason: string };

const LONGEST_STEM = 100;

function problemOf(stem: string): string | undefined {
  const length = Array.from(stem.trim()).length;
  if (length === 0) return '请填写文件名';
  return length > LONGEST_STEM ? `文件名不超过 ${LONGEST_STEM} 个字，现有 ${length} 个字` : undefined;
}

/** The files in the order of the numbers typed beside them; one that moves up comes before the file that has its number, one that moves down after it. Missing and strange numbers change nothing. */
export function orderOf<T extends { id: string }>(files: readonly T[], typed: ReadonlyMap<string, { order: string }>): T[] {
  const rank = (f: T, at: number): number => {
    const order = typed.get(f.id)?.order.trim() ?? '';
    const wanted = /^\d{1,4}$/.test(order) ? Number(order) : at + 1;
    return wanted + Math.sign(wanted - at - 1) / 2;
  };
  return files
    .map((f, at) => ({ f, rank: rank(f, at), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map((x) => x.f);
}

/** Equal names get a number, so that every file of an item can be told from the others. */
function withNames(
  files: readonly StoredAttachment[],
  stemFor: (f: StoredAttachment) => string,
): { id: string; name: string; position: number }[] {
  const taken = new Set<string>();
  return files.map((f, at) => {
    const extension = f.name.slice(stemOf(f.name).length + 1);
    let name = fileNameOf(stemFor(f), extension);
    for (let n = 2; taken.has(name); n++) name = fileNameOf(`${stemFor(f)}（${n}）`, extension);
    taken.add(name);
    return { id: f.id, name, position: at + 1 };
  });
}

/** D14: names, order, removal and merging of the files of one item. What was typed is stored whichever button was pressed. */
export async function arrangeFiles(deps: Deps, input: ArrangeInput): Promise<ArrangeOutcome> {
  const { item, typed, action } = input;
  const problems = [...typed].flatMap(([id, t]) => {
    const text = problemOf(t.stem);
    return text === undefined || action === `delete:${id}` ? [] : [{ id, text }];
  });
  if (problems.length > 0) return { kind: 'invalid', problems };
  const outcome = await inTransaction(deps.db, async (trx): Promise<ArrangeOutcome> => {
    const locked = await lockSection(deps, trx, input.actor, input.id, input.section);
    if (locked.kind !== 'open') return locked;
    await store(trx, input);
    const [verb, fileId = ''] = action.split(':');
    const notAdded: NotAdded[] = [];
    if (verb === 'delete') await removeAttachment(trx, input.id, item.section, fileId);
    if (verb === 'restore') {
      const max = (i: Parameters<typeof itemName>[0]) => (itemName(i) === item.name ? item.definition.max : undefined);
      const restored = await restoreAttachment(trx, input.id, item.section, fileId, max);
      if (restored?.notAdded) notAdded.push(restored.notAdded);
    }
    await updateDeclaration(trx, input.id, {});
    await audit(trx, input, verb ?? action);
    return { kind: 'done', notes: [], notAdded };
  });
  return outcome.kind === 'done' && action === 'merge' ? merge(deps, input) : outcome;
}

async function store(trx: Trx, { id, item, typed, action }: ArrangeInput): Promise<void> {
  const files = orderOf(await findItemFiles(trx, id, item), typed);
  const proposal = action === 'adopt' ? item.definition.proposeName(item.raw) : undefined;
  await arrangeAttachments(
    trx,
    id,
    item,
    withNames(files, (f) => proposal ?? typed.get(f.id)?.stem ?? stemOf(f.name)),
  );
}

async function audit(trx: Trx, { id, section, item, actor, requestId }: ArrangeInput, what: string): Promise<void> {
  await appendAudit(trx, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'attachments.arrange',
    subjectKind: 'declaration',
    subjectId: id,
    detail: { section: section.id, item: item.name, what },
    requestId,
  });
}

/** Makes the PDF outside of any transaction, since that takes a while, and puts it in the place of its pictures if all of them are still there. */
async function merge(deps: Deps, input: ArrangeInput): Promise<ArrangeOutcome> {
  const { id, item, ticked } = input;
  const isTicked = (f: StoredAttachment): boolean => ticked.includes(f.id);
  const chosen = (await findItemFiles(deps.db, id, item)).filter(isTicked);
  const [first] = chosen;
  if (!first || chosen.length < 2) return { kind: 'not-merged', problem: '请勾选两张以上需要合并的图片' };
  if (chosen.some((f) => f.mediaType === 'application/pdf'))
    return { kind: 'not-merged', problem: '只能合并图片。请取消勾选 PDF 文件，只勾选图片' };
  if (chosen.some((f) => f.scan === 'waiting' || f.scan === 'infected'))
    return { kind: 'not-merged', problem: '勾选的图片中有待扫描或者检出病毒的文件，暂时不能合并' };
  const stem = item.definition.proposeName(item.raw) ?? stemOf(first.name);
  const pictures: Buffer[] = [];
  for (const f of chosen) pictures.push(await deps.storage.get(f.sha256));
  const content = await mergePictures(pictures, stem, MAX_STORED_BYTES);
  if (!content) return { kind: 'not-merged', problem: '图片太多，合并后超过 5 MB，会看不清楚。请少勾选几张，分成几个 PDF 合并' };
  const { sha256, size } = await deps.storage.put(content);
  return inTransaction(deps.db, async (trx): Promise<ArrangeOutcome> => {
    const locked = await lockSection(deps, trx, input.actor, id, input.section);
    if (locked.kind !== 'open') return locked;
    const now = await findItemFiles(trx, id, item);
    if (JSON.stringify(now.filter(isTicked).map((f) => f.sha256)) !== JSON.stringify(chosen.map((f) => f.sha256)))
      return { kind: 'not-merged', problem: '勾选的图片刚刚被更改，请核对后重新合并' };
    for (const f of chosen) await removeAttachment(trx, id, item.section, f.id);
    const notAdded = await insertAttachments(
      trx,
      id,
      [
        {
          section: item.section,
          part: item.part,
          rowId: item.rowId,
          field: item.field,
          name: fileNameOf(stem, 'pdf'),
          mediaType: 'application/pdf',
          size,
          sha256,
          thumbSha256: null,
          pages: chosen.length,
          scan: chosen.every((f) => f.scan === 'clean') ? 'clean' : 'unscanned',
          itemMax: item.definition.max,
        },
      ],
      input.actor.accountId,
    );
    if (notAdded.length > 0) throw new Error('a merged PDF has no place although its pictures made room');
    const after = await findItemFiles(trx, id, item);
    const merged = after.at(-1);
    const before = now.indexOf(first);
    const rest = after.slice(0, -1);
    const at = rest.filter((f) => now.findIndex((n) => n.id === f.id) < before).length;
    if (merged) rest.splice(at, 0, merged);
    await arrangeAttachments(
      trx,
      id,
      item,
      rest.map((f, i) => ({ id: f.id, name: f.name, position: i + 1 })),
    );
    await updateDeclaration(trx, id, {});
    await audit(trx, input, 'merge');
    return { kind: 'done', notes: [`已把 ${chosen.length} 张图片合并为「${merged?.name ?? ''}」`], notAdded: [] };
  });
}
