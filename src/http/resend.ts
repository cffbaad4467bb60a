import express, { type Request, type Response } from 'express';
import { asError } from '../lib/as-error';
import { flatEntries, readMultipart } from './read-multipart';
import { comesFromHere } from './session';

/** What a form held that could not be taken just now: its own page sends it again, token and all, so that it still counts once. */
export interface Resend {
  action: string;
  multipart: boolean;
  fields: { name: string; value: string }[];
  /** files cannot be put into a page: they have to be chosen anew */
  hadFiles: boolean;
}

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
    const fields = flatEntries(req.body)
      .filter(([name]) => !/password/i.test(name))
      .map(([name, value]) => ({ name, value }));
    const size = fields.reduce((sum, f) => sum + f.name.length + f.value.length, 0);
    return fields.length === 0 || size > MOST_CHARACTERS ? undefined : { action: req.originalUrl, multipart, fields, hadFiles };
  } catch (e) {
    req.log.info({ fault: asError(e).message.slice(0, 200) }, 'the form of a failed request cannot be read');
    return undefined;
  }
}
