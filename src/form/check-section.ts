import { isFiles, type Field, type FieldValue, type FormContext, type RawGroup, type RawRow, type RawSection, type Values } from './field';
import type { CheckedGroup, CheckedSection, Part, Place, Problem, RowsPart, SectionDefinition } from './section';

export const applies = (field: Field, raw: RawGroup, ctx: FormContext): boolean => field.appliesWhen?.(raw, ctx) ?? true;
export const isRequired = (field: Field, raw: RawGroup, ctx: FormContext): boolean =>
  typeof field.required === 'function' ? field.required(raw, ctx) : (field.required ?? false);

function readField(field: Field, raw: RawGroup, ctx: FormContext, place: Place): { value?: FieldValue; problem?: string } {
  if (field.type === 'files') {
    const list = ctx.files(place.part, place.row ?? '', field.id);
    return list.length > 0 ? { value: list } : {};
  }
  if (field.derive) {
    const value = field.derive(raw, ctx);
    return value === undefined ? {} : { value };
  }
  const typed = raw[field.id] ?? '';
  if (typed === '') return {};
  const parsed = field.schema(raw, ctx).safeParse(typed);
  return parsed.success ? { value: parsed.data } : { problem: parsed.error.issues[0]?.message ?? `「${field.label}」填写有误` };
}

function checkGroup(
  part: Part,
  raw: RawGroup,
  ctx: FormContext,
  row: string | undefined,
  problems: Problem[],
  prefix: string,
): CheckedGroup {
  const values: Values = {};
  for (const field of part.fields) {
    if (!applies(field, raw, ctx)) continue;
    const place: Place = { part: part.id, ...(row === undefined ? {} : { row }), field: field.id };
    const { value, problem } = readField(field, raw, ctx, place);
    if (problem !== undefined) problems.push({ ...place, severity: 'shape', text: prefix + problem });
    else if (value === undefined && isRequired(field, raw, ctx))
      problems.push({ ...place, severity: 'missing', text: `${prefix}请${field.verb}「${field.label}」` });
    values[field.id] = value;
  }
  return { raw, values };
}

/** Nothing typed and nothing uploaded; what is worked out does not count. */
const isBlankRow = (part: Part, row: RawRow, ctx: FormContext): boolean =>
  Object.values(row.values).every((v) => v === '') &&
  part.fields.every((f) => f.type !== 'files' || ctx.files(part.id, row.id, f.id).length === 0);

/** Ids of the rows that were added and left empty, beyond those that the part asks for: each is to be removed, or filled in after all. */
function spareRows(part: RowsPart, rows: readonly RawRow[], ctx: FormContext): Set<string> {
  const blank = rows.filter((r) => isBlankRow(part, r, ctx));
  return new Set(blank.slice(Math.max(0, part.min - (rows.length - blank.length))).map((r) => r.id));
}

/**
 * Everything there is to say about a section as typed: values, and problems in page order. The caller decides the severity of the moment: in a draft they
 * are advice, at submission a bar. Rules across fields run on what could be read.
 */
export function checkSection(s: SectionDefinition, raw: RawSection, ctx: FormContext): CheckedSection {
  const checked: CheckedSection = { groups: {}, rows: {}, problems: [], advice: [], isBlank: true };
  const isSpare = new Set<string>();
  for (const part of s.parts) {
    if (part.kind === 'group') {
      const title = part.title && s.parts.length > 1 ? `${part.title}：` : '';
      checked.groups[part.id] = checkGroup(part, raw.groups[part.id] ?? {}, ctx, undefined, checked.problems, title);
      continue;
    }
    const rows = raw.rows[part.id] ?? [];
    const spare = spareRows(part, rows, ctx);
    const titled = part.title && s.parts.filter((p) => p.kind === 'rows').length > 1 ? `「${part.title}」` : '';
    for (const id of spare) isSpare.add(`${part.id}.${id}`);
    checked.rows[part.id] = rows.map((r, i) => {
      const found: Problem[] = [];
      const row = { id: r.id, ...checkGroup(part, r.values, ctx, r.id, found, `第 ${i + 1} 条：`) };
      // one line for the whole row, instead of one for each of its fields
      checked.problems.push(
        ...(spare.has(r.id)
          ? [
              {
                part: part.id,
                row: r.id,
                severity: 'missing' as const,
                text: `${titled}第 ${i + 1} 条还没有填写，不需要的请点击「删除此条」`,
              },
            ]
          : found),
      );
      return row;
    });
    if (rows.length < part.min) {
      checked.problems.push({
        part: part.id,
        severity: 'missing',
        text: `「${part.title ?? s.title}」至少填写 ${part.min} 条；${part.emptyText}`,
      });
    }
    const max = part.max(ctx);
    if (rows.length > max)
      checked.problems.push({
        part: part.id,
        severity: 'rule',
        text: `「${part.title ?? s.title}」最多填写 ${max} 条，现有 ${rows.length} 条`,
      });
  }
  for (const found of s.rules.flatMap((rule) => rule(checked, ctx)))
    if (found.row === undefined || !isSpare.has(`${found.part}.${found.row}`))
      (found.severity === 'advice' ? checked.advice : checked.problems).push(found);
  const all = [...Object.values(checked.groups), ...Object.values(checked.rows).flat()];
  checked.isBlank = all.every((g) => Object.values(g.raw).every((v) => v === '') && !Object.values(g.values).some(isFiles));
  return checked;
}

export type Completeness = 'blank' | 'partial' | 'complete';

/** D1: 未填写, 填写中 or 已完成. A section that demands nothing is complete when blank. */
export function completenessOf(checked: CheckedSection): Completeness {
  if (checked.problems.length === 0) return 'complete';
  return checked.isBlank ? 'blank' : 'partial';
}
