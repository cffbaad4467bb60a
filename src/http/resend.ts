import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request } from 'express';
import type { FormInput } from './form-input';
import { isMultipart, readForm } from './read-form';
import { flatEntries, readFields } from './read-multipart';
import type { Resend, UploadedFile } from './route';
import { comesFromHere } from './session';

const MOST_CHARACTERS = 1024 * 1024;

/**
 * F13, F20: the typed text of a POST that could not be worked on; undefined when there is none. Passwords are left out. Reads the body where nobody has yet, and of files no more than
 * their names. @throws what says that the form cannot be read
 */
export async function typedText(req: IncomingMessage, res: ServerResponse): Promise<Resend | undefined> {
  if (req.method !== 'POST' || !comesFromHere(req)) return undefined;
  const read = req as Partial<Request> & { body?: unknown };
  const multipart = isMultipart(req);
  const form = { action: read.originalUrl ?? req.url ?? '/', multipart, isNewForm: false };
  if (multipart && read.body === undefined) return resendOf({ ...form, ...(await readFields(req, res)) });
  await readForm(req, res);
  return resendOf({ ...form, entries: flatEntries(read.body), hadFiles: Array.isArray(read.files) && read.files.length > 0 });
}

/** A9: the typed text of a public form whose session ended while somebody filled it in; undefined when there is none. Passwords, captcha and tokens are left out. */
export function lateText(req: Request, body: FormInput, files: readonly UploadedFile[]): Resend | undefined {
  if (!comesFromHere(req)) return undefined;
  const entries = body.entries().filter(([name]) => name !== '_csrf' && name !== '_token' && !name.startsWith('captcha.'));
  return resendOf({
    action: req.originalUrl,
    multipart: isMultipart(req),
    entries,
    hadFiles: files.length > 0,
    isNewForm: true,
  });
}

function resendOf({ entries, ...rest }: Omit<Resend, 'fields'> & { entries: [string, string][] }): Resend | undefined {
  const fields = entries.filter(([name]) => !/password/i.test(name)).map(([name, value]) => ({ name, value }));
  const size = fields.reduce((sum, f) => sum + f.name.length + f.value.length, 0);
  return fields.length === 0 || size > MOST_CHARACTERS ? undefined : { ...rest, fields };
}
