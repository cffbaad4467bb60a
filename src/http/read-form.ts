import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { asError } from '../lib/as-error';

/** What a form may have without its files, in bytes. */
export const FORM_BYTES = 256 * 1024;

/** A page of a list sends up to two fields for each of its 1,000 rows. */
const urlencoded = express.urlencoded({ extended: false, limit: FORM_BYTES, parameterLimit: 2200 });

const readings = new WeakMap<IncomingMessage, Promise<void>>();

export const isMultipart = (req: IncomingMessage): boolean => /^multipart\/form-data\b/i.test(req.headers['content-type'] ?? '');

/** A form that could have brought a file and says that it brings no more than words. */
export const isWords = (req: IncomingMessage): boolean =>
  isMultipart(req) && Number(req.headers['content-length'] ?? Infinity) <= FORM_BYTES;

const bodies = new WeakMap<IncomingMessage, Buffer>();

/** The body of a multipart form that `readForm` has received whole; undefined: it is still to come. */
export const wordsOf = (req: IncomingMessage): Buffer | undefined => bodies.get(req);

/** Its length is what it said: the parser of HTTP lets no more come. */
function receiveWords(req: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => void chunks.push(chunk));
    req.once('end', () => {
      bodies.set(req, Buffer.concat(chunks));
      resolve();
    });
    req.once('error', reject);
    req.once('close', () => reject(new Error('the sender left')));
  });
}

/**
 * Reads a form without files into `req.body`, once: whoever asks again gets the same, also the same fault. One that could have brought files and brings words alone is received, to be read by
 * those who know how many files it may have. What is no such form stays unread.
 */
export function readForm(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const known = readings.get(req);
  if (known) return known;
  const reading = isWords(req)
    ? receiveWords(req)
    : new Promise<void>((resolve, reject) => {
        const done: NextFunction = (e?: unknown) => (e ? reject(asError(e)) : resolve());
        urlencoded(req as Request, res as Response, done);
      });
  reading.catch(() => undefined); // told to whoever asks for the form
  readings.set(req, reading);
  return reading;
}
