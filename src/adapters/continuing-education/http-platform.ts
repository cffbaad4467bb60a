import { z } from 'zod';
import { isRealDate } from '../../lib/dates';
import { faultName, signatureOf, signatureTime } from '../request-signature';
import { normaliseLine } from '../../lib/text';
import type { LearningPlatform, LearningQuery, LearningResult } from './platform';

export interface PlatformSettings {
  url: string;
  /** shared secret of the signature */
  key: string;
  /** name of this site at the platform */
  account: string;
  /** what people call the platform */
  name: string;
  /** how long an answer may take; 5 seconds */
  timeoutMs?: number;
  /** how long nothing is asked after three failures in a row; 60 seconds, doubled with every further failure up to half an hour */
  restMs?: number;
}

const TIMEOUT_MS = 5000;
const REST_MS = 60_000;
const LONGEST_REST_MS = 30 * 60_000;
const FAILURES = 3;
const MAX_BYTES = 2 * 1024 * 1024;

const line = (max: number) => z.string().transform((s) => [...normaliseLine(s)].slice(0, max).join(''));
const day = z.string().refine(isRealDate, 'not a date');
const answerShape = z.object({
  records: z
    .array(
      z.object({
        id: z.string().min(1).max(100),
        year: z.int().min(1980).max(2100),
        kind: z.enum(['professional', 'public']),
        title: line(200).refine((s) => s !== '', 'empty'),
        hours: z.number().positive().max(2000),
        beginsOn: day,
        endsOn: day,
        place: line(100).default(''),
        witness: line(50).default(''),
      }),
    )
    .max(2000),
});

/** Reads at most `MAX_BYTES`; undefined when there is more. */
async function readBody(answer: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readAnswer(text: string | undefined): LearningResult {
  if (text === undefined) return { kind: 'unreachable', reason: 'answer too large' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreachable', reason: 'answer is no JSON' };
  }
  const read = answerShape.safeParse(parsed);
  if (!read.success) return { kind: 'unreachable', reason: `answer does not fit: ${read.error.issues[0]?.path.join('.') ?? ''}` };
  const records = read.data.records.map((r) => ({ ...r, hours: Math.round(r.hours * 10) / 10 }));
  const backwards = records.findIndex((r) => r.endsOn < r.beginsOn || r.hours === 0);
  return backwards < 0 ? { kind: 'found', records } : { kind: 'unreachable', reason: `answer does not fit: records.${backwards}` };
}

/**
 * Asks over HTTP by the protocol of docs/continuing-education.md. A circuit: after three failures in a row it answers 「unreachable」 at once for a while, so that a
 * platform that swallows everything does not hold up the other work of the job queue.
 */
export function httpPlatform(settings: PlatformSettings): LearningPlatform {
  const { url, key, account, name, timeoutMs = TIMEOUT_MS, restMs = REST_MS } = settings;
  let failures = 0;
  let restsUntil = 0;

  async function ask(query: LearningQuery): Promise<LearningResult> {
    const body = JSON.stringify(query);
    const timestamp = signatureTime();
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'X-Edu-Account': account,
          'X-Edu-Timestamp': timestamp,
          'X-Edu-Signature': `sha256=${signatureOf(key, timestamp, body)}`,
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.ok) return readAnswer(await readBody(answer));
      await answer.body?.cancel();
      if (answer.status === 404) return { kind: 'unknown' };
      if (answer.status === 400 || answer.status === 422) return { kind: 'refused', reason: `HTTP ${answer.status}` };
      return { kind: 'unreachable', reason: `HTTP ${answer.status}` };
    } catch (e) {
      return { kind: 'unreachable', reason: faultName(e) };
    }
  }

  return {
    name,
    async find(query) {
      if (performance.now() < restsUntil) return { kind: 'unreachable', reason: 'resting' };
      const result = await ask(query);
      failures = result.kind === 'unreachable' ? failures + 1 : 0;
      if (failures >= FAILURES) restsUntil = performance.now() + Math.min(LONGEST_REST_MS, restMs * 2 ** (failures - FAILURES));
      return result;
    },
  };
}
