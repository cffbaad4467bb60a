import { applies, isRequired } from './check-section';
import type { ControlModel, FormButton, FormModel, FormPart } from './control';
import { isFilesField } from './fields';
import type { Field, FormContext, RawGroup, RawSection } from './field';
import { anchorOf, fieldId, inputName, type Part, type Place, type Problem, type SectionDefinition } from './section';

export interface FileAddresses {
  view: (id: string) => string;
  thumbnail: (id: string) => string;
  /** what has to be said about a file, such as 待扫描 */
  note?: (id: string) => string | undefined;
  /** there is a page on which the files of an item get names and an order, and become one PDF */
  canArrange?: boolean;
  /** what was taken out of an item last and can be taken back */
  removed?: (part: string, row: string, field: string) => { id: string; name: string } | undefined;
}
export interface FormModelInput {
  section: SectionDefinition;
  raw: RawSection;
  ctx: FormContext;
  /** problems to show beside the fields; [] for a form nobody has saved yet */
  problems: readonly Problem[];
  /** what is worth a second look, shown beside the fields */
  advice?: readonly Problem[];
  action: string;
  token: string;
  /** of what is stored, when saves of stale data are refused */
  version?: number;
  buttons: readonly FormButton[];
  files: FileAddresses;
  unitSearch: (field: string) => string;
  /** the row that was just taken out and can be put back */
  removedRow?: { part: string; at: number; restoreValue: string } | undefined;
}

const ACCEPT = '.jpg,.jpeg,.png,.gif,.pdf,image/jpeg,image/png,image/gif,application/pdf';

export function showSize(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

/** How problems of a row begin; beside the field it is plain which row is meant. */
const ROW_PREFIX = /^第 \d+ 条：/;

function control(field: Field, raw: RawGroup, place: Place, input: FormModelInput): ControlModel {
  const here = { ...place, field: field.id };
  const id = fieldId(here);
  const name = inputName(place, field.id);
  const isHere = (p: Problem): boolean => p.part === place.part && p.row === place.row && p.field === field.id;
  const [problem, ...further] = input.problems.filter(isHere);
  const marks = [problem, ...further].flatMap((p) => p?.mark ?? []);
  const advice = (input.advice ?? []).filter(isHere).map((p) => p.text.replace(ROW_PREFIX, ''));
  const proposal = field.propose?.(raw, input.ctx);
  const own = field.control(raw, input.ctx);
  const model: ControlModel = {
    type: field.type,
    id,
    name,
    label: field.label,
    required: isRequired(field, raw, input.ctx),
    value: raw[field.id] ?? '',
    ...(field.hint ? { hint: field.hint } : {}),
    ...(field.refreshes ? { refreshes: true } : {}),
    ...(problem ? { problem: problem.text.replace(ROW_PREFIX, '') } : {}),
    ...(marks.length > 0 ? { marks } : {}),
    ...(advice.length > 0 ? { advice } : {}),
    ...(proposal
      ? {
          proposal: {
            text: proposal.value,
            working: proposal.working,
            buttonValue: `accept:${name}`,
            isTaken: (raw[field.id] ?? '') === proposal.value,
          },
        }
      : {}),
    ...own,
  };
  if (own.other) model.other = { ...own.other, id: `${id}-other`, name: inputName(place, `${field.id}Other`) };
  if (own.picker) model.picker = { ...own.picker, searchHref: input.unitSearch(`${place.part}.${field.id}`) };
  if (isFilesField(field)) {
    const { max } = field;
    const list = input.ctx.files(place.part, place.row ?? '', field.id);
    const noteOf = (id: string) => input.files.note?.(id);
    model.files = list.map((f) => ({
      id: f.id,
      name: f.name,
      href: input.files.view(f.id),
      ...(f.hasThumbnail ? { thumbHref: input.files.thumbnail(f.id) } : {}),
      size: showSize(f.size),
      deleteValue: `delete-file:${f.id}`,
      ...(noteOf(f.id) ? { note: noteOf(f.id) } : {}),
    }));
    const removed = input.files.removed?.(place.part, place.row ?? '', field.id);
    if (removed) model.removed = { name: removed.name, restoreValue: `restore-file:${removed.id}` };
    if (input.files.canArrange && list.length > 0) model.arrangeValue = `arrange:${name}`;
    model.upload = {
      name: `files:${name}`,
      accept: ACCEPT,
      buttonValue: `upload:${name}`,
      hint: `最多 ${max} 个文件`,
      max: Math.max(0, max - list.length),
    };
  }
  return model;
}

function controls(part: Part, raw: RawGroup, row: string | undefined, input: FormModelInput): ControlModel[] {
  const place: Place = { part: part.id, ...(row === undefined ? {} : { row }) };
  return part.fields.filter((f) => applies(f, raw, input.ctx)).map((f) => control(f, raw, place, input));
}

const FILE_RULES =
  '支持 jpg、png、gif、pdf 格式。PDF 不超过 5 MB；图片不超过 30 MB，超过 5 MB 的自动缩小。文件名请写明时间和内容，例如「2020年7月毕业证书」';

/** Says what holds for each file: at the one place for files, or once above several of them. */
function sayFileRules(parts: readonly FormPart[]): FormModel['fileRules'] {
  const uploads = parts
    .flatMap((p) => (p.kind === 'group' ? p.controls : p.rows.flatMap((r) => r.controls)))
    .flatMap((c) => (c.upload && c.upload.max > 0 ? [c.upload] : []));
  const [only] = uploads;
  if (!only) return undefined;
  if (uploads.length === 1) {
    only.hint = `${only.hint}。${FILE_RULES}`;
    return undefined;
  }
  const rules = { id: 'file-rules', text: `上传的文件${FILE_RULES}` };
  for (const upload of uploads) upload.rules = rules.id;
  return rules;
}

/** The form page of a section. */
export function formModel(input: FormModelInput): FormModel {
  const { section, raw, ctx } = input;
  const parts = section.parts.map((part): FormPart => {
    const head = { id: part.id, ...(part.title ? { title: part.title } : {}), ...(part.hint ? { hint: part.hint } : {}) };
    if (part.kind === 'group') return { kind: 'group', ...head, controls: controls(part, raw.groups[part.id] ?? {}, undefined, input) };
    const rows = raw.rows[part.id] ?? [];
    const max = part.max(ctx);
    const removed = input.removedRow?.part === part.id ? input.removedRow : undefined;
    return {
      kind: 'rows',
      ...head,
      rowLabel: part.rowLabel,
      addLabel: part.addLabel,
      emptyText: part.emptyText,
      canAdd: rows.length < max,
      max,
      ...(removed
        ? { removed: { at: Math.min(removed.at, rows.length), number: removed.at + 1, restoreValue: removed.restoreValue } }
        : {}),
      rows: rows.map((r, i) => {
        const problem = input.problems.find((p) => p.part === part.id && p.row === r.id && p.field === undefined);
        return { id: r.id, number: i + 1, ...(problem ? { problem: problem.text } : {}), controls: controls(part, r.values, r.id, input) };
      }),
    };
  });
  const fileRules = sayFileRules(parts);
  return {
    action: input.action,
    multipart: section.parts.some((p) => p.fields.some((f) => f.type === 'files')),
    ...(input.version === undefined ? {} : { version: input.version }),
    token: input.token,
    parts,
    ...(fileRules ? { fileRules } : {}),
    buttons: [...input.buttons],
  };
}

/** Problems as links for the error summary. */
export function problemLinks(problems: readonly Problem[]): { text: string; href: string }[] {
  return problems.map((p) => ({ text: p.text, href: `#${anchorOf(p)}` }));
}
