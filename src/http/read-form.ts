import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { asError } from '../lib/as-error';

/** A page of a list sends up to two fields for each of its 1,000 rows. */
const urlencoded = express.urlencoded({ extended: false, limit: '256kb', parameterLimit: 2200 });

const readings = new WeakMap<IncomingMessage, Promise<void>>();

export const isMultipart = (req: IncomingMessage): boolean => /^multipart\/form-data\b/i.test(req.headers['content-type'] ?? '');

/** Reads a form without files into `req.body`, once: whoever asks again gets the same, also the same fault. What is no such form stays unread. */
export function readForm(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const known = readings.get(req);
  if (known) return known;
  const reading = new Promise<void>((resolve, reject) => {
    const done: NextFunction = (e?: unknown) => (e ? reject(asError(e)) : resolve());
    urlencoded(req as Request, res as Response, done);
  });
  reading.catch(() => undefined); // told to whoever asks for the form
  readings.set(req, reading);
  return reading;
}
