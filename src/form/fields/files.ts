import { z } from 'zod';
import { isFiles, type Field, type FieldBase, type RawGroup } from '../field';

interface FilesOptions extends FieldBase {
  /** what belongs here, in the guide's words */
  hint: string;
  max?: number;
  /** 时间+内容 for the name of a file, from what was typed beside it; undefined as long as that does not say enough */
  proposeName?: (raw: RawGroup) => string | undefined;
}

export interface FilesField extends Field {
  readonly type: 'files';
  readonly max: number;
  readonly proposeName: (raw: RawGroup) => string | undefined;
}

/** Attachments of one item (D14). They live in their own table; the raw text holds nothing. */
export function files(o: FilesOptions): FilesField {
  return {
    ...o,
    max: o.max ?? 10,
    proposeName: o.proposeName ?? (() => undefined),
    type: 'files',
    extraInputs: [],
    verb: '上传',
    read: () => '',
    schema: () => z.string(),
    control: () => ({}),
    text: (v) => (isFiles(v) ? v.map((f) => f.name).join('、') : ''),
    words: (v) => (isFiles(v) ? v.map((f) => f.name) : []),
    cell: (v) => (isFiles(v) ? v.length : 0),
  };
}

export const isFilesField = (f: Field): f is FilesField => f.type === 'files';
