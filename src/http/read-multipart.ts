import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { asError } from '../lib/as-error';
import { BadRequestError, BusyError, TooManyWordsError } from './errors';
import { FormInput } from './form-input';
import { FORM_BYTES, wordsOf } from './read-form';
import type { UploadedFile } from './route';
import { UploadGate } from './upload-gate';

/** One file may be larger than the 5 MB that are kept, because large photographs are scaled down (D14). */
export const MAX_UPLOAD_BYTES = 30 * 1024 * 1024;

/** All files of one form together. */
const MAX_FORM_BYTES = 60 * 1024 * 1024;

/** What all uploads to this process hold in memory until they are answered. */
export const uploads = new UploadGate();

/** M12: so many bytes of uploads are taken in one turn of the event loop, which takes some milliseconds; then it is somebody else's turn. */
const BYTES_A_TURN = 1024 * 1024;
let takenThisTurn = 0;
let nextTurn: Promise<void> | undefined;

/** Waits for a later turn when this one has taken enough, of all uploads together; their senders are held back meanwhile. */
async function inTurn(bytes: number): Promise<void> {
  while (takenThisTurn >= BYTES_A_TURN)
    await (nextTurn ??= new Promise((resolve) =>
      setImmediate(() => {
        takenThisTurn = 0;
        nextTurn = undefined;
        resolve();
      }),
    ));
  takenThisTurn += bytes;
}

/** What arrives of one file, in one piece, with its hash, which is reckoned piece by piece. */
async function readFile(
  stream: Readable,
  count: (bytes: number) => Promise<void>,
): Promise<{ buffer: Buffer; size: number; path: string }> {
  const chunks: Buffer[] = [];
  const hash = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    await count(chunk.length);
    await inTurn(chunk.length);
    chunks.push(chunk);
    hash.update(chunk);
  }
  const buffer = Buffer.concat(chunks);
  return { buffer, size: buffer.length, path: hash.digest('hex') };
}

/** Keeps files in memory as multer's own storage does, but counts every byte: for this form, and for the whole process. */
function countingStorage(count: (bytes: number) => Promise<void>): multer.StorageEngine {
  return {
    _handleFile(_req, file, done) {
      readFile(file.stream, count).then((read) => done(null, read), done);
    },
    _removeFile(_req, _file, done) {
      done(null);
    },
  };
}

/** Reads a multipart body into memory: nothing is stored before access, CSRF token and contents were checked. Throws MulterError, BusyError. */
export async function readMultipart(req: Request, res: Response, maxFiles: number): Promise<{ body: FormInput; files: UploadedFile[] }> {
  const share = uploads.open(Math.min(Number(req.headers['content-length'] ?? MAX_FORM_BYTES), MAX_FORM_BYTES));
  res.once('close', () => share.close());
  const count = async (bytes: number): Promise<void> => {
    if (share.held + bytes > MAX_FORM_BYTES) throw new BadRequestError(413, 'more than 60 MB in one form');
    await share.take(bytes);
  };
  const read = parserOf(countingStorage(count), maxFiles);
  await reading(read, req, res);
  const body = new FormInput(flatEntries(req.body));
  const sent = (req.files ?? []) as Express.Multer.File[];
  const files = sent
    .filter((f) => f.originalname !== '' || f.size > 0)
    .map((f) => ({ field: f.fieldname, name: f.originalname, content: f.buffer, sha256: f.path }));
  return { body, files };
}

/** From the sender, or what has been received already. Words beside files are held in memory as they come: no more of them than a form without files may have. */
function feed(req: IncomingMessage, parser: Writable): void {
  let held = 0;
  parser.on('field', (name: string, value: string) => {
    held += Buffer.byteLength(name) + Buffer.byteLength(value);
    // told and not destroyed: busboy goes on with the piece it has in hand; multer cuts the sender off and lets the rest go by
    if (held > FORM_BYTES) parser.emit('error', new TooManyWordsError());
  });
  const words = wordsOf(req);
  if (words) parser.end(words);
  else req.pipe(parser);
}

function parserOf(storage: multer.StorageEngine, maxFiles: number): RequestHandler {
  const options = { storage, limits: limitsOf(maxFiles), defParamCharset: 'utf8', streamHandler: feed };
  return multer(options).any();
}

const limitsOf = (files: number): multer.Options['limits'] => ({
  fileSize: MAX_UPLOAD_BYTES,
  files,
  fields: 1000,
  fieldSize: 64 * 1024,
  fieldNameSize: 200,
  headerPairs: 50,
});

function reading(read: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    // what multer does not name itself comes from the parser: a body that breaks off or is no multipart at all
    void read(req, res, (e: unknown) =>
      e
        ? reject(
            e instanceof multer.MulterError || e instanceof BadRequestError || e instanceof BusyError
              ? e
              : new BadRequestError(400, asError(e).message),
          )
        : resolve(),
    );
  });
}

const MOST_FILES = 20;
/** Lets the bytes of files go by. */
const passingBy: multer.StorageEngine = {
  _handleFile(_req, file, done) {
    file.stream.on('error', (e: unknown) => done(e));
    file.stream.on('end', () => done(null, {}));
    file.stream.resume();
  },
  _removeFile(_req, _file, done) {
    done(null);
  },
};

/** The texts of a multipart body whose files nobody wants any more; nothing of a file is held in memory. */
export async function readFields(req: IncomingMessage, res: ServerResponse): Promise<{ entries: [string, string][]; hadFiles: boolean }> {
  const at = req as Request;
  await reading(parserOf(passingBy, MOST_FILES), at, res as Response);
  return { entries: flatEntries(at.body), hadFiles: ((at.files ?? []) as Express.Multer.File[]).some((f) => f.originalname !== '') };
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
