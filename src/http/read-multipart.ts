import type { Request, Response } from 'express';
import multer from 'multer';
import { asError } from '../lib/as-error';
import { BadRequestError } from './errors';
import { FormInput } from './form-input';
import type { UploadedFile } from './route';

/** One file may be larger than the 5 MB that are kept, because large photographs are scaled down (D14). */
export const MAX_UPLOAD_BYTES = 30 * 1024 * 1024;

/** Reads a multipart body into memory: nothing is stored before access, CSRF token and contents were checked. Throws MulterError. */
export async function readMultipart(req: Request, res: Response, maxFiles: number): Promise<{ body: FormInput; files: UploadedFile[] }> {
  const read = multer({
    storage: multer.memoryStorage(),
    limits: { fileSize: MAX_UPLOAD_BYTES, files: maxFiles, fields: 1000, fieldSize: 64 * 1024, fieldNameSize: 200, headerPairs: 50 },
    defParamCharset: 'utf8',
  }).any();
  await new Promise<void>((resolve, reject) => {
    // what multer does not name itself comes from the parser: a body that breaks off or is no multipart at all
    read(req, res, (e: unknown) =>
      e ? reject(e instanceof multer.MulterError ? e : new BadRequestError(400, asError(e).message)) : resolve(),
    );
  });
  const body = new FormInput(flatEntries(req.body));
  const sent = (req.files ?? []) as Express.Multer.File[];
  const files = sent
    .filter((f) => f.originalname !== '' || f.size > 0)
    .map((f) => ({ field: f.fieldname, name: f.originalname, content: f.buffer }));
  return { body, files };
}

/** Names and strings only: brackets in a name (`a[b]=c`) make parsers build objects, which no form of ours sends (S33). */
export function flatEntries(parsed: unknown): [string, string][] {
  return Object.entries((parsed ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((x): [string, string] => {
      if (typeof x !== 'string') throw new BadRequestError(400, '提交的内容格式不正确，请返回上一页重新填写');
      return [name, x];
    }),
  );
}
