import express, { type Request, type Response } from 'express';
import { asError } from '../lib/as-error';
import type { FormInput } from './form-input';
import { flatEntries, readMultipart } from './read-multipart';
import type { Resend, UploadedFile } from './route';
import { comesFromHere } from './session';

const MOST_CHARACTERS = 1024 * 1024;
const MOST_FILES = 20;
const urlencoded = express.urlencoded({ extended: false, limit: '256kb', parameterLimit: 2200 });

/** F13: the typed text of a POST that failed because the database was away; undefined when there is none. Passwords are left out. Reads the body where nobody has yet. */
export async function typedText(req: Request, res: Response): Promise<Resend | undefined> {
  if (req.method !== 'POST' || !comesFromHere(req)) return undefined;
  const multipart = Boolean(req.is('multipart/form-data'));
  let hadFiles = Array.isArray(req.files) && req.files.length > 0;
  try {
    if (req.body === undefined) {
      if (multipart) hadFiles = (await readMultipart(req, res, MOST_FILES)).files.length > 0;
      else await new Promise<void>((resolve, reject) => urlencoded(req, res, (e: unknown) => (e ? reject(asError(e)) : resolve())));
    }
    return resendOf({ action: req.originalUrl, multipart, entries: flatEntries(req.body), hadFiles, isNewForm: false });
  } catch (e) {
    req.log.info({ fault: asError(e).message.slice(0, 200) }, 'the form of a failed request cannot be read');
    return undefined;
  }
}

/** A9: the typed text of a public form whose session ended while somebody filled it in; undefined when there is none. Passwords, captcha and tokens are left out. */
export function lateText(req: Request, body: FormInput, files: readonly UploadedFile[]): Resend | undefined {
  if (!comesFromHere(req)) return undefined;
  const entries = body.entries().filter(([name]) => name !== '_csrf' && name !== '_token' && !name.startsWith('captcha.'));
  return resendOf({
    action: req.originalUrl,
    multipart: Boolean(req.is('multipart/form-data')),
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
