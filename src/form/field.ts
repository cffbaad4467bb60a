import type { Withdrawal } from '../lib/withdrawal';
import type { z } from 'zod';
import type { Code } from '../lib/codes';
import type { PlainDate } from '../lib/dates';
import type { ControlModel } from './control';

/** Raw input of one group or row: exactly what was typed, by input name. */
export type RawGroup = Record<string, string>;

export interface RawRow {
  id: string;
  values: RawGroup;
}
/** A section as it is stored while it is being filled in (JSONB). */
export interface RawSection {
  groups: Record<string, RawGroup>;
  rows: Record<string, RawRow[]>;
}

export interface FractionValue {
  n: number;
  of: number;
}
export interface FileValue {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  hasThumbnail: boolean;
}
export type FieldValue = string | number | boolean | FractionValue | readonly FileValue[];
/** Typed values of one group or row; a field that is blank or can't be read is undefined. */
export type Values = Record<string, FieldValue | undefined>;

export interface Option {
  value: string;
  text: string;
}
/** Stands first in a list where nothing is chosen yet. */
export const CHOOSE: Option = { value: '', text: '请选择' };
export const optionsOf = (codes: readonly Code[]): Option[] => codes.map(({ code, text }) => ({ value: code, text }));

export interface UnitOption {
  id: number;
  name: string;
  detail: string;
  permitted: boolean;
  /** C3: it has no permission any more */
  withdrawal?: Withdrawal;
}

/** What fields and rules may know of the world; loaded before the walk, so that every walker is pure. */
export interface FormContext {
  today: PlainDate;
  year: number;
  personName: string;
  /** options that come from data (catalogue, policies): by list name and the values they depend on */
  options: (list: string, ...keys: string[]) => readonly Option[];
  unit: (id: string) => UnitOption | undefined;
  files: (part: string, rowId: string, field: string) => readonly FileValue[];
  /** policies of the batch (rankBy, maxResults, entrustedEvidenceBy), and as typed elsewhere in the declaration: startedOn, way, appointedOn */
  policy: Readonly<Record<string, string | number | boolean>>;
}

export type Condition = (raw: RawGroup, ctx: FormContext) => boolean;

export interface FieldBase {
  id: string;
  label: string;
  hint?: string;
  /** demanded at submission; a blank field is never an error in a draft */
  required?: boolean | Condition;
  /** hidden, and its value dropped, when false */
  appliesWhen?: Condition;
  /** changing it changes other fields */
  refreshes?: boolean;
  width?: ControlModel['width'];
  /** what a blank means to readers, such as 至今; without it they read 未填写 */
  blankText?: string;
  /** into next year's declaration (D0): 'no' leaves it out, 'check' carries it over to be looked at again; without it it is carried over */
  copies?: 'no' | 'check';
}

/** A value worked out from what else was typed, with its working in words (D4 聘任年限). */
export interface Proposal {
  /** as it would be typed */
  value: string;
  working: string;
}

/** A field: one definition from which form, check, review view, print, search and export come. */
export interface Field extends FieldBase {
  readonly type: ControlModel['type'];
  /** further input names beside the field's own id */
  readonly extraInputs: readonly string[];
  /** the verb of the message when it is missing: 填写, 选择, 上传 */
  readonly verb: string;
  /** tidies what was typed without changing its meaning; never throws */
  read(input: string): string;
  /** from raw text to the typed value; a blank never reaches it */
  schema(raw: RawGroup, ctx: FormContext): z.ZodType<FieldValue, string>;
  /** shown beside the field and taken over with one button; what was typed stays until then */
  propose?(raw: RawGroup, ctx: FormContext): Proposal | undefined;
  /** for fields nobody types: the value, out of the others */
  derive?(raw: RawGroup, ctx: FormContext): FieldValue | undefined;
  /** what the template needs beyond the base */
  control(raw: RawGroup, ctx: FormContext): Partial<ControlModel>;
  /** for people: review pages, frozen version, printed form */
  text(value: FieldValue, raw: RawGroup, ctx: FormContext): string;
  /** for search and for finding the applicant's name */
  words(value: FieldValue): string[];
  /** for spreadsheets */
  cell(value: FieldValue, raw: RawGroup, ctx: FormContext): string | number;
}

export const isFraction = (v: FieldValue | undefined): v is FractionValue => typeof v === 'object' && 'n' in v;
export const isFiles = (v: FieldValue | undefined): v is readonly FileValue[] => Array.isArray(v);
export const asText = (v: FieldValue | undefined): string => (typeof v === 'string' ? v : '');
