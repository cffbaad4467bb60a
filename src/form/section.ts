import type { Field, FormContext, RawGroup, Values } from './field';

export interface GroupPart {
  kind: 'group';
  id: string;
  title?: string;
  hint?: string;
  fields: readonly Field[];
}
export interface RowsPart {
  kind: 'rows';
  id: string;
  title?: string;
  hint?: string;
  /** 「第 1 条…」 */
  rowLabel: string;
  addLabel: string;
  emptyText: string;
  min: number;
  max: (ctx: FormContext) => number;
  /** order in which rows are shown to reviewers and printed; by what was typed until it can be read */
  sortBy?: (values: Values) => string;
  fields: readonly Field[];
}
export type Part = GroupPart | RowsPart;

export interface Place {
  part: string;
  row?: string;
  field?: string;
}
/** shape: what was typed can't be read · missing: nothing typed · rule: it contradicts something else · advice: worth a second look, bars nothing */
export type Severity = 'shape' | 'missing' | 'rule' | 'advice';
/** Words of a long text that are to be shown with what stands around them. */
export interface Mark {
  before: string;
  found: string;
  after: string;
}
export interface Problem extends Place {
  severity: Severity;
  text: string;
  /** the place in a long text that it speaks of */
  mark?: Mark;
}

export interface CheckedGroup {
  raw: RawGroup;
  values: Values;
}
export interface CheckedRow extends CheckedGroup {
  id: string;
}
export interface CheckedSection {
  groups: Record<string, CheckedGroup>;
  rows: Record<string, CheckedRow[]>;
  /** what bars the submission */
  problems: Problem[];
  /** what is worth a second look */
  advice: Problem[];
  /** nothing typed and nothing uploaded anywhere */
  isBlank: boolean;
}

export type SectionRule = (s: CheckedSection, ctx: FormContext) => Problem[];

/** One section of the declaration, declared once: form, advice, bar at submission, review view, print, difference and export walk over this. */
export interface SectionDefinition {
  id: string;
  title: string;
  /** heading it stands under on the overview */
  group?: string;
  /** one or two sentences above the form, in the guide's words */
  intro?: readonly string[];
  parts: readonly Part[];
  rules: readonly SectionRule[];
  appliesWhen?: (ctx: FormContext) => boolean;
  /** 'no': belongs to one year only and is not carried over into the next declaration */
  copies?: 'no';
}

/** html id of a field: label, error link and control all use this. */
export function fieldId(p: Place): string {
  return ['f', p.part, p.row, p.field].filter((x) => x !== undefined).join('-');
}
/** html id that an error link leads to: the field's, or that of its row or part when the problem belongs to no single field. */
export function anchorOf(p: Place): string {
  if (p.field !== undefined) return fieldId(p);
  return p.row === undefined ? `part-${p.part}` : `row-${p.part}-${p.row}`;
}
export function inputName(p: Place, input: string): string {
  return [p.part, p.row, input].filter((x) => x !== undefined).join('.');
}

/** Refuses a definition that could not work: ids must be unique and plain. Called for all sections at start-up. */
export function validateSections(sections: readonly SectionDefinition[]): void {
  const seen = new Set<string>();
  for (const s of sections) {
    if (seen.has(s.id) || !/^[a-z][a-z-]*$/.test(s.id)) throw new Error(`section id ${s.id} is not unique or not plain`);
    seen.add(s.id);
    const parts = new Set<string>();
    for (const p of s.parts) {
      if (parts.has(p.id) || !/^[a-z][A-Za-z]*$/.test(p.id)) throw new Error(`part id ${s.id}.${p.id} is not unique or not plain`);
      parts.add(p.id);
      const inputs = new Set<string>();
      for (const name of p.fields.flatMap((f) => [f.id, ...f.extraInputs])) {
        if (inputs.has(name) || !/^[a-z][A-Za-z0-9]*$/.test(name))
          throw new Error(`field ${s.id}.${p.id}.${name} is not unique or not plain`);
        inputs.add(name);
      }
    }
  }
}
