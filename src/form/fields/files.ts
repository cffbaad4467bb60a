import { z } from 'zod';
import { isFiles, type Field, type FieldBase } from '../field';

interface FilesOptions extends FieldBase {
  /** what belongs here, in the guide's words */
  hint: string;
  max?: number;
}

/** Attachments of one item (D14). They live in their own table; the raw text holds nothing. */
export function files(o: FilesOptions): Field & { readonly max: number } {
  return {
    ...o,
    max: o.max ?? 10,
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
