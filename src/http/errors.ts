/** Texts of the refusal pages: what happened, and what to do next. */
export const refusalTitles: Record<number, string> = {
  400: '提交的内容无法识别',
  403: '不能进行此操作',
  404: '您要查看的内容不存在，或者已经删除。',
  409: '内容已被更改',
  410: '页面已失效',
  413: '上传的内容过大',
  422: '内容有误',
  429: '操作过于频繁',
  500: '系统出现错误',
  503: '系统繁忙',
};

/** A failure of the request itself (too large, malformed): shown as a page with this status, never as a 500. */
export class BadRequestError extends Error {
  constructor(
    readonly status: 400 | 413,
    message: string,
  ) {
    super(message);
  }
}

/** More words than a form may have (`FORM_BYTES`), beside files. */
export class TooManyWordsError extends BadRequestError {
  constructor() {
    super(413, 'more words than a form may have');
  }
}

/** More uploads at once than this process can hold: 503, to be tried again in a moment. */
export class BusyError extends Error {
  constructor() {
    super('too many uploads at once');
    this.name = 'BusyError';
  }
}

/** F13: the table of sessions could not be read or written in time: who is asking is unknown, and nobody is signed out by it. */
export class SessionsAwayError extends Error {
  constructor(cause: unknown) {
    super('the sessions cannot be reached', { cause });
    this.name = 'SessionsAwayError';
  }
}

/** S43: too large by what was typed, not by a file. body-parser and multer say so in words of their own. */
export function isTooManyWords(e: unknown): boolean {
  if (e instanceof TooManyWordsError) return true;
  const x = e as { type?: unknown; code?: unknown } | null;
  return (
    typeof x === 'object' &&
    x !== null &&
    (['entity.too.large', 'parameters.too.many'].includes(String(x.type)) ||
      ['LIMIT_FIELD_VALUE', 'LIMIT_FIELD_COUNT'].includes(String(x.code)))
  );
}

/** body-parser, multer and express mark the faults of a request with a 4xx status or a code. */
export function statusOfFault(e: unknown): 400 | 413 | undefined {
  if (e instanceof BadRequestError) return e.status;
  if (isTooManyWords(e)) return 413;
  if (e instanceof URIError) return 400;
  const x = e as { status?: unknown; code?: unknown; name?: unknown } | null;
  if (typeof x !== 'object' || x === null) return undefined;
  if (x.name === 'MulterError') return x.code === 'LIMIT_FILE_SIZE' || x.code === 'LIMIT_FILE_COUNT' ? 413 : 400;
  if (x.status === 413) return 413;
  return typeof x.status === 'number' && x.status >= 400 && x.status < 500 ? 400 : undefined;
}

/** Classes of PostgreSQL (appendix A) that say nothing about the question: 08 connection, 53 no room or no memory, 57P it is ending or starting. */
const AWAY_CLASS = /^(?:08|53|57P)/;
const AWAY = new Set([
  // the way there
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // took too long, or stood in the way of others until one had to give in: nothing was written
  ...['57014', '55P03', '40001', '40P01'],
  // its disk fails; a standby that is not yet the first (after a failover)
  ...['58030', '25006'],
]);

/** True when the database could not be reached, had no room, or could not answer in time: 503, try again, not a fault of the program. */
export function isDatabaseAway(e: unknown): boolean {
  const x = e as { code?: unknown; name?: unknown; message?: unknown } | null;
  if (typeof x !== 'object' || x === null) return false;
  const code = String(x.code);
  return (
    x.name === 'KnexTimeoutError' ||
    x instanceof SessionsAwayError ||
    AWAY.has(code) ||
    AWAY_CLASS.test(code) ||
    /Connection terminated|Connection ended|connection error and is not queryable|Query read timeout|timeout exceeded when trying to connect|timeout expired/.test(
      String(x.message),
    )
  );
}
